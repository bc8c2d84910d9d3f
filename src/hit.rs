//! A hit: where a rule's pattern matched in a view, not yet judged.
//!
//! No reporter sees one; triage makes findings of them.

use std::ops::Range;

/// An unjudged match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Where in the view's bytes.
    pub(crate) span: Range<usize>,
    /// Which rule, by its place in the set.
    pub(crate) rule: usize,
}
