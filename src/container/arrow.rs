//! `arrow`: columns of a table as they are in memory, batch after batch.
//!
//! A file is a stream with a footer, which says nothing that the stream does not. Columns
//! of text are read, and taken apart only if anything could be found in them.
//!
//! Source: "Arrow Columnar Format", <https://arrow.apache.org/docs/format/Columnar.html>.

#[cfg(feature = "columnar")]
mod batch;
#[cfg(feature = "columnar")]
mod buffer;
#[cfg(feature = "columnar")]
mod column;
#[cfg(feature = "columnar")]
mod rows;
#[cfg(feature = "columnar")]
mod schema;
#[cfg(feature = "columnar")]
mod stream;

#[cfg(feature = "columnar")]
use super::format::OpenError;
use super::format::{Format, Head, Likeness, Open};

pub(crate) const FORMAT: Format = Format {
    name: "arrow",
    about: "Arrow IPC files and streams, Feather (`.arrow`, `.feather`)",
    seen: "The values of every column of text or bytes, compressed or not: the member is the path \
        of the column, such as `messages.item.content`, and a finding says its row. The metadata \
        of the schema is `<metadata>`. The cache of Hugging Face `datasets` is in this format.",
    unseen: "The row of a value of a dictionary, a union, a list view or of runs. Feather of the \
        first version (`FEA1`) and streams from before Arrow 0.15, but for the raw bytes, which \
        show all of the former. What is packed in a value, but for its bytes as they are.",
    is,
    open: OPEN,
};

#[cfg(feature = "columnar")]
const OPEN: Open = Open::Anywhere(stream::open);
#[cfg(not(feature = "columnar"))]
const OPEN: Open = Open::Without("columnar");

/// What a file begins with, before its stream.
const MAGIC: &[u8] = b"ARROW1\0\0";

/// What a message begins with, before its length.
const CONTINUATION: [u8; 4] = [0xff; 4];

fn is(head: &Head<'_>) -> Likeness {
    if head.bytes.starts_with(MAGIC) {
        return Likeness::Sure;
    }
    match head.bytes.strip_prefix(&CONTINUATION) {
        Some(stream) => likeness_of_stream(stream),
        None => Likeness::No,
    }
}

#[cfg(feature = "columnar")]
fn likeness_of_stream(bytes: &[u8]) -> Likeness {
    let Some((&length, rest)) = bytes.split_first_chunk() else {
        return Likeness::No;
    };
    let length = usize::try_from(i32::from_le_bytes(length)).unwrap_or(0);
    match rest.get(..length) {
        Some(schema) if length > 0 => Likeness::sure_if(schema::is_schema(schema)),
        Some(_) => Likeness::No,
        // A length that is a multiple of eight, of more than there is to see.
        None => Likeness::maybe_if(length.is_multiple_of(8) && length < 64 << 20),
    }
}

#[cfg(not(feature = "columnar"))]
fn likeness_of_stream(_: &[u8]) -> Likeness {
    Likeness::No
}

#[cfg(feature = "columnar")]
fn damaged(reason: &str) -> OpenError {
    OpenError::damaged(FORMAT.name, reason)
}

#[cfg(all(test, feature = "columnar"))]
mod tests;
