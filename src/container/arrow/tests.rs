use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, FixedSizeBinaryBuilder, LargeStringBuilder, ListBuilder, MapBuilder,
    StringBuilder, StringDictionaryBuilder, StringViewBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StructArray};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{Field, Schema};

use super::*;
use crate::container::format::testing::{Opened, likeness, open, open_within};
use crate::limits::Limits;
use crate::within::Within;

/// Rows of a batch.
const ROWS: u64 = 20;

fn text(row: u64) -> Option<String> {
    (!row.is_multiple_of(3)).then(|| format!("text of row {row}"))
}

/// A value and its row for each value that is there, by the path of its column.
type Told = Vec<(&'static str, String, Option<u64>)>;

/// Some rows, from one of them on.
fn batch(first: u64, told: &mut Told) -> RecordBatch {
    let rows = first..first + ROWS;
    let mut columns: Vec<(&'static str, ArrayRef)> = Vec::new();
    let ids: Vec<_> = rows.clone().map(u64::cast_signed).collect();
    columns.push(("id", Arc::new(Int64Array::from(ids))));
    let mut tell = |column, value: &str, row| told.push((column, value.to_string(), row));

    let (mut utf8, mut large, mut binary) = (
        StringBuilder::new(),
        LargeStringBuilder::new(),
        BinaryBuilder::new(),
    );
    let (mut view, mut fixed) = (StringViewBuilder::new(), FixedSizeBinaryBuilder::new(20));
    let mut kinds = StringDictionaryBuilder::<Int32Type>::new();
    for row in rows.clone() {
        let value = text(row);
        if let Some(value) = &value {
            for column in ["utf8", "large", "binary", "view"] {
                tell(column, value, Some(row + 1));
            }
        }
        utf8.append_option(value.as_ref());
        large.append_option(value.as_ref());
        binary.append_option(value.as_ref());
        view.append_option(value.as_ref());
        let value = format!("{row:020}");
        tell("fixed", &value, Some(row + 1));
        fixed.append_value(value).expect("it is of this length");
        kinds.append_value(format!("kind {}", row % 5));
    }
    if first == 0 {
        (0..5).for_each(|kind| tell("kind", &format!("kind {kind}"), None));
    }
    columns.push(("utf8", Arc::new(utf8.finish())));
    columns.push(("large", Arc::new(large.finish())));
    columns.push(("binary", Arc::new(binary.finish())));
    columns.push(("view", Arc::new(view.finish())));
    columns.push(("fixed", Arc::new(fixed.finish())));
    columns.push(("kind", Arc::new(kinds.finish())));

    let mut lists = ListBuilder::new(StringBuilder::new());
    let mut maps = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    for row in rows {
        for at in 0..row % 3 {
            let value = format!("{at} of the list of row {row}");
            tell("outer.lists.item", &value, Some(row + 1));
            lists.values().append_value(value);
            let (key, value) = (format!("key of row {row}"), format!("value of row {row}"));
            tell("maps.entries.key", &key, Some(row + 1));
            tell("maps.entries.value", &value, Some(row + 1));
            maps.keys().append_value(key);
            maps.values().append_value(value);
        }
        lists.append(!row.is_multiple_of(5) || row % 3 > 0);
        maps.append(true).expect("there are as many keys as values");
    }
    let lists: ArrayRef = Arc::new(lists.finish());
    let field = Arc::new(Field::new("lists", lists.data_type().clone(), true));
    columns.push(("outer", Arc::new(StructArray::from(vec![(field, lists)]))));
    columns.push(("maps", Arc::new(maps.finish())));

    let fields = columns.iter().map(|(name, array)| {
        let metadata = [("about".to_string(), (*name).to_string())];
        Field::new(*name, array.data_type().clone(), true).with_metadata(metadata)
    });
    let schema = Schema::new(fields.collect::<Vec<_>>());
    let schema = schema.with_metadata([("note".to_string(), "of all".to_string())]);
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(Arc::new(schema), arrays).expect("they fit")
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    File,
    Stream,
}

fn write(form: Form, compression: Option<CompressionType>, batches: &[RecordBatch]) -> Vec<u8> {
    let good = "memory can be written to";
    let options = IpcWriteOptions::default();
    let options = options.try_with_compression(compression).expect(good);
    let schema = batches[0].schema();
    let mut bytes = Vec::new();
    match form {
        Form::File => {
            let writer = FileWriter::try_new_with_options(&mut bytes, &schema, options);
            let mut writer = writer.expect(good);
            for batch in batches {
                writer.write(batch).expect(good);
            }
            writer.finish().expect(good);
        }
        Form::Stream => {
            let writer = StreamWriter::try_new_with_options(&mut bytes, &schema, options);
            let mut writer = writer.expect(good);
            for batch in batches {
                writer.write(batch).expect(good);
            }
            writer.finish().expect(good);
        }
    }
    bytes
}

fn values_of(opened: &Opened) -> Vec<(&str, String, Option<u64>)> {
    let places = opened
        .places
        .iter()
        .filter(|(name, ..)| name != "<metadata>");
    let mut values: Vec<_> = places
        .map(|(name, line, within)| {
            let row = match within {
                Some(Within::Row(row)) => Some(*row),
                _ => None,
            };
            let line = String::from_utf8(line.clone()).expect("it is text");
            (name.as_str(), line, row)
        })
        .collect();
    values.sort();
    values.dedup();
    values
}

#[test]
fn every_form_shows_every_value_with_its_row() {
    let mut told = Told::new();
    let batches = [batch(0, &mut told), batch(ROWS, &mut told)];
    // Values of up to twelve bytes are in the views themselves.
    told.retain(|(column, value, _)| *column != "view" || value.len() > 12);
    told.sort();
    told.dedup();
    for form in [Form::File, Form::Stream] {
        for compression in [
            None,
            Some(CompressionType::LZ4_FRAME),
            Some(CompressionType::ZSTD),
        ] {
            let bytes = write(form, compression, &batches);
            assert_eq!(likeness(&FORMAT, &bytes, "a.bin"), Likeness::Sure);
            let opened = open(&FORMAT, &bytes);
            assert_eq!(
                (opened.error.as_deref(), &opened.faults[..]),
                (None, &[][..])
            );
            let values = values_of(&opened);
            let differs = values.iter().zip(&told).find(|(it, that)| it != that);
            assert_eq!(differs, None, "{form:?} {compression:?}");
            assert_eq!(values.len(), told.len());
            let metadata: Vec<_> = opened.places.iter().map(|(_, line, _)| &line[..]).collect();
            assert!(metadata.contains(&&b"note=of all"[..]));
            assert!(metadata.contains(&&b"about=utf8"[..]));
        }
    }
}

#[test]
fn other_things_are_not_arrow() {
    let stream = write(Form::Stream, None, &[batch(0, &mut Told::new())]);
    assert_eq!(likeness(&FORMAT, &stream[..100], ""), Likeness::Maybe);
    assert_eq!(likeness(&FORMAT, &[0xff; 100], ""), Likeness::No);
    assert_eq!(
        likeness(&FORMAT, b"\xff\xff\xff\xff\x08\0\0\0\0\0\0\0\0\0\0\0", ""),
        Likeness::No
    );
    assert_eq!(
        likeness(&FORMAT, b"ARROW1 is a file", "a.arrow"),
        Likeness::No
    );
}

#[test]
fn what_is_cut_off_or_flipped_never_panics() {
    for compression in [None, Some(CompressionType::LZ4_FRAME)] {
        let bytes = write(Form::Stream, compression, &[batch(0, &mut Told::new())]);
        for end in (0..bytes.len() - 8).step_by(13) {
            let opened = open(&FORMAT, &bytes[..end]);
            let is_whole = opened.error.is_none() && opened.faults.is_empty();
            // It may end between two messages, as if no more rows had been written.
            assert!(
                !is_whole || end.is_multiple_of(8),
                "{end} of {}",
                bytes.len()
            );
        }
        for (at, change) in (0..bytes.len())
            .step_by(7)
            .zip([1, 0x80, 0xff].into_iter().cycle())
        {
            let mut bytes = bytes.clone();
            bytes[at] ^= change;
            open(&FORMAT, &bytes);
        }
    }
}

#[test]
fn a_broken_buffer_is_damage_and_other_columns_are_seen() {
    let zstd = Some(CompressionType::ZSTD);
    let mut bytes = write(Form::File, zstd, &[batch(0, &mut Told::new())]);
    let magic = b"\x28\xb5\x2f\xfd";
    let at = bytes
        .windows(4)
        .position(|it| it == magic)
        .expect("buffers are packed");
    bytes[at] ^= 1;
    let opened = open(&FORMAT, &bytes);
    let values = values_of(&opened);
    assert!(
        values
            .iter()
            .any(|(name, ..)| *name == "maps.entries.value")
    );
    // The first one is of numbers, which are not read.
    let last = bytes
        .windows(4)
        .rposition(|it| it == magic)
        .expect("buffers are packed");
    bytes[last] ^= 1;
    assert!(open(&FORMAT, &bytes).error.is_some());
}

#[test]
fn a_bomb_ends_at_its_limit() {
    let text = StringBuilder::new();
    let mut text = text;
    (0..40).for_each(|_| text.append_value("\0".repeat(1 << 20)));
    let text: ArrayRef = Arc::new(text.finish());
    let schema = Schema::new(vec![Field::new("text", text.data_type().clone(), true)]);
    let batch = RecordBatch::try_new(Arc::new(schema), vec![text]).expect("they fit");
    for compression in [CompressionType::LZ4_FRAME, CompressionType::ZSTD] {
        let bytes = write(Form::File, Some(compression), std::slice::from_ref(&batch));
        let limits = Limits {
            ratio: 100,
            ..Limits::default()
        };
        let error = open_within(&FORMAT, &bytes, limits).error;
        let error = error.expect("the bomb is one");
        assert!(error.contains("100 times"), "{error}");
    }
}
