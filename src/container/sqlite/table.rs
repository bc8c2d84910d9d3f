//! Tables: the values of their rows, from the first page of their trees on.

use std::collections::HashSet;

use super::damaged;
use super::page::{Pages, Payload, TreePage};
use super::record::{TextEncoding, Value, values};
use crate::container::format::{Members, OpenError};
use crate::container::value_list::ValueList;

/// Is shown all records, where somebody wants them.
pub(super) type Each<'e, 'f> = &'e mut Option<&'f mut dyn FnMut(&[u8])>;

/// Hands the values of tables on.
pub(super) struct Tables<'p, 's> {
    pub(super) pages: Pages<'p, 's>,
    pub(super) encoding: TextEncoding,
    /// Pages of trees that have been read: none is read twice, so a circle ends.
    passed: HashSet<u32>,
    values: ValueList,
}

impl<'p, 's> Tables<'p, 's> {
    pub(super) fn new(pages: Pages<'p, 's>, encoding: TextEncoding) -> Self {
        Self {
            pages,
            encoding,
            passed: HashSet::new(),
            values: ValueList::default(),
        }
    }

    /// Hands on the values of a table whose tree begins at a page. `each` is shown the
    /// records.
    pub(super) fn hand_on(
        &mut self,
        name: &[u8],
        root: u32,
        members: &mut dyn Members,
        each: Each<'_, '_>,
    ) -> Result<(), OpenError> {
        let mut fault = None;
        let mut pages = vec![root];
        while let Some(number) = pages.pop() {
            members.budget().in_time()?;
            if !self.passed.insert(number) {
                continue;
            }
            let page = self.pages.read(number).and_then(|bytes| {
                TreePage::new(number, bytes, self.pages.layout)
                    .ok_or_else(|| damaged("a page is of no tree"))
            });
            let handed_on = page.and_then(|page| {
                let first = pages.len();
                pages.extend(page.cells().filter_map(|cell| cell?.child));
                pages.extend(page.last_child());
                // The first one is to be the next.
                pages[first..].reverse();
                self.hand_on_page(name, &page, members, each)
            });
            match handed_on {
                Ok(()) => {}
                Err(OpenError::Limit(limit)) => return Err(limit.into()),
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        self.flush(name, members)?;
        fault.map_or(Ok(()), Err)
    }

    /// Hands on the values of the cells of a page.
    pub(super) fn hand_on_page(
        &mut self,
        name: &[u8],
        page: &TreePage,
        members: &mut dyn Members,
        each: Each<'_, '_>,
    ) -> Result<(), OpenError> {
        let is_worth_it = self.is_worth_a_look(&page.bytes, members);
        let mut fault = None;
        for cell in page.cells() {
            let Some(cell) = cell else {
                fault = fault.or_else(|| Some(damaged("a cell is broken")));
                continue;
            };
            let Some(payload) = cell.payload else {
                continue;
            };
            let is_split = payload.overflow.is_some();
            if !is_worth_it && !is_split && each.is_none() {
                continue;
            }
            let handed_on = self.record(page, &payload, members).and_then(|record| {
                if let Some(each) = each {
                    each(&record);
                }
                if is_worth_it || is_split && self.is_worth_a_look(&record, members) {
                    self.push(name, cell.row, &record, members)?;
                }
                Ok(())
            });
            match handed_on {
                Ok(()) => {}
                Err(OpenError::Limit(limit)) => return Err(limit.into()),
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        fault.map_or(Ok(()), Err)
    }

    /// Hands on what has been kept.
    pub(super) fn flush(
        &mut self,
        name: &[u8],
        members: &mut dyn Members,
    ) -> Result<(), OpenError> {
        // Rows are numbered from 1, but other numbers can be given to them.
        let row = |number| (number > 0).then_some(number);
        self.values.hand_on(name, &row, members)
    }

    /// UTF-16 is decoded first.
    fn is_worth_a_look(&self, bytes: &[u8], members: &dyn Members) -> bool {
        self.encoding != TextEncoding::Utf8 || members.is_worth_a_look(bytes)
    }

    fn record(
        &mut self,
        page: &TreePage,
        payload: &Payload,
        members: &dyn Members,
    ) -> Result<Vec<u8>, OpenError> {
        if payload.length as u64 > self.pages.store.length() {
            return Err(damaged("a value is longer than the database"));
        }
        self.pages.payload(page, payload, &members.budget())
    }

    fn push(
        &mut self,
        name: &[u8],
        row: Option<i64>,
        record: &[u8],
        members: &mut dyn Members,
    ) -> Result<(), OpenError> {
        let row = row.and_then(|row| u64::try_from(row).ok()).unwrap_or(0);
        for value in values(record) {
            let (Value::Text(bytes) | Value::Blob(bytes)) = value else {
                continue;
            };
            let decoded = match value {
                Value::Text(text) => self.encoding.decoded(text),
                _ => None,
            };
            let value = decoded.as_deref().map_or(bytes, str::as_bytes);
            self.values.push(row, value);
            if self.values.is_full() {
                self.flush(name, members)?;
            }
        }
        Ok(())
    }
}
