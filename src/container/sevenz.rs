//! `7z`: blocks, each with one or many members packed as one.

use super::format::{Format, Head, Likeness, Open};

pub(crate) const FORMAT: Format = Format {
    name: "7z",
    about: "7-Zip (`.7z`)",
    seen: "Members under their names, packed by LZMA, LZMA2, PPMd or bzip2, behind every \
        filter, in solid blocks too.",
    unseen: "Encrypted members and encrypted lists of members, blocks that take more than \
        64 MiB to unpack, and other methods, such as deflate and Brotli: all of them are \
        reported, a block by the first member that is not seen.",
    is,
    #[cfg(feature = "sevenz")]
    open: Open::Anywhere(reader::open),
    #[cfg(not(feature = "sevenz"))]
    open: Open::Without("sevenz"),
};

fn is(head: &Head<'_>) -> Likeness {
    Likeness::sure_if(head.bytes.starts_with(b"7z\xbc\xaf\x27\x1c"))
}

#[cfg(feature = "sevenz")]
mod list;
#[cfg(feature = "sevenz")]
mod reader;
