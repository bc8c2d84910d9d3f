//! A line hash: GitHub code scanning's name for a line, which lets it follow an
//! alert while lines move.
//!
//! The definition is that of `primaryLocationLineHash` in the `CodeQL` action: a
//! rolling hash over the hundred UTF-16 units from the start of a line, white
//! space left out, and how many lines so far had the same. A byte order mark
//! counts as a character, as it does there.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use crate::lossy::LossyDecoder;

/// How many units the hash of a line covers.
const WINDOW: usize = 100;

/// The base of the polynomial.
const BASE: u64 = 37;

/// Stands for the end of the file.
const END: u16 = u16::MAX;

/// How much of a file is hashed, in bytes. Memory grows with the lines; a
/// result without a hash is valid, and GitHub computes the missing ones.
pub(crate) const MOST_HASHED: u64 = 64 << 20;

/// The hash of a line and which one of its equals it is, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineHash {
    hash: u64,
    nth: u32,
}

impl fmt::Display for LineHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:x}:{}", self.hash, self.nth)
    }
}

/// Hashes the lines of a file, and keeps the hashes of some.
pub(crate) struct LineHasher<'a> {
    wanted: &'a BTreeSet<u64>,
    hashes: BTreeMap<u64, LineHash>,
    seen: HashMap<u64, u32>,
    decoder: LossyDecoder,
    rolling: Rolling,
    last: Last,
}

/// What the unit before was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    CarriageReturn,
    Other,
}

/// The last hundred units, their hash, and which of them began a line.
struct Rolling {
    units: [u16; WINDOW],
    lines: [Option<u64>; WINDOW],
    at: usize,
    hash: u64,
    line: u64,
    line_begins: LineBegins,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LineBegins {
    WithNextUnit,
    Earlier,
}

impl<'a> LineHasher<'a> {
    /// Will keep the hashes of the 1-based lines `wanted`.
    pub(crate) fn new(wanted: &'a BTreeSet<u64>) -> Self {
        Self {
            wanted,
            hashes: BTreeMap::new(),
            seen: HashMap::new(),
            decoder: LossyDecoder::default(),
            rolling: Rolling {
                units: [0; WINDOW],
                lines: [None; WINDOW],
                at: 0,
                hash: 0,
                line: 0,
                line_begins: LineBegins::WithNextUnit,
            },
            last: Last::Other,
        }
    }

    /// Whether the hashes of all wanted lines are known.
    pub(crate) fn is_done(&self) -> bool {
        self.hashes.len() == self.wanted.len()
    }

    /// Takes the next bytes of the file.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let mut decoder = std::mem::take(&mut self.decoder);
        decoder.push(bytes, |character| self.character(character));
        self.decoder = decoder;
    }

    /// Ends the file.
    pub(crate) fn finish(mut self) -> BTreeMap<u64, LineHash> {
        std::mem::take(&mut self.decoder).finish(|character| self.character(character));
        self.unit(END);
        for _ in 0..WINDOW {
            self.settle();
            self.rolling.roll(0);
        }
        self.hashes
    }

    fn character(&mut self, character: char) {
        let mut units = [0; 2];
        for unit in character.encode_utf16(&mut units) {
            self.unit(*unit);
        }
    }

    fn unit(&mut self, unit: u16) {
        const SPACE: u16 = b' ' as u16;
        const TAB: u16 = b'\t' as u16;
        const LINE_FEED: u16 = b'\n' as u16;
        const CARRIAGE_RETURN: u16 = b'\r' as u16;
        let last = std::mem::replace(&mut self.last, Last::Other);
        let unit = match unit {
            SPACE | TAB => return,
            LINE_FEED if last == Last::CarriageReturn => return,
            CARRIAGE_RETURN => {
                self.last = Last::CarriageReturn;
                LINE_FEED
            }
            _ => unit,
        };
        self.settle();
        self.rolling.begin_line();
        if unit == LINE_FEED {
            self.rolling.line_begins = LineBegins::WithNextUnit;
        }
        self.rolling.roll(unit);
    }

    /// Where the unit that is about to leave began a line, the hash is now that
    /// line's.
    fn settle(&mut self) {
        let Some(line) = self.rolling.lines[self.rolling.at].take() else {
            return;
        };
        let hash = self.rolling.hash;
        let nth = self.seen.entry(hash).or_default();
        *nth += 1;
        if self.wanted.contains(&line) {
            self.hashes.insert(line, LineHash { hash, nth: *nth });
        }
    }
}

impl Rolling {
    fn begin_line(&mut self) {
        if self.line_begins == LineBegins::WithNextUnit {
            self.line_begins = LineBegins::Earlier;
            self.line += 1;
            self.lines[self.at] = Some(self.line);
        }
    }

    fn roll(&mut self, unit: u16) {
        /// The weight of the unit that leaves.
        const LEAVING: u64 = {
            let mut weight = 1_u64;
            let mut power = 0;
            while power < WINDOW {
                weight = weight.wrapping_mul(BASE);
                power += 1;
            }
            weight
        };
        let left = std::mem::replace(&mut self.units[self.at], unit);
        self.hash = self
            .hash
            .wrapping_mul(BASE)
            .wrapping_add(u64::from(unit))
            .wrapping_sub(LEAVING.wrapping_mul(u64::from(left)));
        self.at = (self.at + 1) % WINDOW;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<String> {
        let wanted = (1..=9).collect();
        let mut hasher = LineHasher::new(&wanted);
        for piece in text.as_bytes().chunks(7) {
            hasher.push(piece);
        }
        let hashes = hasher.finish();
        hashes.values().map(ToString::to_string).collect()
    }

    /// The hash written out as its definition says, without rolling.
    fn by_definition(units: &[u16]) -> u64 {
        let padded = units.iter().copied().chain(std::iter::repeat(0));
        padded.take(WINDOW).fold(0, |hash: u64, unit| {
            hash.wrapping_mul(BASE).wrapping_add(u64::from(unit))
        })
    }

    #[test]
    fn the_hash_covers_a_hundred_units_without_white_space() {
        let text = "a b\n\tc\n";
        let units = |text: &str| text.encode_utf16().chain([END]).collect::<Vec<_>>();
        assert_eq!(
            hashes(text),
            [
                format!("{:x}:1", by_definition(&units("ab\nc\n"))),
                format!("{:x}:1", by_definition(&units("c\n"))),
                format!("{:x}:1", by_definition(&units(""))),
            ]
        );
    }

    #[test]
    fn line_ends_are_all_alike() {
        assert_eq!(hashes("a\r\nb\rc\n"), hashes("a\nb\nc\n"));
    }

    #[test]
    fn equal_lines_are_counted() {
        let line = format!("{}\n", "x".repeat(120));
        let hashes = hashes(&line.repeat(3));
        let hash = hashes[0]
            .strip_suffix(":1")
            .expect("the first is the first");
        assert_eq!(hashes[1], format!("{hash}:2"));
    }
}
