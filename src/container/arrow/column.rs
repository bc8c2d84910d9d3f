//! A column of a batch: where its values are in its buffers, and how they are handed on.

use std::ops::Range;

use super::buffer::{Buffers, Place};
use super::damaged;
use super::rows::offset;
use crate::budget::Budget;
use crate::container::format::{Members, OpenError};
use crate::container::value_list::ValueList;

/// Bytes that are looked at together, of a buffer that is not packed.
const PIECE: u64 = 8 << 20;

/// What says where the values of a column start and end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Layout {
    /// Offsets, which are numbers of so many bytes.
    Offsets(Place, usize),
    /// They have one length.
    Fixed(usize),
}

impl Layout {
    pub(super) fn extents<'o>(
        self,
        offsets: &'o mut Buffers<'_>,
        budget: &Budget,
    ) -> Result<Extents<'o>, OpenError> {
        Ok(match self {
            Self::Offsets(place, width) => Extents::Offsets(offsets.read(place, budget)?, width),
            Self::Fixed(length) => Extents::Fixed(length),
        })
    }
}

/// Where the values of a column start and end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Extents<'o> {
    Offsets(&'o [u8], usize),
    Fixed(usize),
}

impl Extents<'_> {
    fn start(&self, number: usize) -> Option<u64> {
        match self {
            Self::Offsets(bytes, width) => offset(bytes, *width, number),
            Self::Fixed(length) => Some(number.checked_mul(*length)? as u64),
        }
    }
}

/// A column of a batch, whose values are handed on.
pub(super) struct Column<'c> {
    pub(super) path: &'c str,
    pub(super) rows: usize,
    pub(super) members: &'c mut dyn Members,
    pub(super) list: &'c mut ValueList,
    pub(super) budget: &'c Budget,
}

impl Column<'_> {
    /// Hands on values that are not packed, some at a time.
    pub(super) fn stored(
        &mut self,
        data: &mut Buffers<'_>,
        values: Place,
        extents: Extents<'_>,
        row: &dyn Fn(u64) -> Option<u64>,
    ) -> Result<(), OpenError> {
        let is_wrong = || damaged("a value is outside of its buffer");
        let mut first = 0;
        while first < self.rows {
            self.budget.in_time()?;
            let start = extents.start(first).ok_or_else(is_wrong)?;
            let mut end = first + 1;
            while end < self.rows
                && extents
                    .start(end + 1)
                    .is_some_and(|next| next <= start.saturating_add(PIECE))
            {
                end += 1;
            }
            let piece = start..extents.start(end).ok_or_else(is_wrong)?;
            let place = values.part(piece).ok_or_else(is_wrong)?;
            let bytes = data.read(place, self.budget)?;
            if self.members.is_worth_a_look(bytes) {
                self.hand_on(bytes, start, first..end, extents, row)?;
            }
            first = end;
        }
        Ok(())
    }

    /// Hands on the values of some numbers, of which `bytes` has those from `base` on.
    pub(super) fn hand_on(
        &mut self,
        bytes: &[u8],
        base: u64,
        numbers: Range<usize>,
        extents: Extents<'_>,
        row: &dyn Fn(u64) -> Option<u64>,
    ) -> Result<(), OpenError> {
        self.list.clear();
        let mut fault = Ok(());
        for number in numbers {
            let value = value_of(bytes, base, number, extents);
            let Some(value) = value else {
                fault = Err(damaged("a value is outside of its buffer"));
                break;
            };
            if value.is_empty() {
                continue;
            }
            self.list.push(number as u64, value);
            if self.list.is_full() {
                self.list.hand_on(self.path.as_bytes(), row, self.members)?;
            }
        }
        self.list.hand_on(self.path.as_bytes(), row, self.members)?;
        fault
    }
}

fn value_of<'b>(
    bytes: &'b [u8],
    base: u64,
    number: usize,
    extents: Extents<'_>,
) -> Option<&'b [u8]> {
    let start = extents.start(number)?.checked_sub(base)?;
    let end = extents.start(number + 1)?.checked_sub(base)?;
    bytes.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}

/// What a view shows, if it is in the buffer of a number.
pub(super) fn view_of<'b>(view: &[u8; 16], at: u32, bytes: &'b [u8]) -> Option<&'b [u8]> {
    let [number, _, buffer, start] = *view.as_chunks::<4>().0 else {
        return None;
    };
    let [length, buffer, start] = [number, buffer, start].map(u32::from_le_bytes);
    if length <= 12 || buffer != at {
        return None;
    }
    let start = usize::try_from(start).ok()?;
    bytes.get(start..)?.get(..usize::try_from(length).ok()?)
}
