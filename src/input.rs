//! An input: something that the user asks to be scanned. Files, standard input, or
//! a part of a repository.

use std::path::{Path, PathBuf};

use crate::report::Scope;
use crate::repository::Surroundings;

/// Something to scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file or a folder.
    Path(PathBuf),
    /// Standard input, and what to call it.
    Stdin(Option<PathBuf>),
    /// Some of what a git repository holds. It is the only input then.
    Repository {
        /// A folder in its working tree, or the repository itself.
        near: PathBuf,
        /// Whether the environment may say which repository is meant.
        surroundings: Surroundings,
        /// What of it.
        part: Part,
    },
}

/// What of a repository is scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Everything that it holds, reachable or not.
    History,
    /// What the next commit would change.
    Staged,
    /// What some commits introduced.
    Range {
        /// Which ones, in the language of git; `HEAD` and what it descends from,
        /// where it is `None`.
        revisions: Option<String>,
        /// Only commits since this date.
        since: Option<String>,
    },
}

impl Part {
    /// The option that asks for it.
    #[must_use]
    pub fn option(&self) -> &'static str {
        match self {
            Self::History => "--history",
            Self::Staged => "--staged",
            Self::Range {
                revisions: None, ..
            } => "--since",
            Self::Range { .. } => "--range",
        }
    }
}

impl Input {
    /// What kind of thing it is.
    pub(crate) fn scope(&self) -> Scope {
        match self {
            Self::Path(_) | Self::Stdin(_) => Scope::Files,
            Self::Repository { part, .. } => match part {
                Part::History => Scope::History,
                Part::Staged => Scope::Staged,
                Part::Range { .. } => Scope::Range,
            },
        }
    }

    /// The path that the user named, unless it is standard input's.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) | Self::Repository { near: path, .. } => Some(path),
            Self::Stdin(_) => None,
        }
    }
}
