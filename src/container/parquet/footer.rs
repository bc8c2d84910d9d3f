//! The footer of a Parquet file: the columns whose values may be text, and where their
//! pages are.
//!
//! Source: `src/main/thrift/parquet.thrift` of apache/parquet-format.

use crate::container::block_codec::BlockCodec;
use crate::container::thrift::{Kind, Seen, Thrift, ThriftError};

/// Columns and groups that a schema may have.
const MOST_ELEMENTS: usize = 1 << 20;

/// Groups within groups.
const DEEPEST: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Footer<'f> {
    pub(super) schema: Schema<'f>,
    pub(super) row_groups: Vec<RowGroup<'f>>,
    pub(super) metadata: Vec<(&'f [u8], &'f [u8])>,
}

/// All columns and groups, each before what is in it.
#[derive(Debug, Default)]
pub(super) struct Schema<'f> {
    elements: Vec<Element<'f>>,
    leaves: Vec<Leaf>,
}

#[derive(Debug, Default)]
struct Element<'f> {
    name: &'f [u8],
    /// The group it is in.
    parent: Option<usize>,
    /// How many elements are in it, if it is a group.
    children: i64,
    repetition: i64,
    physical: Option<i64>,
    length: usize,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaf {
    element: usize,
    pub(super) values: Values,
    pub(super) levels: MaximumLevels,
}

/// What the values of a column are, as they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    /// Bytes of any length.
    Bytes,
    /// Bytes of one length.
    FixedBytes(usize),
    /// Numbers, which are no text.
    Numbers,
}

/// How often a column, and what it is in, may be missing or repeated.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MaximumLevels {
    pub(super) definition: u8,
    pub(super) repetition: u8,
}

#[derive(Debug, Default)]
pub(super) struct RowGroup<'f> {
    pub(super) chunks: Vec<Chunk<'f>>,
    pub(super) rows: u64,
}

/// The pages of a column in a row group.
#[derive(Debug, Default)]
pub(super) struct Chunk<'f> {
    /// Which column, from 0.
    pub(super) leaf: usize,
    pub(super) state: State,
    /// Where the first page is.
    pub(super) start: u64,
    /// How many bytes they have.
    pub(super) length: u64,
    /// The file they are in, if it is another.
    file: &'f [u8],
}

/// Whether the pages of a column can be read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Packed(BlockCodec),
    Encrypted,
    /// In another file.
    Elsewhere,
    UnknownCodec(i64),
    /// It is not said where they are.
    #[default]
    Missing,
}

impl<'f> Footer<'f> {
    pub(super) fn read(bytes: &'f [u8]) -> Result<Self, ThriftError> {
        let mut footer = Self::default();
        Thrift::new(bytes).structure(|thrift, id, kind| {
            match (id, kind) {
                (2, Kind::List) => footer.schema.read(thrift)?,
                (4, Kind::List) => thrift.list(Kind::Struct, |thrift| {
                    let mut group = RowGroup::default();
                    group.read(thrift, &footer.schema)?;
                    footer.row_groups.push(group);
                    Ok(())
                })?,
                (5, Kind::List) => thrift.list(Kind::Struct, |thrift| {
                    footer.metadata.push(key_and_value(thrift)?);
                    Ok(())
                })?,
                _ => return Ok(Seen::Not),
            }
            Ok(Seen::Read)
        })?;
        Ok(footer)
    }
}

fn key_and_value<'f>(thrift: &mut Thrift<'f>) -> Result<(&'f [u8], &'f [u8]), ThriftError> {
    let (mut key, mut value) = Default::default();
    thrift.structure(|thrift, id, kind| {
        match (id, kind) {
            (1, Kind::Binary) => key = thrift.binary()?,
            (2, Kind::Binary) => value = thrift.binary()?,
            _ => return Ok(Seen::Not),
        }
        Ok(Seen::Read)
    })?;
    Ok((key, value))
}

impl<'f> Schema<'f> {
    pub(super) fn leaf(&self, leaf: usize) -> Option<Leaf> {
        self.leaves.get(leaf).copied()
    }

    /// The name of a column, and before it those of the groups it is in.
    pub(super) fn path(&self, leaf: Leaf) -> Vec<u8> {
        let mut names = Vec::new();
        let mut next = Some(leaf.element);
        while let Some(element) = next.and_then(|at| self.elements.get(at)) {
            // The root is no group that anybody names.
            if element.parent.is_some() {
                names.push(element.name);
            }
            next = element.parent;
        }
        names.reverse();
        names.join(&b'.')
    }

    fn read(&mut self, thrift: &mut Thrift<'f>) -> Result<(), ThriftError> {
        let mut elements = Vec::new();
        thrift.list(Kind::Struct, |thrift| {
            if elements.len() == MOST_ELEMENTS {
                return Err(ThriftError::Malformed);
            }
            elements.push(element(thrift)?);
            Ok(())
        })?;
        self.elements = elements;
        self.find_leaves()
    }

    /// Says which group each element is in, and how deep the columns are.
    fn find_leaves(&mut self) -> Result<(), ThriftError> {
        struct Group {
            element: usize,
            left: i64,
            levels: MaximumLevels,
        }
        let mut groups: Vec<Group> = Vec::new();
        for at in 0..self.elements.len() {
            while groups.last().is_some_and(|group| group.left <= 0) {
                groups.pop();
            }
            let element = &mut self.elements[at];
            let mut levels = MaximumLevels::default();
            if let Some(group) = groups.last_mut() {
                group.left -= 1;
                element.parent = Some(group.element);
                levels = group.levels;
                levels.definition += u8::from(element.repetition != 0);
                levels.repetition += u8::from(element.repetition == 2);
            } else if at > 0 {
                return Err(ThriftError::Malformed);
            }
            if element.physical.is_some() && at > 0 {
                let values = match element.physical {
                    Some(6) => Values::Bytes,
                    Some(7) => Values::FixedBytes(element.length),
                    _ => Values::Numbers,
                };
                self.leaves.push(Leaf {
                    element: at,
                    values,
                    levels,
                });
            } else if groups.len() == DEEPEST {
                return Err(ThriftError::Malformed);
            } else {
                groups.push(Group {
                    element: at,
                    left: element.children,
                    levels,
                });
            }
        }
        Ok(())
    }
}

fn element<'f>(thrift: &mut Thrift<'f>) -> Result<Element<'f>, ThriftError> {
    let mut element = Element::default();
    thrift.structure(|thrift, id, kind| {
        match (id, kind) {
            (1, Kind::Integer) => element.physical = Some(thrift.integer()?),
            (2, Kind::Integer) => element.length = usize::try_from(thrift.integer()?).unwrap_or(0),
            (3, Kind::Integer) => element.repetition = thrift.integer()?,
            (4, Kind::Binary) => element.name = thrift.binary()?,
            (5, Kind::Integer) => element.children = thrift.integer()?,
            _ => return Ok(Seen::Not),
        }
        Ok(Seen::Read)
    })?;
    Ok(element)
}

impl<'f> RowGroup<'f> {
    fn read(&mut self, thrift: &mut Thrift<'f>, schema: &Schema<'f>) -> Result<(), ThriftError> {
        thrift.structure(|thrift, id, kind| {
            match (id, kind) {
                (1, Kind::List) => self.read_chunks(thrift, schema)?,
                (3, Kind::Integer) => self.rows = u64::try_from(thrift.integer()?).unwrap_or(0),
                _ => return Ok(Seen::Not),
            }
            Ok(Seen::Read)
        })
    }

    fn read_chunks(
        &mut self,
        thrift: &mut Thrift<'f>,
        schema: &Schema<'f>,
    ) -> Result<(), ThriftError> {
        let mut leaf = 0;
        thrift.list(Kind::Struct, |thrift| {
            let chunk = chunk(thrift, leaf)?;
            let values = schema.leaf(leaf).ok_or(ThriftError::Malformed)?.values;
            if values != Values::Numbers {
                self.chunks.push(chunk);
            }
            leaf += 1;
            Ok(())
        })
    }
}

fn chunk<'f>(thrift: &mut Thrift<'f>, leaf: usize) -> Result<Chunk<'f>, ThriftError> {
    let mut chunk = Chunk {
        leaf,
        ..Chunk::default()
    };
    let mut encrypted = false;
    thrift.structure(|thrift, id, kind| {
        match (id, kind) {
            (1, Kind::Binary) => chunk.file = thrift.binary()?,
            (3, Kind::Struct) => read_column(&mut chunk, thrift)?,
            // How it is encrypted, which is skipped but for that.
            (8, _) => {
                encrypted = true;
                return Ok(Seen::Not);
            }
            _ => return Ok(Seen::Not),
        }
        Ok(Seen::Read)
    })?;
    if encrypted {
        chunk.state = State::Encrypted;
    } else if !chunk.file.is_empty() {
        chunk.state = State::Elsewhere;
    }
    Ok(chunk)
}

fn read_column(chunk: &mut Chunk<'_>, thrift: &mut Thrift<'_>) -> Result<(), ThriftError> {
    let (mut data, mut dictionary) = (None, None);
    thrift.structure(|thrift, id, kind| {
        match (id, kind) {
            (4, Kind::Integer) => chunk.state = codec(thrift.integer()?),
            (7, Kind::Integer) => chunk.length = u64::try_from(thrift.integer()?).unwrap_or(0),
            (9, Kind::Integer) => data = u64::try_from(thrift.integer()?).ok(),
            (11, Kind::Integer) => dictionary = u64::try_from(thrift.integer()?).ok(),
            _ => return Ok(Seen::Not),
        }
        Ok(Seen::Read)
    })?;
    // Some writers say 0 where there is no dictionary; there is the magic number.
    let dictionary = dictionary.filter(|&dictionary| dictionary > 0);
    match data.into_iter().chain(dictionary).min() {
        Some(start) => chunk.start = start,
        None => chunk.state = State::Missing,
    }
    Ok(())
}

fn codec(code: i64) -> State {
    State::Packed(match code {
        0 => BlockCodec::Stored,
        1 => BlockCodec::Snappy,
        2 => BlockCodec::Gzip,
        4 => BlockCodec::Brotli,
        5 => BlockCodec::Lz4Hadoop,
        6 => BlockCodec::Zstd,
        7 => BlockCodec::Lz4Block,
        _ => return State::UnknownCodec(code),
    })
}
