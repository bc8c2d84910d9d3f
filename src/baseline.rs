//! A baseline: the findings a project knows of and does not want to hear about
//! again.
//!
//! Its file is for version control: sorted, without line numbers, times or
//! secrets. An entry covers a token at a path, wherever in the file it moves
//! and however often it stands there.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use crate::mask::Mask;

/// The version of the file format.
const VERSION: u32 = 1;

/// A finding that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Path in the project, for people; the fingerprint covers it.
    pub path: String,
    /// Id of the rule, for people; the fingerprint covers it.
    pub rule: String,
    /// The finding's fingerprint.
    pub fingerprint: Fingerprint,
}

/// Known findings.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    entries: BTreeSet<Entry>,
    fingerprints: HashSet<Fingerprint>,
    names: HashSet<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    findings: BTreeSet<Entry>,
}

/// Why a baseline cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// The file cannot be read.
    #[error("cannot read the baseline {}: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not a baseline.
    #[error("{}: not a baseline: {source}; write one with --write-baseline", .path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        source: serde_json::Error,
    },
    /// The file is of another version of the program.
    #[error("{}: baseline version {version} is not known here; write it anew with --write-baseline", .path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// The version it says it has.
        version: u32,
    },
}

impl Entry {
    /// The entry of a finding.
    #[must_use]
    pub fn new(finding: &Finding, mask: &Mask) -> Self {
        Self {
            path: mask.text(finding.project_path.bytes()),
            rule: finding.rule.id.clone(),
            fingerprint: finding.fingerprint,
        }
    }
}

impl Entry {
    /// The same for the eyes of a person: anybody may have edited the file.
    #[must_use]
    pub(crate) fn masked(&self, mask: &Mask) -> Self {
        Self {
            path: mask.text(self.path.as_bytes()),
            rule: mask.text(self.rule.as_bytes()),
            fingerprint: self.fingerprint,
        }
    }
}

impl Baseline {
    /// The baseline of some findings.
    pub fn of<'a>(findings: impl Iterator<Item = &'a Finding>, mask: &Mask) -> Self {
        Self::from_entries(findings.map(|finding| Entry::new(finding, mask)).collect())
    }

    fn from_entries(entries: BTreeSet<Entry>) -> Self {
        let fingerprints = entries.iter().map(|entry| entry.fingerprint).collect();
        let name = |entry: &Entry| entry.path.rsplit('/').next().map(str::to_owned);
        Self {
            names: entries.iter().filter_map(name).collect(),
            entries,
            fingerprints,
        }
    }

    /// Reads a baseline's file.
    ///
    /// # Errors
    /// A [`BaselineError`] of the kind that fits.
    pub fn read(path: &Path) -> Result<Self, BaselineError> {
        let path_buf = || path.to_path_buf();
        let text = fs::read(path).map_err(|source| BaselineError::Unreadable {
            path: path_buf(),
            source,
        })?;
        let document: Document =
            serde_json::from_slice(&text).map_err(|source| BaselineError::Broken {
                path: path_buf(),
                source,
            })?;
        if document.version != VERSION {
            return Err(BaselineError::Version {
                path: path_buf(),
                version: document.version,
            });
        }
        Ok(Self::from_entries(document.findings))
    }

    /// The text of its file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let document = Document {
            version: VERSION,
            findings: self.entries.clone(),
        };
        let mut text =
            serde_json::to_string_pretty(&document).expect("a baseline has nothing JSON has not");
        text.push('\n');
        text
    }

    /// Whether it lists a finding.
    #[must_use]
    pub fn contains(&self, fingerprint: &Fingerprint) -> bool {
        self.fingerprints.contains(fingerprint)
    }

    /// Whether an entry's file has the name of `path`.
    #[must_use]
    pub(crate) fn has_name(&self, path: &Path) -> bool {
        let name = path.file_name().and_then(std::ffi::OsStr::to_str);
        !self.names.is_empty() && name.is_some_and(|name| self.names.contains(name))
    }

    /// Its entries, in the order of the file.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.iter()
    }
}
