//! Tests of zips, with those that another library writes.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;
use crate::container::format::testing::{Opened, damage, likeness, open, open_within};
use crate::limits::Limits;

const CENTRAL_SIGNATURE: &[u8] = &CENTRAL;

fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored)
}

fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

fn zip(members: &[(&str, &[u8], SimpleFileOptions)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content, options) in members {
        writer.start_file(*name, *options).expect("the name is new");
        writer.write_all(content).expect("memory can be written to");
    }
    let written = writer.finish().expect("memory can be written to");
    written.into_inner()
}

/// Where the only such bytes are.
fn position(bytes: &[u8], of: &[u8]) -> usize {
    memmem::find(bytes, of).expect("it is there")
}

fn names(opened: &Opened) -> Vec<&str> {
    opened
        .members
        .iter()
        .map(|(name, _)| name.as_str())
        .collect()
}

#[test]
fn members_are_seen_under_their_names() {
    let token = format!("hf_{}", "aZbYcXdWeVfUgThSiRjQkPlOmNnMoLpKqJ");
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .add_directory("a/", deflated())
        .expect("the name is new");
    writer
        .start_file("a/../b.txt", deflated())
        .expect("the name is new");
    writer
        .write_all(token.as_bytes())
        .expect("memory can be written to");
    writer.start_file("c", stored()).expect("the name is new");
    let bytes = writer
        .finish()
        .expect("memory can be written to")
        .into_inner();
    assert_eq!(likeness(&FORMAT, &bytes, "x.bin"), Likeness::Sure);
    let opened = open(&FORMAT, &bytes);
    assert_eq!(opened.member("a/../b.txt"), token.as_bytes());
    assert_eq!(opened.member("c"), b"");
    assert_eq!(opened.members.len(), 2);
    assert!(opened.faults.is_empty() && opened.error.is_none());
}

/// A zip of one member that is packed in a way that the library does not write.
fn packed(method: u8, packed: &[u8], content: &[u8]) -> Vec<u8> {
    let mut bytes = zip(&[("a", packed, stored())]);
    let mut crc = flate2::Crc::new();
    crc.update(content);
    let length = u32::try_from(content.len()).expect("it is small");
    let central = position(&bytes, CENTRAL_SIGNATURE);
    bytes[central + 10] = method;
    bytes[central + 16..central + 20].copy_from_slice(&crc.sum().to_le_bytes());
    bytes[central + 24..central + 28].copy_from_slice(&length.to_le_bytes());
    bytes
}

#[test]
fn methods_are_understood() {
    let text = b"a line of a log\n".repeat(1000);
    for method in [
        CompressionMethod::Stored,
        CompressionMethod::Deflated,
        #[cfg(feature = "bzip2")]
        CompressionMethod::Bzip2,
        #[cfg(feature = "xz")]
        CompressionMethod::Xz,
        #[cfg(feature = "zstd")]
        CompressionMethod::Zstd,
    ] {
        let options = SimpleFileOptions::default().compression_method(method);
        let bytes = zip(&[("a", &text, options)]);
        let opened = open(&FORMAT, &bytes);
        assert!(opened.faults.is_empty(), "{method:?}: {:?}", opened.faults);
        assert_eq!(opened.member("a"), text, "{method:?}");
    }
}

#[test]
fn deflate64_is_understood() {
    // A block that is stored is the same in both.
    let bytes = packed(9, b"\x01\x04\x00\xfb\xfftext", b"text");
    assert_eq!(open(&FORMAT, &bytes).member("a"), b"text");
}

#[test]
#[cfg(feature = "xz")]
fn lzma_is_understood() {
    let options = lzma_rust2::LzmaOptions::with_preset(1);
    let writer = lzma_rust2::LzmaWriter::new_no_header(Vec::new(), &options, false);
    let mut writer = writer.expect("the options are right");
    writer.write_all(b"text").expect("memory can be written to");
    let payload = writer.finish().expect("memory can be written to");
    let size = options.dict_size.to_le_bytes();
    let header = [&[9, 4, 5, 0, options.get_props()], &size[..]].concat();
    let bytes = packed(14, &[header, payload].concat(), b"text");
    let opened = open(&FORMAT, &bytes);
    assert_eq!(opened.member("a"), b"text");
    assert!(opened.faults.is_empty(), "{opened:?}");

    let bytes = packed(14, b"\x09\x04\x05\0\x5d\0\0\0\x40rest", b"text");
    assert!(open(&FORMAT, &bytes).faults[0].1.contains("64 MiB"));
}

#[test]
fn others_are_not_taken_for_it() {
    for bytes in [
        &b"PK"[..],
        b"PK\x03",
        b"",
        b"#!/bin/sh\necho PK",
        b"MZ\x90\0",
        b"PK\x05\x06",
        b"PK\x07\x08PK",
    ] {
        assert_eq!(likeness(&FORMAT, bytes, "x.zip"), Likeness::No);
    }
    let magic_alone = likeness(&FORMAT, b"PK\x03\x04", "");
    assert_eq!(magic_alone, Likeness::Maybe);
}

#[test]
fn what_stands_before_does_no_harm() {
    let bytes = zip(&[("__main__.py", b"print()", deflated())]);
    let zipapp = [b"#!/usr/bin/env python3\n", &bytes[..]].concat();
    assert_eq!(likeness(&FORMAT, &zipapp, "app"), Likeness::Sure);
    assert_eq!(open(&FORMAT, &zipapp).member("__main__.py"), b"print()");

    let script = [b"#!/bin/sh\nexec unzip \"$0\"\n", &bytes[..]].concat();
    assert_eq!(likeness(&FORMAT, &script, ""), Likeness::Maybe);

    let program = [&b"MZ"[..], &[0; 5000], &bytes, b"signature"].concat();
    assert_eq!(likeness(&FORMAT, &program, "a.EXE"), Likeness::Maybe);
    assert_eq!(open(&FORMAT, &program).member("__main__.py"), b"print()");

    let extension = [b"Cr24\x03\0\0\0\x04\0\0\0sign", &bytes[..]].concat();
    assert_eq!(likeness(&FORMAT, &extension, ""), Likeness::Maybe);
    assert_eq!(open(&FORMAT, &extension).member("__main__.py"), b"print()");

    let other = [&b"MZ"[..], &bytes[..bytes.len() - 30]].concat();
    let opened = open(&FORMAT, &other);
    assert!(opened.members.is_empty() && opened.error.is_some());
}

#[test]
fn several_members_of_a_name_are_seen() {
    let mut bytes = zip(&[("aa", b"first", stored()), ("ab", b"second", stored())]);
    while let Some(at) = memmem::find(&bytes, b"ab") {
        bytes[at + 1] = b'a';
    }
    let opened = open(&FORMAT, &bytes);
    assert_eq!(names(&opened), ["aa", "aa"]);
    assert_eq!(opened.members[1].1, b"second");
}

#[test]
fn numbers_of_64_bits_are_understood() {
    let bytes = zip(&[("a", b"some text", deflated().large_file(true))]);
    assert_eq!(open(&FORMAT, &bytes).member("a"), b"some text");

    // The numbers of the end stand in the larger one only.
    let end = position(&bytes, b"PK\x05\x06");
    let [entries, length, offset] = [
        u64::from(u16_at(&bytes, end + 10).expect("it is there")),
        u64::from(header::u32_at(&bytes, end + 12).expect("it is there")),
        u64::from(header::u32_at(&bytes, end + 16).expect("it is there")),
    ];
    let mut large = bytes[..end].to_vec();
    large.extend(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0");
    for number in [entries, entries, length, offset] {
        large.extend(number.to_le_bytes());
    }
    large.extend(b"PK\x06\x07\0\0\0\0");
    large.extend((end as u64).to_le_bytes());
    large.extend(b"\x01\0\0\0PK\x05\x06\0\0\0\0");
    large.extend([0xff; 12]);
    large.extend([0, 0]);
    let opened = open(&FORMAT, &large);
    assert_eq!(opened.member("a"), b"some text");
    let shifted = [b"#!x\n", &large[..]].concat();
    assert_eq!(open(&FORMAT, &shifted).member("a"), b"some text");
}

#[test]
fn encrypted_members_are_faults_and_the_others_are_seen() {
    let mut bytes = zip(&[("a", b"secret", stored()), ("b", b"open", stored())]);
    let central = position(&bytes, CENTRAL_SIGNATURE);
    bytes[central + 8] |= 1;
    let opened = open(&FORMAT, &bytes);
    assert_eq!(names(&opened), ["b"]);
    assert_eq!(opened.faults, [("a".to_owned(), "encrypted".to_owned())]);
}

#[test]
fn unknown_methods_are_faults_and_the_others_are_seen() {
    let mut bytes = zip(&[("a", b"packed", stored()), ("b", b"open", stored())]);
    let central = position(&bytes, CENTRAL_SIGNATURE);
    bytes[central + 10] = 6;
    let opened = open(&FORMAT, &bytes);
    assert_eq!(names(&opened), ["b"]);
    assert!(opened.faults[0].1.contains("implode"), "{opened:?}");
}

#[test]
fn a_wrong_checksum_is_a_fault_and_the_bytes_are_seen() {
    let mut bytes = zip(&[("a", b"some text", stored()), ("b", b"other", deflated())]);
    let at = position(&bytes, b"some text");
    bytes[at] ^= 1;
    let opened = open(&FORMAT, &bytes);
    assert_eq!(opened.member("a").len(), 9);
    assert_eq!(opened.member("b"), b"other");
    assert!(opened.faults[0].1.contains("checksum"), "{opened:?}");
}

#[test]
fn without_a_directory_members_are_found_by_their_headers() {
    let text: String = (0..5000).map(|line| line.to_string()).collect();
    let members: [(&str, &[u8], _); 3] = [
        ("a", b"first", stored()),
        ("b", b"second", deflated()),
        ("c", text.as_bytes(), deflated()),
    ];
    let bytes = zip(&members);
    let central = position(&bytes, CENTRAL_SIGNATURE);
    let opened = open(&FORMAT, &bytes[..central]);
    assert_eq!(opened.member("b"), b"second");
    assert_eq!(opened.member("c"), text.as_bytes());
    let error = opened.error.expect("it is damaged");
    assert!(error.contains("3 members"), "{error}");

    let opened = open(&FORMAT, &bytes[..central - 2000]);
    assert_eq!(opened.member("b"), b"second");
    assert!(opened.member("c").len() > 1000);
    assert_eq!(opened.faults.len(), 1, "{opened:?}");

    // What was handed on by the directory is not handed on again.
    let mut damaged = bytes.clone();
    let second = central + 4 + position(&bytes[central + 4..], CENTRAL_SIGNATURE);
    damaged[second] = 0;
    let opened = open(&FORMAT, &damaged);
    assert_eq!(names(&opened), ["a", "b", "c"]);
    assert!(opened.error.is_some());
}

#[test]
fn sizes_that_follow_are_found_without_a_directory() {
    let mut writer = ZipWriter::new_stream(Vec::new());
    for (name, options) in [("a", deflated()), ("b", deflated())] {
        writer.start_file(name, options).expect("the name is new");
        writer
            .write_all(b"some text")
            .expect("memory can be written to");
    }
    let bytes = writer
        .finish()
        .expect("memory can be written to")
        .into_inner();
    assert_eq!(open(&FORMAT, &bytes).member("b"), b"some text");
    let central = position(&bytes, CENTRAL_SIGNATURE);
    let opened = open(&FORMAT, &bytes[..central]);
    assert_eq!(names(&opened), ["a", "b"]);
    assert_eq!(opened.member("b"), b"some text");
    assert!(opened.faults.is_empty(), "{opened:?}");
}

#[test]
fn bombs_end_at_their_limit() {
    let limits = Limits {
        bytes: 1 << 20,
        ..Limits::default()
    };
    let zeros = vec![0; 2 << 20];
    let bytes = zip(&[("a", &zeros, deflated())]);
    let opened = open_within(&FORMAT, &bytes, limits.clone());
    assert!(opened.error.is_some_and(|it| it.contains("--max-unpacked")));

    // A member that is no unpacking is no bomb, but a thousand that are the same one are.
    let bytes = zip(&[("a", &zeros[..1 << 20], stored())]);
    let opened = open_within(&FORMAT, &bytes, limits.clone());
    assert_eq!(opened.error, None);
    let central = position(&bytes, CENTRAL_SIGNATURE);
    let end = position(&bytes, b"PK\x05\x06");
    let entry = &bytes[central..end];
    let mut tail = bytes[end..].to_vec();
    let length = u32::try_from(entry.len() * 1000).expect("it is small");
    tail[12..16].copy_from_slice(&length.to_le_bytes());
    let bomb = [&bytes[..central], &entry.repeat(1000), &tail].concat();
    let opened = open_within(&FORMAT, &bomb, limits);
    assert!(opened.error.is_some_and(|it| it.contains("--max-unpacked")));
    assert!(opened.members.len() < 5);
}

#[test]
fn damage_is_no_panic() {
    damage(
        &FORMAT,
        &zip(&[
            ("a", b"some text", stored()),
            ("b", b"text, text, text", deflated().large_file(true)),
        ]),
    );
}

#[test]
fn what_stands_in_front_of_the_listed_members_is_seen() {
    let first = zip(&[("first", b"one", deflated())]);
    let second = zip(&[("second", b"two", deflated())]);
    let opened = open(&FORMAT, &[first.clone(), second].concat());
    assert_eq!(opened.member("first"), b"one");
    assert_eq!(opened.member("second"), b"two");
    let empty = zip(&[]);
    let opened = open(&FORMAT, &[first, empty].concat());
    assert_eq!(opened.member("first"), b"one");
    assert!(opened.faults.is_empty() && opened.error.is_none());
}
