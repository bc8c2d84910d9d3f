//! Chunk indexes: where the chunks of a dataset are (sections III.A, VI and VII).

use super::array;
use super::data::product;
use super::file::{File, Sizes, fields};
use super::tree::{self, Leads};
use crate::container::format::OpenError;

/// The most chunks of a dataset that are read.
const MOST_CHUNKS: usize = 1_000_000;

/// How the chunks are found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Index {
    /// A B-tree of version 1.
    Tree(u64),
    /// There is one, with its length if it is filtered.
    Single {
        address: u64,
        length: Option<u64>,
        left_out: u32,
    },
    /// They stand in a row and are not filtered.
    Implicit(u64),
    FixedArray(u64),
    ExtensibleArray(u64),
    /// A B-tree of version 2.
    NewTree(u64),
}

/// A chunk.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) address: u64,
    pub(super) length: u64,
    /// The filters that were left out, a bit for each.
    pub(super) left_out: u32,
    /// The row of its first element, from 1, where there is one dimension.
    pub(super) row: u64,
}

/// Reads the index of a data layout message of version 4 from its type on (IV.A.2.i).
pub(super) fn read(sizes: Sizes, flags: u8, body: &[u8]) -> Result<Option<Index>, OpenError> {
    let mut body = fields(body);
    let kind = body.u8()?;
    let (mut length, mut left_out) = (None, 0);
    match kind {
        1 if flags & 2 != 0 => {
            length = Some(sizes.length(&mut body)?);
            left_out = body.u32()?;
        }
        3 => drop(body.u8()?),
        4 => drop(body.take(5)?),
        5 => drop(body.take(6)?),
        _ => {}
    }
    let Some(address) = sizes.address(&mut body)? else {
        return Ok(None);
    };
    Ok(match kind {
        1 => Some(Index::Single {
            address,
            length,
            left_out,
        }),
        2 => Some(Index::Implicit(address)),
        3 => Some(Index::FixedArray(address)),
        4 => Some(Index::ExtensibleArray(address)),
        5 => Some(Index::NewTree(address)),
        _ => None,
    })
}

/// Collects the chunks of a dataset.
pub(super) struct Chunks {
    pub(super) sizes: Sizes,
    /// The bytes of a chunk that is not filtered.
    pub(super) length: u64,
    /// Rows of a chunk, where there is one dimension.
    rows: u64,
    found: Vec<Chunk>,
    /// Entries that were passed.
    passed: u64,
}

impl Index {
    /// The chunks of a dataset of a shape, each of some dimensions of which the last one
    /// is the size of an element, and of `length` bytes when unpacked.
    pub(super) fn chunks(
        self,
        file: &mut File<'_, '_>,
        shape: &[u64],
        dimensions: &[u64],
        length: u64,
    ) -> Result<Vec<Chunk>, OpenError> {
        let rank = dimensions.len().saturating_sub(1);
        let mut chunks = Chunks {
            sizes: file.sizes(),
            length,
            rows: dimensions.first().copied().unwrap_or(1),
            found: Vec::new(),
            passed: 0,
        };
        match self {
            Self::Single {
                address,
                length: packed,
                left_out,
            } => chunks.found.push(Chunk {
                address,
                length: packed.unwrap_or(length),
                left_out,
                row: 1,
            }),
            Self::Implicit(address) => {
                let each = shape.iter().zip(dimensions);
                let counts: Vec<u64> = each.map(|(all, one)| all.div_ceil((*one).max(1))).collect();
                for number in 0..product(&counts)? {
                    let offset = length.saturating_mul(number);
                    chunks.push(address.saturating_add(offset), length, 0)?;
                }
            }
            Self::Tree(address) => {
                let key = 8 + 8 * (rank as u64 + 1);
                let each = &mut |_: &mut File<'_, '_>, key: &[u8], address: u64| {
                    let mut key = fields(key);
                    let length = u64::from(key.u32()?);
                    let left_out = key.u32()?;
                    let row = key.u64()?.saturating_add(1);
                    chunks.push_at(address, length, left_out, row)
                };
                tree::children(file, address, Leads::ToChunks, key, each)?;
            }
            Self::NewTree(address) => tree::records(file, address, &mut |_, record| {
                chunks.record(record, rank as u64)
            })?,
            Self::FixedArray(address) => array::fixed(file, address, &mut chunks)?,
            Self::ExtensibleArray(address) => array::extensible(file, address, &mut chunks)?,
        }
        Ok(chunks.found)
    }
}

impl Chunks {
    /// Takes the chunk behind the last one.
    pub(super) fn push(
        &mut self,
        address: u64,
        length: u64,
        left_out: u32,
    ) -> Result<(), OpenError> {
        let row = self.passed.saturating_mul(self.rows).saturating_add(1);
        self.pass(1);
        self.push_at(address, length, left_out, row)
    }

    /// Passes chunks that were never written.
    pub(super) fn pass(&mut self, count: u64) {
        self.passed = self.passed.saturating_add(count);
    }

    fn push_at(
        &mut self,
        address: u64,
        length: u64,
        left_out: u32,
        row: u64,
    ) -> Result<(), OpenError> {
        if self.found.len() >= MOST_CHUNKS {
            let reason = format!("more than {MOST_CHUNKS} chunks of a dataset in HDF5");
            return Err(OpenError::Unsupported(reason));
        }
        self.found.push(Chunk {
            address,
            length,
            left_out,
            row,
        });
        Ok(())
    }

    /// A record of a B-tree of version 2, whose coordinates count chunks.
    fn record(&mut self, record: &[u8], rank: u64) -> Result<(), OpenError> {
        let places = 8 * rank;
        let filtered = (record.len() as u64).checked_sub(self.sizes.offset + places);
        let mut record = fields(record);
        let address = self.sizes.address(&mut record)?;
        let (length, left_out) = match filtered {
            Some(width @ 5..) => (record.uint(width - 4)?, record.u32()?),
            _ => (self.length, 0),
        };
        let place = record.u64().unwrap_or_default();
        let row = place.saturating_mul(self.rows).saturating_add(1);
        match address {
            Some(address) => self.push_at(address, length, left_out, row),
            None => Ok(()),
        }
    }
}
