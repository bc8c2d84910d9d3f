//! `pickle`: the strings and bytes that a pickle of Python puts together again, of
//! every protocol (PEP 3154 and the module `pickletools`).
//!
//! Nothing is built and nothing is imported: opcodes are passed one after the other,
//! and where something is none, the pickle ends.

use std::io::Read;

use super::field_stream::FieldStream;
use super::format::{Format, Head, Likeness, Members, Open, OpenError};
use super::values::Values;

pub(crate) const FORMAT: Format = Format {
    name: "pickle",
    about: "pickles of Python (`.pkl`, `.pickle`, `.joblib`, and those in `.pt` files)",
    seen: "Strings, as the member `<strings>`, and bytes, as `<bytes 1>` and so on.",
    unseen: "What stands behind arrays in the files of joblib, and other bytes that are no \
        opcodes, but for the raw bytes.",
    is,
    open: Open::Stream(open),
};

/// A string that is longer, in bytes, is a member of its own.
const LONG: u64 = 1 << 20;

/// Bytes that are fewer count as a string.
const FEW: u64 = 64;

/// The longest line of a number or a name, in bytes.
const LONGEST_LINE: u64 = 64 << 10;

/// What follows an opcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Argument {
    /// So many bytes.
    Fixed(u64),
    /// So many lines.
    Lines(u8),
    /// A line with a string, quoted or not.
    TextLine,
    /// A length of so many bytes, and so many bytes.
    Sized(u64, Payload),
}

/// What the bytes behind a length are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Payload {
    Text,
    Bytes,
    Number,
}

/// What follows an opcode, if it is one.
fn argument(opcode: u8) -> Option<Argument> {
    Some(match opcode {
        b'('
        | b')'
        | b'.'
        | b'0'..=b'2'
        | b'N'
        | b'Q'
        | b'R'
        | b']'
        | b'}'
        | b'a'
        | b'b'
        | b'd'
        | b'e'
        | b'l'
        | b'o'
        | b's'..=b'u'
        | 0x81
        | 0x85..=0x89
        | 0x8f..=0x94
        | 0x97
        | 0x98 => Argument::Fixed(0),
        b'K' | b'h' | b'q' | 0x80 | 0x82 => Argument::Fixed(1),
        b'M' | 0x83 => Argument::Fixed(2),
        b'J' | b'j' | b'r' | 0x84 => Argument::Fixed(4),
        b'G' | 0x95 => Argument::Fixed(8),
        b'F' | b'I' | b'L' | b'P' | b'g' | b'p' => Argument::Lines(1),
        b'c' | b'i' => Argument::Lines(2),
        b'S' | b'V' => Argument::TextLine,
        0x8a => Argument::Sized(1, Payload::Number),
        0x8b => Argument::Sized(4, Payload::Number),
        0x8c => Argument::Sized(1, Payload::Text),
        b'X' => Argument::Sized(4, Payload::Text),
        0x8d => Argument::Sized(8, Payload::Text),
        b'U' | b'C' => Argument::Sized(1, Payload::Bytes),
        b'T' | b'B' => Argument::Sized(4, Payload::Bytes),
        0x8e | 0x96 => Argument::Sized(8, Payload::Bytes),
        _ => return None,
    })
}

fn is(head: &Head<'_>) -> Likeness {
    match head.bytes {
        [0x80, 2..=5, opcode, ..] => Likeness::maybe_if(argument(*opcode).is_some()),
        // The first protocols have no mark.
        [
            b'(' | b']' | b'}' | b'c' | b'I' | b'S' | b'V' | b'U' | b'X' | b'l',
            ..,
        ] => {
            let endings = [".pkl", ".pickle", ".joblib"];
            Likeness::maybe_if(endings.iter().any(|ending| head.has_ending(ending)))
        }
        _ => Likeness::No,
    }
}

fn open(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    let mut pickle = Pickle {
        fields: FieldStream::new(FORMAT.name, stream),
        values: Values::new(b"<strings>"),
        parts: 0,
    };
    let read = pickle.read(members);
    pickle.values.finish(members)?;
    match read {
        // It may be followed by anything, or have been something else from the start.
        Err(OpenError::Damaged { .. } | OpenError::Unsupported(_)) => Ok(()),
        read => read,
    }
}

/// A pickle that is being read.
struct Pickle<'r> {
    fields: FieldStream<&'r mut dyn Read>,
    values: Values<'static>,
    /// How many members there are.
    parts: u64,
}

impl Pickle<'_> {
    /// Reads opcodes for as long as there are any.
    fn read(&mut self, members: &mut dyn Members) -> Result<(), OpenError> {
        while !self.fields.is_at_end()? {
            let Some(argument) = argument(self.fields.u8()?) else {
                break;
            };
            match argument {
                Argument::Fixed(length) => self.fields.skip(length)?,
                Argument::Lines(count) => {
                    for _ in 0..count {
                        self.fields.line(LONGEST_LINE)?;
                    }
                }
                Argument::TextLine => {
                    let line = self.fields.line(LONG)?;
                    self.values.push(&unescaped(&line), members)?;
                }
                Argument::Sized(width, payload) => {
                    let length = self.length(width)?;
                    self.payload(payload, length, members)?;
                }
            }
        }
        Ok(())
    }

    fn length(&mut self, width: u64) -> Result<u64, OpenError> {
        let bytes = self.fields.take(width)?;
        let shifted = |number, byte: &u8| (number << 8) | u64::from(*byte);
        Ok(bytes.iter().rev().fold(0, shifted))
    }

    fn payload(
        &mut self,
        payload: Payload,
        length: u64,
        members: &mut dyn Members,
    ) -> Result<(), OpenError> {
        let (most, kind) = match payload {
            Payload::Number => return self.fields.skip(length),
            Payload::Text => (LONG, "string"),
            Payload::Bytes => (FEW, "bytes"),
        };
        if length <= most {
            let text = self.fields.take(length)?;
            members.budget().in_time()?;
            return self.values.push(&text, members);
        }
        self.parts += 1;
        let name = format!("<{kind} {}>", self.parts);
        let mut part = self.fields.part(length);
        members.member(name.as_bytes(), &mut part)?;
        // What nobody wanted to read.
        let left = part.limit();
        self.fields.skip(left)
    }
}

/// A string as Python writes it in protocol 0: without its quotes, the escapes undone.
fn unescaped(line: &[u8]) -> Vec<u8> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut rest = match line {
        [b'\'', text @ .., b'\''] | [b'"', text @ .., b'"'] => text,
        _ => line,
    };
    let mut text = Vec::with_capacity(rest.len());
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        if *byte != b'\\' {
            text.push(*byte);
            continue;
        }
        let Some((kind, behind)) = rest.split_first() else {
            break;
        };
        rest = behind;
        let digits = match kind {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => {
                text.push(match kind {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    other => *other,
                });
                continue;
            }
        };
        let number = rest.split_off(..digits).and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            u32::from_str_radix(digits, 16)
                .ok()
                .and_then(char::from_u32)
        });
        let mut encoded = [0; 4];
        text.extend(
            number
                .map(|it| it.encode_utf8(&mut encoded).as_bytes())
                .unwrap_or_default(),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::damage::survives;
    use crate::container::format::testing::{likeness, open, open_within};
    use crate::limits::Limits;

    /// `{"token": "hf_ab", "data": b"…" * 80, "big": 10 ** 30}` in protocol 4.
    fn sample() -> Vec<u8> {
        let mut pickle =
            b"\x80\x04\x95\x80\0\0\0\0\0\0\0}\x94(\x8c\x05token\x94\x8c\x05hf_ab\x94".to_vec();
        pickle.extend(b"\x8c\x04data\x94C\x50");
        pickle.extend([b'd'; 80]);
        pickle.extend(b"\x94\x8c\x03big\x94\x8a\x0d\0\0\0\0@\xea\xed\x74\x46\xd0\x9c\x2c\x0cu.");
        pickle
    }

    #[test]
    fn strings_are_parted_and_bytes_are_members() {
        let pickle = sample();
        assert_eq!(likeness(&FORMAT, &pickle, ""), Likeness::Maybe);
        let opened = open(&FORMAT, &pickle);
        assert_eq!(opened.error, None);
        assert_eq!(opened.member("<strings>"), b"token\nhf_ab\ndata\nbig\n");
        assert_eq!(opened.member("<bytes 1>"), [b'd'; 80]);
    }

    #[test]
    fn old_protocols_are_lines_or_have_no_mark() {
        let pickle = b"(dp0\nS'a'\np1\nV\\u0068f_\\\\x\np2\nsS\"it's\\x21\"\nI01\ns.";
        assert_eq!(likeness(&FORMAT, pickle, "a.pkl"), Likeness::Maybe);
        assert_eq!(likeness(&FORMAT, pickle, "a.txt"), Likeness::No);
        assert_eq!(
            open(&FORMAT, pickle).member("<strings>"),
            b"a\nhf_\\x\nit's!\n"
        );
        let pickle = b"}q\x00X\x05\0\0\0tokenq\x01X\x02\0\0\0hfq\x02s.";
        assert_eq!(open(&FORMAT, pickle).member("<strings>"), b"token\nhf\n");
    }

    #[test]
    fn several_follow_one_another_up_to_something_else() {
        let bytes = [&sample(), &sample(), &b"\x00\xff no opcodes"[..]].concat();
        let opened = open(&FORMAT, &bytes);
        assert_eq!((opened.members.len(), opened.error), (3, None));
    }

    #[test]
    fn damage_does_no_harm_and_is_not_told() {
        survives(&FORMAT, &sample(), "a.pkl");
        survives(
            &FORMAT,
            b"(dp0\nS'a\\x41\\'\np1\nV\\u0068f_\\\\x\np2\ns.",
            "a.pkl",
        );
        let opened = open(&FORMAT, b"\x80\x04B\xff\xff\xff\xffcut off");
        assert_eq!((opened.error, opened.faults.len()), (None, 0));
    }

    #[test]
    fn a_limit_ends_it() {
        let limits = Limits {
            members: 1,
            ..Limits::default()
        };
        let opened = open_within(&FORMAT, &sample(), limits);
        assert!(
            opened
                .error
                .is_some_and(|error| error.contains("--max-members"))
        );
    }
}
