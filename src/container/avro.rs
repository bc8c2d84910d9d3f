//! `avro`: records behind their schema, in blocks that are packed one by one.
//!
//! Source: "Apache Avro Specification", object container files,
//! <https://avro.apache.org/docs/1.12.0/specification/>.

#[cfg(feature = "columnar")]
mod datum;
#[cfg(feature = "columnar")]
mod file;
#[cfg(feature = "columnar")]
mod schema;

#[cfg(feature = "columnar")]
use super::format::OpenError;
use super::format::{Format, Head, Likeness, Open};

pub(crate) const FORMAT: Format = Format {
    name: "avro",
    about: "Avro object container files (`.avro`)",
    seen: "Strings and bytes of all records, in blocks that are stored or packed with deflate, \
        snappy or zstandard. The member is the path of the field, such as `user.name`, and a \
        finding says the number of its record as a row. The metadata of the file is `<metadata>`.",
    unseen: "Blocks that are packed with bzip2 or xz. Data that is in no container file.",
    is,
    open: OPEN,
};

#[cfg(feature = "columnar")]
const OPEN: Open = Open::Stream(file::open);
#[cfg(not(feature = "columnar"))]
const OPEN: Open = Open::Without("columnar");

fn is(head: &Head<'_>) -> Likeness {
    Likeness::sure_if(head.bytes.starts_with(b"Obj\x01"))
}

#[cfg(feature = "columnar")]
fn damaged(reason: &str) -> OpenError {
    OpenError::damaged(FORMAT.name, reason)
}

#[cfg(all(test, feature = "columnar"))]
mod tests;
