//! Literals: the one search that reads every byte of a scan, for all rules at
//! once.
//!
//! One literal costs a `memmem`; a few cost a packed search, which is nearly as
//! fast; only what is neither (many literals, an unusual processor) needs an
//! automaton.

use std::ops::Range;

use aho_corasick::packed;
use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;

/// A search for any of a few literals.
#[derive(Debug)]
pub(super) enum Literals {
    One(Box<memmem::Finder<'static>>),
    Packed(Box<packed::Searcher>),
    Automaton(AhoCorasick),
}

/// Where a literal is, and which.
pub(super) struct Found {
    pub(super) literal: usize,
    pub(super) start: usize,
}

impl Literals {
    /// A search for `literals`, of which none begins with another.
    pub(super) fn new(literals: &[Vec<u8>]) -> Self {
        if let [one] = literals {
            return Self::One(Box::new(memmem::Finder::new(one).into_owned()));
        }
        match packed::Config::new().builder().extend(literals).build() {
            Some(searcher) => Self::Packed(Box::new(searcher)),
            None => Self::Automaton(
                AhoCorasick::builder()
                    .match_kind(MatchKind::LeftmostFirst)
                    .build(literals)
                    .expect("literals are short"),
            ),
        }
    }

    /// The first of them in a part of `bytes`.
    pub(super) fn first_in(&self, bytes: &[u8], part: Range<usize>) -> Option<Found> {
        let found = |literal: usize, start| Found { literal, start };
        match self {
            Self::One(finder) => {
                let start = finder.find(&bytes[part.clone()])?;
                Some(found(0, part.start + start))
            }
            Self::Packed(searcher) => {
                let it = searcher.find_in(bytes, part.into())?;
                Some(found(it.pattern().as_usize(), it.start()))
            }
            Self::Automaton(automaton) => {
                let it = automaton.find(aho_corasick::Input::new(bytes).span(part))?;
                Some(found(it.pattern().as_usize(), it.start()))
            }
        }
    }
}
