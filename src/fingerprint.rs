//! A fingerprint: names a finding without telling where in the file it is or
//! what the token is.
//!
//! It survives what a line number does not: moved lines, a squash, a rebase. It
//! says which token at which path; a [`TokenId`] says which token, wherever it
//! stands.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// The digest of a rule's id, a path in the project and a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Fingerprint(Digest);

/// The digest of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct TokenId(Digest);

impl Fingerprint {
    /// The fingerprint of a token that `rule` finds at `path`, the slashed path
    /// from the project's root.
    #[must_use]
    pub fn new(rule: &str, path: &[u8], token: &[u8]) -> Self {
        Self(Digest::of(&[rule.as_bytes(), path, token]))
    }
}

impl Fingerprint {
    /// The fingerprint of a breach that `rule` finds at `path`: of what stands there, of what
    /// is said of it, and of how many of the same stand before it. So a second one like it is
    /// another finding, and moved lines are not.
    #[must_use]
    pub(crate) fn of_breach(
        rule: &str,
        path: &[u8],
        text: &[u8],
        message: &str,
        before: u64,
    ) -> Self {
        let before = before.to_le_bytes();
        let parts = [rule.as_bytes(), path, text, message.as_bytes(), &before];
        Self(Digest::of(&parts))
    }
}

impl TokenId {
    /// The identity of a token.
    #[must_use]
    pub fn new(token: &[u8]) -> Self {
        Self(Digest::of(&[token]))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
