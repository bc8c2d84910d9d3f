//! Pages of a column: found one behind the other, read and unpacked where they are
//! wanted.

use super::footer::{Chunk, MaximumLevels};
use super::levels::width;
use super::{FORMAT, damaged};
use crate::container::block_codec::{BlockCodec, Unpacker};
use crate::container::format::OpenError;
use crate::container::store::Store;
use crate::container::thrift::{Kind, Seen, Thrift, ThriftError};

/// The bytes of a page header that are read at first. It has statistics, which may be
/// long values.
const HEADER: u64 = 1 << 10;

/// The longest header that is read.
const LONGEST_HEADER: u64 = 16 << 20;

/// What the header of a page says.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Where its header is.
    pub(super) at: u64,
    body: u64,
    packed: u64,
    pub(super) unpacked: u64,
    pub(super) kind: PageKind,
    /// Values, missing ones too.
    pub(super) values: u64,
    pub(super) encoding: i64,
    /// In the first version of data pages, levels are part of what is packed.
    level_encodings: [i64; 2],
    /// In the second one, they stand before it.
    level_lengths: [u64; 2],
    /// How many rows begin in it; only the second version says so.
    pub(super) rows: Option<u64>,
    is_stored: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum PageKind {
    #[default]
    Other,
    Dictionary,
    Data,
    DataV2,
}

impl Page {
    pub(super) fn is_data(&self) -> bool {
        matches!(self.kind, PageKind::Data | PageKind::DataV2)
    }
}

/// The bytes of a page.
#[derive(Debug)]
pub(super) struct Body<'p> {
    /// Repetition levels, if they are understood.
    pub(super) repetition: Option<&'p [u8]>,
    /// Definition levels, if they are understood.
    pub(super) definition: Option<&'p [u8]>,
    pub(super) values: &'p [u8],
}

/// Reads the pages of a column in a row group.
pub(super) struct Pages<'s> {
    store: Store<'s>,
    codec: BlockCodec,
    levels: MaximumLevels,
    at: u64,
    end: u64,
    packed: Vec<u8>,
    unpacker: Unpacker,
}

impl<'s> Pages<'s> {
    /// Reads from the first page. Buffers are those of the pages before, if any.
    pub(super) fn new(
        store: Store<'s>,
        chunk: &Chunk<'_>,
        codec: BlockCodec,
        levels: MaximumLevels,
        before: Option<Self>,
    ) -> Self {
        let (packed, unpacker) =
            before.map_or_else(Default::default, |before| (before.packed, before.unpacker));
        let end = chunk.start.saturating_add(chunk.length);
        Self {
            end: end.min(store.length()),
            store,
            codec,
            levels,
            at: chunk.start,
            packed,
            unpacker,
        }
    }

    /// The header of the next page.
    pub(super) fn next(&mut self) -> Result<Option<Page>, OpenError> {
        let mut length = HEADER;
        while self.at < self.end {
            length = length.min(self.end - self.at);
            let bytes = self
                .store
                .read_at(self.at, length)
                .map_err(OpenError::read(FORMAT.name))?;
            let mut page = Page {
                at: self.at,
                ..Page::default()
            };
            let mut thrift = Thrift::new(&bytes);
            match page.read(&mut thrift) {
                Ok(()) => {
                    page.body = self.at + thrift.position() as u64;
                    let end = page.body.checked_add(page.packed);
                    self.at = end
                        .filter(|&end| end <= self.end)
                        .ok_or_else(|| damaged("a page goes on behind its column"))?;
                    return Ok(Some(page));
                }
                Err(ThriftError::End) if self.at + length < self.end && length < LONGEST_HEADER => {
                    length *= 8;
                }
                Err(_) => return Err(damaged("a page has no header")),
            }
        }
        Ok(None)
    }

    /// The bytes of a page. The caller has asked its budget for them.
    pub(super) fn body(&mut self, page: &Page) -> Result<Body<'_>, OpenError> {
        // What does not become smaller becomes larger by a few bytes only.
        if page.packed / 2 > page.unpacked + 1024 {
            return Err(damaged("a page is smaller when it is unpacked"));
        }
        let size = |size: u64| usize::try_from(size).map_err(|_| damaged("a page is too large"));
        let (packed, unpacked) = (size(page.packed)?, size(page.unpacked)?);
        if self.packed.len() < packed {
            self.packed = Vec::new();
            self.packed = vec![0; packed];
        }
        let bytes = &mut self.packed[..packed];
        self.store
            .read_exact_at(page.body, bytes)
            .map_err(OpenError::read(FORMAT.name))?;
        let codec = if page.is_stored {
            BlockCodec::Stored
        } else {
            self.codec
        };
        let [repetition, definition] = page.level_lengths;
        let (repetition, definition) = (size(repetition)?, size(definition)?);
        let is_wrong = || damaged("the levels of a page go on behind it");
        let (repetition, bytes) = bytes.split_at_checked(repetition).ok_or_else(is_wrong)?;
        let (definition, bytes) = bytes.split_at_checked(definition).ok_or_else(is_wrong)?;
        let room = unpacked.checked_sub(repetition.len() + definition.len());
        let room = room.ok_or_else(is_wrong)?;
        // A page in which all values are missing may have nothing to unpack.
        let values = match room {
            0 => &[],
            room => self
                .unpacker
                .unpack(codec, bytes, room)
                .map_err(OpenError::read(FORMAT.name))?,
        };
        if page.kind != PageKind::Data {
            return Ok(Body {
                repetition: Some(repetition),
                definition: Some(definition),
                values,
            });
        }
        let [definitions, repetitions] = page.level_encodings;
        let (repetition, values) =
            split_levels(values, self.levels.repetition, repetitions, page.values)
                .ok_or_else(is_wrong)?;
        let (definition, values) =
            split_levels(values, self.levels.definition, definitions, page.values)
                .ok_or_else(is_wrong)?;
        Ok(Body {
            repetition,
            definition,
            values,
        })
    }
}

/// Levels, if they are understood, and what is behind them.
fn split_levels(
    bytes: &[u8],
    maximum: u8,
    encoding: i64,
    values: u64,
) -> Option<(Option<&[u8]>, &[u8])> {
    const BIT_PACKED: i64 = 4;
    if maximum == 0 {
        return Some((Some(&[]), bytes));
    }
    if encoding == BIT_PACKED {
        // Old, and the other way round; they have no length.
        let length = values.checked_mul(u64::from(width(maximum)))?.div_ceil(8);
        let rest = bytes.get(usize::try_from(length).ok()?..)?;
        return Some((None, rest));
    }
    let (length, rest) = bytes.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (levels, rest) = rest.split_at_checked(length)?;
    Some((Some(levels), rest))
}

impl Page {
    fn read(&mut self, thrift: &mut Thrift<'_>) -> Result<(), ThriftError> {
        thrift.structure(|thrift, id, kind| {
            match (id, kind) {
                (1, Kind::Integer) => {
                    self.kind = match thrift.integer()? {
                        0 => PageKind::Data,
                        2 => PageKind::Dictionary,
                        3 => PageKind::DataV2,
                        _ => PageKind::Other,
                    };
                }
                (2, Kind::Integer) => self.unpacked = size(thrift)?,
                (3, Kind::Integer) => self.packed = size(thrift)?,
                (5, Kind::Struct) => self.read_data(thrift)?,
                (7, Kind::Struct) => self.read_dictionary(thrift)?,
                (8, Kind::Struct) => self.read_data_v2(thrift)?,
                _ => return Ok(Seen::Not),
            }
            Ok(Seen::Read)
        })
    }

    fn read_data(&mut self, thrift: &mut Thrift<'_>) -> Result<(), ThriftError> {
        thrift.structure(|thrift, id, kind| {
            match (id, kind) {
                (1, Kind::Integer) => self.values = size(thrift)?,
                (2, Kind::Integer) => self.encoding = thrift.integer()?,
                (3, Kind::Integer) => self.level_encodings[0] = thrift.integer()?,
                (4, Kind::Integer) => self.level_encodings[1] = thrift.integer()?,
                _ => return Ok(Seen::Not),
            }
            Ok(Seen::Read)
        })
    }

    fn read_dictionary(&mut self, thrift: &mut Thrift<'_>) -> Result<(), ThriftError> {
        thrift.structure(|thrift, id, kind| {
            match (id, kind) {
                (1, Kind::Integer) => self.values = size(thrift)?,
                (2, Kind::Integer) => self.encoding = thrift.integer()?,
                _ => return Ok(Seen::Not),
            }
            Ok(Seen::Read)
        })
    }

    fn read_data_v2(&mut self, thrift: &mut Thrift<'_>) -> Result<(), ThriftError> {
        thrift.structure(|thrift, id, kind| {
            match (id, kind) {
                (1, Kind::Integer) => self.values = size(thrift)?,
                (3, Kind::Integer) => self.rows = Some(size(thrift)?),
                (4, Kind::Integer) => self.encoding = thrift.integer()?,
                (5, Kind::Integer) => self.level_lengths[1] = size(thrift)?,
                (6, Kind::Integer) => self.level_lengths[0] = size(thrift)?,
                // Packed is what a page is where nothing is said.
                (7, Kind::False) => self.is_stored = true,
                (7, Kind::True) => {}
                _ => return Ok(Seen::Not),
            }
            Ok(Seen::Read)
        })
    }
}

/// A size, which is no more than 31 bits and a sign.
fn size(thrift: &mut Thrift<'_>) -> Result<u64, ThriftError> {
    let size = i32::try_from(thrift.integer()?).map_err(|_| ThriftError::Malformed)?;
    u64::try_from(size).map_err(|_| ThriftError::Malformed)
}
