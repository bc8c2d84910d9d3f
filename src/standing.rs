//! Standing: what a file is to git.
//!
//! It is asked for where a practice depends on it, which is seldom.

/// What a file, which may not exist, is to git.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is in the index or in a commit.
    Tracked,
    /// Nobody has added it, and nothing keeps anybody from it.
    Untracked,
    /// An ignore rule matches it, and it is not tracked.
    Ignored,
    /// There is no repository around it.
    NoRepository,
}
