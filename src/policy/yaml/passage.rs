//! The text of a scalar, with where each part of it stands in the file.
//!
//! The parser has decoded it already, and says only what came of it. It is decoded once more
//! here, with places; where both do not agree, the text stands in the whole of the scalar.

use std::ops::Range;

use super::Style;
use crate::source_map::{Mapped, Rate};

/// The text of the scalar that stands at `span` and says `value`.
pub(super) fn of(bytes: &[u8], span: &Range<usize>, value: &str, style: Style) -> Mapped {
    let source = bytes.get(span.clone()).unwrap_or_default();
    let mapped = match style {
        Style::Plain => flow(source, span.start, style),
        Style::SingleQuoted | Style::DoubleQuoted => {
            let inner = source.get(1..source.len().saturating_sub(1));
            flow(inner.unwrap_or_default(), span.start + 1, style)
        }
        Style::Literal | Style::Folded => block(bytes, span, value.as_bytes()),
    };
    if mapped.bytes == value.as_bytes() {
        return mapped;
    }
    let mut whole = Mapped::default();
    whole.push_escape(value.as_bytes(), span.clone());
    whole
}

/// The text of a plain or quoted scalar, which stands in the file at `base`.
fn flow(source: &[u8], base: usize, style: Style) -> Mapped {
    let mut mapped = Mapped::default();
    let mut place = 0;
    while place < source.len() {
        let start = place;
        let mut decoded = [0; 4];
        let text: &[u8] = match source[place] {
            b'\'' if style == Style::SingleQuoted => {
                place += 2;
                b"'"
            }
            b'\\' if style == Style::DoubleQuoted => {
                let (length, character) = escape(&source[place..]);
                place += length;
                character.map_or(b"", |it| it.encode_utf8(&mut decoded).as_bytes())
            }
            b' ' | b'\t' | b'\r' | b'\n' => {
                place += blanks(&source[place..]);
                let breaks = line_breaks(&source[start..place]);
                match breaks {
                    0 => {
                        let range = base + start..base + place;
                        mapped.push(&source[start..place], range, Rate::PLAIN);
                        continue;
                    }
                    1 => b" ",
                    _ => &vec![b'\n'; breaks - 1],
                }
            }
            _ => {
                let rest = &source[place..];
                let length = rest
                    .iter()
                    .position(|byte| matches!(byte, b'\'' | b'\\' | b' ' | b'\t' | b'\r' | b'\n'));
                place += length.unwrap_or(rest.len()).max(1);
                let range = base + start..base + place;
                mapped.push(&source[start..place], range, Rate::PLAIN);
                continue;
            }
        };
        place = place.min(source.len());
        if !text.is_empty() {
            mapped.push_escape(text, base + start..base + place);
        }
    }
    mapped
}

fn blanks(source: &[u8]) -> usize {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    source.iter().position(is_text).unwrap_or(source.len())
}

fn line_breaks(source: &[u8]) -> usize {
    let is_break = |(place, byte): (usize, &u8)| match byte {
        b'\n' => true,
        b'\r' => source.get(place + 1) != Some(&b'\n'),
        _ => false,
    };
    source.iter().enumerate().filter(|it| is_break(*it)).count()
}

/// How long the escape is that `source` begins with, and what it stands for.
fn escape(source: &[u8]) -> (usize, Option<char>) {
    let of_code = |digits: usize| {
        let code = source.get(2..2 + digits);
        let code = code.and_then(|it| std::str::from_utf8(it).ok());
        let code = code.and_then(|it| u32::from_str_radix(it, 16).ok());
        (2 + digits, code.and_then(char::from_u32))
    };
    let character = match source.get(1) {
        Some(b'0') => '\0',
        Some(b'a') => '\x07',
        Some(b'b') => '\x08',
        Some(b't' | b'\t') => '\t',
        Some(b'n') => '\n',
        Some(b'v') => '\x0b',
        Some(b'f') => '\x0c',
        Some(b'r') => '\r',
        Some(b'e') => '\x1b',
        Some(b'N') => '\u{85}',
        Some(b'_') => '\u{a0}',
        Some(b'L') => '\u{2028}',
        Some(b'P') => '\u{2029}',
        Some(b'x') => return of_code(2),
        Some(b'u') => return of_code(4),
        Some(b'U') => return of_code(8),
        Some(b'\r' | b'\n') => return (1 + blanks(&source[1..]), None),
        Some(other) => char::from(*other),
        None => return (1, None),
    };
    (2, Some(character))
}

/// The text of a block scalar: its lines are found one by one in what it says.
fn block(bytes: &[u8], span: &Range<usize>, value: &[u8]) -> Mapped {
    let mut mapped = Mapped::default();
    let mut breaks: Vec<Range<usize>> = Vec::new();
    let mut indent = None;
    let leading = value.iter().take_while(|byte| **byte == b'\n').count();
    let mut said = 0;
    let mut place = lines_before(bytes, span.start, leading);
    while place < bytes.len() && said < value.len() {
        let line = Line::at(bytes, place);
        let spaces = line.spaces(bytes);
        let is_blank = place + spaces == line.end;
        if indent.is_none() && !is_blank {
            let rest = &value[said + leading..];
            let kept = rest.iter().take_while(|byte| **byte == b' ').count();
            indent = Some(spaces.saturating_sub(kept));
        }
        let start = (place + indent.unwrap_or(spaces).min(spaces)).min(line.end);
        let content = &bytes[start..line.end];
        if !content.is_empty() {
            let Some(found) = separator(value, said, content) else {
                break;
            };
            push_breaks(&mut mapped, &value[said..found], &breaks, start);
            mapped.push(content, start..line.end, Rate::PLAIN);
            said = found + content.len();
            breaks.clear();
        }
        breaks.push(line.end..line.next);
        place = line.next;
    }
    if said < value.len() {
        push_breaks(&mut mapped, &value[said..], &breaks, bytes.len());
    }
    mapped
}

/// Where `content` begins in what the scalar says, behind line breaks or a blank.
fn separator(value: &[u8], said: usize, content: &[u8]) -> Option<usize> {
    let breaks = value[said..].iter().take_while(|it| **it == b'\n').count();
    let found = said + breaks;
    if value[found..].starts_with(content) {
        return Some(found);
    }
    let is_folded = value.get(found) == Some(&b' ') && value[found + 1..].starts_with(content);
    is_folded.then_some(found + 1)
}

/// Adds what stands between two lines, which is each line's break, or all of them folded.
fn push_breaks(mapped: &mut Mapped, text: &[u8], breaks: &[Range<usize>], next: usize) {
    if text.is_empty() {
        return;
    }
    let is_breaks = text.iter().all(|byte| *byte == b'\n');
    if is_breaks && breaks.len() >= text.len() {
        for (byte, range) in text.iter().zip(breaks) {
            mapped.push_escape(&[*byte], range.clone());
        }
        return;
    }
    let start = breaks.first().map_or(next, |it| it.start);
    let end = breaks.first().map_or(next, |it| it.end);
    mapped.push_escape(text, start..end);
}

/// Where the line begins that stands so many lines before the one of `place`.
fn lines_before(bytes: &[u8], place: usize, lines: usize) -> usize {
    let mut start = place;
    for _ in 0..lines {
        let Some(before) = start.checked_sub(1) else {
            break;
        };
        let is_two = bytes[before] == b'\n' && before > 0 && bytes[before - 1] == b'\r';
        let end = before - usize::from(is_two);
        start = memchr::memrchr2(b'\n', b'\r', &bytes[..end]).map_or(0, |it| it + 1);
    }
    start
}

/// A line of the file.
struct Line {
    start: usize,
    /// Where its break begins.
    end: usize,
    /// Where the next one begins.
    next: usize,
}

impl Line {
    fn at(bytes: &[u8], start: usize) -> Self {
        let length = memchr::memchr2(b'\n', b'\r', &bytes[start..]);
        let end = length.map_or(bytes.len(), |it| start + it);
        let next = match bytes.get(end) {
            Some(b'\r') if bytes.get(end + 1) == Some(&b'\n') => end + 2,
            Some(_) => end + 1,
            None => end,
        };
        Self { start, end, next }
    }

    fn spaces(&self, bytes: &[u8]) -> usize {
        let line = &bytes[self.start..self.end];
        line.iter().take_while(|byte| **byte == b' ').count()
    }
}

#[cfg(test)]
mod tests;
