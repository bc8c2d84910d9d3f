//! Shown text: the strings of a page, a line for each, joined where they stand in one
//! array, as kerning splits a word (9.4.3). A wide gap is a space between words.

use std::io::{self, Read, Write};

/// The most text that is kept of a page, in bytes.
const MOST: usize = 4 << 20;

/// A gap that is wider than this, in thousandths of the size of the font, parts words.
const WIDE_GAP: f64 = -180.0;

/// Finds the strings in the bytes that are written to it.
#[derive(Debug, Default)]
pub(super) struct Shown {
    text: Vec<u8>,
    place: Place,
    array: Array,
    /// The number between two strings of an array, as far as it was read.
    gap: String,
}

/// Where the last byte stands.
#[derive(Debug, Default, Clone, Copy)]
enum Place {
    /// In no string.
    #[default]
    Outside,
    /// In a string, in so many pairs of parentheses.
    String(u32),
    /// Behind a backslash in a string.
    Escape(u32),
    /// In the octal number behind one, which has so many digits.
    Octal {
        depth: u32,
        digits: u32,
        number: u32,
    },
    /// In a string of hexadecimal digits, of which one may be half a byte.
    Hex(Option<u8>),
    /// Behind a `<`, which may start a dictionary.
    Less,
    /// In a comment.
    Comment,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Array {
    #[default]
    Outside,
    Inside,
}

impl Shown {
    /// The lines that were found.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// A stream that is the same as `bytes`, whose strings are found as it is read.
    pub(super) fn of<R: Read>(&mut self, bytes: R) -> Watched<'_, R> {
        Watched { bytes, shown: self }
    }

    fn push(&mut self, byte: u8) {
        if self.text.len() < MOST {
            self.text.push(byte);
        }
    }

    /// Ends a line, unless it goes on in the array.
    fn end_of_string(&mut self) -> Place {
        if self.array == Array::Outside {
            self.end_of_line();
        }
        Place::Outside
    }

    fn end_of_line(&mut self) {
        if self.text.last().is_some_and(|last| *last != b'\n') {
            self.push(b'\n');
        }
    }

    fn next(&mut self, byte: u8) -> Place {
        match (self.place, byte) {
            (Place::Outside, _) => self.outside(byte),
            (Place::Comment, b'\r' | b'\n') | (Place::Less, b'<') => Place::Outside,
            (Place::Comment, _) => Place::Comment,
            (Place::Less, _) => self.hex(None, byte),
            (Place::Hex(half), _) => self.hex(half, byte),
            (Place::String(depth), _) => self.string(depth, byte),
            (Place::Escape(depth), _) => self.escape(depth, byte),
            (
                Place::Octal {
                    depth,
                    digits: 1..=2,
                    number,
                },
                b'0'..=b'7',
            ) => self.octal(depth, number, byte),
            (Place::Octal { depth, number, .. }, _) => {
                self.push(u8::try_from(number & 0xff).unwrap_or_default());
                self.string(depth, byte)
            }
        }
    }

    fn outside(&mut self, byte: u8) -> Place {
        match byte {
            b'(' | b'<' => {
                let gap: Option<f64> = self.gap.parse().ok();
                if gap.is_some_and(|gap| gap < WIDE_GAP) {
                    self.push(b' ');
                }
                self.gap.clear();
                return if byte == b'(' {
                    Place::String(1)
                } else {
                    Place::Less
                };
            }
            b'%' => return Place::Comment,
            b'-' | b'.' | b'0'..=b'9' if self.array == Array::Inside && self.gap.len() < 16 => {
                self.gap.push(char::from(byte));
            }
            b'[' => {
                self.array = Array::Inside;
                self.gap.clear();
            }
            b']' => {
                self.array = Array::Outside;
                self.end_of_line();
            }
            _ => {}
        }
        Place::Outside
    }

    fn string(&mut self, depth: u32, byte: u8) -> Place {
        let depth = match byte {
            b'\\' => return Place::Escape(depth),
            b'(' => depth.saturating_add(1),
            b')' if depth <= 1 => return self.end_of_string(),
            b')' => depth - 1,
            _ => depth,
        };
        self.push(byte);
        Place::String(depth)
    }

    fn escape(&mut self, depth: u32, byte: u8) -> Place {
        match byte {
            b'0'..=b'7' => {
                return Place::Octal {
                    depth,
                    digits: 1,
                    number: u32::from(byte - b'0'),
                };
            }
            // The line goes on.
            b'\r' | b'\n' => {}
            b'n' => self.push(b'\n'),
            b'r' => self.push(b'\r'),
            b't' => self.push(b'\t'),
            b'b' | b'f' => self.push(b' '),
            _ => self.push(byte),
        }
        Place::String(depth)
    }

    fn octal(&mut self, depth: u32, number: u32, byte: u8) -> Place {
        let digits = match self.place {
            Place::Octal { digits, .. } => digits + 1,
            _ => 1,
        };
        Place::Octal {
            depth,
            digits,
            number: number * 8 + u32::from(byte - b'0'),
        }
    }

    fn hex(&mut self, half: Option<u8>, byte: u8) -> Place {
        if byte == b'>' {
            if let Some(half) = half {
                self.push(half << 4);
            }
            return self.end_of_string();
        }
        let digit = char::from(byte).to_digit(16);
        let digit = digit.and_then(|digit| u8::try_from(digit).ok());
        match (half, digit) {
            (half, None) => Place::Hex(half),
            (None, Some(digit)) => Place::Hex(Some(digit)),
            (Some(half), Some(digit)) => {
                self.push(half << 4 | digit);
                Place::Hex(None)
            }
        }
    }
}

impl Write for Shown {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.place = self.next(*byte);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A stream whose strings are found as it is read.
pub(super) struct Watched<'s, R> {
    bytes: R,
    shown: &'s mut Shown,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.shown
            .write_all(buffer.get(..read).unwrap_or_default())?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(page: &str) -> String {
        let mut shown = Shown::default();
        let mut page = shown.of(page.as_bytes());
        io::copy(&mut page, &mut io::sink()).expect("memory can be read");
        String::from_utf8_lossy(shown.text()).into_owned()
    }

    #[test]
    fn a_word_is_joined_in_spite_of_kerning() {
        assert_eq!(
            shown("BT [(ab_) -20 (cd) 3(e)] TJ (f) Tj ET"),
            "ab_cde\nf\n"
        );
        assert_eq!(shown("[(ab)-333.25(c)-20(d) -180 ( e)]TJ"), "ab cd e\n");
        assert_eq!(shown("[<61 62>-2<6>(x)]TJ << /A (b) >>"), "ab`x\nb\n");
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(
            shown(
                r"(a\(b\)\\(c)\1415\61\
d) Tj"
            ),
            "a(b)\\(c)a51d\n"
        );
        assert_eq!(shown("% (no)\n(yes)"), "yes\n");
    }
}
