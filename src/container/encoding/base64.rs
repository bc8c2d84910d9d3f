//! Base64 and base64url (RFC 4648), in lines of mail (RFC 2045) and in JSON too.
//!
//! What a text looks like depends on how many bytes stand before it, so it has three
//! forms; which one is there says where a group of four begins, and the rest of the run
//! need not be read to know it.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::ops::Range;

use super::{BEFORE, BEHIND, BlockForm, Code, Form, Stretch};
use crate::encoding::Encoding;
use crate::source_map::{Mapped, Rate};

pub(super) const CODE: Code = Code {
    encoding: Encoding::Base64,
    about: "Base64 and base64url",
    seen: "Wherever in the encoded bytes the token stands, so in basic authentication, in \
        `data:` of Kubernetes and in longer texts; in lines of 60 characters and more, as mail \
        has them, and with `\\/` or `\\n` of JSON between. In it again: base64, hex, UTF-16, and \
        gzip, zip, zstd, xz, PNG and PDF files.",
    unseen: "Lines shorter than that, joined; base64 that was escaped in another way than in JSON.",
    form: Form::Block { forms, decode },
};

const RATE: Rate = Rate { text: 3, source: 4 };

/// Lines are joined where they have at least so many characters: shorter ones are texts
/// of their own.
const SHORTEST_LINE: usize = 60;

/// The value of a character of either alphabet.
pub(super) fn value(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// The characters of `text` that are the same whatever stands around it, for each of the
/// three places in a group that it may begin at.
fn forms(text: &[u8]) -> Vec<BlockForm> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let form = |before: usize| {
        let bytes: Vec<u8> = [&[0, 0][..before], text].concat();
        let bit = |place: usize| bytes[place / 8] >> (7 - place % 8) & 1;
        let character = |place: usize| {
            let value = (0..6).fold(0, |value, at| value << 1 | bit(place * 6 + at));
            ALPHABET[usize::from(value)]
        };
        let lead = (before * 8).div_ceil(6);
        BlockForm {
            bytes: (lead..bytes.len() * 8 / 6).map(character).collect(),
            lead,
        }
    };
    (0..3).map(form).collect()
}

fn decode(bytes: &[u8], at: usize, lead: usize) -> Stretch {
    let Some(first) = at.checked_sub(lead) else {
        return Stretch::default();
    };
    let is_of_run = |byte: &u8| value(*byte).is_some();
    let before = bytes[..first]
        .iter()
        .rev()
        .take(BEFORE)
        .take_while(|it| is_of_run(it));
    let start = first - before.count() / 4 * 4;
    let mut text = Mapped::default();
    let mut place = start;
    let limit = bytes.len().min(at + BEHIND);
    let mut group = Group::default();
    while place < limit {
        if let Some(value) = value(bytes[place]) {
            group.add(value, place);
            place += 1;
            if group.values.len() == 4 {
                group.decode(&mut text);
            }
        } else if let Some(gap) = gap(&bytes[..limit], place) {
            place += gap;
        } else {
            break;
        }
    }
    group.decode(&mut text);
    Stretch { text, end: place }
}

/// Up to four characters, which stand for up to three bytes.
#[derive(Debug, Default)]
struct Group {
    values: Vec<u8>,
    source: Range<usize>,
}

impl Group {
    fn add(&mut self, value: u8, place: usize) {
        if self.values.is_empty() {
            self.source = place..place;
        }
        self.values.push(value);
        self.source.end = place + 1;
    }

    fn decode(&mut self, text: &mut Mapped) {
        let count = self.values.len();
        let bits = self.values.drain(..);
        let bits = bits.fold(0_u32, |bits, value| bits << 6 | u32::from(value));
        let [_, decoded @ ..] = (bits << (6 * (4 - count))).to_be_bytes();
        let decoded = &decoded[..count.saturating_sub(1)];
        let source = self.source.clone();
        if source.len() == 4 {
            text.push(decoded, source, RATE);
        } else if !decoded.is_empty() {
            text.push_escape(decoded, source);
        }
    }
}

/// How many bytes there are at a place that stand between two lines of one text, or that
/// JSON adds to it.
pub(super) fn gap(bytes: &[u8], place: usize) -> Option<usize> {
    /// A line of mail that is quoted, or in YAML, is indented.
    const WIDEST: usize = 40;
    let rest = &bytes[place..];
    // JSON writes a slash, which is of the alphabet, with a backslash before it.
    if rest.starts_with(b"\\/") {
        return Some(1);
    }
    let starts = |prefix: &[u8]| rest.starts_with(prefix).then_some(prefix.len());
    let ends = [&b"\r\n"[..], b"\n", b"\\r\\n", b"\\n"];
    let end_of_line = ends.into_iter().find_map(starts)?;
    let line = bytes[..place].iter().rev().take(SHORTEST_LINE);
    let line = line.take_while(|byte| value(**byte).is_some());
    if line.count() < SHORTEST_LINE {
        return None;
    }
    let indent = rest[end_of_line..].iter().take(WIDEST);
    let indent = indent.take_while(|byte| b" \t>\",+'".contains(byte) && value(**byte).is_none());
    let gap = end_of_line + indent.count();
    goes_on(&rest[gap..]).then_some(gap)
}

/// Whether a line is more of the text before it: it is long, or nothing else is in it.
fn goes_on(line: &[u8]) -> bool {
    const LONG: usize = 16;
    let run = line.iter().take_while(|byte| value(**byte).is_some());
    let run = run.take(LONG).count();
    let padding = line[run..].iter().take(2).take_while(|byte| **byte == b'=');
    let behind = line.get(run + padding.count());
    run >= LONG || run > 0 && behind.is_none_or(|byte| b"\r\n\"\\'<-".contains(byte))
}

/// The bytes that stand in base64 at the start of a stream. White space, backslashes and
/// the letters of JSON's `\n` between are passed over.
pub(crate) fn stream(text: impl Read) -> impl Read {
    Decoder {
        text: io::BufReader::new(text),
        previous: None,
        is_over: false,
        ready: VecDeque::new(),
    }
}

struct Decoder<R> {
    text: io::BufReader<R>,
    /// A backslash was read.
    previous: Option<u8>,
    is_over: bool,
    /// Bytes of a group that were not asked for yet.
    ready: VecDeque<u8>,
}

impl<R: Read> Decoder<R> {
    /// The value of the next character.
    fn next(&mut self) -> io::Result<Option<u8>> {
        while !self.is_over {
            let Some(&byte) = self.text.fill_buf()?.first() else {
                break;
            };
            self.text.consume(1);
            let escaped = self.previous.take() == Some(b'\\');
            match byte {
                b'n' | b'r' if escaped => {}
                b'\\' => self.previous = Some(byte),
                b' ' | b'\t' | b'\r' | b'\n' => {}
                byte => match value(byte) {
                    Some(value) => return Ok(Some(value)),
                    None => break,
                },
            }
        }
        self.is_over = true;
        Ok(None)
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            if self.ready.is_empty() {
                let mut bits = 0_u32;
                let mut count = 0_usize;
                while count < 4
                    && let Some(value) = self.next()?
                {
                    bits = bits << 6 | u32::from(value);
                    count += 1;
                }
                let [_, decoded @ ..] = (bits << (6 * (4 - count))).to_be_bytes();
                let decoded = decoded.into_iter().take(count.saturating_sub(1));
                self.ready.extend(decoded);
                if self.ready.is_empty() {
                    break;
                }
            }
            if let Some(byte) = self.ready.pop_front() {
                buffer[filled] = byte;
                filled += 1;
            }
        }
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, BASE64URL_NOPAD};

    use super::*;

    fn decoded(encoded: &str, at: usize, lead: usize) -> String {
        let Stretch { text, .. } = decode(encoded.as_bytes(), at, lead);
        String::from_utf8_lossy(&text.bytes).into_owned()
    }

    #[test]
    fn a_text_is_found_and_read_wherever_it_stands() {
        for before in 0..40 {
            for (after, plain) in [("", true), ("!?", false), (" and ÿÿÿ more", true)] {
                let text = format!("{}hf_abc{after}", "x".repeat(before));
                let encoded = if plain {
                    BASE64.encode(text.as_bytes())
                } else {
                    BASE64URL_NOPAD.encode(text.as_bytes())
                };
                let form = &forms(b"hf_")[before % 3];
                let form_text = String::from_utf8(form.bytes.clone()).expect("it is ASCII");
                let at = encoded.find(&form_text).expect("the form stands there");
                let line = format!("key: {encoded}\nnext one");
                assert_eq!(decoded(&line, at + 5, form.lead), text, "{line}");
            }
        }
    }

    #[test]
    fn lines_are_joined_where_they_are_long() {
        let text = format!("{}hf_abcdef{}", "x".repeat(40), "y".repeat(60));
        let encoded = BASE64.encode(text.as_bytes());
        for (width, gap, is_whole) in [
            (64, "\n", true),
            (76, "\r\n", true),
            (64, "\n    ", true),
            (64, "\n> ", true),
            (76, "\\n", true),
            (24, "\n", false),
        ] {
            let lines: Vec<&str> = encoded
                .as_bytes()
                .chunks(width)
                .map(|line| std::str::from_utf8(line).expect("it is ASCII"))
                .collect();
            let wrapped = lines.join(gap);
            let found = decoded(&wrapped, 0, 0);
            assert_eq!(found == text, is_whole, "{width} {gap:?} {found}");
        }
        let slashed = BASE64.encode(b"???hf_???");
        let slashed = slashed.replace('/', "\\/");
        assert_eq!(decoded(&slashed, 0, 0), "???hf_???");
    }

    #[test]
    fn a_stream_ends_where_the_text_does() {
        let bytes: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let text = BASE64.encode(&bytes);
        let lines: Vec<&[u8]> = text.as_bytes().chunks(76).collect();
        for text in [
            text.as_bytes().to_vec(),
            lines.join(&b"\n"[..]),
            lines.join(&b"\\n"[..]),
        ] {
            let mut decoded = Vec::new();
            let mut stream = stream(io::Cursor::new([&text, &b"\", more"[..]].concat()));
            stream
                .read_to_end(&mut decoded)
                .expect("memory can be read");
            assert!(decoded == bytes);
        }
    }

    #[test]
    fn places_are_told_in_the_encoded_text() {
        let encoded = BASE64.encode(b"token hf_abcdef");
        let Stretch { text, end } = decode(encoded.as_bytes(), 8, 0);
        assert_eq!((text.source_of(&(6..15)), end), (8..20, 20));
    }
}
