//! A suppression: why a finding is not reported although it is there.

use serde::Serialize;

use crate::finding::Finding;

/// Who said that a finding is to be left alone, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Suppression {
    /// A comment on the same line.
    Inline {
        /// The comment's first words, such as `hfleaks:allow`.
        marker: String,
        /// What follows them, if anything.
        reason: Option<String>,
    },
    /// The baseline lists it.
    Baseline,
}

/// A finding and why it is not reported.
#[derive(Debug, Clone)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// Why.
    pub suppression: Suppression,
}
