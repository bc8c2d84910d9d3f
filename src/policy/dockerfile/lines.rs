//! The lines of a recipe, joined where they are continued, and their words.

use std::ops::Range;

use super::Word;
use crate::source_map::{Mapped, Rate};

/// The lines that are not read yet.
pub(super) struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    escape: u8,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        let at = if text.starts_with(b"\xEF\xBB\xBF") {
            3
        } else {
            0
        };
        let mut lines = Self {
            text,
            at,
            escape: b'\\',
        };
        lines.read_directives();
        lines
    }

    /// What continues a line at its end.
    pub(super) fn escape(&self) -> u8 {
        self.escape
    }

    /// `# escape=` before anything else.
    fn read_directives(&mut self) {
        let mut ahead = Self { ..*self };
        while let Some(line) = ahead.next_line() {
            let told = String::from_utf8_lossy(&self.text[line]).replace(' ', "");
            let Some((name, value)) = told.strip_prefix('#').and_then(|it| it.split_once('='))
            else {
                return;
            };
            if name.eq_ignore_ascii_case("escape") && value.trim() == "`" {
                self.escape = b'`';
            }
        }
    }

    /// The next line, without its end.
    fn next_line(&mut self) -> Option<Range<usize>> {
        let rest = self.text.get(self.at..).filter(|it| !it.is_empty())?;
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let start = self.at;
        self.at = start + length + 1;
        let end = start
            + rest[..length]
                .strip_suffix(b"\r")
                .map_or(length, <[u8]>::len);
        Some(start..end)
    }

    /// The next line that is no comment, with those that continue it.
    pub(super) fn next_instruction(&mut self) -> Option<Mapped> {
        let mut joined = Mapped::default();
        while let Some(line) = self.next_line() {
            let text = self.text[line.clone()].trim_ascii();
            if text.is_empty() || text.starts_with(b"#") {
                continue;
            }
            let text = &self.text[line.clone()];
            let is_continued = text.trim_ascii_end().ends_with(&[self.escape]);
            let text = if is_continued {
                &text[..text.trim_ascii_end().len() - 1]
            } else {
                text
            };
            joined.push(text, line.start..line.start + text.len(), Rate::PLAIN);
            if !is_continued {
                break;
            }
        }
        (!joined.bytes.is_empty()).then_some(joined)
    }

    /// The here-documents that an instruction opens: their lines, with the one that closes
    /// them, and whether they are all that it runs.
    pub(super) fn here_documents(&mut self, instruction: &[u8]) -> Vec<HereDocument> {
        let ends: Vec<_> = here_ends(instruction).collect();
        let read = |end: Vec<u8>| self.here_document(&end);
        ends.into_iter().map(read).collect()
    }

    fn here_document(&mut self, end: &[u8]) -> HereDocument {
        let mut document = HereDocument {
            body: Mapped::default(),
            closing: Mapped::default(),
        };
        while let Some(line) = self.next_line() {
            let text = &self.text[line.clone()];
            let behind = self.at.min(self.text.len());
            let into = if text.trim_ascii_start() == end {
                &mut document.closing
            } else {
                &mut document.body
            };
            into.push(text, line.clone(), Rate::PLAIN);
            into.push_escape(b"\n", line.end..behind);
            if !document.closing.bytes.is_empty() {
                break;
            }
        }
        document
    }
}

/// A here-document.
pub(super) struct HereDocument {
    /// Its lines.
    pub(super) body: Mapped,
    /// The line that closes it.
    pub(super) closing: Mapped,
}

/// The words that close the here-documents of an instruction.
fn here_ends(instruction: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let words = instruction.split(u8::is_ascii_whitespace);
    words.filter_map(|word| {
        let at = word.iter().position(|byte| !byte.is_ascii_digit())?;
        let name = word[at..].strip_prefix(b"<<")?;
        let name = name.strip_prefix(b"-").unwrap_or(name);
        let quoted = |quote: &[u8]| name.strip_prefix(quote)?.strip_suffix(quote);
        let name = quoted(b"\"").or_else(|| quoted(b"'")).unwrap_or(name);
        let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        (!name.is_empty() && name.iter().all(is_of_name)).then(|| name.to_vec())
    })
}

/// The next word from a place on, up to a blank, and the place behind it.
pub(super) fn word_at(text: &[u8], at: &mut usize) -> Option<String> {
    let blanks = text[*at..].iter().take_while(|it| it.is_ascii_whitespace());
    let start = *at + blanks.count();
    let length = text[start..]
        .iter()
        .take_while(|it| !it.is_ascii_whitespace());
    let end = start + length.count();
    *at = end;
    (start < end).then(|| String::from_utf8_lossy(&text[start..end]).into_owned())
}

/// The words that begin with `--`, and the place behind them.
pub(super) fn flags(line: &Mapped, start: usize, escape: u8) -> (Vec<Word>, usize) {
    let mut flags = Vec::new();
    let mut at = start;
    loop {
        let mut behind = at;
        match next_word(line, &mut behind, escape) {
            Some(word) if word.text.starts_with("--") => flags.push(word),
            _ => return (flags, at),
        }
        at = behind;
    }
}

/// The words of an instruction, in either form: bare, or a list in brackets.
pub(super) fn words(line: &Mapped, start: usize, escape: u8) -> Vec<Word> {
    let (mut words, mut at) = flags(line, start, escape);
    if line.bytes[at..].trim_ascii_start().starts_with(b"[") {
        words.extend(listed(line, at));
        return words;
    }
    while let Some(word) = next_word(line, &mut at, escape) {
        words.push(word);
    }
    words
}

/// The strings of a list in brackets.
fn listed(line: &Mapped, start: usize) -> Vec<Word> {
    let mut words = Vec::new();
    let mut at = start;
    while let Some(open) = memchr::memchr(b'"', &line.bytes[at..]).map(|it| at + it) {
        let inner = &line.bytes[open + 1..];
        let Some(length) = memchr::memchr(b'"', inner) else {
            break;
        };
        at = open + length + 2;
        words.push(Word {
            span: line.source_of(&(open + 1..at - 1)),
            text: String::from_utf8_lossy(&inner[..length]).into_owned(),
        });
    }
    words
}

fn next_word(line: &Mapped, at: &mut usize, escape: u8) -> Option<Word> {
    let text = &line.bytes;
    let blanks = text[*at..].iter().take_while(|it| it.is_ascii_whitespace());
    let start = *at + blanks.count();
    let mut told = Vec::new();
    let mut quote = None;
    let mut end = start;
    while let Some(&byte) = text.get(end) {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if byte == open => quote = None,
            (None, byte) if byte.is_ascii_whitespace() => break,
            (None | Some(b'"'), byte) if byte == escape && end + 1 < text.len() => {
                end += 1;
                told.push(text[end]);
            }
            _ => told.push(byte),
        }
        end += 1;
    }
    *at = end;
    (start < end).then(|| Word {
        span: line.source_of(&(start..end)),
        text: String::from_utf8_lossy(&told).into_owned(),
    })
}
