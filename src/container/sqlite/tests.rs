use super::*;
use crate::container::format::testing::{Opened, likeness, open, open_within};
use crate::limits::Limits;
use crate::within::Within;

const SIZE: usize = 512;

fn varint(number: usize) -> Vec<u8> {
    let low = u8::try_from(number & 0x7f).expect("it has seven bits");
    let mut bytes = vec![low];
    let mut rest = number >> 7;
    while rest > 0 {
        let low = u8::try_from(rest & 0x7f).expect("it has seven bits");
        bytes.insert(0, low | 0x80);
        rest >>= 7;
    }
    bytes
}

enum Field<'f> {
    Text(&'f [u8]),
    Number(u8),
}

fn record(fields: &[Field<'_>]) -> Vec<u8> {
    let (mut kinds, mut body) = (Vec::new(), Vec::new());
    for field in fields {
        match field {
            Field::Text(text) => {
                kinds.extend(varint(13 + 2 * text.len()));
                body.extend_from_slice(text);
            }
            Field::Number(number) => {
                kinds.push(1);
                body.push(*number);
            }
        }
    }
    [varint(kinds.len() + 1), kinds, body].concat()
}

/// A page of a tree, of a kind, with cells, and what its header ends with.
fn page(kind: u8, header: &[u8], cells: &[Vec<u8>], tail: &[u8]) -> Vec<u8> {
    let mut page = header.to_vec();
    let count = u16::try_from(cells.len()).expect("they are few");
    page.extend([&[kind, 0, 0][..], &count.to_be_bytes(), &[0, 0, 0], tail].concat());
    let mut end = SIZE;
    let mut contents = Vec::new();
    for cell in cells {
        end -= cell.len();
        page.extend(u16::try_from(end).expect("a page is small").to_be_bytes());
        contents.splice(0..0, cell.iter().copied());
    }
    page.resize(end, 0);
    page.extend(contents);
    page
}

/// The cell of a row, and the pages where its record goes on, from `next` on.
fn row(number: usize, record: &[u8], next: u32) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut cell = [varint(record.len()), varint(number)].concat();
    if record.len() <= SIZE - 35 {
        cell.extend_from_slice(record);
        return (cell, Vec::new());
    }
    let shortest = (SIZE - 12) * 32 / 255 - 23;
    let filled = shortest + (record.len() - shortest) % (SIZE - 4);
    let local = if filled <= SIZE - 35 {
        filled
    } else {
        shortest
    };
    cell.extend_from_slice(&record[..local]);
    cell.extend(next.to_be_bytes());
    let parts: Vec<_> = record[local..].chunks(SIZE - 4).collect();
    let last = parts.len() - 1;
    let pages = (next + 1..)
        .zip(parts)
        .enumerate()
        .map(|(at, (next, part))| {
            let next = if at == last { 0 } else { next };
            let mut page = [&next.to_be_bytes(), part].concat();
            page.resize(SIZE, 0);
            page
        });
    (cell, pages.collect())
}

fn header(encoding: u8) -> Vec<u8> {
    let mut header = b"SQLite format 3\0\x02\0\x01\x01\0".to_vec();
    header.resize(100, 0);
    header[59] = encoding;
    header
}

/// A database with a table in which the first row is long, and a second page of it.
fn database(encoding: u8, text: &dyn Fn(&str) -> Vec<u8>, long: &str) -> Vec<u8> {
    let schema = record(&[
        Field::Text(&text("table")),
        Field::Text(&text("params")),
        Field::Text(&text("params")),
        Field::Number(2),
        Field::Text(&text("CREATE TABLE params")),
    ]);
    let (schema, _) = row(1, &schema, 0);
    let long = record(&[Field::Text(&text("first")), Field::Text(&text(long))]);
    let (first, overflow) = row(7, &long, 5);
    let (second, _) = row(
        300,
        &record(&[Field::Number(1), Field::Text(&text("second"))]),
        0,
    );
    let interior = [&4_u32.to_be_bytes()[..], &[7]].concat();
    let mut pages = vec![
        page(13, &header(encoding), &[schema], b""),
        page(5, b"", &[interior], &3_u32.to_be_bytes()),
        page(13, b"", &[second], b""),
        page(13, b"", &[first], b""),
    ];
    pages.extend(overflow);
    pages.concat()
}

fn utf8(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn long() -> String {
    "0123456789".repeat(200)
}

fn lines(opened: &Opened) -> Vec<(&str, &[u8], Option<Within>)> {
    let places = opened.places.iter();
    let lines = places.map(|(name, line, within)| (name.as_str(), &line[..], within.clone()));
    lines
        .filter(|(name, ..)| *name != "sqlite_schema")
        .collect()
}

#[test]
fn a_value_over_several_pages_is_joined_and_has_its_row() {
    let bytes = database(1, &utf8, &long());
    assert_eq!(likeness(&FORMAT, &bytes, "mlflow.db"), Likeness::Sure);
    let opened = open(&FORMAT, &bytes);
    let long = long();
    let expected: [(&str, &[u8], _); 3] = [
        ("params", b"first", Some(Within::Row(7))),
        ("params", long.as_bytes(), Some(Within::Row(7))),
        ("params", b"second", Some(Within::Row(300))),
    ];
    assert_eq!(opened.faults, []);
    assert_eq!(lines(&opened), expected);
    assert!(
        opened
            .member("sqlite_schema")
            .ends_with(b"CREATE TABLE params\n")
    );
}

#[test]
fn utf_16_is_text() {
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [database(2, &little, &long()), database(3, &big, &long())] {
        let opened = open(&FORMAT, &bytes);
        assert_eq!(
            lines(&opened)[2],
            ("params", &b"second"[..], Some(Within::Row(300)))
        );
        assert_eq!(lines(&opened)[1].1, long().as_bytes());
    }
}

#[test]
fn a_circle_ends() {
    let mut bytes = database(1, &utf8, &long());
    // The page of the second row becomes that of all rows.
    let first_page = bytes[SIZE..2 * SIZE].to_vec();
    bytes[2 * SIZE..3 * SIZE].copy_from_slice(&first_page);
    let opened = open(&FORMAT, &bytes);
    assert_eq!(lines(&opened).len(), 2);
    // A value that goes on with itself.
    let mut bytes = database(1, &utf8, &long());
    bytes[4 * SIZE..4 * SIZE + 4].copy_from_slice(&5_u32.to_be_bytes());
    let opened = open(&FORMAT, &bytes);
    assert_eq!((lines(&opened).len(), opened.error), (3, None));
}

#[test]
fn what_is_cut_off_is_a_fault_and_the_rest_is_seen() {
    let bytes = database(1, &utf8, &long());
    let opened = open(&FORMAT, &bytes[..bytes.len() - 1]);
    assert_eq!(opened.faults.len(), 1);
    assert_eq!(lines(&opened)[0].1, b"second");
    for end in 0..bytes.len() {
        open(&FORMAT, &bytes[..end]);
    }
}

#[test]
fn flipped_bytes_never_panic() {
    let bytes = database(1, &utf8, &long());
    for at in 0..bytes.len() {
        for change in [1, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= change;
            open(&FORMAT, &bytes);
        }
    }
}

#[test]
fn rows_that_share_their_pages_end_at_a_limit() {
    // A page of rows that all go on over the same pages.
    let long = record(&[Field::Text(&vec![b'x'; 60_000])]);
    let (cell, overflow) = row(1, &long, 3);
    let cells = vec![cell; 6];
    let schema = record(&[
        Field::Text(b"table"),
        Field::Text(b"t"),
        Field::Text(b"t"),
        Field::Number(2),
    ]);
    let (schema, _) = row(1, &schema, 0);
    let mut pages = vec![
        page(13, &header(1), &[schema], b""),
        page(13, b"", &cells, b""),
    ];
    pages.extend(overflow);
    let limits = Limits {
        bytes: 150_000,
        ..Limits::default()
    };
    let opened = open_within(&FORMAT, &pages.concat(), limits);
    let error = opened.error.expect("there is a limit");
    assert!(error.contains("150000 bytes"), "{error}");
}

#[test]
fn a_log_shows_the_rows_of_its_last_frames() {
    let database = database(1, &utf8, &long());
    let mut log = b"\x37\x7f\x06\x82\x00\x2d\xe2\x18\0\0\x02\0".to_vec();
    log.resize(32, 0);
    let mut frame = |number: u32, page: &[u8]| {
        log.extend(number.to_be_bytes());
        log.extend([0; 20]);
        log.extend_from_slice(page);
    };
    // An older page is not looked for.
    frame(4, &database[2 * SIZE..3 * SIZE]);
    for (number, page) in (1..).zip(database.chunks(SIZE)).skip(2) {
        frame(number, page);
    }
    assert_eq!(likeness(&WAL_FORMAT, &log, "a.db-wal"), Likeness::Sure);
    let opened = open(&WAL_FORMAT, &log);
    let long = long();
    let expected: [(&str, &[u8], _); 3] = [
        ("<wal>", b"second", Some(Within::Row(300))),
        ("<wal>", b"first", Some(Within::Row(7))),
        ("<wal>", long.as_bytes(), Some(Within::Row(7))),
    ];
    assert_eq!(lines(&opened), expected);
    for at in 0..log.len() {
        open(&WAL_FORMAT, &log[..at]);
        let mut log = log.clone();
        log[at] ^= 0xff;
        open(&WAL_FORMAT, &log);
    }
}
