//! `parquet`: columns of a table, in pages that are packed one by one.
//!
//! The footer says where the pages are. Those of text and bytes are unpacked, and taken
//! apart only if anything could be found in them. Nothing is made into rows.

#[cfg(feature = "columnar")]
mod delta;
#[cfg(feature = "columnar")]
mod file;
#[cfg(feature = "columnar")]
mod footer;
#[cfg(feature = "columnar")]
mod levels;
#[cfg(feature = "columnar")]
mod page;
#[cfg(feature = "columnar")]
mod rows;
#[cfg(feature = "columnar")]
mod values;

#[cfg(feature = "columnar")]
use super::format::OpenError;
use super::format::{Format, Head, Likeness, Open};

pub(crate) const FORMAT: Format = Format {
    name: "parquet",
    about: "Parquet (`.parquet`)",
    seen: "The values of every column of text or bytes, whatever they are compressed with and \
        however they are encoded: the member is the path of the column, such as \
        `messages.list.element.content`, and a finding says its row. The metadata of the file is \
        `<metadata>`, the schema that Arrow keeps there `ARROW:schema`.",
    unseen: "Columns that are encrypted, packed with LZO, or in another file. A file without its \
        footer, such as one that was cut off, but for the raw bytes. What is packed in a value, such as \
        a picture in a cell, but for its bytes as they are. A dictionary's value is told at the \
        first row that has it.",
    is,
    open: OPEN,
};

#[cfg(feature = "columnar")]
const OPEN: Open = Open::Anywhere(file::open);
#[cfg(not(feature = "columnar"))]
const OPEN: Open = Open::Without("columnar");

fn is(head: &Head<'_>) -> Likeness {
    match head.bytes {
        // A page follows, or the footer, and its header begins with a number; or the
        // length of what is encrypted.
        [b'P', b'A', b'R', b'1', 0x15, ..] | [b'P', b'A', b'R', b'1' | b'E', _, _, 0, 0, ..] => {
            Likeness::Sure
        }
        [b'P', b'A', b'R', b'1' | b'E', ..] => Likeness::Maybe,
        _ => Likeness::No,
    }
}

#[cfg(feature = "columnar")]
fn damaged(reason: &str) -> OpenError {
    OpenError::damaged(FORMAT.name, reason)
}

#[cfg(all(test, feature = "columnar"))]
mod tests;
