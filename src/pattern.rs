//! A pattern: what a kind of credential looks like, as an expression over bytes
//! and, where it is of that form, as a shape.

use std::ops::Range;
use std::sync::Arc;

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, ClassBytesRange, Hir, HirKind};
use serde::Deserialize;

use crate::shape::Shape;

/// A regular expression over bytes.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern {
    regex: Regex,
    /// The same without an expression, where it is of that form.
    shape: Option<Arc<Shape>>,
}

impl Pattern {
    /// The compiled expression.
    #[must_use]
    pub fn regex(&self) -> &Regex {
        &self.regex
    }

    /// What finds the same without an expression, where that can be.
    pub(crate) fn shape(&self) -> Option<&Arc<Shape>> {
        self.shape.as_ref()
    }

    /// The length of the shortest match, in bytes; none if nothing matches.
    pub(crate) fn shortest_match(&self) -> Option<usize> {
        parsed(&self.regex).properties().minimum_len()
    }

    /// All matches, also those that begin within another one; every one contains
    /// `literal`.
    pub(crate) fn all_in(&self, bytes: &[u8], literal: &str) -> Vec<Range<usize>> {
        let Some(first) = memchr::memmem::find(bytes, literal.as_bytes()) else {
            return Vec::new();
        };
        if let Some(shape) = &self.shape {
            return shape.all_in(bytes, first);
        }
        let mut matches = Vec::new();
        let mut at = 0;
        while let Some(found) = self.regex.find_at(bytes, at) {
            at = found.start() + 1;
            matches.push(found.range());
        }
        matches
    }

    /// What a pattern of the form `literal[class]{length}` says.
    pub(crate) fn issued(&self) -> Option<Issued> {
        let parsed = parsed(&self.regex);
        let HirKind::Concat(parts) = parsed.kind() else {
            return None;
        };
        let [literal, repetition] = parts.as_slice() else {
            return None;
        };
        let (HirKind::Literal(_), HirKind::Repetition(repetition)) =
            (literal.kind(), repetition.kind())
        else {
            return None;
        };
        let HirKind::Class(Class::Bytes(class)) = repetition.sub.kind() else {
            return None;
        };
        let sizes = class.ranges().iter().map(ClassBytesRange::len);
        (repetition.max == Some(repetition.min)).then_some(Issued {
            length: usize::try_from(repetition.min).ok()?,
            alphabet: sizes.sum(),
        })
    }

    /// Whether the pattern describes all of `bytes`.
    #[must_use]
    pub fn describes(&self, bytes: &[u8]) -> bool {
        self.regex
            .find(bytes)
            .is_some_and(|found| found.start() == 0 && found.end() == bytes.len())
    }
}

impl TryFrom<String> for Pattern {
    type Error = regex::Error;

    fn try_from(pattern: String) -> Result<Self, regex::Error> {
        let regex = RegexBuilder::new(&pattern).unicode(false).build()?;
        let shape = Shape::of(&parsed(&regex)).map(Arc::new);
        Ok(Self { regex, shape })
    }
}

fn parsed(regex: &Regex) -> Hir {
    let mut parser = regex_syntax::ParserBuilder::new();
    let parser = parser.unicode(false).utf8(false);
    let parsed = parser.build().parse(regex.as_str());
    parsed.expect("the pattern compiled, so it parses")
}

/// The random characters of what a provider issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issued {
    /// How many there are.
    pub length: usize,
    /// How many different ones they are drawn from.
    pub alphabet: usize,
}
