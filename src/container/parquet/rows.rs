//! Rows: which one a value is in. It is asked for what is found only, so pages are read
//! once more for it.

use std::collections::HashMap;

use super::delta::MOST_VALUES;
use super::footer::{Chunk, MaximumLevels};
use super::levels::{SmallNumbers, width};
use super::page::{Body, Page, Pages};
use crate::budget::Budget;
use crate::container::block_codec::BlockCodec;
use crate::container::store::Store;

/// Finds the rows of values of a column in a row group.
pub(super) struct Rows<'c, 's> {
    again: Again<'c, 's>,
    budget: Budget,
    /// Rows before the row group.
    first: u64,
    data: Option<Passed<'s>>,
    /// The first row that uses a value of the dictionary.
    dictionary: Option<HashMap<u32, u64>>,
}

/// How the pages can be read once more.
#[derive(Clone, Copy)]
pub(super) struct Again<'c, 's> {
    pub(super) store: &'c Store<'s>,
    pub(super) chunk: &'c Chunk<'c>,
    pub(super) codec: BlockCodec,
    pub(super) levels: MaximumLevels,
}

impl<'s> Again<'_, 's> {
    /// The pages, from the first one, in the buffers of others.
    pub(super) fn pages(&self, before: Option<Pages<'s>>) -> Pages<'s> {
        Pages::new(
            self.store.again(),
            self.chunk,
            self.codec,
            self.levels,
            before,
        )
    }
}

/// The pages that have been passed.
struct Passed<'s> {
    pages: Pages<'s>,
    /// The rows that began in them, and before.
    rows: u64,
    /// Where the last one is.
    last: Option<u64>,
    /// The rows of its values.
    of_values: Vec<u64>,
}

impl<'c, 's> Rows<'c, 's> {
    pub(super) fn new(again: Again<'c, 's>, budget: Budget, first: u64) -> Self {
        Self {
            again,
            budget,
            first,
            data: None,
            dictionary: None,
        }
    }

    /// The row, from 1, of a value that is there, in the data page at an offset. Pages
    /// are asked for in their order.
    pub(super) fn of_value(&mut self, page_at: u64, value: u64) -> Option<u64> {
        let passed = self.data.get_or_insert_with(|| Passed {
            pages: self.again.pages(None),
            rows: self.first,
            last: None,
            of_values: Vec::new(),
        });
        while passed.last.is_none_or(|last| last < page_at) {
            self.budget.in_time().ok()?;
            let page = passed.pages.next().ok()??;
            passed.last = Some(page.at);
            if page.is_data() {
                passed.pass(&page, page_at, self.again.levels, &self.budget)?;
            }
        }
        if passed.last != Some(page_at) {
            return None;
        }
        passed.of_values.get(usize::try_from(value).ok()?).copied()
    }

    /// The first row, from 1, that uses a value of the dictionary.
    pub(super) fn of_index(&mut self, index: u64) -> Option<u64> {
        let dictionary = self.dictionary.get_or_insert_with(|| {
            let mut first_rows = HashMap::new();
            // What cannot be read is told where it is read for its values.
            let _ = find_first_rows(&mut first_rows, &self.again, &self.budget, self.first);
            first_rows
        });
        dictionary.get(&u32::try_from(index).ok()?).copied()
    }
}

impl Passed<'_> {
    fn pass(
        &mut self,
        page: &Page,
        wanted: u64,
        levels: MaximumLevels,
        budget: &Budget,
    ) -> Option<()> {
        let rows = match (page.rows, levels.repetition) {
            (Some(rows), _) => Some(rows),
            (None, 0) => Some(page.values),
            (None, _) => None,
        };
        if page.at != wanted
            && let Some(rows) = rows
        {
            self.rows = self.rows.checked_add(rows)?;
            return Some(());
        }
        let body = read(&mut self.pages, page, budget)?;
        self.of_values.clear();
        for entry in Entries::new(page, &body, levels)? {
            self.rows += u64::from(entry.begins_row);
            if entry.is_there && page.at == wanted {
                self.of_values.push(self.rows);
            }
        }
        Some(())
    }
}

fn read<'p>(pages: &'p mut Pages<'_>, page: &Page, budget: &Budget) -> Option<Body<'p>> {
    (page.unpacked <= budget.limits().bytes).then_some(())?;
    pages.body(page).ok()
}

fn find_first_rows(
    first_rows: &mut HashMap<u32, u64>,
    again: &Again<'_, '_>,
    budget: &Budget,
    mut row: u64,
) -> Option<()> {
    let mut pages = again.pages(None);
    while let Some(page) = pages.next().ok()? {
        budget.in_time().ok()?;
        if !page.is_data() {
            continue;
        }
        let body = read(&mut pages, &page, budget)?;
        // The page may be one of those whose values are no indices.
        let is_indexed = matches!(page.encoding, 2 | 8);
        let (&width, indices) = body.values.split_first().unwrap_or((&0, &[]));
        let mut indices = SmallNumbers::new(indices, u32::from(width));
        for entry in Entries::new(&page, &body, again.levels)? {
            row += u64::from(entry.begins_row);
            if entry.is_there && is_indexed && first_rows.len() < MOST_VALUES {
                first_rows.entry(indices.next()?).or_insert(row);
            }
        }
    }
    Some(())
}

/// A value, or the place of one that is missing.
struct Entry {
    begins_row: bool,
    is_there: bool,
}

struct Entries<'p> {
    left: u64,
    levels: MaximumLevels,
    repetition: SmallNumbers<'p>,
    definition: SmallNumbers<'p>,
}

impl<'p> Entries<'p> {
    fn new(page: &Page, body: &Body<'p>, levels: MaximumLevels) -> Option<Self> {
        Some(Self {
            left: page.values.min(4 * MOST_VALUES as u64),
            levels,
            repetition: SmallNumbers::new(body.repetition?, width(levels.repetition)),
            definition: SmallNumbers::new(body.definition?, width(levels.definition)),
        })
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        self.left = self.left.checked_sub(1)?;
        let repetition = match self.levels.repetition {
            0 => 0,
            _ => self.repetition.next()?,
        };
        let definition = match self.levels.definition {
            0 => 0,
            _ => self.definition.next()?,
        };
        Some(Entry {
            begins_row: repetition == 0,
            is_there: definition == u32::from(self.levels.definition),
        })
    }
}
