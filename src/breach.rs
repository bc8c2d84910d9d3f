//! A breach: where a file handles a token so that it may leak, not yet judged.
//!
//! It is to a practice what a [`Hit`](crate::hit::Hit) is to a credential. No reporter
//! sees one; triage makes findings of them.

use std::ops::Range;

use crate::confidence::Confidence;
use crate::within::Within;

/// An unjudged breach of a practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Breach {
    /// Where in the file's bytes.
    pub(crate) span: Range<usize>,
    /// Which rule, by its place in the set.
    pub(crate) rule: usize,
    /// What is done here, in a sentence without a full stop. Names in it are the file's own
    /// and not to be trusted.
    pub(crate) message: String,
    /// What may be a secret there, though it is no token that a rule knows.
    pub(crate) secret: Option<Range<usize>>,
    /// How sure it is.
    pub(crate) confidence: Confidence,
    /// Which part of a structured file it is in.
    pub(crate) within: Option<Within>,
}
