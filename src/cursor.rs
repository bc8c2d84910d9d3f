//! A cursor: goes through a blob once, from its start, and knows the line and
//! the columns of where it is.
//!
//! Only blobs with findings get one, and it never goes back: the cost is one
//! pass over the bytes, however many findings there are.

use std::ops::Range;

use crate::finding::Location;
use crate::lossy::LossyDecoder;

/// A place in a blob.
#[derive(Debug, Clone)]
pub(crate) struct Cursor {
    offset: u64,
    line: u64,
    line_start: u64,
    utf16_units: u64,
    decoder: LossyDecoder,
}

impl Cursor {
    /// The start of a blob.
    pub(crate) fn new() -> Self {
        Self {
            offset: 0,
            line: 1,
            line_start: 0,
            utf16_units: 0,
            decoder: LossyDecoder::default(),
        }
    }

    /// How many bytes are behind it.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Goes over `bytes`, which are the next ones of the blob.
    pub(crate) fn advance(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        if let Some(newline) = memchr::memrchr(b'\n', bytes) {
            self.line += memchr::memchr_iter(b'\n', bytes).count() as u64;
            self.line_start = self.offset + newline as u64 + 1;
            self.utf16_units = 0;
            self.decoder = LossyDecoder::default();
            rest = &bytes[newline + 1..];
        }
        self.offset += bytes.len() as u64;
        if rest.is_ascii() && !self.decoder.is_inside_character() {
            self.utf16_units += rest.len() as u64;
        } else {
            let units = &mut self.utf16_units;
            self.decoder
                .push(rest, |character| *units += character.len_utf16() as u64);
        }
    }

    /// Leaves out bytes that could not be read, up to `offset`.
    pub(crate) fn skip_to(&mut self, offset: u64) {
        self.offset = self.offset.max(offset);
    }

    /// The location of a match of the blob at `span`, whose bytes are `found`
    /// and at whose start the cursor stands.
    pub(crate) fn locate(&self, span: Range<u64>, found: &[u8]) -> Location {
        debug_assert_eq!(self.offset, span.start);
        let mut end = self.clone();
        end.advance(found);
        Location {
            offset: span.start,
            length: span.end - span.start,
            line: self.line,
            column: self.offset - self.line_start + 1,
            utf16_column: self.utf16_column(),
            // A match over several lines ends, for reports, with its first.
            utf16_end_column: if end.line == self.line {
                end.utf16_column()
            } else {
                self.utf16_column() + 1
            },
        }
    }

    fn utf16_column(&self) -> u64 {
        // Half a character before a match can only become a replacement.
        self.utf16_units + u64::from(self.decoder.is_inside_character()) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_bytes_and_utf16_units() {
        let mut cursor = Cursor::new();
        let before = "one\ntwo é😀\u{fffd} = ";
        for byte in before.as_bytes() {
            cursor.advance(&[*byte]);
        }
        let start = before.len() as u64;
        let location = cursor.locate(start..start + 4, b"hf_x");
        assert_eq!((location.line, location.offset), (2, start));
        assert_eq!(location.column, "two é😀\u{fffd} = ".len() as u64 + 1);
        assert_eq!(location.utf16_column, 4 + 1 + 2 + 1 + 3 + 1);
        assert_eq!(location.utf16_end_column, location.utf16_column + 4);
    }

    #[test]
    fn half_a_character_is_one_column() {
        let mut cursor = Cursor::new();
        cursor.advance(b"\xe2\x82");
        assert_eq!(cursor.locate(2..6, b"hf_x").utf16_column, 2);
    }
}
