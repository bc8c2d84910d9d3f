//! `orc`: columns of a table, in stripes of rows, each column in a few streams.
//!
//! Streams are packed in chunks, and the texts of a column stand in one of them without
//! anything between: another one has their lengths.
//!
//! Source: "ORC Specification v1", <https://orc.apache.org/specification/ORCv1/>.

#[cfg(feature = "columnar")]
mod chunks;
#[cfg(feature = "columnar")]
mod column;
#[cfg(feature = "columnar")]
mod file;
#[cfg(feature = "columnar")]
mod footer;
#[cfg(feature = "columnar")]
mod message;
#[cfg(feature = "columnar")]
mod numbers;

#[cfg(feature = "columnar")]
use super::format::OpenError;
use super::format::{Format, Head, Likeness, Open};

pub(crate) const FORMAT: Format = Format {
    name: "orc",
    about: "ORC (`.orc`)",
    seen: "The values of every column of text or bytes, with or without a dictionary. The member \
        is the path of the column, such as `message.text`, and a finding says its row, unless the \
        column is in a list, a map or a union. The metadata of the file is `<metadata>`.",
    unseen: "Columns that are encrypted, and files that are packed with LZO. A file without its \
        footer, such as one that was cut off, but for the raw bytes.",
    is,
    open: OPEN,
};

#[cfg(feature = "columnar")]
const OPEN: Open = Open::Anywhere(file::open);
#[cfg(not(feature = "columnar"))]
const OPEN: Open = Open::Without("columnar");

fn is(head: &Head<'_>) -> Likeness {
    // Three letters, which may begin anything.
    Likeness::maybe_if(head.bytes.starts_with(b"ORC"))
}

#[cfg(feature = "columnar")]
fn damaged(reason: &str) -> OpenError {
    OpenError::damaged(FORMAT.name, reason)
}

#[cfg(all(test, feature = "columnar"))]
mod tests;
