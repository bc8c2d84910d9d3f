use super::*;
use crate::container::format::testing::{Opened, likeness, open, open_within};
use crate::limits::Limits;
use crate::within::Within;

fn varint(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).expect("it has seven bits") | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).expect("it has seven bits"));
    bytes
}

fn number(field: usize, number: usize) -> Vec<u8> {
    [varint(field << 3), varint(number)].concat()
}

fn bytes(field: usize, bytes: &[u8]) -> Vec<u8> {
    [varint(field << 3 | 2), varint(bytes.len()), bytes.to_vec()].concat()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Packed {
    Not,
    Zstd,
}

impl Packed {
    fn pack(self, bytes: &[u8]) -> Vec<u8> {
        if self == Self::Not || bytes.is_empty() {
            return bytes.to_vec();
        }
        // In two chunks, of which the first is as it is.
        let (first, rest) = bytes.split_at(bytes.len() / 3);
        let rest = zstd::bulk::compress(rest, 1).expect("memory can be written to");
        let header = |length: usize, stored: u32| {
            let header = u32::try_from(length).expect("it is small") << 1 | stored;
            header.to_le_bytes()[..3].to_vec()
        };
        [
            header(first.len(), 1),
            first.to_vec(),
            header(rest.len(), 0),
            rest,
        ]
        .concat()
    }
}

/// Streams: a kind, a column, and bytes.
type Streams<'s> = &'s [(usize, usize, &'s [u8])];

/// A file of two stripes, both with these streams, of a structure of two columns that
/// are encoded so, and of three rows.
fn file(packed: Packed, streams: Streams<'_>, encodings: [usize; 3]) -> Vec<u8> {
    let mut file = b"ORC".to_vec();
    let mut stripes = Vec::new();
    for _ in 0..2 {
        let start = file.len();
        let mut footer = Vec::new();
        for &(kind, column, content) in streams {
            let content = packed.pack(content);
            let stream = [number(1, kind), number(2, column), number(3, content.len())].concat();
            footer.extend(bytes(1, &stream));
            file.extend(content);
        }
        for encoding in encodings {
            footer.extend(bytes(2, &number(1, encoding)));
        }
        let length = file.len() - start;
        let footer = packed.pack(&footer);
        let stripe = [
            number(1, start),
            number(3, length),
            number(4, footer.len()),
            number(5, 3),
        ];
        stripes.extend(bytes(3, &stripe.concat()));
        file.extend(footer);
    }
    let root = [
        number(1, 12),
        bytes(2, &[1, 2]),
        bytes(3, b"text"),
        bytes(3, b"kind"),
    ]
    .concat();
    let string = number(1, 7);
    let types = [root, string.clone(), string]
        .map(|it| bytes(4, &it))
        .concat();
    let item = [bytes(1, b"note"), bytes(2, b"of the file")].concat();
    let footer = packed.pack(&[stripes, types, bytes(5, &item)].concat());
    let codec = if packed == Packed::Not { 0 } else { 5 };
    let postscript = [
        number(1, footer.len()),
        number(2, codec),
        bytes(8000, b"ORC"),
    ]
    .concat();
    file.extend(footer);
    let length = u8::try_from(postscript.len()).expect("it is short");
    file.extend(postscript);
    file.push(length);
    file
}

/// Two texts in three rows, and a dictionary of two values.
const STREAMS: Streams<'static> = &[
    (0, 1, &[0xff, 0b1010_0000]),
    (1, 1, b"first text.other"),
    (2, 1, &[0xfe, 11, 5]),
    (1, 2, &[0xfd, 1, 0, 1]),
    (3, 2, b"firstsecond"),
    (2, 2, &[0xfe, 5, 6]),
];

fn lines(opened: &Opened) -> Vec<(&str, &[u8], Option<Within>)> {
    let places = opened.places.iter();
    let lines = places.map(|(name, line, within)| (name.as_str(), &line[..], within.clone()));
    lines.filter(|(name, ..)| *name != "<metadata>").collect()
}

#[test]
fn values_are_told_apart_and_have_their_rows() {
    for packed in [Packed::Not, Packed::Zstd] {
        let bytes = file(packed, STREAMS, [0, 0, 1]);
        assert_eq!(likeness(&FORMAT, &bytes, "a.orc"), Likeness::Maybe);
        let opened = open(&FORMAT, &bytes);
        assert_eq!(
            (opened.error.as_deref(), &opened.faults[..]),
            (None, &[][..])
        );
        let row = |row| Some(Within::Row(row));
        let expected: [(&str, &[u8], _); 8] = [
            ("text", b"first text.", row(1)),
            ("text", b"other", row(3)),
            ("kind", b"first", row(2)),
            ("kind", b"second", row(1)),
            ("text", b"first text.", row(4)),
            ("text", b"other", row(6)),
            ("kind", b"first", row(5)),
            ("kind", b"second", row(4)),
        ];
        assert_eq!(lines(&opened), expected);
        assert_eq!(opened.member("<metadata>"), b"note=of the file\n");
    }
}

#[test]
fn what_has_no_lengths_is_shown_as_it_is() {
    let broken = STREAMS.iter().map(|&stream| match stream {
        (2, 1, _) => (2, 1, &[0xfe, 11][..]),
        other => other,
    });
    let broken: Vec<_> = broken.collect();
    let opened = open(&FORMAT, &file(Packed::Zstd, &broken, [0, 0, 1]));
    assert_eq!(opened.faults.len(), 2);
    assert!(
        opened
            .members
            .contains(&("text".to_string(), b"\nfirst text.other".to_vec()))
    );
    assert_eq!(lines(&opened).len(), 4);
}

#[test]
fn what_is_cut_off_or_flipped_never_panics() {
    for packed in [Packed::Not, Packed::Zstd] {
        let bytes = file(packed, STREAMS, [0, 2, 3]);
        for end in 0..bytes.len() {
            assert!(open(&FORMAT, &bytes[..end]).error.is_some());
        }
        for at in 0..bytes.len() {
            for change in [1, 2, 0x80, 0xff] {
                let mut bytes = bytes.clone();
                bytes[at] ^= change;
                open(&FORMAT, &bytes);
            }
        }
    }
}

#[test]
fn a_bomb_ends_at_its_limit() {
    let zeros = vec![0; 200_000];
    let streams: Streams<'_> = &[(1, 1, &zeros), (2, 1, &[0xff, 0xc0, 0x9a, 0x0c])];
    let bytes = file(Packed::Zstd, streams, [0, 0, 0]);
    let limits = Limits {
        bytes: 100_000,
        ..Limits::default()
    };
    let error = open_within(&FORMAT, &bytes, limits).error;
    let error = error.expect("there is a limit");
    assert!(error.contains("100000 bytes"), "{error}");
}
