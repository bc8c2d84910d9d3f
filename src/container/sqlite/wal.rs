//! `sqlite-wal`: the log of pages that are not yet part of a database.

use std::collections::HashMap;

use super::page::{Layout, Pages, Place, TreePage, number};
use super::record::TextEncoding;
use super::table::Tables;
use crate::container::format::{Format, Head, Likeness, Members, Open, OpenError};
use crate::container::store::Store;

pub(crate) const FORMAT: Format = Format {
    name: "sqlite-wal",
    about: "write-ahead logs of SQLite (`.db-wal`)",
    seen: "Text and blobs of the rows in it, also where a value goes on over several pages. The \
        member is `<wal>`, and a finding says the number of its row (`rowid`).",
    unseen: "The names of tables. Values that are partly in the database, and pages that were \
        written anew later on, but for the raw bytes.",
    is,
    open: Open::Anywhere(open),
};

const HEADER: usize = 32;
const FRAME_HEADER: u64 = 24;

fn is(head: &Head<'_>) -> Likeness {
    // The format has been of this version since it exists.
    let is_log = matches!(
        head.bytes,
        [0x37, 0x7f, 0x06, 0x82 | 0x83, 0, 0x2d, 0xe2, 0x18, ..]
    );
    Likeness::sure_if(is_log)
}

fn damaged(reason: &str) -> OpenError {
    OpenError::damaged(FORMAT.name, reason)
}

fn open(store: &mut Store<'_>, members: &mut dyn Members) -> Result<(), OpenError> {
    const NAME: &[u8] = b"<wal>";
    let mut header = [0; HEADER];
    store
        .read_exact_at(0, &mut header)
        .map_err(|_| damaged("the header is cut off"))?;
    let layout = number(&header, 8).and_then(|size| Layout::new(size, 0));
    let layout = layout.ok_or_else(|| damaged("pages have no size"))?;
    let frames = frames(store, layout, members)?;
    let mut numbers: Vec<u32> = frames.keys().copied().collect();
    numbers.sort_unstable();
    let mut pages = Pages {
        store,
        layout,
        place: Place::Frames(frames),
    };
    let first = pages.read(1).ok();
    let code = first.as_deref().and_then(|first| number(first, 56));
    let mut tables = Tables::new(
        pages,
        code.map_or(TextEncoding::Utf8, TextEncoding::of_code),
    );
    for page in numbers {
        members.budget().in_time()?;
        let bytes = tables.pages.read(page)?;
        let Some(page) = TreePage::new(page, bytes, layout).filter(TreePage::is_leaf_of_a_table)
        else {
            continue;
        };
        match tables.hand_on_page(NAME, &page, members, &mut None) {
            // A page may only look like one of a tree, and parts of it be elsewhere.
            Ok(()) | Err(OpenError::Damaged { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    tables.flush(NAME, members)
}

/// Where the last frame of each page is.
fn frames(
    store: &mut Store<'_>,
    layout: Layout,
    members: &dyn Members,
) -> Result<HashMap<u32, u64>, OpenError> {
    let mut frames = HashMap::new();
    let mut at = HEADER as u64;
    let length = FRAME_HEADER + layout.size as u64;
    while at + length <= store.length() {
        members.budget().in_time()?;
        let mut header = [0; 4];
        store
            .read_exact_at(at, &mut header)
            .map_err(OpenError::read(FORMAT.name))?;
        frames.insert(u32::from_be_bytes(header), at + FRAME_HEADER);
        at += length;
    }
    Ok(frames)
}
