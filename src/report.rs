//! A report: everything that a scan can say. Its formats are in the folder of
//! the same name; [`mod@format`] lists them.
//!
//! Findings alone are not a report: what was left out, what was suppressed and
//! above all what could not be scanned belong to it, so that nobody takes a
//! scan that did not happen for a clean one.

pub mod catalogue;
mod claims;
mod csv;
mod first_steps;
pub mod format;
mod github;
mod github_summary;
mod gitlab;
mod history_record;
mod history_text;
mod json;
mod jsonl;
mod junit;
mod level;
mod markdown;
mod markup;
mod message;
mod rdjson;
mod same_token;
mod sarif;
pub(crate) mod summary;
mod text;
pub mod write;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use crate::baseline;
use crate::finding::Finding;
use crate::name_class::NameClass;
use crate::project::Project;
use crate::rule_set::RuleSet;
use crate::suppression::Suppressed;

/// What kind of thing was scanned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Files and folders, and standard input.
    #[default]
    Files,
    /// Everything that a repository holds.
    History,
    /// What the next commit would change.
    Staged,
    /// What some commits introduced.
    Range,
}

impl Scope {
    /// What is counted in it, in the singular.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Files => "file",
            Self::Staged => "staged file",
            Self::History | Self::Range => "object",
        }
    }

    /// What is said where there was nothing to scan.
    #[must_use]
    pub fn nothing(self) -> &'static str {
        match self {
            Self::Files => "no file is left beside what is ignored or excluded",
            Self::History => "the repository holds no objects",
            Self::Staged => "nothing is staged, but for what is excluded",
            Self::Range => "no commit is in the range",
        }
    }
}

/// Why something was left out on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// A lock file.
    Lock,
    /// A list of checksums.
    Checksum,
    /// A minified file.
    Minified,
    /// A file or a whole folder that the user excludes.
    Excluded,
    /// A symbolic link; what it leads to inside the tree is scanned by its own
    /// name.
    Symlink,
    /// A pipe, a socket or a device.
    Special,
    /// A pointer of Git LFS, which stands for a file that is kept elsewhere.
    LfsPointer,
    /// A submodule, whose history is in a repository of its own.
    Submodule,
}

impl SkipReason {
    /// What a person calls such things, in the singular.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Lock => "lock file",
            Self::Checksum => "checksum file",
            Self::Minified => "minified file",
            Self::Excluded => "excluded path",
            Self::Symlink => "symlink",
            Self::Special => "special file",
            Self::LfsPointer => "Git LFS file",
            Self::Submodule => "submodule",
        }
    }
}

impl From<NameClass> for SkipReason {
    fn from(class: NameClass) -> Self {
        match class {
            NameClass::Lock => Self::Lock,
            NameClass::Checksum => Self::Checksum,
            NameClass::Minified => Self::Minified,
        }
    }
}

/// Something that was left out on purpose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Its path.
    pub path: PathBuf,
    /// Why.
    pub reason: SkipReason,
}

/// Something that should have been scanned and was not, or not to its end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unscanned {
    /// Its path.
    pub path: PathBuf,
    /// Why, in a sentence without a full stop.
    pub reason: String,
}

/// What a scan comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was scanned and nothing was found.
    Clean,
    /// Something was found.
    Findings,
    /// Nothing was found, and something could not be scanned.
    Incomplete,
}

/// Everything that a scan can say.
#[derive(Debug)]
pub struct Report {
    /// What kind of thing was scanned.
    pub scope: Scope,
    /// The rules that were looked for.
    pub rules: RuleSet,
    /// The project that the paths belong to.
    pub project: Project,
    /// What was found, in the order of path, position and rule.
    pub findings: Vec<Finding>,
    /// What was found and is not reported, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// How many findings the user asked for, by `--min-confidence`, not to see.
    pub below_min_confidence: u64,
    /// Files that were scanned, or objects of a repository.
    pub files: u64,
    /// Bytes that were scanned.
    pub bytes: u64,
    /// Members of containers that were scanned, at whatever depth.
    pub members: u64,
    /// Bytes of those members.
    pub unpacked: u64,
    /// How many documents each rule of the policy looked at, by the rule's place in the
    /// set. A rule that is not here had nothing to look at.
    pub looked_at: BTreeMap<usize, u64>,
    /// How much was left out on purpose, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// What was left out on purpose, in order of path, where the user asked for
    /// details.
    pub skipped_paths: Vec<Skipped>,
    /// What could not be scanned, in order of path.
    pub unscanned: Vec<Unscanned>,
    /// Entries of the baseline that nothing matches any more.
    pub stale_baseline: Vec<baseline::Entry>,
    /// How long it took.
    pub elapsed: Duration,
}

impl Report {
    /// A report of nothing.
    #[must_use]
    pub(crate) fn new(rules: RuleSet, project: Project) -> Self {
        Self {
            scope: Scope::default(),
            rules,
            project,
            findings: Vec::new(),
            suppressed: Vec::new(),
            below_min_confidence: 0,
            files: 0,
            bytes: 0,
            members: 0,
            unpacked: 0,
            looked_at: BTreeMap::new(),
            skipped: BTreeMap::new(),
            skipped_paths: Vec::new(),
            unscanned: Vec::new(),
            stale_baseline: Vec::new(),
            elapsed: Duration::ZERO,
        }
    }

    /// What the scan comes to.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        if !self.findings.is_empty() {
            Outcome::Findings
        } else if self.unscanned.is_empty() {
            Outcome::Clean
        } else {
            Outcome::Incomplete
        }
    }

    /// Whether everything that should have been scanned was.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.unscanned.is_empty()
    }

    /// Takes over what another thread found.
    pub(crate) fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.suppressed.extend(other.suppressed);
        self.below_min_confidence += other.below_min_confidence;
        self.files += other.files;
        self.bytes += other.bytes;
        self.members += other.members;
        self.unpacked += other.unpacked;
        for (rule, documents) in other.looked_at {
            *self.looked_at.entry(rule).or_default() += documents;
        }
        for (reason, count) in other.skipped {
            *self.skipped.entry(reason).or_default() += count;
        }
        self.skipped_paths.extend(other.skipped_paths);
        self.unscanned.extend(other.unscanned);
    }

    /// Brings everything into its order, which no thread has a say in.
    pub(crate) fn sort(&mut self) {
        self.findings.sort_by(Finding::order);
        self.suppressed.sort_by(|a, b| a.finding.order(&b.finding));
        self.skipped_paths.sort();
        self.unscanned.sort();
        self.unscanned.dedup();
    }
}
