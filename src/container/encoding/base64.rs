//! Base64 and base64url (RFC 4648), in lines of mail (RFC 2045) and in JSON too.
//!
//! What a text looks like depends on how many bytes stand before it, so it has three
//! forms; which one is there says where a group of four begins, and the rest of the run
//! need not be read to know it.

use std::io::{self, BufRead, Read};
use std::ops::Range;

use data_encoding::BASE64_NOPAD;

use super::{BEFORE, BEHIND, BlockForm, Code, Edge, Form, Place, Stretch};
use crate::encoding::Encoding;
use crate::source_map::{Mapped, Rate};

pub(super) const CODE: Code = Code {
    encoding: Encoding::Base64,
    about: "Base64 and base64url",
    seen: "Wherever in the encoded bytes the token stands, so in basic authentication, in \
        `data:` of Kubernetes and in longer texts; in lines of 60 characters and more, as mail \
        has them, and with `\\/` or `\\n` of JSON between. In it again: base64, hex, UTF-16, and \
        gzip, zip, zstd, xz and PDF files, and PNG files with packed texts, in one line.",
    unseen: "Lines shorter than that, joined; base64 that was escaped in another way than in JSON.",
    form: Form::Block { forms, decode },
};

const RATE: Rate = Rate { text: 3, source: 4 };

/// Lines are joined where they have at least so many characters: shorter ones are texts
/// of their own.
const SHORTEST_LINE: usize = 60;

/// What is no character has this value.
const NONE: u8 = u8::MAX;

/// The values of all bytes.
static VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut byte = 0_u8;
    while byte < NONE {
        values[byte as usize] = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => NONE,
        };
        byte += 1;
    }
    values
};

/// The value of a character of either alphabet.
pub(super) fn value(byte: u8) -> Option<u8> {
    let value = VALUES[usize::from(byte)];
    (value != NONE).then_some(value)
}

/// The characters of `text` that are the same whatever stands around it, for each of the
/// three places in a group that it may begin at.
fn forms(text: &[u8]) -> Vec<BlockForm> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let form = |before: usize| {
        let bytes: Vec<u8> = [&[0, 0][..before], text].concat();
        let bit = |place: usize| {
            let byte = bytes.get(place / 8).copied().unwrap_or_default();
            byte >> (7 - place % 8) & 1
        };
        let value = |place: usize| (0..6).fold(0, |value, at| value << 1 | bit(place * 6 + at));
        let character = |place: usize| ALPHABET[usize::from(value(place))];
        let (lead, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        // Of the characters beside it, so many bits are the text's: the last ones of the one
        // before it, and the first ones of the one behind it.
        let (last, first) = (lead * 6 - before * 8, bytes.len() * 8 - end * 6);
        let edge = |mask, place| Edge {
            mask,
            bits: value(place) & mask,
        };
        BlockForm {
            bytes: (lead..end).map(character).collect(),
            place: Place {
                lead,
                edges: [
                    edge((1 << last) - 1, lead.saturating_sub(1)),
                    edge(0b11_1111 ^ (0b11_1111 >> first), end),
                ],
            },
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
    let mut plain = Vec::new();
    while place < limit {
        // Nearly all of it is whole groups.
        if group.values.is_empty() {
            plain.clear();
            let read = whole_groups(&bytes[place..limit], &mut plain);
            text.push(&plain, place..place + read, RATE);
            place += read;
        }
        if place == limit {
            break;
        }
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

/// Decodes the whole groups of either alphabet that a text begins with, and gives back how
/// long they are.
fn whole_groups(text: &[u8], decoded: &mut Vec<u8>) -> usize {
    let groups = text.as_chunks::<4>().0;
    decoded.reserve(groups.len() * 3);
    for (number, group) in groups.iter().enumerate() {
        let values = group.map(|byte| VALUES[usize::from(byte)]);
        if values.iter().fold(0, |all, value| all | value) > 0b11_1111 {
            return number * 4;
        }
        let bits = values
            .iter()
            .fold(0, |bits, value| bits << 6 | u32::from(*value));
        let [_, bytes @ ..] = bits.to_be_bytes();
        decoded.extend_from_slice(&bytes);
    }
    groups.len() * 4
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
        let mut decoded = Vec::with_capacity(3);
        decode_group(&mut self.values, &mut decoded);
        let decoded = decoded.as_slice();
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

/// The bytes that stand in base64 at the start of a stream, in lines and in JSON too.
pub(crate) fn stream(text: impl Read) -> impl Read {
    Decoder {
        text: io::BufReader::with_capacity(AT_ONCE, text),
        group: Vec::with_capacity(4),
        is_escaped: false,
        is_over: false,
        ready: Vec::new(),
        taken: 0,
    }
}

/// Characters that are decoded at once.
const AT_ONCE: usize = 16 << 10;

struct Decoder<R> {
    text: io::BufReader<R>,
    /// Values of a group that is not whole yet.
    group: Vec<u8>,
    /// A backslash was read.
    is_escaped: bool,
    is_over: bool,
    /// Bytes that were decoded, and how many of them were taken.
    ready: Vec<u8>,
    taken: usize,
}

impl<R: Read> Decoder<R> {
    /// Decodes some more. Where nothing comes of it, the text is over.
    fn decode(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.taken = 0;
        while self.ready.is_empty() && !self.is_over {
            let text = self.text.fill_buf()?;
            if text.is_empty() {
                self.is_over = true;
                break;
            }
            let read = if self.group.is_empty() && !self.is_escaped {
                decode_groups(text, &mut self.ready)
            } else {
                0
            };
            if read > 0 {
                self.text.consume(read);
            } else {
                let byte = text[0];
                self.text.consume(1);
                self.take(byte)?;
            }
        }
        if self.is_over {
            decode_group(&mut self.group, &mut self.ready);
        }
        Ok(())
    }

    /// Whether the text goes on behind a line feed that was read: with a long line, or with
    /// one in which nothing else is.
    fn goes_on(&mut self) -> io::Result<bool> {
        let rest = self.text.fill_buf()?;
        let indent = rest
            .iter()
            .take_while(|byte| b" \t>".contains(byte))
            .count();
        Ok(goes_on(&rest[indent..]))
    }

    /// Takes a character that is not in a whole group of plain ones.
    fn take(&mut self, byte: u8) -> io::Result<()> {
        let is_escaped = std::mem::take(&mut self.is_escaped);
        match byte {
            b'n' if is_escaped => self.is_over = !self.goes_on()?,
            b'r' if is_escaped => {}
            b'\\' => self.is_escaped = true,
            b'\n' => self.is_over = !self.goes_on()?,
            b' ' | b'\t' | b'\r' | b'>' => {}
            byte => match value(byte) {
                Some(value) => {
                    self.group.push(value);
                    if self.group.len() == 4 {
                        decode_group(&mut self.group, &mut self.ready);
                    }
                }
                None => self.is_over = true,
            },
        }
        Ok(())
    }
}

/// Decodes the whole groups that a text begins with, and gives back how long they are.
fn decode_groups(text: &[u8], decoded: &mut Vec<u8>) -> usize {
    let whole = &text[..text.len() / 4 * 4];
    decoded.resize(whole.len() / 4 * 3, 0);
    let (read, written) = match BASE64_NOPAD.decode_mut(whole, decoded) {
        Ok(written) => (whole.len(), written),
        Err(partial) => (partial.read, partial.written),
    };
    decoded.truncate(written);
    read
}

fn decode_group(group: &mut Vec<u8>, decoded: &mut Vec<u8>) {
    let count = group.len();
    let bits = group.drain(..);
    let bits = bits.fold(0_u32, |bits, value| bits << 6 | u32::from(value));
    let [_, bytes @ ..] = (bits << (6 * (4 - count))).to_be_bytes();
    decoded.extend(&bytes[..count.saturating_sub(1)]);
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.ready.len() {
            self.decode()?;
        }
        let read = (&self.ready[self.taken..]).read(buffer)?;
        self.taken += read;
        Ok(read)
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
                assert_eq!(decoded(&line, at + 5, form.place.lead), text, "{line}");
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
