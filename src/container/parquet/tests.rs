use std::sync::Arc;

use parquet::basic::{BrotliLevel, Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType};
use parquet::data_type::{DataType, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{
    EnabledStatistics, WriterProperties, WriterPropertiesBuilder as Properties, WriterVersion,
};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use super::*;
use crate::container::format::testing::{Opened, likeness, open, open_within};
use crate::limits::Limits;
use crate::within::Within;

const SCHEMA: &str = "message sample {
    required int64 id;
    optional binary text (utf8);
    required binary kind (utf8);
    required fixed_len_byte_array(20) key;
    optional group tags (list) { repeated group list { optional binary element (utf8); } }
}";

/// Rows of a row group.
const ROWS: usize = 100;

fn text(row: usize) -> Option<String> {
    (!row.is_multiple_of(3)).then(|| format!("text of row {row}"))
}

fn kind(row: usize) -> String {
    format!("kind {}", row % 7)
}

fn key(row: usize) -> String {
    format!("{row:020}")
}

/// No list, an empty one, or one with a gap in it.
fn tags(row: usize) -> Option<Vec<Option<String>>> {
    match row % 4 {
        0 => None,
        1 => Some(Vec::new()),
        _ => Some(vec![
            Some(format!("first of {row}")),
            None,
            Some(format!("second of {row}")),
        ]),
    }
}

/// A file of two row groups, with small pages.
fn sample(properties: Properties) -> Vec<u8> {
    let schema = parse_message_type(SCHEMA).expect("it is one");
    let properties = properties
        .set_data_page_row_count_limit(16)
        .set_write_batch_size(16)
        .set_key_value_metadata(Some(vec![
            KeyValue::new("note".to_string(), "of the file".to_string()),
            KeyValue::new("ARROW:schema".to_string(), "/////w==".to_string()),
        ]));
    let mut bytes = Vec::new();
    let good = "memory can be written to";
    let mut writer =
        SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties.build()))
            .expect(good);
    for group in 0..2 {
        let rows = group * ROWS..(group + 1) * ROWS;
        let mut writer = writer.next_row_group().expect(good);
        let ids: Vec<i64> = (0..100).collect();
        write::<Int64Type>(&mut writer, &ids, None, None);
        let texts: Vec<_> = rows.clone().map(text).collect();
        let there: Vec<i16> = texts.iter().map(|text| text.is_some().into()).collect();
        let texts: Vec<ByteArray> = texts
            .iter()
            .flatten()
            .map(|it| it.as_str().into())
            .collect();
        write::<ByteArrayType>(&mut writer, &texts, Some(&there), None);
        let kinds: Vec<ByteArray> = rows.clone().map(|row| kind(row).as_str().into()).collect();
        write::<ByteArrayType>(&mut writer, &kinds, None, None);
        let keys = rows.clone().map(|row| ByteArray::from(key(row).as_str()));
        let keys: Vec<FixedLenByteArray> = keys.map(Into::into).collect();
        write::<FixedLenByteArrayType>(&mut writer, &keys, None, None);
        write_tags(&mut writer, rows);
        writer.close().expect(good);
    }
    writer.close().expect(good);
    bytes
}

fn write_tags(
    writer: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
    rows: std::ops::Range<usize>,
) {
    let (mut values, mut there, mut again) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let tags = tags(row);
        if tags.as_ref().is_none_or(Vec::is_empty) {
            there.push(i16::from(tags.is_some()));
            again.push(0);
        }
        for (at, tag) in tags.unwrap_or_default().into_iter().enumerate() {
            there.push(2 + i16::from(tag.is_some()));
            again.push(i16::from(at > 0));
            values.extend(tag.map(|tag| ByteArray::from(tag.as_str())));
        }
    }
    write::<ByteArrayType>(writer, &values, Some(&there), Some(&again));
}

fn write<T: DataType>(
    writer: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
    values: &[T::T],
    there: Option<&[i16]>,
    again: Option<&[i16]>,
) {
    let good = "memory can be written to";
    let mut column = writer
        .next_column()
        .expect(good)
        .expect("there is one more");
    let written = column.typed::<T>().write_batch(values, there, again);
    written.expect(good);
    column.close().expect(good);
}

/// What should be told: a column, a value and its row.
fn all_values() -> Vec<(&'static str, String, u64)> {
    let mut values = Vec::new();
    for (row, number) in (0..2 * ROWS).zip(1..) {
        values.extend(text(row).map(|text| ("text", text, number)));
        values.push(("kind", kind(row), number));
        values.push(("key", key(row), number));
        for tag in tags(row).into_iter().flatten().flatten() {
            values.push(("tags.list.element", tag, number));
        }
    }
    values.sort();
    values
}

fn values_of(opened: &Opened) -> Vec<(&str, String, u64)> {
    let places = opened
        .places
        .iter()
        .filter(|(name, ..)| name != "<metadata>");
    let mut values: Vec<_> = places
        .map(|(name, line, within)| {
            let line = String::from_utf8(line.clone()).expect("it is text");
            let row = match within {
                Some(Within::Row(row)) => *row,
                _ => 0,
            };
            (name.as_str(), line, row)
        })
        .collect();
    values.sort();
    values
}

fn codecs() -> [Compression; 7] {
    [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ]
}

#[test]
fn every_codec_and_encoding_shows_every_value_with_its_row() {
    use Encoding::{BYTE_STREAM_SPLIT, DELTA_BYTE_ARRAY, DELTA_LENGTH_BYTE_ARRAY, PLAIN};
    let expected = all_values();
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for codec in codecs() {
            for encoding in [PLAIN, DELTA_LENGTH_BYTE_ARRAY, DELTA_BYTE_ARRAY] {
                let fixed = match encoding {
                    DELTA_LENGTH_BYTE_ARRAY => BYTE_STREAM_SPLIT,
                    other => other,
                };
                let bytes = sample(
                    WriterProperties::builder()
                        .set_writer_version(version)
                        .set_compression(codec)
                        .set_dictionary_enabled(false)
                        .set_column_encoding("id".into(), PLAIN)
                        .set_column_encoding("key".into(), fixed)
                        .set_encoding(encoding),
                );
                let opened = open(&FORMAT, &bytes);
                assert_eq!(opened.faults, [], "{codec:?} {encoding:?}");
                assert!(values_of(&opened) == expected, "{codec:?} {encoding:?}");
                assert_eq!(opened.member("<metadata>"), b"note=of the file\n");
                assert_eq!(opened.member("ARROW:schema"), [0xff; 4]);
            }
        }
    }
}

#[test]
fn a_value_of_a_dictionary_is_in_the_first_row_that_uses_it() {
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        let properties = WriterProperties::builder()
            .set_writer_version(version)
            .set_compression(Compression::SNAPPY);
        let opened = open(&FORMAT, &sample(properties));
        assert_eq!(opened.faults, []);
        let mut expected = all_values();
        // There is a dictionary in each row group.
        expected.retain(|&(name, _, row)| name != "kind" || matches!(row, 1..=7 | 101..=107));
        assert_eq!(values_of(&opened), expected);
    }
}

#[test]
fn it_is_known_by_its_first_bytes() {
    let bytes = sample(WriterProperties::builder());
    assert_eq!(likeness(&FORMAT, &bytes, "data.bin"), Likeness::Sure);
    let encrypted = b"PARE\x20\0\0\0 \x15";
    assert_eq!(likeness(&FORMAT, encrypted, ""), Likeness::Sure);
    assert_eq!(likeness(&FORMAT, b"PARENTS", ""), Likeness::Maybe);
    assert_eq!(likeness(&FORMAT, b"PA", "a.parquet"), Likeness::No);
    let opened = open(&FORMAT, b"PARE\x20\0\0\0 \x15\0\0\0\x04\0\0\0PARE");
    assert_eq!(opened.error.as_deref(), Some("encrypted"));
}

#[test]
fn what_is_cut_off_or_flipped_never_panics() {
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
    let bytes = sample(properties);
    for end in 0..bytes.len() {
        assert!(open(&FORMAT, &bytes[..end]).error.is_some());
    }
    for at in (0..bytes.len()).step_by(11) {
        for change in [1, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= change;
            let opened = open(&FORMAT, &bytes);
            assert!(
                opened
                    .members
                    .iter()
                    .all(|(_, bytes)| bytes.len() < 1 << 20)
            );
        }
    }
}

#[test]
fn a_broken_page_is_a_fault_and_others_are_seen() {
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None);
    let mut bytes = sample(properties);
    let first = b"text of row 100";
    let at = bytes.windows(first.len()).position(|it| it == first);
    // The last byte of its length.
    bytes[at.expect("nothing is packed") - 1] = 0x7f;
    let opened = open(&FORMAT, &bytes);
    assert_eq!(opened.faults.len(), 1, "{:?}", opened.faults);
    assert_eq!(opened.faults[0].0, "text");
    let values = values_of(&opened);
    assert!(values.contains(&("text", "text of row 199".to_string(), 200)));
}

#[test]
fn a_bomb_ends_at_its_limit() {
    let schema = parse_message_type("message bomb { required binary text; }").expect("it is one");
    for encoding in [Encoding::PLAIN, Encoding::DELTA_BYTE_ARRAY] {
        let properties = WriterProperties::builder()
            .set_dictionary_enabled(false)
            .set_encoding(encoding)
            .set_statistics_enabled(EnabledStatistics::None)
            .set_compression(Compression::ZSTD(ZstdLevel::default()));
        let mut bytes = Vec::new();
        let good = "memory can be written to";
        let properties = Arc::new(properties.build());
        let schema = Arc::new(schema.clone());
        let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).expect(good);
        let mut group = writer.next_row_group().expect(good);
        let value = ByteArray::from(vec![0; 1 << 20]);
        write::<ByteArrayType>(&mut group, &vec![value; 40], None, None);
        group.close().expect(good);
        writer.close().expect(good);
        let limits = Limits {
            ratio: 100,
            ..Limits::default()
        };
        let error = open_within(&FORMAT, &bytes, limits).error;
        let error = error.expect("the bomb is one");
        assert!(error.contains("100 times"), "{encoding:?}: {error}");
    }
}
