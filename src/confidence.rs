//! Confidence: how sure it is that a match is a live kind of credential.
//!
//! It never drops a finding by itself; the user may, with `--min-confidence`.

use serde::{Deserialize, Serialize};

/// Doubt, from most to least.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A placeholder: one character repeated, a sequence, a word.
    Low,
    /// What the rule matches, in another shape than the provider issues.
    Medium,
    /// The exact shape that the provider issues.
    High,
}

impl Confidence {
    /// The name, as options and reports write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}
