//! `pdf`: the streams of PDF documents, which hold pages, attachments and, in newer
//! ones, most objects (ISO 32000-2).
//!
//! Streams are found by their keyword, not by the cross-reference table: what was
//! replaced by a later version is in the file still.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::read::ZlibDecoder;
use memchr::memmem;

use self::ascii::{Ascii, Coding};
use self::lzw::{Growth, Lzw};
use self::shown::Shown;
use self::stream::{LONGEST_DICTIONARY, Stream};
use super::format::{Format, Head, Likeness, Members, Open, OpenError};
use super::store::Store;

mod ascii;
mod lzw;
mod shown;
mod stream;

pub(crate) const FORMAT: Format = Format {
    name: "pdf",
    about: "PDF (`.pdf`)",
    seen: "Streams that are packed by deflate or LZW, which includes pages, object streams and \
        attachments, named by their object, as in `a.pdf!stream 12`; and the strings that a page \
        shows, joined where kerning splits them, as in `a.pdf!stream 12 text`.",
    unseen: "Pictures, streams that are packed by run length, and text whose font has an \
        encoding of its own. Encrypted documents.",
    is,
    open: Open::Anywhere(open),
};

/// What is searched at once, in bytes.
const WINDOW: u64 = 1 << 20;

/// Where a document says at its start or end that it is encrypted, in bytes.
const EDGE: u64 = 64 << 10;

fn is(head: &Head<'_>) -> Likeness {
    let mark = b"%PDF-";
    if head.bytes.starts_with(mark) {
        return Likeness::Sure;
    }
    // Readers accept something in front of it.
    let front = head.bytes.get(..1024).unwrap_or(head.bytes);
    Likeness::maybe_if(head.has_ending(".pdf") && memmem::find(front, mark).is_some())
}

fn open(store: &mut Store<'_>, members: &mut dyn Members) -> Result<(), OpenError> {
    let length = store.length();
    let edges = [
        (0, EDGE.min(length)),
        (length.saturating_sub(EDGE), EDGE.min(length)),
    ];
    for (start, length) in edges {
        let edge = store.read_at(start, length);
        if is_encrypted(&edge.map_err(OpenError::read(FORMAT.name))?) {
            return Err(OpenError::Encrypted);
        }
    }
    let mut count = 0;
    // Where the search goes on.
    let mut next = 0;
    while next < length {
        let start = next.saturating_sub(LONGEST_DICTIONARY as u64);
        let window = store.read_at(
            start,
            (WINDOW + LONGEST_DICTIONARY as u64).min(length - start),
        );
        let window = window.map_err(OpenError::read(FORMAT.name))?;
        members.budget().in_time()?;
        let window_end = start + window.len() as u64;
        for found in memmem::find_iter(&window, "stream") {
            let place = start + found as u64;
            let (before, behind) = window.split_at(found);
            if place < next || before.ends_with(b"end") {
                continue;
            }
            let Some(stream) = Stream::at(place, before, behind) else {
                continue;
            };
            count += 1;
            let number = stream.number.unwrap_or(count);
            show(store, &stream, number, members)?;
            next = stream.end(store).unwrap_or(stream.start);
        }
        if window_end == length {
            break;
        }
        // The keyword may be cut in two by the end of the window.
        next = next.max(window_end.saturating_sub(16));
    }
    Ok(())
}

/// Whether there is a reference to how the document is encrypted, or a dictionary.
fn is_encrypted(bytes: &[u8]) -> bool {
    memmem::find_iter(bytes, "/Encrypt").any(|place| {
        let behind = bytes.get(place + "/Encrypt".len()..).unwrap_or_default();
        let value = behind.trim_ascii_start();
        let is_reference = || {
            let end = memchr::memchr(b'R', value).filter(|end| *end < 24);
            let reference = value.get(..end.unwrap_or_default()).unwrap_or_default();
            let parts = reference.split(u8::is_ascii_whitespace);
            let mut numbers = parts.filter(|part| !part.is_empty());
            numbers.clone().count() == 2 && numbers.all(|it| it.iter().all(u8::is_ascii_digit))
        };
        value.starts_with(b"<<") || is_reference()
    })
}

/// Hands on a stream, and the text in it. Its number is that of its object, or how many are in
/// front of it.
fn show(
    store: &mut Store<'_>,
    stream: &Stream<'_>,
    number: u64,
    members: &mut dyn Members,
) -> Result<(), OpenError> {
    if stream.is_passed() {
        return Ok(());
    }
    let name = format!("stream {number}").into_bytes();
    let seek = store.seek(SeekFrom::Start(stream.start));
    seek.map_err(OpenError::read(FORMAT.name))?;
    let filters = stream.filters();
    let mut bytes: Box<dyn Read + '_> = Box::new(BufReader::new(store));
    for filter in &filters {
        bytes = match *filter {
            b"FlateDecode" | b"Fl" => Box::new(members.budget().meter(ZlibDecoder::new(bytes))),
            b"ASCIIHexDecode" | b"AHx" => Box::new(Ascii::new(bytes, Coding::Hex)),
            b"ASCII85Decode" | b"A85" => Box::new(Ascii::new(bytes, Coding::Base85)),
            b"Crypt" => {
                members.fault(&name, OpenError::Encrypted);
                return Ok(());
            }
            b"LZWDecode" | b"LZW" => {
                let early = stream.value("/EarlyChange");
                let growth = if early.is_some_and(|it| it.starts_with(b"0")) {
                    Growth::WhenNeeded
                } else {
                    Growth::Early
                };
                Box::new(members.budget().meter(Lzw::new(bytes, growth)))
            }
            b"RunLengthDecode" | b"RL" => {
                let filter = String::from_utf8_lossy(filter);
                members.fault(&name, OpenError::Unsupported(format!("{filter} in PDF")));
                return Ok(());
            }
            // The others are for pictures.
            _ => return Ok(()),
        };
    }
    let mut shown = Shown::default();
    let is_page = stream.is_page();
    if filters.is_empty() {
        // The raw bytes have it all, unless it is split.
        let length = stream.length().unwrap_or_default();
        if is_page {
            let copied = io::copy(&mut bytes.take(length), &mut shown);
            copied.map_err(OpenError::read(FORMAT.name))?;
        }
    } else if is_page {
        members.member(&name, &mut shown.of(bytes))?;
    } else {
        members.member(&name, &mut bytes)?;
    }
    let text = shown.text();
    if text.is_empty() {
        return Ok(());
    }
    members.text(&[&*name, b" text"].concat(), text, &|_| None)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use data_encoding::HEXLOWER;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;
    use crate::container::damage::survives;
    use crate::container::format::testing::{likeness, open, open_within};
    use crate::limits::Limits;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).expect("memory can be written to");
        encoder.finish().expect("memory can be written to")
    }

    fn object(number: u64, dictionary: &str, stream: &[u8]) -> Vec<u8> {
        let length = stream.len();
        let head = format!("{number} 0 obj\n<</Length {length} {dictionary}>>\nstream\r\n");
        [head.as_bytes(), stream, b"\nendstream\nendobj\n"].concat()
    }

    fn document(objects: &[Vec<u8>]) -> Vec<u8> {
        [
            b"%PDF-1.7\n",
            &*objects.concat(),
            b"trailer <</Root 1 0 R>>\n%%EOF\n",
        ]
        .concat()
    }

    fn sample() -> Vec<u8> {
        let page = packed(b"BT [(to) -20 (ken)] TJ ET");
        let hex = format!("{}>", HEXLOWER.encode(&page));
        document(&[
            object(4, "/Filter /FlateDecode", &page),
            object(
                5,
                "/Filter [ /ASCIIHexDecode /FlateDecode ]",
                hex.as_bytes(),
            ),
            object(
                6,
                "/Type/ObjStm/Filter/FlateDecode",
                &packed(b"1 0 (object)"),
            ),
            object(
                7,
                "/Subtype /Image /Filter /FlateDecode",
                &packed(b"pixels"),
            ),
            object(8, "/Filter/DCTDecode", b"pixels"),
            object(9, "", b"[(pla)9(in)] TJ"),
            object(10, "/Filter/RunLengthDecode", b"\x80"),
            object(
                11,
                "/Filter/LZWDecode",
                b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01",
            ),
        ])
    }

    #[test]
    fn streams_and_their_text_are_members() {
        let document = sample();
        assert_eq!(likeness(&FORMAT, &document, ""), Likeness::Sure);
        let opened = open(&FORMAT, &document);
        assert_eq!(opened.error, None);
        for name in ["stream 4", "stream 5"] {
            assert_eq!(opened.member(name), b"BT [(to) -20 (ken)] TJ ET");
            assert_eq!(opened.member(&format!("{name} text")), b"token\n");
        }
        assert_eq!(opened.member("stream 6"), b"1 0 (object)");
        assert_eq!(opened.member("stream 9 text"), b"plain\n");
        // The example of the standard.
        assert_eq!(opened.member("stream 11"), b"-----A---B");
        assert_eq!(opened.members.len(), 7, "{opened:?}");
        let (name, fault) = &opened.faults[0];
        assert!(
            name == "stream 10" && fault.contains("RunLength"),
            "{fault}"
        );
    }

    #[test]
    fn windows_cut_nothing() {
        let filler = object(1, "/Subtype/Image", &vec![b' '; (1 << 20) - 300]);
        for gap in 0..400 {
            let gap = object(2, "/Subtype/Image", &vec![b'%'; gap]);
            let last = object(3, "/Filter/FlateDecode", &packed(b"last"));
            let document = document(&[filler.clone(), gap, last]);
            assert_eq!(open(&FORMAT, &document).member("stream 3"), b"last");
        }
    }

    #[test]
    fn an_encrypted_document_says_so() {
        let trailer = b"trailer <</Encrypt 7 0 R /Root 1 0 R>>".to_vec();
        let opened = open(&FORMAT, &document(&[trailer]));
        assert_eq!(opened.error.as_deref(), Some("encrypted"));
        let text = b"The key /Encrypt 7 means, /EncryptMetadata true".to_vec();
        assert_eq!(open(&FORMAT, &document(&[text])).error, None);
    }

    #[test]
    fn damage_is_told_and_does_no_harm() {
        let damaged = object(3, "/Filter/FlateDecode", b"no zlib");
        let next = object(4, "/Filter/FlateDecode", &packed(b"next"));
        let opened = open(&FORMAT, &document(&[damaged, next]));
        assert_eq!(
            (opened.faults.len(), opened.member("stream 4")),
            (1, &b"next"[..])
        );
        survives(&FORMAT, &sample(), "a.pdf");
    }

    #[test]
    fn a_bomb_ends_at_its_limit() {
        let bomb = packed(&packed(&vec![0; 4 << 20]));
        let bomb = object(3, "/Filter [/FlateDecode /FlateDecode]", &bomb);
        let limits = Limits {
            bytes: 1 << 20,
            ..Limits::default()
        };
        let opened = open_within(&FORMAT, &document(&[bomb]), limits);
        assert!(
            opened
                .error
                .is_some_and(|error| error.contains("--max-unpacked"))
        );
    }
}
