use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::*;
use crate::container::format::Likeness;
use crate::container::format::testing::{Opened, likeness, open, open_within};
use crate::limits::Limits;
use crate::within::Within;

const SCHEMA: &str = r#"{"type": "record", "name": "a.Post", "fields": [
    {"name": "id", "type": "long"},
    {"name": "user", "type": {"type": "record", "name": "User", "fields": [
        {"name": "name", "type": "string"},
        {"name": "friend", "type": ["null", "User"]}]}},
    {"name": "tags", "type": {"type": "array", "items": "string"}},
    {"name": "env", "type": {"type": "map", "values": ["null", "bytes"]}},
    {"name": "key", "type": {"type": "fixed", "name": "Key", "size": 3}},
    {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["a"]}},
    {"name": "score", "type": "double", "default": 1}
]}"#;

fn long(number: usize) -> Vec<u8> {
    let mut coded = number << 1;
    let mut bytes = Vec::new();
    while coded >= 0x80 {
        bytes.push(u8::try_from(coded & 0x7f).expect("it has seven bits") | 0x80);
        coded >>= 7;
    }
    bytes.push(u8::try_from(coded).expect("it has seven bits"));
    bytes
}

fn text(text: &str) -> Vec<u8> {
    [long(text.len()), text.as_bytes().to_vec()].concat()
}

fn record(number: usize) -> Vec<u8> {
    [
        long(number),
        text(&format!("user {number}")),
        long(1),
        text("friend"),
        long(0),
        long(1),
        text("tag"),
        long(0),
        long(2),
        text("HF_TOKEN"),
        long(1),
        text("value"),
        text("none"),
        long(0),
        long(0),
        b"key".to_vec(),
        long(0),
        vec![0; 8],
    ]
    .concat()
}

fn packed(codec: &str, block: &[u8]) -> Vec<u8> {
    let good = "memory can be written to";
    match codec {
        "deflate" => {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(block).expect(good);
            encoder.finish().expect(good)
        }
        "snappy" => {
            let mut packed = snap::raw::Encoder::new().compress_vec(block).expect(good);
            packed.extend([0; 4]);
            packed
        }
        "zstandard" => zstd::bulk::compress(block, 1).expect(good),
        _ => block.to_vec(),
    }
}

fn file(codec: &str, schema: &str, blocks: &[(usize, Vec<u8>)]) -> Vec<u8> {
    let mut file = [&b"Obj\x01"[..], &long(2)].concat();
    file.extend([text("avro.schema"), text(schema)].concat());
    file.extend([text("avro.codec"), text(codec), long(0)].concat());
    file.extend([7; 16]);
    for (count, block) in blocks {
        let packed = packed(codec, block);
        file.extend([long(*count), long(packed.len()), packed, vec![7; 16]].concat());
    }
    file
}

fn sample(codec: &str) -> Vec<u8> {
    let first = (2, [record(1), record(2)].concat());
    file(codec, SCHEMA, &[first, (1, record(3))])
}

fn lines(opened: &Opened) -> Vec<(&str, &[u8], Option<Within>)> {
    let places = opened.places.iter();
    let lines = places.map(|(name, line, within)| (name.as_str(), &line[..], within.clone()));
    lines.filter(|(name, ..)| *name != "<metadata>").collect()
}

#[test]
fn every_codec_shows_every_field_with_its_record() {
    for codec in ["null", "deflate", "snappy", "zstandard"] {
        let bytes = sample(codec);
        assert_eq!(likeness(&FORMAT, &bytes, "a.bin"), Likeness::Sure);
        let opened = open(&FORMAT, &bytes);
        assert_eq!(
            (opened.error.as_deref(), &opened.faults[..]),
            (None, &[][..])
        );
        let lines = lines(&opened);
        for row in 1..=3 {
            let within = Some(Within::Row(row));
            let user = format!("user {row}");
            for (path, value) in [
                ("user.name", user.as_str()),
                ("user.name", "friend"),
                ("tags", "tag"),
                ("env", "HF_TOKEN"),
                ("env", "value"),
                ("key", "key"),
            ] {
                let line = (path, value.as_bytes(), within.clone());
                assert!(lines.contains(&line), "{line:?} of {lines:?}");
            }
        }
        assert!(opened.member("<metadata>").ends_with(b"]}\n"));
    }
}

#[test]
fn what_is_not_of_its_schema_is_shown_as_it_is() {
    let block = [record(1), b"more".to_vec()].concat();
    let opened = open(&FORMAT, &file("deflate", SCHEMA, &[(1, block.clone())]));
    assert_eq!(opened.faults.len(), 1);
    assert_eq!(opened.member("<block>"), block);
    let opened = open(&FORMAT, &file("xz", SCHEMA, &[]));
    assert_eq!(opened.error.as_deref(), Some("unsupported: the codec xz"));
}

#[test]
fn what_is_cut_off_or_flipped_never_panics() {
    let bytes = sample("deflate");
    for end in 0..bytes.len() {
        open(&FORMAT, &bytes[..end]);
    }
    for codec in ["null", "snappy"] {
        let bytes = sample(codec);
        for at in 0..bytes.len() {
            for change in [1, 0x80, 0xff] {
                let mut bytes = bytes.clone();
                bytes[at] ^= change;
                open(&FORMAT, &bytes);
            }
        }
    }
}

#[test]
fn types_that_have_no_bytes_end() {
    // Two of each in the one before, and nothing in the last.
    let mut schema = r#"{"type": "record", "name": "R0", "fields": []}"#.to_string();
    for number in 1..50 {
        let before = format!("R{}", number - 1);
        schema = format!(
            r#"{{"type": "record", "name": "R{number}", "fields": [
                {{"name": "a", "type": {schema}}}, {{"name": "b", "type": "{before}"}}]}}"#
        );
    }
    for count in [1, 1 << 40] {
        let opened = open(&FORMAT, &file("null", &schema, &[(count, b"x".to_vec())]));
        assert!(!opened.faults.is_empty() || opened.error.is_some());
    }
    let nulls = r#"{"type": "array", "items": "null"}"#;
    let block = [long(1 << 50), long(0)].concat();
    let opened = open(&FORMAT, &file("null", nulls, &[(1, block)]));
    assert_eq!(opened.faults.len(), 1);
}

#[test]
fn a_bomb_ends_at_its_limit() {
    let block = [long(10 << 20), vec![0; 10 << 20]].concat();
    for codec in ["deflate", "snappy", "zstandard"] {
        let block = (1, block.clone());
        let bytes = file(codec, r#""string""#, &[block.clone(), block]);
        let limits = Limits {
            bytes: 15 << 20,
            ..Limits::default()
        };
        let error = open_within(&FORMAT, &bytes, limits).error;
        assert!(error.expect("there is a limit").contains("bytes"));
    }
}
