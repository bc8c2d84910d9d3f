//! The history of a finding: who brought the token into the repository and when,
//! whether it is still there, and what leads to it.
//!
//! Only findings in git objects have one.

use serde::Serialize;

/// The history of a token at a path, or in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The object that the finding's location is in, as hexadecimal digits: the
    /// blob in `HEAD`, or else the last one that had the token.
    pub object: String,
    /// The objects that had the token at the path, or the messages that have it,
    /// as hexadecimal digits.
    pub objects: Bounded<String>,
    /// Whether it is there in `HEAD`.
    pub in_head: Presence,
    /// The commits that brought the token there: it was there in none of their
    /// parents. The most public first, and parents before children. Of a message,
    /// the commit or tag itself.
    pub introduced: Bounded<Change>,
    /// The commits that took it away, in the same order: it was there in all of
    /// their parents.
    pub removed: Bounded<Change>,
    /// What reaches the commits that introduced it, the most public first.
    pub reach: Reach,
    /// The references that reach one of them, by their full names.
    pub references: Bounded<Vec<u8>>,
    /// All paths that the token had, this one included.
    pub paths: Bounded<Vec<u8>>,
}

/// Whether something is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is.
    Present,
    /// It is not.
    Absent,
    /// It is in a message, for which there is no place in `HEAD`.
    NoFile,
}

/// The first of several things, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounded<T> {
    /// The first of them.
    pub first: Vec<T>,
    /// How many there are.
    pub total: u64,
}

/// A commit, or a tag, in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its id, as hexadecimal digits.
    pub id: String,
    /// Who wrote it: a name and an address.
    pub author: Vec<u8>,
    /// When it was written, in ISO 8601, where that can be told.
    pub date: Option<String>,
    /// The first line of its message.
    pub subject: Vec<u8>,
    /// What reaches it.
    pub reach: Reach,
}

/// What reaches a commit, the most public first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// A branch, a tag, another reference, or `HEAD`.
    Reference,
    /// Only notes.
    Notes,
    /// Only the stash.
    Stash,
    /// Only a reflog: it was amended, rebased, or its branch is gone.
    Reflog,
    /// No commit: it is in the index.
    Index,
    /// Nothing: it waits for git to collect it, and can be had until then.
    Nothing,
}

impl<T> Bounded<T> {
    /// The first `most` of them.
    pub(crate) fn new(all: Vec<T>, most: usize) -> Self {
        let total = all.len() as u64;
        let mut first = all;
        first.truncate(most);
        Self { first, total }
    }

    /// The same things as others.
    pub(crate) fn map<U>(self, to: impl FnMut(T) -> U) -> Bounded<U> {
        Bounded {
            first: self.first.into_iter().map(to).collect(),
            total: self.total,
        }
    }
}
