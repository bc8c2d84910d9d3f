//! An object of a repository: its kind, its number among all objects, and why
//! it may not be readable.

use std::io;

use super::delta::DeltaError;
use super::inflate::InflateError;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The contents of a file.
    Blob,
    /// A folder.
    Tree,
    /// A commit.
    Commit,
    /// An annotated tag.
    Tag,
}

impl Kind {
    /// What git calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Blob => "blob",
            Self::Tree => "tree",
            Self::Commit => "commit",
            Self::Tag => "tag",
        }
    }

    /// The kind that git calls so.
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        [Self::Blob, Self::Tree, Self::Commit, Self::Tag]
            .into_iter()
            .find(|kind| kind.name().as_bytes() == name)
    }
}

/// An object's place among all that a repository stores, from 0.
pub(crate) type Number = u32;

/// Why an object cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ObjectError {
    /// The pack has no entry where its index says.
    #[error("there is no entry where the index says")]
    Entry,
    /// Its data are damaged.
    #[error("its data cannot be inflated: {0}")]
    Inflate(#[from] InflateError),
    /// Its delta is damaged.
    #[error(transparent)]
    Delta(#[from] DeltaError),
    /// What it is a delta of cannot be read.
    #[error("it is a delta of an object that cannot be read")]
    Base,
    /// It is a delta that makes more than can be held in memory.
    #[error("it is a delta that makes {length} bytes; the limit is {LARGEST}")]
    TooLarge {
        /// How many.
        length: u64,
    },
    /// Its file is not that of an object.
    #[error("its file does not begin as an object's")]
    LooseHeader,
    /// Its file cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// The largest object that is put together from deltas, in bytes. Git itself
/// makes no deltas of what is larger than 512 MiB (`core.bigFileThreshold`).
pub(crate) const LARGEST: u64 = 1 << 30;

/// How a pointer of Git LFS begins, and how it began before the name was found.
const POINTERS: [&[u8]; 2] = [
    b"version https://git-lfs.github.com/spec/",
    b"version https://hawser.github.com/spec/",
];

/// Whether a blob is a pointer of Git LFS.
pub(crate) fn is_lfs_pointer(blob: &[u8]) -> bool {
    POINTERS.iter().any(|pointer| blob.starts_with(pointer))
}
