//! The source stage: opens what the user named and hands it on as blobs.
//!
//! A source pushes into a [`Sink`](crate::blob::Sink), one for each of its
//! threads. Whatever it cannot open it reports; it never passes over anything
//! in silence.

mod file;
mod git_folder;
pub(crate) mod history;
pub(crate) mod range;
mod root;
pub(crate) mod staged;
pub(crate) mod stdin;
mod tracked;
pub(crate) mod tree;
mod walk;

use std::io;
use std::path::PathBuf;

use crate::blob::tidy;
use crate::report::Unscanned;

/// Why something could not be scanned.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// There is no such file.
    #[error("no such file or folder")]
    Missing,
    /// It is a pipe, a socket or a device, which is never opened.
    #[error("a {kind}, which is never opened{}", hint(.kind))]
    Special {
        /// What it is.
        kind: &'static str,
    },
    /// The system does not let it be opened or listed.
    #[error("{0}")]
    System(#[from] io::Error),
    /// The walk failed somewhere in it.
    #[error("{0}")]
    Walk(ignore::Error),
    /// An ignore file is a pipe or a device.
    #[error(
        "an ignore file that is no regular file; its folder is not scanned; \
         --no-ignore scans it"
    )]
    IgnoreFile,
    /// The list of tracked files cannot be read.
    #[error(
        "cannot tell which ignored files git tracks here: {reason}; \
         --no-ignore scans all files"
    )]
    Index {
        /// What is wrong with the repository.
        reason: String,
    },
}

/// What to do instead of naming a pipe.
fn hint(kind: &str) -> &'static str {
    if kind == file::NAMED_PIPE {
        "; pass `-` to read standard input"
    } else {
        ""
    }
}

impl SourceError {
    /// The entry of a report, for `path`.
    pub(crate) fn at(self, path: impl Into<PathBuf>) -> Unscanned {
        let (path, reason) = match self {
            Self::Walk(error) => return walk_error(error, path.into()),
            other => (path.into(), plain(&other)),
        };
        Unscanned { path, reason }
    }
}

/// The message of an error, without the system's number.
fn plain(error: &SourceError) -> String {
    match error {
        SourceError::System(error) => system_reason(error),
        other => other.to_string(),
    }
}

/// What the system says, in words.
fn system_reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "vanished during the scan".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

/// Unwraps the walker's error, which may carry a path of its own.
fn walk_error(error: ignore::Error, fallback: PathBuf) -> Unscanned {
    let mut path = fallback;
    let mut error = error;
    loop {
        error = match error {
            ignore::Error::WithPath { path: inner, err } => {
                path = inner;
                *err
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
                *err
            }
            ignore::Error::Io(io) => {
                return Unscanned {
                    path: tidy(&path).to_path_buf(),
                    reason: system_reason(&io),
                };
            }
            other => {
                let reason = other.to_string();
                return Unscanned { path, reason };
            }
        };
    }
}
