//! Tests of streams, for all formats alike.

use std::io::Write;

use lz4_flex::frame::{BlockMode, BlockSize, FrameInfo};
use lzma_rust2::{LzipOptions, LzipWriter, LzmaOptions, LzmaWriter, XzOptions, XzWriter};

use super::*;
use crate::container::format::testing::{damage, likeness, open, open_named, open_within};
use crate::limits::Limits;

#[derive(Debug)]
struct Sample {
    format: &'static Format,
    pack: fn(&[u8]) -> Vec<u8>,
    /// A name, and what its member is called.
    name: (&'static str, &'static str),
    /// Whether streams can stand in a row.
    concatenates: Concatenates,
}

#[derive(Debug, PartialEq)]
enum Concatenates {
    Yes,
    No,
}

const SAMPLES: &[Sample] = &[
    Sample {
        format: &BZIP2,
        pack: |bytes| {
            let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            encoder.write_all(bytes).expect("memory can be written to");
            encoder.finish().expect("memory can be written to")
        },
        name: ("a.tbz2", "a.tar"),
        concatenates: Concatenates::Yes,
    },
    Sample {
        format: &XZ,
        pack: |bytes| {
            let encoder = XzWriter::new(Vec::new(), XzOptions::with_preset(1));
            let mut encoder = encoder.expect("the options are right");
            encoder.write_all(bytes).expect("memory can be written to");
            encoder.finish().expect("memory can be written to")
        },
        name: ("a.tar.xz", "a.tar"),
        concatenates: Concatenates::Yes,
    },
    Sample {
        format: &LZMA,
        pack: |bytes| lzma(bytes, 1 << 20),
        name: ("a.log.lzma", "a.log"),
        concatenates: Concatenates::No,
    },
    Sample {
        format: &LZIP,
        pack: |bytes| {
            let mut encoder = LzipWriter::new(Vec::new(), LzipOptions::with_preset(1));
            encoder.write_all(bytes).expect("memory can be written to");
            encoder.finish().expect("memory can be written to")
        },
        name: ("a.log.lz", "a.log"),
        concatenates: Concatenates::Yes,
    },
    Sample {
        format: &ZSTD,
        pack: |bytes| zstd::encode_all(bytes, 3).expect("memory can be written to"),
        name: ("a.tzst", "a.tar"),
        concatenates: Concatenates::Yes,
    },
    Sample {
        format: &LZ4,
        pack: |bytes| lz4(bytes, FrameInfo::new().block_size(BlockSize::Max64KB)),
        name: ("a.log.lz4", "a.log"),
        concatenates: Concatenates::Yes,
    },
    Sample {
        format: &BROTLI,
        pack: |bytes| {
            let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 22);
            encoder.write_all(bytes).expect("memory can be written to");
            encoder.into_inner()
        },
        name: ("app.js.br", "app.js"),
        concatenates: Concatenates::No,
    },
    Sample {
        format: &SNAPPY,
        pack: |bytes| {
            let mut encoder = snap::write::FrameEncoder::new(Vec::new());
            encoder.write_all(bytes).expect("memory can be written to");
            encoder.into_inner().expect("memory can be written to")
        },
        name: ("a.log.sz", "a.log"),
        concatenates: Concatenates::Yes,
    },
];

fn lzma(bytes: &[u8], dictionary: u32) -> Vec<u8> {
    let mut options = LzmaOptions::with_preset(1);
    options.dict_size = dictionary;
    let encoder = LzmaWriter::new_use_header(Vec::new(), &options, None);
    let mut encoder = encoder.expect("the options are right");
    encoder.write_all(bytes).expect("memory can be written to");
    encoder.finish().expect("memory can be written to")
}

fn lz4(bytes: &[u8], frame: FrameInfo) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(frame, Vec::new());
    encoder.write_all(bytes).expect("memory can be written to");
    encoder.finish().expect("memory can be written to")
}

/// The only member there is.
fn only(format: &Format) -> String {
    format!("<{}>", format.name)
}

#[test]
fn what_is_packed_is_seen() {
    let token = format!("hf_{}", "aZbYcXdWeVfUgThSiRjQkPlOmNnMoLpKqJ");
    for Sample { format, pack, .. } in SAMPLES {
        let bytes = pack(token.as_bytes());
        let opened = open(format, &bytes);
        assert_eq!(opened.member(&only(format)), token.as_bytes());
        assert!(
            opened.faults.is_empty() && opened.error.is_none(),
            "{opened:?}"
        );
    }
}

#[test]
fn they_tell_their_own_from_the_others() {
    for sample in SAMPLES {
        let bytes = (sample.pack)(b"some text");
        for other in SAMPLES {
            let own = std::ptr::eq(sample.format, other.format);
            let likeness = likeness(other.format, &bytes, "x.bin");
            let named = other.format.name == "brotli";
            assert_eq!(likeness != Likeness::No, own && !named, "{other:?}");
        }
        let name = sample.name.0;
        assert_ne!(likeness(sample.format, &bytes, name), Likeness::No);
        let text = b"BZh a text, LZIP and sNaPpY";
        assert_eq!(likeness(sample.format, text, "x.txt"), Likeness::No);
    }
    assert_eq!(
        likeness(&BROTLI, b"a: b", "deploy.branch.yaml"),
        Likeness::No
    );
}

#[test]
fn members_are_named_after_files() {
    for sample in SAMPLES {
        let (name, unpacked) = sample.name;
        let opened = open_named(sample.format, &(sample.pack)(b"x"), name);
        assert_eq!(opened.member(unpacked), b"x");
    }
}

#[test]
fn streams_in_a_row_are_one_member() {
    for Sample { format, pack, .. } in SAMPLES
        .iter()
        .filter(|sample| sample.concatenates == Concatenates::Yes)
    {
        let bytes = [pack(b"one "), pack(b"two "), pack(b"three")].concat();
        let opened = open(format, &bytes);
        assert_eq!(
            opened.member(&only(format)),
            b"one two three",
            "{}",
            format.name
        );
        assert!(opened.faults.is_empty(), "{opened:?}");
    }
}

#[test]
fn what_is_cut_off_is_a_fault_and_the_rest_is_seen() {
    let lines = (0..30_000_u32).map(|line| line.wrapping_mul(2_654_435_761).to_string());
    let lines = lines.collect::<Vec<_>>().join("\n");
    for Sample { format, pack, .. } in SAMPLES {
        let bytes = pack(lines.as_bytes());
        let opened = open(format, &bytes[..bytes.len() - bytes.len() / 4 - 7]);
        assert_eq!(opened.faults.len(), 1, "{}", format.name);
        let seen = opened.member(&only(format));
        assert!(lines.as_bytes().starts_with(seen), "{}", format.name);
        assert!(seen.len() > 50_000, "{}: {}", format.name, seen.len());
    }
}

#[test]
fn bombs_end_at_their_limit() {
    let zeros = vec![0; 3 << 19];
    for Sample { format, pack, .. } in SAMPLES {
        let limits = Limits {
            bytes: 1 << 20,
            ..Limits::default()
        };
        let opened = open_within(format, &pack(&zeros), limits);
        let error = opened.error.expect("the bomb is one");
        assert!(error.contains("--max-"), "{}: {error}", format.name);
    }
}

#[test]
fn damage_is_no_panic() {
    for Sample { format, pack, .. } in SAMPLES {
        damage(format, &pack(b"a short text, a short text, and its end"));
    }
}

#[test]
fn what_takes_too_much_memory_is_refused() {
    let bytes = lzma(b"some text", 1 << 20);
    let mut large = bytes.clone();
    large[1..5].copy_from_slice(&(1_u32 << 30).to_le_bytes());
    let opened = open(&LZMA, &large);
    assert!(opened.error.is_some() && opened.members.is_empty());

    let mut lzip = (SAMPLES[3].pack)(b"some text");
    lzip[5] = 27;
    let opened = open(&LZIP, &lzip);
    assert!(opened.faults[0].1.contains("64 MiB"), "{opened:?}");

    let mut encoder = zstd::Encoder::new(Vec::new(), 1).expect("the level is right");
    encoder.window_log(27).expect("it is allowed");
    encoder
        .write_all(&b"0123456789".repeat(20))
        .expect("memory can be written to");
    let opened = open(&ZSTD, &encoder.finish().expect("memory can be written to"));
    assert!(opened.faults[0].1.contains("memory"), "{opened:?}");
}

#[test]
fn frames_to_skip_are_skipped() {
    let skipped = b"\x53\x2a\x4d\x18\x03\0\0\0abc";
    for sample in SAMPLES {
        if [ZSTD.name, LZ4.name].contains(&sample.format.name) {
            let packed = (sample.pack)(b"text");
            let bytes = [skipped, &packed[..], skipped, &packed[..]].concat();
            assert_eq!(likeness(sample.format, &bytes, ""), Likeness::Sure);
            let opened = open(sample.format, &bytes);
            assert_eq!(opened.member(&only(sample.format)), b"texttext");
            assert!(opened.faults.is_empty(), "{opened:?}");
        }
    }
}

#[test]
fn lz4_has_frames_of_several_kinds() {
    let text = b"a line of a log\n".repeat(50_000);
    let large = FrameInfo::new()
        .block_size(BlockSize::Max4MB)
        .block_mode(BlockMode::Linked);
    let small = FrameInfo::new()
        .block_size(BlockSize::Max64KB)
        .content_checksum(true);
    let bytes = [lz4(&text, large), lz4(&text, small)].concat();
    let opened = open(&LZ4, &bytes);
    assert_eq!(opened.member("<lz4>"), [&text[..], &text[..]].concat());

    let old = lz4(&text, FrameInfo::new().legacy_frame(true));
    assert_eq!(likeness(&LZ4, &old, ""), Likeness::Sure);
    assert_eq!(open(&LZ4, &old).member("<lz4>"), text);
}
