//! Values: texts of a container that belong together, handed on with a line feed behind
//! each.
//!
//! In the container they may touch one another, or what says how long they are. Many
//! are handed on in pieces, each with whole values, so that memory stays bounded.

use super::format::{Members, OpenError};
use crate::within::Within;

/// A piece is handed on once it is as large as this, in bytes.
const PIECE: usize = 1 << 20;

/// Values under one name.
pub(crate) struct Values<'v> {
    name: &'v [u8],
    part: fn(u64) -> Option<Within>,
    text: Vec<u8>,
    /// Where each value of the piece starts, and which part it is.
    starts: Vec<(usize, u64)>,
    next: u64,
}

impl<'v> Values<'v> {
    /// Values that have no number of their own.
    pub(crate) fn new(name: &'v [u8]) -> Self {
        Self::parts(name, |_| None)
    }

    /// Values that are each a part, such as a row; they count from 1.
    pub(crate) fn parts(name: &'v [u8], part: fn(u64) -> Option<Within>) -> Self {
        Self {
            name,
            part,
            text: Vec::new(),
            starts: Vec::new(),
            next: 1,
        }
    }

    /// Takes the next value.
    ///
    /// # Errors
    /// [`OpenError::Limit`] where no more are wanted.
    pub(crate) fn push(
        &mut self,
        value: &[u8],
        members: &mut dyn Members,
    ) -> Result<(), OpenError> {
        self.push_part(self.next, value, members)
    }

    /// Takes a value of a part that is not the next one.
    ///
    /// # Errors
    /// [`OpenError::Limit`] where no more are wanted.
    pub(crate) fn push_part(
        &mut self,
        part: u64,
        value: &[u8],
        members: &mut dyn Members,
    ) -> Result<(), OpenError> {
        self.next = part.saturating_add(1);
        if value.is_empty() {
            return Ok(());
        }
        if self.starts.last().is_none_or(|(_, last)| *last != part) {
            self.starts.push((self.text.len(), part));
        }
        self.text.extend_from_slice(value);
        self.text.push(b'\n');
        if self.text.len() >= PIECE {
            self.hand_on(members)?;
        }
        Ok(())
    }

    /// Hands on what is left.
    ///
    /// # Errors
    /// [`OpenError::Limit`] where no more are wanted.
    pub(crate) fn finish(mut self, members: &mut dyn Members) -> Result<(), OpenError> {
        self.hand_on(members)
    }

    fn hand_on(&mut self, members: &mut dyn Members) -> Result<(), OpenError> {
        if self.text.is_empty() {
            return Ok(());
        }
        let (starts, part) = (&self.starts, self.part);
        let within = |offset| {
            let behind = starts.partition_point(|(start, _)| *start <= offset);
            let (_, number) = starts.get(behind.checked_sub(1)?)?;
            part(*number)
        };
        members.text(self.name, &self.text, &within)?;
        self.text.clear();
        self.starts.clear();
        Ok(())
    }
}
