//! A value list: values of a column, joined as text with a line feed behind each, so
//! that none is glued to the next.

use super::format::{Members, OpenError};
use crate::within::Within;

/// Values are handed on when there are this many bytes of them, or this many of them.
const ENOUGH_BYTES: usize = 4 << 20;
const ENOUGH_VALUES: usize = 1 << 16;

/// Values that were joined.
#[derive(Debug, Default)]
pub(crate) struct ValueList {
    text: Vec<u8>,
    /// Where each value starts, and its number.
    values: Vec<(usize, u64)>,
}

impl ValueList {
    /// Forgets all values.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.values.clear();
    }

    /// Adds a value, which has a number.
    pub(crate) fn push(&mut self, number: u64, value: &[u8]) {
        self.values.push((self.text.len(), number));
        self.text.extend_from_slice(value);
        self.text.push(b'\n');
    }

    /// Whether there are so many that they should be handed on.
    pub(crate) fn is_full(&self) -> bool {
        self.text.len() >= ENOUGH_BYTES || self.values.len() >= ENOUGH_VALUES
    }

    /// Hands the values on, under the name of their column, and forgets them.
    /// `row` is asked for the row of a value, which is told by its number.
    ///
    /// # Errors
    /// [`OpenError::Limit`] where no more is wanted.
    pub(crate) fn hand_on(
        &mut self,
        name: &[u8],
        row: &dyn Fn(u64) -> Option<u64>,
        members: &mut dyn Members,
    ) -> Result<(), OpenError> {
        if self.values.is_empty() {
            return Ok(());
        }
        let within = |offset: usize| {
            let behind = self.values.partition_point(|&(start, _)| start <= offset);
            let (_, number) = self.values.get(behind.checked_sub(1)?)?;
            row(*number).map(Within::Row)
        };
        let handed_on = members.text(name, &self.text, &within);
        self.clear();
        handed_on
    }
}
