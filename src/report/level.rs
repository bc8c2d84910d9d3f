//! A level: how loudly a finding is told by the formats that know three tones.

use std::cmp::Reverse;

use serde_sarif::sarif::ResultLevel;

use crate::confidence::Confidence;
use crate::finding::Finding;
use crate::severity::Severity;

/// A tone, from loudest to quietest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Error,
    Warning,
    Note,
}

impl Level {
    /// The level of a finding: that of its severity, but a note where the
    /// finding is doubtful.
    pub(crate) fn of(finding: &Finding) -> Self {
        match finding.confidence {
            Confidence::Low => Self::Note,
            Confidence::Medium | Confidence::High => Self::of_severity(finding.severity),
        }
    }

    /// The level of a rule.
    pub(crate) fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::High => Self::Error,
            Severity::Medium => Self::Warning,
            Severity::Low => Self::Note,
        }
    }

    /// The word for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }

    /// The word of a GitHub workflow command.
    pub(crate) fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "notice",
        }
    }
}

/// Findings, the loudest and among those the surest first; otherwise in the
/// order of the report.
pub(crate) fn loudest_first(findings: &[Finding]) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = findings.iter().collect();
    findings.sort_by_key(|finding| (Level::of(finding), Reverse(finding.confidence)));
    findings
}

impl From<Level> for ResultLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning => Self::Warning,
            Level::Note => Self::Note,
        }
    }
}
