//! What a file says of itself: how it is packed, its columns, and where its stripes are.
//!
//! Source: `proto/orc/proto/orc_proto.proto` of apache/orc-format.

use super::damaged;
use super::message::{Value, fields, numbers};
use crate::container::block_codec::BlockCodec;
use crate::container::format::OpenError;

/// The largest chunk that is unpacked.
const LARGEST_CHUNK: u64 = 64 << 20;

/// The end of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Postscript {
    pub(super) footer_length: u64,
    pub(super) packing: Packing,
}

/// How streams are packed: each chunk of so many bytes at the most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packing {
    pub(super) codec: BlockCodec,
    pub(super) chunk: usize,
}

impl Postscript {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, OpenError> {
        let (mut footer_length, mut codec, mut chunk, mut magic) = (0, 0, 256 << 10, false);
        for field in fields(bytes) {
            match field {
                (1, Value::Number(length)) => footer_length = length,
                (2, Value::Number(number)) => codec = number,
                (3, Value::Number(size)) => chunk = size,
                (8000, Value::Bytes(b"ORC")) => magic = true,
                _ => {}
            }
        }
        if !magic {
            return Err(damaged("it does not end with a postscript"));
        }
        let codec = match codec {
            0 => BlockCodec::Stored,
            1 => BlockCodec::Deflate,
            2 => BlockCodec::Snappy,
            3 => return Err(OpenError::Unsupported("LZO".into())),
            4 => BlockCodec::Lz4Block,
            5 => BlockCodec::Zstd,
            other => return Err(OpenError::Unsupported(format!("the codec {other}"))),
        };
        let chunk = Some(chunk).filter(|&size| size <= LARGEST_CHUNK);
        let chunk = chunk.and_then(|size| usize::try_from(size).ok());
        let chunk = chunk.ok_or_else(|| OpenError::Unsupported("chunks of this size".into()))?;
        Ok(Self {
            footer_length,
            packing: Packing { codec, chunk },
        })
    }
}

#[derive(Debug, Default)]
pub(super) struct Footer<'f> {
    pub(super) stripes: Vec<Stripe>,
    pub(super) columns: Vec<Column<'f>>,
    pub(super) metadata: Vec<(&'f [u8], &'f [u8])>,
    pub(super) is_encrypted: bool,
}

/// Some rows: streams, then a footer that says where they are.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Stripe {
    pub(super) at: u64,
    pub(super) index_length: u64,
    pub(super) data_length: u64,
    pub(super) footer_length: u64,
    pub(super) rows: u64,
}

/// A column, or what is in one.
#[derive(Debug, Default)]
pub(super) struct Column<'f> {
    pub(super) kind: Kind,
    /// The column it is in, and its name there.
    parent: Option<(usize, &'f [u8])>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text, or bytes.
    Bytes,
    Struct,
    #[default]
    Other,
}

impl<'f> Footer<'f> {
    pub(super) fn read(bytes: &'f [u8]) -> Result<Self, OpenError> {
        let mut footer = Self::default();
        let mut types = Vec::new();
        for field in fields(bytes) {
            match field {
                (3, Value::Bytes(stripe)) => footer.stripes.push(Stripe::read(stripe)),
                (4, Value::Bytes(kind)) => types.push(kind),
                (5, Value::Bytes(item)) => footer.metadata.push(key_and_value(item)),
                (10, Value::Bytes(_)) => footer.is_encrypted = true,
                _ => {}
            }
        }
        footer.columns.resize_with(types.len(), Column::default);
        for (at, bytes) in types.iter().enumerate() {
            footer.read_column(at, bytes)?;
        }
        Ok(footer)
    }

    fn read_column(&mut self, at: usize, bytes: &'f [u8]) -> Result<(), OpenError> {
        const LIST: u64 = 10;
        const MAP: u64 = 11;
        let (mut kind, mut children, mut names) = (0, Vec::new(), Vec::new());
        for field in fields(bytes) {
            match field {
                (1, Value::Number(number)) => kind = number,
                (2, Value::Number(child)) => children.push(child),
                (2, Value::Bytes(packed)) => children.extend(numbers(packed)),
                (3, Value::Bytes(name)) => names.push(name),
                _ => {}
            }
        }
        self.columns[at].kind = match kind {
            7 | 8 | 16 | 17 => Kind::Bytes,
            12 => Kind::Struct,
            _ => Kind::Other,
        };
        match kind {
            LIST => names = vec![&b"element"[..]],
            MAP => names = vec![&b"key"[..], b"value"],
            _ => {}
        }
        for (number, child) in children.into_iter().enumerate() {
            let name = names.get(number).copied().unwrap_or(b"union");
            // Columns come before what is in them, so they are in no circle.
            let child = usize::try_from(child).ok().filter(|&child| child > at);
            let child = child.and_then(|child| self.columns.get_mut(child));
            child
                .ok_or_else(|| damaged("a column is in itself"))?
                .parent = Some((at, name));
        }
        Ok(())
    }

    /// The name of a column, and before it those of the columns it is in.
    pub(super) fn path(&self, column: usize) -> Vec<u8> {
        let mut names: Vec<_> = self.parents(column).map(|(_, name)| name).collect();
        names.reverse();
        names.join(&b'.')
    }

    /// The columns that a column is in, and the names in them.
    pub(super) fn parents(&self, column: usize) -> impl Iterator<Item = (usize, &'f [u8])> {
        let parent = |column: usize| self.columns.get(column).and_then(|it| it.parent);
        std::iter::successors(parent(column), move |&(column, _)| parent(column))
    }
}

fn key_and_value(item: &[u8]) -> (&[u8], &[u8]) {
    let (mut key, mut value) = Default::default();
    for field in fields(item) {
        match field {
            (1, Value::Bytes(bytes)) => key = bytes,
            (2, Value::Bytes(bytes)) => value = bytes,
            _ => {}
        }
    }
    (key, value)
}

impl Stripe {
    fn read(bytes: &[u8]) -> Self {
        let mut stripe = Self::default();
        for field in fields(bytes) {
            match field {
                (1, Value::Number(at)) => stripe.at = at,
                (2, Value::Number(length)) => stripe.index_length = length,
                (3, Value::Number(length)) => stripe.data_length = length,
                (4, Value::Number(length)) => stripe.footer_length = length,
                (5, Value::Number(rows)) => stripe.rows = rows,
                _ => {}
            }
        }
        stripe
    }
}

/// What the footer of a stripe says.
#[derive(Debug, Default)]
pub(super) struct StripeFooter {
    pub(super) streams: Vec<Stream>,
    /// How each column is encoded.
    pub(super) encodings: Vec<u64>,
}

/// A stream of a column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stream {
    pub(super) kind: u64,
    pub(super) column: usize,
    pub(super) at: u64,
    pub(super) length: u64,
}

impl StripeFooter {
    pub(super) fn read(bytes: &[u8], stripe: &Stripe) -> Result<Self, OpenError> {
        let mut footer = Self::default();
        let mut at = stripe.at;
        for field in fields(bytes) {
            match field {
                (1, Value::Bytes(stream)) => {
                    let stream = Stream::read(stream, at);
                    at = at
                        .checked_add(stream.length)
                        .ok_or_else(|| damaged("a stream is too long"))?;
                    footer.streams.push(stream);
                }
                (2, Value::Bytes(encoding)) => {
                    let kind = fields(encoding).find_map(|field| match field {
                        (1, Value::Number(kind)) => Some(kind),
                        _ => None,
                    });
                    footer.encodings.push(kind.unwrap_or(0));
                }
                _ => {}
            }
        }
        Ok(footer)
    }

    pub(super) fn stream(&self, column: usize, kind: u64) -> Option<Stream> {
        let mut streams = self.streams.iter();
        streams
            .find(|it| it.column == column && it.kind == kind)
            .copied()
    }
}

impl Stream {
    fn read(bytes: &[u8], at: u64) -> Self {
        let mut stream = Self {
            kind: 0,
            column: 0,
            at,
            length: 0,
        };
        for field in fields(bytes) {
            match field {
                (1, Value::Number(kind)) => stream.kind = kind,
                (2, Value::Number(column)) => {
                    stream.column = usize::try_from(column).unwrap_or(usize::MAX);
                }
                (3, Value::Number(length)) => stream.length = length,
                _ => {}
            }
        }
        stream
    }
}
