//! Layout: where a node's text begins and ends in the file.
//!
//! The parser counts characters, lets a node begin at its anchor or its tag, and lets it end
//! where the next one was looked for. Here it is made exact.

use std::ops::Range;

use super::Style;

/// How many characters stand between two known places.
const STRIDE: usize = 64;

/// Where the characters of a text stand in bytes.
pub(super) struct Places<'t> {
    text: &'t str,
    /// The byte at which every [`STRIDE`]th character begins; none where all are ASCII.
    known: Vec<usize>,
}

impl<'t> Places<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let known = if text.is_ascii() {
            Vec::new()
        } else {
            let starts = text.char_indices().map(|(start, _)| start);
            starts.step_by(STRIDE).collect()
        };
        Self { text, known }
    }

    /// The byte at which a character begins.
    pub(super) fn byte(&self, character: usize) -> usize {
        if self.known.is_empty() {
            return character.min(self.text.len());
        }
        let Some(known) = self.known.get(character / STRIDE) else {
            return self.text.len();
        };
        let mut rest = self.text[*known..].char_indices();
        rest.nth(character % STRIDE)
            .map_or(self.text.len(), |(start, _)| known + start)
    }
}

/// Where a node begins whose anchor and tag begin at `start`.
pub(super) fn behind_properties(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut place = start;
    while matches!(bytes.get(place), Some(b'&' | b'!')) {
        let rest = &bytes[place..];
        let length = rest.iter().position(u8::is_ascii_whitespace);
        let Some(length) = length else { return start };
        place = behind_blanks(bytes, place + length);
    }
    place
}

/// The next byte that is neither white space nor in a comment.
fn behind_blanks(bytes: &[u8], mut place: usize) -> usize {
    while let Some(byte) = bytes.get(place) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => place += 1,
            b'#' => {
                let line = memchr::memchr2(b'\n', b'\r', &bytes[place..]);
                place = line.map_or(bytes.len(), |length| place + length);
            }
            _ => break,
        }
    }
    place
}

/// Where a scalar's text stands, given where the parser says that it does.
pub(super) fn of_scalar(text: &str, said: Range<usize>, style: Style) -> Range<usize> {
    let said = said.start.min(text.len())..said.end.clamp(said.start, text.len());
    match style {
        Style::Plain if said.is_empty() => said,
        Style::Plain => behind_properties(text, said.start).min(said.end)..said.end,
        Style::SingleQuoted | Style::DoubleQuoted => {
            let start = behind_properties(text, said.start);
            start..behind_quote(text.as_bytes(), start).max(start)
        }
        Style::Literal | Style::Folded => {
            let start = block_content(text, &said);
            let end = said.start.max(start)..said.end.max(start);
            let kept = text[end.clone()].trim_end_matches([' ', '\n', '\r']);
            start..end.start + kept.len()
        }
    }
}

/// Behind the quote that closes the one at `start`.
fn behind_quote(bytes: &[u8], start: usize) -> usize {
    let quote = bytes.get(start).copied();
    let mut place = start + 1;
    while let Some(byte) = bytes.get(place) {
        match byte {
            b'\\' if quote == Some(b'"') => place += 1,
            b'\'' if quote == Some(b'\'') && bytes.get(place + 1) == Some(&b'\'') => place += 1,
            byte if Some(*byte) == quote => return place + 1,
            _ => {}
        }
        place += 1;
    }
    bytes.len()
}

/// Where the first line of a block scalar's content begins, its indentation included.
fn block_content(text: &str, said: &Range<usize>) -> usize {
    let bytes = text.as_bytes();
    if !matches!(bytes.get(said.start), Some(b'&' | b'!')) || !is_header_ahead(text, said.start) {
        return line_start(bytes, said.start);
    }
    let header = behind_properties(text, said.start);
    let end = memchr::memchr(b'\n', &bytes[header..]);
    let content = end.map_or(bytes.len(), |length| header + length + 1);
    let is_text = |byte: &u8| !byte.is_ascii_whitespace();
    let text = bytes[content..].iter().position(is_text);
    line_start(bytes, text.map_or(content, |length| content + length))
}

/// Whether a header, and not content that looks like an anchor, stands at `start`.
fn is_header_ahead(text: &str, start: usize) -> bool {
    let indented = text[line_start(text.as_bytes(), start)..start].trim_start_matches(' ');
    let header = behind_properties(text, start);
    let is_header = matches!(text.as_bytes().get(header), Some(b'|' | b'>'));
    !indented.is_empty() && is_header
}

fn line_start(bytes: &[u8], place: usize) -> usize {
    memchr::memrchr2(b'\n', b'\r', &bytes[..place.min(bytes.len())]).map_or(0, |it| it + 1)
}
