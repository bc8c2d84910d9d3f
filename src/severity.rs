//! Severity: how much damage a leaked credential of a rule can do.
//!
//! It is a property of the rule. Doubt about a single finding is its
//! [`Confidence`](crate::confidence::Confidence).

use serde::{Deserialize, Serialize};

/// Damage, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// Opens something of limited value.
    Medium,
    /// Opens private data or lets a stranger publish.
    High,
    /// Opens everything.
    Critical,
}

impl Severity {
    /// The name, as rules and reports write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}
