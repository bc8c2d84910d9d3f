//! A script's text, prepared for the grammar: byte for byte as long as it was, so that
//! spans stay, without what would break the grammar.

use std::ops::Range;

use memchr::memmem;

/// What stands for a byte of an expression: it is of a word, and of no variable's name.
const FILLER: u8 = b'.';

/// A prepared text.
pub(super) struct Prepared {
    /// The text.
    pub(super) text: String,
    /// What stood where `${{ … }}` did, in order.
    expressions: Vec<(Range<usize>, String)>,
}

impl Prepared {
    pub(super) fn new(source: &[u8]) -> Self {
        let mut bytes = utf8_of(source).into_bytes();
        if bytes.starts_with("\u{feff}".as_bytes()) {
            bytes[..3].fill(b' ');
        }
        unify_line_ends(&mut bytes);
        let expressions = cut_expressions(&mut bytes);
        let text = String::from_utf8(bytes).unwrap_or_default();
        Self { text, expressions }
    }

    /// The expressions in a part of the text.
    pub(super) fn expressions_in(&self, span: &Range<usize>) -> &[(Range<usize>, String)] {
        let first = self
            .expressions
            .partition_point(|(it, _)| it.start < span.start);
        let behind = self
            .expressions
            .partition_point(|(it, _)| it.end <= span.end);
        self.expressions.get(first..behind).unwrap_or_default()
    }
}

/// The text with a mark for each byte that is none of UTF-8.
fn utf8_of(source: &[u8]) -> String {
    let mut text = String::with_capacity(source.len());
    for chunk in source.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

/// Makes line ends of Windows those of the shell, also where a line is continued.
fn unify_line_ends(bytes: &mut [u8]) {
    for end in 1..bytes.len() {
        if bytes[end] == b'\n' && bytes[end - 1] == b'\r' {
            bytes[end - 1] = b' ';
            if end > 1 && bytes[end - 2] == b'\\' {
                bytes.swap(end - 2, end - 1);
            }
        }
    }
}

/// Replaces each `${{ … }}`, and gives what it was.
fn cut_expressions(bytes: &mut [u8]) -> Vec<(Range<usize>, String)> {
    let mut expressions = Vec::new();
    let mut at = 0;
    while let Some(start) = memmem::find(&bytes[at..], b"${{").map(|start| at + start) {
        let Some(length) = memmem::find(&bytes[start..], b"}}") else {
            break;
        };
        let end = start + length + 2;
        let was = String::from_utf8_lossy(&bytes[start..end]).into_owned();
        bytes[start..end].fill(FILLER);
        expressions.push((start..end, was));
        at = end;
    }
    expressions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_long_as_it_was() {
        let source = b"\xEF\xBB\xBFa \\\r\n  b\xFF\r\nc ${{ x }}d ${{ \n";
        let prepared = Prepared::new(source);
        assert_eq!(prepared.text, "   a  \\\n  b? \nc ........d ${{ \n");
        assert_eq!(prepared.text.len(), source.len());
        let within = prepared.expressions_in(&(0..source.len()));
        assert_eq!(within, [(16..24, "${{ x }}".to_owned())]);
        assert!(prepared.expressions_in(&(17..30)).is_empty());
    }
}
