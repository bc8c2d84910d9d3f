//! A source map: where the bytes of a decoded text stand in what it was decoded from.
//!
//! It is made while a text is decoded, and asked for findings only.

use std::ops::Range;

/// A decoded text and its source map.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mapped {
    /// The text.
    pub(crate) bytes: Vec<u8>,
    pieces: Vec<Piece>,
    /// Where the last piece ends in the source, in bytes.
    end: usize,
}

/// A piece of the text that stands in one piece of the source.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// Where it begins in the text, in bytes.
    text: usize,
    /// Where it begins in the source, in bytes.
    source: usize,
    rate: Rate,
}

/// How many bytes of the text so many bytes of the source are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) text: usize,
    pub(crate) source: usize,
}

impl Rate {
    /// Bytes that stand for themselves.
    pub(crate) const PLAIN: Self = Self { text: 1, source: 1 };
}

impl Mapped {
    /// Adds `bytes` that stand in the source at `source`, where that many times
    /// [`Rate::source`] are as many times [`Rate::text`].
    pub(crate) fn push(&mut self, bytes: &[u8], source: Range<usize>, rate: Rate) {
        let goes_on = self.pieces.last().is_some_and(|last| {
            let length = self.bytes.len() - last.text;
            last.rate == rate && self.end == source.start && length.is_multiple_of(rate.text)
        });
        if !goes_on && !bytes.is_empty() {
            self.pieces.push(Piece {
                text: self.bytes.len(),
                source: source.start,
                rate,
            });
        }
        self.bytes.extend_from_slice(bytes);
        self.end = source.end;
    }

    /// Adds bytes that stand in the source at `source` as a whole.
    pub(crate) fn push_escape(&mut self, bytes: &[u8], source: Range<usize>) {
        let rate = Rate {
            text: bytes.len().max(1),
            source: source.len(),
        };
        self.push(bytes, source, rate);
    }

    /// Another text of the same length that stands in the source where this one does.
    pub(crate) fn with_bytes(&self, bytes: Vec<u8>) -> Self {
        debug_assert_eq!(bytes.len(), self.bytes.len(), "places stay as they are");
        Self {
            bytes,
            pieces: self.pieces.clone(),
            end: self.end,
        }
    }

    /// A part of the text, as a text of its own.
    pub(crate) fn part(&self, part: &Range<usize>) -> Self {
        let end = part.end.min(self.bytes.len());
        let start = part.start.min(end);
        let first = self.piece(start).map(|(_, piece)| Piece {
            text: 0,
            source: self.place(start),
            rate: piece.rate,
        });
        let behind = self.pieces.partition_point(|piece| piece.text <= start);
        let inside = self.pieces[behind..].iter();
        let inside = inside.take_while(|piece| piece.text < end);
        let moved = inside.map(|piece| Piece {
            text: piece.text - start,
            ..*piece
        });
        Self {
            bytes: self.bytes[start..end].to_vec(),
            pieces: first.into_iter().chain(moved).collect(),
            end: self.source_of(&(start..end)).end,
        }
    }

    /// Adds another text of the same source.
    pub(crate) fn append(&mut self, other: &Self) {
        let before = self.bytes.len();
        self.pieces.extend(other.pieces.iter().map(|piece| Piece {
            text: before + piece.text,
            ..*piece
        }));
        self.bytes.extend_from_slice(&other.bytes);
        self.end = other.end;
    }

    /// Where a part of the text stands in the source.
    pub(crate) fn source_of(&self, part: &Range<usize>) -> Range<usize> {
        let start = self.place(part.start);
        let end = match part.end.checked_sub(1) {
            Some(last) if !part.is_empty() => self.place_behind(last),
            _ => start,
        };
        start..end.max(start)
    }

    /// Where in the text a place of the source is, or what comes next.
    pub(crate) fn text_at(&self, source: usize) -> usize {
        let behind = self.pieces.partition_point(|piece| piece.source <= source);
        let Some(piece) = behind.checked_sub(1).map(|place| self.pieces[place]) else {
            return 0;
        };
        let text =
            piece.text + (source - piece.source) * piece.rate.text / piece.rate.source.max(1);
        let next = self
            .pieces
            .get(behind)
            .map_or(self.bytes.len(), |next| next.text);
        text.min(next)
    }

    fn piece(&self, text: usize) -> Option<(usize, &Piece)> {
        let behind = self.pieces.partition_point(|piece| piece.text <= text);
        let place = behind.checked_sub(1)?;
        Some((place, &self.pieces[place]))
    }

    /// Where the byte of the text begins in the source.
    fn place(&self, text: usize) -> usize {
        let Some((_, piece)) = self.piece(text) else {
            return self.end;
        };
        piece.source + (text - piece.text) * piece.rate.source / piece.rate.text
    }

    /// Where the byte of the text ends in the source.
    fn place_behind(&self, text: usize) -> usize {
        let Some((place, piece)) = self.piece(text) else {
            return self.end;
        };
        let source = ((text + 1 - piece.text) * piece.rate.source).div_ceil(piece.rate.text);
        let next = self
            .pieces
            .get(place + 1)
            .map_or(self.end, |next| next.source);
        (piece.source + source).min(next.max(piece.source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_in_the_source() {
        let mut mapped = Mapped::default();
        mapped.push(b"ab", 10..12, Rate::PLAIN);
        mapped.push_escape(b"_", 12..18);
        mapped.push(b"cd", 18..20, Rate::PLAIN);
        mapped.push(b"123456", 30..38, Rate { text: 3, source: 4 });
        assert_eq!(mapped.bytes, b"ab_cd123456");
        assert_eq!(mapped.source_of(&(0..2)), 10..12);
        assert_eq!(mapped.source_of(&(1..4)), 11..19);
        assert_eq!(mapped.source_of(&(2..3)), 12..18);
        assert_eq!(mapped.source_of(&(5..11)), 30..38);
        assert_eq!(mapped.source_of(&(6..7)), 31..33);
        let part = mapped.part(&(1..5));
        assert_eq!(part.bytes, b"b_cd");
        assert_eq!(part.source_of(&(0..2)), 11..18);
        assert_eq!(part.source_of(&(2..4)), 18..20);
        assert_eq!(mapped.part(&(20..30)).bytes, b"");
    }
}
