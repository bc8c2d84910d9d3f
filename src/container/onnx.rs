//! `onnx`: the names, notes and metadata of ONNX models, which are Protocol Buffers
//! without a magic number (onnx.proto). Numbers of tensors stay unread.

use std::io::Read;

use super::field_stream::FieldStream;
use super::format::{Format, Head, Likeness, Members, Open, OpenError};
use super::protobuf::{self, Tag, Wire};
use super::values::Values;

pub(crate) const FORMAT: Format = Format {
    name: "onnx",
    about: "ONNX (`.onnx`)",
    seen: "Metadata, named by their key, as in `a.onnx!metadata.note`; all other strings of the \
        model, its graphs and functions as the member `<strings>`.",
    unseen: "Numbers of tensors, and data beside the model.",
    is,
    open: Open::Stream(open),
};

/// Messages within one another: a graph may be in a node of a graph.
const DEEPEST: u32 = 32;

/// A string that is longer, in bytes, is seen as raw bytes only.
const LONG: u64 = 1 << 20;

/// The longest key that is told in full, in bytes.
const LONGEST_KEY: usize = 1024;

/// A message of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Message {
    Model,
    Training,
    Function,
    Graph,
    Node,
    Attribute,
    Tensor,
    Value,
    Entry,
}

/// What a field of a message is.
enum Content {
    Text,
    Message(Message),
    /// Metadata of the model: a message with a key and a value.
    Metadata,
    /// Numbers, or something that has no text.
    Other,
}

impl Message {
    fn content(self, field: u64) -> Content {
        match (self, field) {
            (Self::Model, 2..=4 | 6)
            | (Self::Function, 1 | 4..=6 | 8 | 10 | 13)
            | (Self::Graph, 2 | 10)
            | (Self::Node, 1..=4 | 6..=8)
            | (Self::Attribute, 1 | 4 | 9 | 13 | 21)
            | (Self::Tensor, 6 | 8 | 12)
            | (Self::Value, 1 | 3)
            | (Self::Entry, 1 | 2) => Content::Text,
            (Self::Model, 7) | (Self::Training, 1 | 2) | (Self::Attribute, 6 | 11) => {
                Content::Message(Self::Graph)
            }
            (Self::Model, 14) => Content::Metadata,
            (Self::Model, 20) => Content::Message(Self::Training),
            (Self::Model, 25) => Content::Message(Self::Function),
            (Self::Function, 7) | (Self::Graph, 1) => Content::Message(Self::Node),
            (Self::Function, 11) | (Self::Node, 5) => Content::Message(Self::Attribute),
            (Self::Graph, 5) | (Self::Attribute, 5 | 10) => Content::Message(Self::Tensor),
            (Self::Graph, 11..=13) | (Self::Function, 12) => Content::Message(Self::Value),
            (Self::Training, 3 | 4)
            | (Self::Tensor, 13 | 16)
            | (Self::Function, 14)
            | (Self::Graph, 16)
            | (Self::Node, 9)
            | (Self::Value, 4) => Content::Message(Self::Entry),
            _ => Content::Other,
        }
    }
}

/// A model begins with its version, a small number, and goes on with fields that models
/// have.
fn is(head: &Head<'_>) -> Likeness {
    let [0x08, 1..=32, rest @ ..] = head.bytes else {
        return Likeness::No;
    };
    let next = rest.first().copied().map(u64::from).and_then(Tag::of);
    let fits = next.is_some_and(|tag| match tag.number {
        2..=4 | 6..=8 | 14 => tag.wire == Wire::Bytes,
        5 => tag.wire == Wire::Varint,
        _ => false,
    });
    Likeness::maybe_if(fits && (head.has_ending(".onnx") || names_its_maker(rest)))
}

/// Whether the name of the program that made it follows, as most programs write it.
fn names_its_maker(rest: &[u8]) -> bool {
    let [0x12, length @ 1..=100, name @ ..] = rest else {
        return false;
    };
    let name = name.get(..usize::from(*length)).unwrap_or_default();
    !name.is_empty()
        && name
            .iter()
            .all(|byte| byte.is_ascii_graphic() || *byte == b' ')
}

/// A model that is being read.
struct Model<'r, 'm> {
    fields: FieldStream<&'r mut dyn Read>,
    values: Values<'m>,
    members: &'m mut dyn Members,
}

fn open(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    let mut model = Model {
        fields: FieldStream::new(FORMAT.name, stream),
        values: Values::new(b"<strings>"),
        members,
    };
    let read = model.message(Message::Model, u64::MAX, DEEPEST);
    let Model {
        values, members, ..
    } = model;
    values.finish(members)?;
    read
}

impl Model<'_, '_> {
    fn damaged(&self) -> OpenError {
        let place = self.fields.passed();
        OpenError::damaged(FORMAT.name, format!("no field at byte {place}"))
    }

    fn varint(&mut self) -> Result<u64, OpenError> {
        let number = protobuf::varint(|| self.fields.u8().map(Some))?;
        number.ok_or_else(|| self.damaged())
    }

    /// Takes the texts of a message, which ends at a byte.
    fn message(&mut self, message: Message, end: u64, deepest: u32) -> Result<(), OpenError> {
        let Some(deeper) = deepest.checked_sub(1) else {
            let reason = "it is nested too deep";
            return Err(OpenError::damaged(FORMAT.name, reason));
        };
        while self.fields.passed() < end && !self.fields.is_at_end()? {
            let tag = Tag::of(self.varint()?).ok_or_else(|| self.damaged())?;
            match tag.wire {
                Wire::Varint => drop(self.varint()?),
                Wire::Eight => self.fields.skip(8)?,
                Wire::Four => self.fields.skip(4)?,
                Wire::Bytes => self.field(message, tag.number, end, deeper)?,
            }
        }
        Ok(())
    }

    /// Takes the texts of a field that has a length, of a message that ends at a byte.
    fn field(
        &mut self,
        message: Message,
        number: u64,
        end: u64,
        deeper: u32,
    ) -> Result<(), OpenError> {
        self.members.budget().in_time()?;
        let length = self.varint()?;
        let field_end = self.fields.passed().checked_add(length);
        let field_end = field_end.filter(|field_end| *field_end <= end);
        let field_end = field_end.ok_or_else(|| self.damaged())?;
        match message.content(number) {
            Content::Text if length <= LONG => {
                let text = self.fields.take(length)?;
                self.values.push(&text, self.members)
            }
            Content::Message(inner) => self.message(inner, field_end, deeper),
            Content::Metadata if length <= LONG => {
                let entry = self.fields.take(length)?;
                self.metadata(&entry)
            }
            _ => self.fields.skip(length),
        }
    }

    /// Hands on a value by its key.
    fn metadata(&mut self, entry: &[u8]) -> Result<(), OpenError> {
        let (mut key, mut value, mut rest) = (&[][..], &[][..], entry);
        while let Some((tag, content)) = protobuf::field(&mut rest) {
            match tag.number {
                1 => key = content,
                2 => value = content,
                _ => {}
            }
        }
        let key = key.get(..LONGEST_KEY).unwrap_or(key);
        let name = [b"metadata.", key].concat();
        self.members.text(&name, value, &|_| None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::damage::survives;
    use crate::container::format::testing::{likeness, open, open_within};
    use crate::container::protobuf::writing::{bytes, number};
    use crate::limits::Limits;

    fn sample() -> Vec<u8> {
        let attribute = [bytes(1, b"value"), bytes(4, b"constant")].concat();
        let node = [bytes(3, b"node"), bytes(5, &attribute), bytes(6, b"doc")].concat();
        let tensor = [bytes(8, b"weight"), bytes(9, &[b'w'; 100])].concat();
        let graph = [bytes(1, &node), bytes(2, b"graph"), bytes(5, &tensor)].concat();
        let entry = [bytes(1, b"note"), bytes(2, b"metadata value")].concat();
        [
            number(1, 8),
            bytes(2, b"pytorch"),
            bytes(7, &graph),
            bytes(14, &entry),
        ]
        .concat()
    }

    #[test]
    fn strings_are_parted_and_metadata_named() {
        let model = sample();
        assert_eq!(likeness(&FORMAT, &model, ""), Likeness::Maybe);
        let opened = open(&FORMAT, &model);
        assert_eq!(opened.error, None);
        assert_eq!(opened.member("metadata.note"), b"metadata value");
        let strings = b"pytorch\nnode\nvalue\nconstant\ndoc\ngraph\nweight\n";
        assert_eq!(opened.member("<strings>"), strings);
    }

    #[test]
    fn other_files_are_not_of_it() {
        assert_eq!(
            likeness(&FORMAT, b"\x08\x01\x10\x01", "a.onnx"),
            Likeness::No
        );
        assert_eq!(likeness(&FORMAT, b"\x08\x08\x3a\x05", ""), Likeness::No);
        assert_eq!(
            likeness(&FORMAT, b"\x08\x08\x3a\x05", "a.onnx"),
            Likeness::Maybe
        );
        assert_eq!(likeness(&FORMAT, b"\x08", "a.onnx"), Likeness::No);
    }

    #[test]
    fn damage_is_told_and_does_no_harm() {
        let model = sample();
        let opened = open(&FORMAT, &model[..model.len() - 30]);
        assert!(opened.error.is_some() && opened.member("<strings>").ends_with(b"graph\nweight\n"));
        survives(&FORMAT, &model, "a.onnx");
        let mut deep = Vec::new();
        for _ in 0..40 {
            deep = bytes(1, &bytes(5, &bytes(6, &deep)));
        }
        assert!(open(&FORMAT, &bytes(7, &deep)).error.is_some());
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
