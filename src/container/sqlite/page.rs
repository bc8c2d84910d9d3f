//! Pages of a database, and the cells of those that are part of a tree.
//!
//! Source: "Database File Format", <https://www.sqlite.org/fileformat2.html>.

use std::collections::HashMap;
use std::ops::Range;

use super::damaged;
use super::record::varint;
use crate::budget::Budget;
use crate::container::format::OpenError;
use crate::container::store::Store;

/// Where pages are, and how they are read.
pub(super) struct Pages<'p, 's> {
    pub(super) store: &'p mut Store<'s>,
    pub(super) layout: Layout,
    pub(super) place: Place,
}

/// Where the pages are.
pub(super) enum Place {
    /// One behind the other.
    InOrder,
    /// In frames of a log: where the last one of each page is.
    Frames(HashMap<u32, u64>),
}

/// The sizes of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) size: usize,
    /// Without what is reserved at the end of each.
    pub(super) usable: usize,
}

impl Layout {
    /// Sizes as they may be: powers of two, with at least 480 bytes of use.
    pub(super) fn new(size: u32, reserved: u8) -> Option<Self> {
        let size = usize::try_from(size).ok()?;
        let usable = size.checked_sub(usize::from(reserved))?;
        let is_right = size.is_power_of_two() && (512..=65536).contains(&size) && usable >= 480;
        is_right.then_some(Self { size, usable })
    }
}

impl Pages<'_, '_> {
    /// The page of a number, from 1.
    pub(super) fn read(&mut self, number: u32) -> Result<Vec<u8>, OpenError> {
        let size = self.layout.size as u64;
        let offset = match &self.place {
            Place::InOrder => number.checked_sub(1).map(|before| u64::from(before) * size),
            Place::Frames(frames) => frames.get(&number).copied(),
        };
        let offset = offset.ok_or_else(|| damaged("a page is nowhere"))?;
        let page = self.store.read_at(offset, size);
        page.map_err(|_| damaged("a page is behind the end"))
    }

    /// The payload of a cell, whose pages are joined.
    pub(super) fn payload(
        &mut self,
        page: &TreePage,
        payload: &Payload,
        budget: &Budget,
    ) -> Result<Vec<u8>, OpenError> {
        let is_longer = || damaged("a value is longer than its pages");
        let local = page.bytes.get(payload.local.clone());
        let mut bytes = local.ok_or_else(is_longer)?.to_vec();
        let mut next = payload.overflow;
        while let Some(number) = next
            && bytes.len() < payload.length
        {
            budget.unpacked(self.layout.usable as u64)?;
            let page = self.read(number)?;
            let (following, rest) = page.split_first_chunk().ok_or_else(is_longer)?;
            let left = (payload.length - bytes.len()).min(self.layout.usable - 4);
            bytes.extend_from_slice(rest.get(..left).ok_or_else(is_longer)?);
            next = Some(u32::from_be_bytes(*following)).filter(|&number| number > 0);
        }
        if bytes.len() < payload.length {
            return Err(is_longer());
        }
        Ok(bytes)
    }
}

/// A page of a tree.
#[derive(Debug)]
pub(super) struct TreePage {
    pub(super) bytes: Vec<u8>,
    kind: Kind,
    /// Where its header is: behind that of the database, on the first page.
    header: usize,
    layout: Layout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    InteriorIndex,
    InteriorTable,
    LeafIndex,
    LeafTable,
}

/// A cell of a page.
#[derive(Debug, Default)]
pub(super) struct Cell {
    /// The page of what comes before it.
    pub(super) child: Option<u32>,
    pub(super) row: Option<i64>,
    pub(super) payload: Option<Payload>,
}

#[derive(Debug)]
pub(super) struct Payload {
    pub(super) length: usize,
    /// What of it is on the page.
    pub(super) local: Range<usize>,
    /// The page where it goes on.
    pub(super) overflow: Option<u32>,
}

impl TreePage {
    /// None where the page is of no tree.
    pub(super) fn new(number: u32, bytes: Vec<u8>, layout: Layout) -> Option<Self> {
        let header = if number == 1 { 100 } else { 0 };
        let kind = match bytes.get(header)? {
            2 => Kind::InteriorIndex,
            5 => Kind::InteriorTable,
            10 => Kind::LeafIndex,
            13 => Kind::LeafTable,
            _ => return None,
        };
        Some(Self {
            bytes,
            kind,
            header,
            layout,
        })
    }

    pub(super) fn is_leaf_of_a_table(&self) -> bool {
        self.kind == Kind::LeafTable
    }

    /// The page of what comes behind all cells.
    pub(super) fn last_child(&self) -> Option<u32> {
        match self.kind {
            Kind::InteriorIndex | Kind::InteriorTable => number(&self.bytes, self.header + 8),
            Kind::LeafIndex | Kind::LeafTable => None,
        }
    }

    /// The cells. Broken ones are none.
    pub(super) fn cells(&self) -> impl Iterator<Item = Option<Cell>> {
        let count = self.short(self.header + 3).unwrap_or_default();
        let pointers = match self.kind {
            Kind::InteriorIndex | Kind::InteriorTable => self.header + 12,
            Kind::LeafIndex | Kind::LeafTable => self.header + 8,
        };
        (0..count).map(move |cell| self.cell(self.short(pointers + 2 * cell)?))
    }

    fn short(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..)?.first_chunk()?;
        Some(usize::from(u16::from_be_bytes(*bytes)))
    }

    fn cell(&self, mut at: usize) -> Option<Cell> {
        let mut cell = Cell::default();
        if matches!(self.kind, Kind::InteriorIndex | Kind::InteriorTable) {
            cell.child = Some(number(&self.bytes, at)?);
            at += 4;
        }
        if self.kind == Kind::InteriorTable {
            return Some(cell);
        }
        let (length, rest) = varint(self.bytes.get(at..)?)?;
        let rest = if self.kind == Kind::LeafTable {
            let (row, rest) = varint(rest)?;
            cell.row = Some(row);
            rest
        } else {
            rest
        };
        let start = self.bytes.len() - rest.len();
        cell.payload = Some(self.payload(usize::try_from(length).ok()?, start)?);
        Some(cell)
    }

    fn payload(&self, length: usize, start: usize) -> Option<Payload> {
        let usable = self.layout.usable;
        let longest = match self.kind {
            Kind::LeafTable => usable - 35,
            _ => (usable - 12) * 64 / 255 - 23,
        };
        if length <= longest {
            return Some(Payload {
                length,
                local: start..start + length,
                overflow: None,
            });
        }
        let shortest = (usable - 12) * 32 / 255 - 23;
        let filled = shortest + (length - shortest) % (usable - 4);
        let local = if filled <= longest { filled } else { shortest };
        let end = start + local;
        Some(Payload {
            length,
            local: start..end,
            overflow: Some(number(&self.bytes, end)?),
        })
    }
}

/// A number of four bytes.
pub(super) fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*bytes))
}
