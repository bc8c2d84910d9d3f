//! A value list: values of a column, joined as text with a line feed behind each, so
//! that none is glued to the next.

use super::format::{Members, OpenError};
use crate::within::Within;

/// Values are handed on when there are this many bytes of them.
const ENOUGH: usize = 4 << 20;

/// Values that were joined.
#[derive(Debug, Default)]
pub(crate) struct ValueList {
    text: Vec<u8>,
    /// Where each value starts.
    starts: Vec<usize>,
    /// How many values came before the first of these.
    passed: u64,
}

impl ValueList {
    /// Forgets all values, and starts to count them anew.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.starts.clear();
        self.passed = 0;
    }

    pub(crate) fn push(&mut self, value: &[u8]) {
        self.starts.push(self.text.len());
        self.text.extend_from_slice(value);
        self.text.push(b'\n');
    }

    /// Whether there are so many that they should be handed on.
    pub(crate) fn is_full(&self) -> bool {
        self.text.len() >= ENOUGH
    }

    /// Hands the values on, under the name of their column, and forgets them.
    /// `row` is asked where a value is, which is told by its number: from 0, since the
    /// list was cleared.
    ///
    /// # Errors
    /// [`OpenError::Limit`] where no more is wanted.
    pub(crate) fn hand_on(
        &mut self,
        name: &[u8],
        row: &dyn Fn(u64) -> Option<u64>,
        members: &mut dyn Members,
    ) -> Result<(), OpenError> {
        if self.starts.is_empty() {
            return Ok(());
        }
        let within = |offset: usize| {
            let value = self.starts.partition_point(|&start| start <= offset);
            let value = self.passed + value.checked_sub(1)? as u64;
            row(value).map(Within::Row)
        };
        let handed_on = members.text(name, &self.text, &within);
        self.passed += self.starts.len() as u64;
        self.text.clear();
        self.starts.clear();
        handed_on
    }
}
