//! The list of encodings: forms in which a token stands in bytes and cannot be read. An
//! encoding is a file in the folder of the same name and a line in [`CODES`].
//!
//! Each says by which literals it is found, its signs, and decodes what is around one of
//! them. Nothing else is decoded: a file without a sign costs the search for it.

mod ansi;
mod backslash;
mod base64;
mod finder;
mod hexadecimal;
mod html;
mod joined;
mod percent;
mod quoted_printable;
mod runs;
mod signs;
mod wide;

pub(crate) use finder::{Decoded, Encodings};

pub(crate) use base64::stream as base64_stream;

use crate::encoding::Encoding;
use crate::source_map::Mapped;

/// Every encoding.
pub(crate) const CODES: [&Code; 10] = [
    &base64::CODE,
    &hexadecimal::CODE,
    &wide::UTF_16,
    &wide::UTF_32,
    &backslash::CODE,
    &percent::CODE,
    &html::CODE,
    &quoted_printable::CODE,
    &ansi::CODE,
    &joined::CODE,
];

/// An encoding.
#[derive(Debug)]
pub(crate) struct Code {
    /// Which one.
    pub(crate) encoding: Encoding,
    /// What it is, in a few words: the title of its section in the documentation.
    pub(crate) about: &'static str,
    /// What of it is seen; a few sentences in Markdown.
    pub(crate) seen: &'static str,
    /// What of it is not seen; a few sentences in Markdown, or nothing.
    pub(crate) unseen: &'static str,
    /// How it is read.
    pub(super) form: Form,
}

/// How an encoding is read.
#[derive(Debug)]
pub(super) enum Form {
    /// So many bytes stand for so many others, all of them.
    Block {
        /// The forms that a text takes, wherever it stands.
        forms: fn(&[u8]) -> Vec<BlockForm>,
        /// Decodes what is around a form that stands at a place, and so many bytes
        /// behind the beginning of a block.
        decode: fn(bytes: &[u8], at: usize, lead: usize) -> Stretch,
    },
    /// Most characters stand for themselves, and some are written in another way.
    Escapes {
        /// The bytes that an escape begins with.
        openings: &'static [u8],
        /// How a character may be written, as far as that is a sign.
        forms: fn(u8) -> Vec<String>,
        /// The escape at a place, if there is one.
        escape: fn(bytes: &[u8], at: usize) -> Option<Escape>,
    },
}

/// A form of a text in a block encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BlockForm {
    /// The bytes that are the same wherever the text stands.
    pub(super) bytes: Vec<u8>,
    /// Where they stand.
    pub(super) place: Place,
}

/// Where a form stands in its blocks, and what stands beside it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// How many bytes before it a block begins.
    pub(super) lead: usize,
    /// What the characters before and behind it have of the text.
    pub(super) edges: [Edge; 2],
}

/// A character of base64 that is of a text in part: some bits of its value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) mask: u8,
    pub(super) bits: u8,
}

impl Edge {
    /// Whether the character may be that one. Where there is none, a line may have ended.
    pub(super) fn fits(self, byte: Option<&u8>) -> bool {
        let value = byte.and_then(|byte| base64::value(*byte));
        value.is_none_or(|value| value & self.mask == self.bits)
    }
}

/// What was decoded around a sign.
#[derive(Debug, Default)]
pub(super) struct Stretch {
    pub(super) text: Mapped,
    /// Where it ends in the bytes.
    pub(super) end: usize,
}

/// A character that is written in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Escape {
    /// Bytes of the escape.
    pub(super) length: usize,
    /// What it stands for.
    pub(super) character: Option<char>,
}

/// How much is decoded around a sign: what a judgement needs before it, and what the
/// longest credentials need behind it, in bytes of the encoded text.
const BEFORE: usize = 512;
const BEHIND: usize = 12 << 10;
