//! A Parquet file: its footer, its metadata, and one column after the other.

use std::cell::RefCell;

use super::footer::{Chunk, Footer, Leaf, State, Values};
use super::page::{Body, Page, PageKind, Pages};
use super::rows::{Again, Rows};
use super::values::Coded;
use super::{FORMAT, damaged};
use crate::container::block_codec::BlockCodec;
use crate::container::format::{Members, OpenError};
use crate::container::store::Store;
use crate::container::value_list::ValueList;

/// A shorter value of a column of fixed length is a number, an identifier or a hash.
const SHORTEST: usize = 17;

/// The longest footer that is read.
const LONGEST_FOOTER: u64 = 64 << 20;

pub(super) fn open(store: &mut Store<'_>, members: &mut dyn Members) -> Result<(), OpenError> {
    let bytes = read_footer(store)?;
    let footer = Footer::read(&bytes).map_err(|_| damaged("the footer is broken"))?;
    hand_on_metadata(&footer, members)?;
    let mut column = Column::default();
    let mut rows = 0_u64;
    for group in &footer.row_groups {
        for chunk in &group.chunks {
            let Some(leaf) = footer.schema.leaf(chunk.leaf) else {
                continue;
            };
            if matches!(leaf.values, Values::FixedBytes(..SHORTEST)) {
                continue;
            }
            let name = footer.schema.path(leaf);
            match column.open(store, leaf, chunk, rows, &name, members) {
                Ok(()) => {}
                Err(OpenError::Limit(limit)) => return Err(limit.into()),
                Err(error) => members.fault(&name, error),
            }
        }
        rows = rows.saturating_add(group.rows);
    }
    Ok(())
}

/// The footer: it is before its length and the magic number, which end the file.
fn read_footer(store: &mut Store<'_>) -> Result<Vec<u8>, OpenError> {
    let read = OpenError::read(FORMAT.name);
    let Some(end) = store.length().checked_sub(8) else {
        return Err(damaged("it is cut off"));
    };
    let mut tail = [0; 8];
    store.read_exact_at(end, &mut tail).map_err(&read)?;
    let [a, b, c, d, magic @ ..] = tail;
    match &magic {
        b"PAR1" => {}
        b"PARE" => return Err(OpenError::Encrypted),
        _ => return Err(damaged("it does not end with a footer")),
    }
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    if length > LONGEST_FOOTER {
        return Err(OpenError::Unsupported("a footer of this size".into()));
    }
    let start = end.checked_sub(length);
    let start = start.ok_or_else(|| damaged("the footer is longer than the file"))?;
    store.read_at(start, length).map_err(&read)
}

fn hand_on_metadata(footer: &Footer<'_>, members: &mut dyn Members) -> Result<(), OpenError> {
    const ARROW_SCHEMA: &[u8] = b"ARROW:schema";
    let mut text = Vec::new();
    for &(key, value) in &footer.metadata {
        if key == ARROW_SCHEMA
            && let Ok(schema) = data_encoding::BASE64.decode(value)
        {
            members.member(ARROW_SCHEMA, &mut &*schema)?;
            continue;
        }
        text.extend_from_slice(&[key, b"=", value, b"\n"].concat());
    }
    if text.is_empty() {
        return Ok(());
    }
    members.text(b"<metadata>", &text, &|_| None)
}

/// Reads columns, one after the other, in the same buffers.
#[derive(Default)]
struct Column<'s> {
    before: Option<Pages<'s>>,
    values: ValueList,
}

impl<'s> Column<'s> {
    fn open(
        &mut self,
        store: &Store<'s>,
        leaf: Leaf,
        chunk: &Chunk<'_>,
        rows_before: u64,
        name: &[u8],
        members: &mut dyn Members,
    ) -> Result<(), OpenError> {
        let budget = members.budget();
        let again = Again {
            store,
            chunk,
            codec: codec(chunk.state)?,
            levels: leaf.levels,
        };
        let rows = RefCell::new(Rows::new(again, budget.clone(), rows_before));
        let mut pages = again.pages(self.before.take());
        let mut fault = None;
        let mut largest = None;
        let mut claimed = 0;
        while let Some(page) = pages.next()? {
            budget.in_time()?;
            // Indices show nothing, and their dictionary is a page of its own.
            if page.kind == PageKind::Other || page.is_data() && matches!(page.encoding, 2 | 8) {
                continue;
            }
            budget.unpacked(page.unpacked)?;
            // A page is there twice, and its values once more.
            let needed = page.unpacked.saturating_mul(2);
            if needed > claimed {
                drop(largest.take());
                largest = Some(budget.claim(needed)?);
                claimed = needed;
            }
            let values = &mut self.values;
            let handed_on = pages
                .body(&page)
                .and_then(|body| hand_on(&page, &body, leaf, values, &rows, name, members));
            match handed_on {
                Ok(()) => {}
                Err(OpenError::Limit(limit)) => return Err(limit.into()),
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        self.before = Some(pages);
        fault.map_or(Ok(()), Err)
    }
}

fn codec(state: State) -> Result<BlockCodec, OpenError> {
    match state {
        State::Packed(codec) => Ok(codec),
        State::Encrypted => Err(OpenError::Encrypted),
        State::Elsewhere => Err(OpenError::Unsupported("a column in another file".into())),
        State::UnknownCodec(3) => Err(OpenError::Unsupported("LZO".into())),
        State::UnknownCodec(code) => Err(OpenError::Unsupported(format!("the codec {code}"))),
        State::Missing => Err(damaged("a column is nowhere")),
    }
}

/// Hands the values of a page on, if they are worth it.
fn hand_on(
    page: &Page,
    body: &Body<'_>,
    leaf: Leaf,
    list: &mut ValueList,
    rows: &RefCell<Rows<'_, '_>>,
    name: &[u8],
    members: &mut dyn Members,
) -> Result<(), OpenError> {
    let coded = Coded::new(page.encoding, leaf.values, body.values)?;
    if coded.shows_its_bytes() && !members.is_worth_a_look(body.values) {
        return Ok(());
    }
    let row = |value| match page.kind {
        PageKind::Dictionary => rows.borrow_mut().of_index(value),
        _ => rows.borrow_mut().of_value(page.at, value),
    };
    list.clear();
    let budget = members.budget();
    let mut number = 0;
    let decoded = coded.decode(&budget, &mut |value| {
        list.push(number, value);
        number += 1;
        if list.is_full() {
            list.hand_on(name, &row, members)?;
        }
        Ok(())
    });
    list.hand_on(name, &row, members)?;
    decoded
}
