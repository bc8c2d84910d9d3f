//! The texts in JSON: its strings, unescaped, and those of a list of lines put together.
//!
//! It reads what a parser has taken for JSON, and knows of it only strings and what they
//! are in; numbers and names are passed over.

use crate::source_map::{Mapped, Rate};

/// Goes from text to text.
#[derive(Debug)]
pub(crate) struct Texts<'j> {
    json: &'j [u8],
    /// Where the JSON stands in the file, in bytes.
    start: usize,
    at: usize,
    /// What is open around the place: a list or not.
    open: Vec<bool>,
    joint: Joint,
}

/// What stands between the strings of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joint {
    /// Nothing: each ends with a line feed, if it ends a line.
    Nothing,
    /// A line feed: each is a line.
    LineFeed,
}

/// The texts of `json`, which stands in a file at `start`.
pub(crate) fn texts(json: &[u8], start: usize, joint: Joint) -> Texts<'_> {
    Texts {
        json,
        start,
        at: 0,
        open: Vec::new(),
        joint,
    }
}

impl Iterator for Texts<'_> {
    type Item = Mapped;

    fn next(&mut self) -> Option<Mapped> {
        let mut text: Option<Mapped> = None;
        while let Some(&byte) = self.json.get(self.at) {
            match byte {
                b'"' => {
                    let text = text.get_or_insert_default();
                    let is_divided = text.bytes.last().is_some_and(|last| *last != b'\n');
                    if is_divided && self.joint == Joint::LineFeed {
                        let here = self.start + self.at;
                        text.push_escape(b"\n", here..here);
                    }
                    self.string(text);
                }
                // Only the strings of a list are lines of one text.
                b',' if self.open.last() == Some(&true) => self.at += 1,
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                _ if text.as_ref().is_some_and(|text| !text.bytes.is_empty()) => return text,
                b'[' | b'{' => {
                    self.open.push(byte == b'[');
                    self.at += 1;
                }
                b']' | b'}' => {
                    self.open.pop();
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
        text.filter(|text| !text.bytes.is_empty())
    }
}

impl Texts<'_> {
    /// Reads the string at the place.
    fn string(&mut self, text: &mut Mapped) {
        self.at += 1;
        loop {
            let rest = &self.json[self.at.min(self.json.len())..];
            let Some(plain) = memchr::memchr2(b'"', b'\\', rest) else {
                self.at = self.json.len();
                return;
            };
            let here = self.start + self.at;
            text.push(&rest[..plain], here..here + plain, Rate::PLAIN);
            self.at += plain;
            if rest[plain] == b'"' {
                self.at += 1;
                return;
            }
            let (character, length) = escape(&rest[plain..]);
            let here = self.start + self.at;
            let mut utf8 = [0; 4];
            let utf8 = character.encode_utf8(&mut utf8);
            text.push_escape(utf8.as_bytes(), here..here + length);
            self.at += length;
        }
    }
}

/// The escape that some bytes begin with (RFC 8259, 7), and its length.
fn escape(bytes: &[u8]) -> (char, usize) {
    let unit = |at: usize| {
        let digits = bytes
            .get(at + 2..at + 6)
            .filter(|_| bytes.get(at..at + 2) == Some(b"\\u"))?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    match bytes.get(1) {
        Some(b'n') => ('\n', 2),
        Some(b't') => ('\t', 2),
        Some(b'r') => ('\r', 2),
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'u') => match (unit(0), unit(6)) {
            (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
                let code = 0x1_0000 + ((high - 0xd800) << 10 | (low - 0xdc00));
                (
                    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
                    12,
                )
            }
            (Some(code), _) => (
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
                6,
            ),
            (None, _) => (char::REPLACEMENT_CHARACTER, 2),
        },
        Some(other) => (char::from(*other), 2),
        None => (char::REPLACEMENT_CHARACTER, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(json: &str) -> Vec<String> {
        let texts = texts(json.as_bytes(), 0, Joint::LineFeed);
        texts
            .map(|text| String::from_utf8_lossy(&text.bytes).into_owned())
            .collect()
    }

    #[test]
    fn strings_are_unescaped_and_lines_joined() {
        assert_eq!(
            all(r#"["a\n", "b\"\u00e9\ud83d\ude00", "c"]"#),
            ["a\nb\"é😀\nc"]
        );
        assert_eq!(
            all(r#"{"k": "v", "l": ["m", "n"], "o": [["p"], "q"], "": 1}"#),
            ["k", "v", "l", "m\nn", "o", "p", "q"]
        );
        assert_eq!(all(r#""\/""#), ["/"]);
    }

    #[test]
    fn what_is_no_json_ends() {
        for json in [
            "",
            "\"",
            "\"\\",
            "\"\\u",
            "\"\\u12",
            "[\"a\"",
            "}}}]",
            "\"\\ud800\\u\"",
        ] {
            let _ = all(json);
        }
    }

    #[test]
    fn places_are_told() {
        let json = br#"["a\n", "token"]"#;
        let text = texts(json, 100, Joint::Nothing)
            .next()
            .expect("there is one");
        assert_eq!(text.bytes, b"a\ntoken");
        assert_eq!(text.source_of(&(2..7)), 109..114);
        assert_eq!(text.source_of(&(0..2)), 102..105);
    }
}
