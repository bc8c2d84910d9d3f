//! The two filters of PDF that make text of bytes: hexadecimal digits and base 85
//! (7.4.2 and 7.4.3).

use std::io::{self, BufReader, Read};

/// How bytes are written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// Two digits for a byte, up to `>`.
    Hex,
    /// Five for four bytes, `z` for four zeros, up to `~>`.
    Base85,
}

/// A stream of the bytes that a text stands for.
pub(super) struct Ascii<R> {
    text: io::Bytes<BufReader<R>>,
    coding: Coding,
    /// The digits of a group that is not complete.
    group: u64,
    digits: usize,
    /// Bytes that are decoded and not yet read, the last one first.
    decoded: Vec<u8>,
    ended: End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Ahead,
    Reached,
}

impl<R: Read> Ascii<R> {
    pub(super) fn new(text: R, coding: Coding) -> Self {
        Self {
            text: BufReader::new(text).bytes(),
            coding,
            group: 0,
            digits: 0,
            decoded: Vec::new(),
            ended: End::Ahead,
        }
    }

    /// Takes a digit of a group that has `length` of them, in base `base`.
    fn digit(&mut self, digit: u8, base: u64, length: usize) {
        self.group = self.group * base + u64::from(digit);
        self.digits += 1;
        if self.digits == length {
            self.complete(length);
        }
    }

    /// Decodes the group, of which the missing digits count as the highest.
    fn complete(&mut self, digits: usize) {
        let bytes = self.group.to_be_bytes();
        let (all, of_them) = match self.coding {
            Coding::Hex => (1, usize::from(digits > 0)),
            Coding::Base85 => (4, digits.saturating_sub(1)),
        };
        let group = bytes.get(8 - all..).unwrap_or_default();
        self.decoded.extend(group.iter().take(of_them).rev());
        (self.group, self.digits) = (0, 0);
    }

    fn end(&mut self) {
        self.ended = End::Reached;
        let digits = self.digits;
        let (base, length, last) = match self.coding {
            Coding::Hex => (16, 2, 0),
            Coding::Base85 => (85, 5, 84),
        };
        if digits > 0 {
            for _ in digits..length {
                self.group = self.group * base + last;
            }
            self.complete(digits);
        }
    }

    fn take(&mut self, byte: u8) {
        match (self.coding, byte) {
            (Coding::Hex, b'>') | (Coding::Base85, b'~') => self.end(),
            (Coding::Hex, _) => {
                if let Some(digit) = char::from(byte).to_digit(16) {
                    self.digit(u8::try_from(digit).unwrap_or_default(), 16, 2);
                }
            }
            (Coding::Base85, b'z') if self.digits == 0 => self.decoded.extend([0; 4]),
            (Coding::Base85, b'!'..=b'u') => self.digit(byte - b'!', 85, 5),
            (Coding::Base85, _) => {}
        }
    }
}

impl<R: Read> Read for Ascii<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut read = 0;
        for place in buffer {
            while self.decoded.is_empty() && self.ended == End::Ahead {
                match self.text.next() {
                    Some(byte) => self.take(byte?),
                    None => self.end(),
                }
            }
            let Some(byte) = self.decoded.pop() else {
                break;
            };
            *place = byte;
            read += 1;
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str, coding: Coding) -> Vec<u8> {
        let mut bytes = Vec::new();
        let read = Ascii::new(text.as_bytes(), coding).read_to_end(&mut bytes);
        read.expect("memory can be read");
        bytes
    }

    #[test]
    fn text_stands_for_bytes() {
        assert_eq!(decoded("48 65\n6c6C 6f7>7", Coding::Hex), b"Hellop");
        assert_eq!(
            decoded("87cURD]i,\"Ebo80~>x", Coding::Base85),
            b"Hello World!"
        );
        assert_eq!(decoded("z87cUR\nDZ~>", Coding::Base85), b"\0\0\0\0Hello");
        assert_eq!(decoded("", Coding::Base85), b"");
    }
}
