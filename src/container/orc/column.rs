//! A column of a stripe, whose values are handed on.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::io::{self, Read};

use super::chunks::Chunks;
use super::footer::{Packing, Stream, StripeFooter};
use super::numbers::{Numbers, Version, set_bits};
use super::{FORMAT, damaged};
use crate::budget::Budget;
use crate::container::format::{Members, OpenError};
use crate::container::store::Store;
use crate::container::value_list::ValueList;

const PRESENT: u64 = 0;
const DATA: u64 = 1;
const LENGTH: u64 = 2;
const DICTIONARY_DATA: u64 = 3;

/// Rows of a stripe that are told apart.
const MOST_ROWS: u64 = 16 << 20;

/// A column of text or bytes in a stripe.
pub(super) struct Column<'c, 's> {
    pub(super) store: &'c Store<'s>,
    pub(super) packing: Packing,
    pub(super) footer: &'c StripeFooter,
    pub(super) number: usize,
    pub(super) rows: Rows,
    pub(super) budget: Budget,
}

/// The rows of a stripe.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rows {
    /// So many come before it, and there are so many.
    Told { before: u64, count: u64 },
    /// A column in a list has values that are no rows.
    Unknown,
}

impl<'s> Column<'_, 's> {
    pub(super) fn hand_on(
        &self,
        name: &[u8],
        list: &mut ValueList,
        members: &mut dyn Members,
    ) -> Result<(), OpenError> {
        let encoding = self.footer.encodings.get(self.number).copied();
        let (has_dictionary, version) = match encoding {
            Some(0) => (false, Version::One),
            Some(1) => (true, Version::One),
            Some(2) => (false, Version::Two),
            Some(3) => (true, Version::Two),
            _ => return Err(damaged("a column has no encoding")),
        };
        let kind = if has_dictionary {
            DICTIONARY_DATA
        } else {
            DATA
        };
        let data = self.footer.stream(self.number, kind);
        let lengths = self.footer.stream(self.number, LENGTH);
        // A column in which all values are missing has no streams.
        let (Some(data), Some(lengths)) = (data, lengths) else {
            return Ok(());
        };
        let (there, first_uses) = (OnceCell::new(), OnceCell::new());
        let row = |value: u64| {
            let value = if has_dictionary {
                let first_uses = first_uses.get_or_init(|| self.first_uses(version));
                *first_uses.get(&value)?
            } else {
                value
            };
            self.row(value, &there)
        };
        let mut data = self.chunks(data);
        let mut lengths = Numbers::new(self.chunks(lengths), version);
        list.clear();
        let mut value = Vec::new();
        let mut number = 0;
        let fault = loop {
            let length = match lengths.next() {
                Ok(Some(length)) => length,
                Ok(None) => break None,
                Err(error) => break Some(error),
            };
            value.clear();
            match (&mut data).take(length).read_to_end(&mut value) {
                Ok(_) if (value.len() as u64) < length => {
                    break Some(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(_) => {}
                Err(error) => break Some(error),
            }
            list.push(number, &value);
            number += 1;
            if list.is_full() {
                list.hand_on(name, &row, members)?;
            }
        };
        list.hand_on(name, &row, members)?;
        match fault {
            None => Ok(()),
            Some(error) => {
                // What is left is shown as it is, for nobody knows where values end.
                value.extend_from_slice(b"\n");
                members.member(name, &mut (&*value).chain(data))?;
                Err(OpenError::read(FORMAT.name)(error))
            }
        }
    }

    fn chunks(&self, stream: Stream) -> Chunks<'s> {
        Chunks::new(
            self.store,
            stream.at,
            stream.length,
            self.packing,
            &self.budget,
        )
    }

    /// The row, from 1, of a value that is there.
    fn row(&self, value: u64, there: &OnceCell<Option<Vec<u64>>>) -> Option<u64> {
        let Rows::Told { before, count } = self.rows else {
            return None;
        };
        let row = match self.footer.stream(self.number, PRESENT) {
            None => value,
            Some(stream) => {
                let there = there.get_or_init(|| {
                    let count = usize::try_from(count.min(MOST_ROWS)).ok()?;
                    set_bits(self.chunks(stream), count).ok()
                });
                *there.as_ref()?.get(usize::try_from(value).ok()?)?
            }
        };
        before.checked_add(row)?.checked_add(1)
    }

    /// The first value that is each of the dictionary.
    fn first_uses(&self, version: Version) -> HashMap<u64, u64> {
        let mut first_uses = HashMap::new();
        let Some(stream) = self.footer.stream(self.number, DATA) else {
            return first_uses;
        };
        let mut numbers = Numbers::new(self.chunks(stream), version);
        for value in 0..MOST_ROWS {
            let Ok(Some(number)) = numbers.next() else {
                break;
            };
            first_uses.entry(number).or_insert(value);
        }
        first_uses
    }
}
