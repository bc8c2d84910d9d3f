//! A hit: where a rule's pattern matched in a view, not yet judged.
//!
//! No reporter sees one; triage makes findings of them.

use std::ops::Range;
use std::sync::Arc;

use crate::encoding::Encoding;
use crate::within::Within;

/// An unjudged match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Where in the view's bytes.
    pub(crate) span: Range<usize>,
    /// Which rule, by its place in the set.
    pub(crate) rule: usize,
    /// Where it can be read, if the view's bytes are an encoding of it.
    pub(crate) decoded: Option<Reading>,
    /// Which part of a structured file it is in.
    pub(crate) within: Option<Within>,
}

/// A match in a text that was decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The text, which several matches share.
    pub(crate) text: Arc<DecodedText>,
    /// Where in its bytes.
    pub(crate) span: Range<usize>,
}

/// A text that was decoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DecodedText {
    pub(crate) bytes: Vec<u8>,
    /// How it was encoded, the outermost encoding first.
    pub(crate) encodings: Vec<Encoding>,
}

impl Hit {
    /// A match that can be read as it is.
    pub(crate) fn new(span: Range<usize>, rule: usize) -> Self {
        Self {
            span,
            rule,
            decoded: None,
            within: None,
        }
    }

    /// The bytes in which it can be read, and where: those of the view, or decoded ones.
    pub(crate) fn text<'t>(&'t self, view: &'t [u8]) -> (&'t [u8], &'t Range<usize>) {
        match &self.decoded {
            Some(reading) => (&reading.text.bytes, &reading.span),
            None => (view, &self.span),
        }
    }

    /// How it is encoded, the outermost encoding first.
    pub(crate) fn encodings(&self) -> &[Encoding] {
        match &self.decoded {
            Some(reading) => &reading.text.encodings,
            None => &[],
        }
    }
}
