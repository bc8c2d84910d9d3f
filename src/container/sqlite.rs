//! `sqlite` and `sqlite-wal`: the tables of a database, and the log beside it.
//!
//! Pages are read as they are: the library would change what it opens. The raw bytes
//! show what is on one page, deleted rows too; here the parts of long values are joined,
//! and what is found has a table and a row.

mod page;
mod record;
mod table;
mod wal;

use self::page::{Layout, Pages, Place, number};
use self::record::{TextEncoding, Value, values};
use self::table::Tables;
use super::format::{Format, Head, Likeness, Members, Open, OpenError};
use super::store::Store;

pub(crate) use self::wal::FORMAT as WAL_FORMAT;

pub(crate) const FORMAT: Format = Format {
    name: "sqlite",
    about: "SQLite databases",
    seen: "Text and blobs of all tables, also where a value goes on over several pages, and text \
        that is kept as UTF-16. The member is the name of the table, and a finding says the \
        number of its row (`rowid`). The definitions of tables are `sqlite_schema`.",
    unseen: "Deleted rows and indices, but for the raw bytes. What is packed in a value, but for its \
        bytes as they are. Databases that are encrypted.",
    is,
    open: Open::Anywhere(open),
};

/// Tables of a database.
const MOST_TABLES: usize = 100_000;

fn is(head: &Head<'_>) -> Likeness {
    Likeness::sure_if(head.bytes.starts_with(b"SQLite format 3\0"))
}

fn damaged(reason: &str) -> OpenError {
    OpenError::damaged(FORMAT.name, reason)
}

fn open(store: &mut Store<'_>, members: &mut dyn Members) -> Result<(), OpenError> {
    let mut header = [0; 100];
    store
        .read_exact_at(0, &mut header)
        .map_err(|_| damaged("the header is cut off"))?;
    let size = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65536,
        size => u32::from(size),
    };
    let layout = Layout::new(size, header[20]).ok_or_else(|| damaged("pages have no size"))?;
    let encoding = number(&header, 56).map_or(TextEncoding::Utf8, TextEncoding::of_code);
    let pages = Pages {
        store,
        layout,
        place: Place::InOrder,
    };
    let mut tables = Tables::new(pages, encoding);
    let mut found = Vec::new();
    let mut find = |record: &[u8]| {
        if found.len() < MOST_TABLES {
            found.extend(table(record, encoding));
        }
    };
    let schema = tables.hand_on(b"sqlite_schema", 1, members, &mut Some(&mut find));
    report(schema, b"sqlite_schema", members)?;
    for (name, root) in found {
        members.budget().in_time()?;
        let table = tables.hand_on(&name, root, members, &mut None);
        report(table, &name, members)?;
    }
    Ok(())
}

/// Goes on unless a limit was reached.
fn report(
    result: Result<(), OpenError>,
    name: &[u8],
    members: &mut dyn Members,
) -> Result<(), OpenError> {
    match result {
        Ok(()) => {}
        Err(OpenError::Limit(limit)) => return Err(limit.into()),
        Err(error) => members.fault(name, error),
    }
    Ok(())
}

/// The name and the first page of a table, if the record of the schema is of one.
fn table(record: &[u8], encoding: TextEncoding) -> Option<(Vec<u8>, u32)> {
    let mut values = values(record);
    let mut text = || match values.next() {
        Some(Value::Text(text)) => {
            let decoded = encoding.decoded(text).map(String::into_bytes);
            Some(decoded.unwrap_or_else(|| text.to_vec()))
        }
        _ => None,
    };
    let (kind, name, _) = (text()?, text()?, text()?);
    let Some(Value::Other(root)) = values.next() else {
        return None;
    };
    let root = root.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
    let root = u32::try_from(root).ok().filter(|&root| root > 0)?;
    (kind == b"table").then_some((name, root))
}

#[cfg(test)]
mod tests;
