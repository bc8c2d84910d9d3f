//! Rows: which one a value is in, that is in a list or a structure. It is asked for what
//! is found only, so offsets are read for it.

use std::cell::OnceCell;

use super::buffer::{Buffers, Place};
use crate::budget::Budget;

/// How the number of a value leads to that of what it is in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// It is the same.
    Same,
    /// Lists have one length.
    Fixed(u64),
    /// Lists begin at offsets, which are numbers of so many bytes.
    Offsets(Place, usize),
    /// Nobody knows.
    Unknown,
}

/// Finds the rows of the values of a column of a batch.
pub(super) struct Rows<'r, 's> {
    steps: &'r [Step],
    buffers: &'r Buffers<'s>,
    budget: &'r Budget,
    /// Rows in the batches before.
    before: u64,
    /// The offsets that the steps need, in their order.
    offsets: OnceCell<Option<Vec<Vec<u8>>>>,
}

impl<'r, 's> Rows<'r, 's> {
    pub(super) fn new(
        steps: &'r [Step],
        buffers: &'r Buffers<'s>,
        budget: &'r Budget,
        before: u64,
    ) -> Self {
        Self {
            steps,
            buffers,
            budget,
            before,
            offsets: OnceCell::new(),
        }
    }

    /// The row, from 1, of a value of a number, from 0.
    pub(super) fn of(&self, mut number: u64) -> Option<u64> {
        let mut offsets = self
            .offsets
            .get_or_init(|| self.read())
            .as_ref()?
            .iter()
            .rev();
        for step in self.steps.iter().rev() {
            number = match step {
                Step::Same => number,
                Step::Fixed(length) => number.checked_div(*length)?,
                Step::Offsets(_, width) => list_of(offsets.next()?, *width, number)?,
                Step::Unknown => return None,
            };
        }
        self.before.checked_add(number)?.checked_add(1)
    }

    fn read(&self) -> Option<Vec<Vec<u8>>> {
        let mut buffers = self.buffers.again();
        let mut read = Vec::new();
        for step in self.steps {
            if let Step::Offsets(place, _) = step {
                read.push(buffers.read(*place, self.budget).ok()?.to_vec());
            }
        }
        Some(read)
    }
}

/// The list that a value is in.
fn list_of(offsets: &[u8], width: usize, number: u64) -> Option<u64> {
    let count = offsets.len() / width;
    // The last list that begins at the value, or before it: others are empty.
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = usize::midpoint(low, high);
        if offset(offsets, width, middle)? <= number {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Some(low.checked_sub(1)? as u64)
}

/// The offset of a number, in a buffer of them.
pub(super) fn offset(offsets: &[u8], width: usize, number: usize) -> Option<u64> {
    let bytes = offsets.get(number.checked_mul(width)?..)?;
    match width {
        4 => u64::try_from(i32::from_le_bytes(*bytes.first_chunk()?)).ok(),
        _ => u64::try_from(i64::from_le_bytes(*bytes.first_chunk()?)).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_in_the_last_list_that_begins_before_it() {
        let offsets: Vec<u8> = [0_i32, 2, 2, 2, 5].map(i32::to_le_bytes).concat();
        let lists: Vec<_> = (0..5).map(|number| list_of(&offsets, 4, number)).collect();
        assert_eq!(lists, [Some(0), Some(0), Some(3), Some(3), Some(3)]);
        assert_eq!(list_of(&[0; 3], 4, 0), None);
    }
}
