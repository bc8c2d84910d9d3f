//! `gguf`: the metadata of models of llama.cpp: strings, and lists of them. The
//! tensors stay unread.

use std::io::Read;

use super::field_stream::FieldStream;
use super::format::{Format, Head, Likeness, Members, Open, OpenError};
use super::values::Values;
use crate::within::Within;

pub(crate) const FORMAT: Format = Format {
    name: "gguf",
    about: "GGUF (`.gguf`)",
    seen: "Strings of the metadata, named by their key, as in `a.gguf!tokenizer.chat_template`; \
        of a list, a finding names the row.",
    unseen: "Tensors, and their names, but for the raw bytes.",
    is,
    open: Open::Stream(open),
};

const MAGIC: &[u8] = b"GGUF";

/// A string that is longer, in bytes, is handed on without a stop in memory.
const LONG: u64 = 1 << 20;

/// The longest key that the format allows, in bytes.
const LONGEST_KEY: u64 = u16::MAX as u64;

/// Lists within one another.
const DEEPEST: u32 = 4;

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    LittleEndian,
    BigEndian,
}

/// The order of bytes and the version.
fn version(bytes: [u8; 4]) -> Option<(Order, u32)> {
    let orders = [
        (Order::LittleEndian, u32::from_le_bytes(bytes)),
        (Order::BigEndian, u32::from_be_bytes(bytes)),
    ];
    let known = |(_, version): &(Order, u32)| (1..=3).contains(version);
    orders.into_iter().find(known)
}

fn is(head: &Head<'_>) -> Likeness {
    let behind = head.bytes.strip_prefix(MAGIC);
    let bytes = behind.and_then(|behind| behind.first_chunk());
    Likeness::sure_if(bytes.is_some_and(|bytes| version(*bytes).is_some()))
}

fn open(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    let mut fields = FieldStream::new(FORMAT.name, stream);
    fields.array::<4>()?;
    let known = version(fields.array()?);
    let (order, version) =
        known.ok_or_else(|| OpenError::Unsupported("a version of GGUF".into()))?;
    let mut metadata = Metadata {
        fields,
        order,
        version,
    };
    metadata.length()?;
    let count = metadata.length()?;
    for _ in 0..count {
        members.budget().in_time()?;
        let length = metadata.length()?;
        if length > LONGEST_KEY {
            let reason = format!("a key of {length} bytes");
            return Err(OpenError::damaged(FORMAT.name, reason));
        }
        let key = metadata.fields.take(length)?;
        let kind = metadata.u32()?;
        match kind {
            8 => metadata.string(&key, members)?,
            9 => {
                let mut values = Values::parts(&key, |row| Some(Within::Row(row)));
                metadata.list(&mut values, members, DEEPEST)?;
                values.finish(members)?;
            }
            _ => metadata.pass(kind, 1)?,
        }
    }
    Ok(())
}

/// The metadata that were not read.
struct Metadata<'r> {
    fields: FieldStream<&'r mut dyn Read>,
    order: Order,
    version: u32,
}

impl Metadata<'_> {
    fn u32(&mut self) -> Result<u32, OpenError> {
        let bytes = self.fields.array()?;
        Ok(match self.order {
            Order::LittleEndian => u32::from_le_bytes(bytes),
            Order::BigEndian => u32::from_be_bytes(bytes),
        })
    }

    /// A length or a number of things, which version 1 wrote in four bytes.
    fn length(&mut self) -> Result<u64, OpenError> {
        if self.version == 1 {
            return self.u32().map(u64::from);
        }
        let bytes = self.fields.array()?;
        Ok(match self.order {
            Order::LittleEndian => u64::from_le_bytes(bytes),
            Order::BigEndian => u64::from_be_bytes(bytes),
        })
    }

    fn string(&mut self, key: &[u8], members: &mut dyn Members) -> Result<(), OpenError> {
        let length = self.length()?;
        if length > LONG {
            return members.member(key, &mut self.fields.part(length));
        }
        let text = self.fields.take(length)?;
        members.text(key, &text, &|_| None)
    }

    /// Takes the strings of a list.
    fn list(
        &mut self,
        values: &mut Values<'_>,
        members: &mut dyn Members,
        deepest: u32,
    ) -> Result<(), OpenError> {
        let Some(deeper) = deepest.checked_sub(1) else {
            let reason = "lists are nested too deep";
            return Err(OpenError::damaged(FORMAT.name, reason));
        };
        let kind = self.u32()?;
        let count = self.length()?;
        match kind {
            8 => {
                for _ in 0..count {
                    let length = self.length()?;
                    let value = self.fields.take(length)?;
                    values.push(&value, members)?;
                }
                members.budget().in_time()?;
                Ok(())
            }
            9 => (0..count).try_for_each(|_| self.list(values, members, deeper)),
            _ => self.pass(kind, count),
        }
    }

    /// Passes numbers of a kind.
    fn pass(&mut self, kind: u32, count: u64) -> Result<(), OpenError> {
        let size = match kind {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            4..=6 => 4,
            10..=12 => 8,
            _ => {
                let reason = format!("{kind} is no kind of metadata");
                return Err(OpenError::damaged(FORMAT.name, reason));
            }
        };
        self.fields.skip(count.saturating_mul(size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::damage::survives;
    use crate::container::format::testing::{likeness, open, open_within};
    use crate::limits::Limits;

    /// Writes what tests need, in each order and version.
    struct Writer {
        order: Order,
        version: u32,
        bytes: Vec<u8>,
    }

    impl Writer {
        fn u32(&mut self, number: u32) {
            self.bytes.extend(match self.order {
                Order::LittleEndian => number.to_le_bytes(),
                Order::BigEndian => number.to_be_bytes(),
            });
        }

        fn length(&mut self, number: u64) {
            if self.version == 1 {
                return self.u32(u32::try_from(number).expect("samples are small"));
            }
            self.bytes.extend(match self.order {
                Order::LittleEndian => number.to_le_bytes(),
                Order::BigEndian => number.to_be_bytes(),
            });
        }

        fn string(&mut self, text: &str) {
            self.length(text.len() as u64);
            self.bytes.extend(text.bytes());
        }
    }

    fn sample(order: Order, version: u32) -> Vec<u8> {
        let bytes = MAGIC.to_vec();
        let mut writer = Writer {
            order,
            version,
            bytes,
        };
        writer.u32(version);
        writer.length(0);
        writer.length(4);
        writer.string("block_count");
        writer.u32(4);
        writer.u32(0x4141_4141);
        writer.string("general.author");
        writer.u32(8);
        writer.string("somebody");
        writer.string("scores");
        writer.u32(9);
        writer.u32(5);
        writer.length(2);
        writer.u32(1);
        writer.u32(2);
        writer.string("tokens");
        writer.u32(9);
        writer.u32(8);
        writer.length(2);
        writer.string("the");
        writer.string("end");
        writer.bytes
    }

    #[test]
    fn strings_are_members_in_every_version() {
        for order in [Order::LittleEndian, Order::BigEndian] {
            for version in 1..=3 {
                let file = sample(order, version);
                assert_eq!(likeness(&FORMAT, &file, ""), Likeness::Sure);
                let opened = open(&FORMAT, &file);
                assert_eq!(opened.error, None);
                assert_eq!(opened.member("general.author"), b"somebody");
                assert_eq!(opened.member("tokens"), b"the\nend\n");
                assert_eq!(opened.members.len(), 2);
            }
        }
        assert_eq!(likeness(&FORMAT, b"GGUF\x04\0\0\0", "a.gguf"), Likeness::No);
    }

    #[test]
    fn damage_is_told_and_does_no_harm() {
        let file = sample(Order::LittleEndian, 3);
        let opened = open(&FORMAT, &file[..file.len() - 1]);
        assert!(
            opened
                .error
                .is_some_and(|error| error.contains("it ends at byte"))
        );
        survives(&FORMAT, &file, "");
    }

    #[test]
    fn many_strings_end_at_a_limit() {
        let limits = Limits {
            members: 1,
            ..Limits::default()
        };
        let opened = open_within(&FORMAT, &sample(Order::LittleEndian, 3), limits);
        assert!(
            opened
                .error
                .is_some_and(|error| error.contains("--max-members"))
        );
    }
}
