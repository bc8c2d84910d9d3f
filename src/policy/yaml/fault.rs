//! Faults: why a file is not read, and in which line.

use std::fmt;

use saphyr_parser::{ScanError, Span};

/// Why a file is no YAML that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// In which line, from 1.
    pub(crate) line: usize,
    /// What is wrong there.
    pub(crate) reason: String,
}

impl Fault {
    pub(super) fn new(span: &Span, reason: &str) -> Self {
        Self {
            line: span.start.line().max(1),
            reason: reason.to_owned(),
        }
    }
}

impl Fault {
    /// That a file has more in it than is looked at.
    pub(crate) fn too_large() -> Self {
        Self {
            line: 1,
            reason: "it is too large to be looked at".to_owned(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: {}", self.line, self.reason)
    }
}

impl From<ScanError> for Fault {
    fn from(error: ScanError) -> Self {
        Self {
            line: error.marker().line().max(1),
            reason: format!("not YAML: {}", error.info()),
        }
    }
}
