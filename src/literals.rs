//! Literals: the search that reads every byte of a scan, for all rules at once, and
//! for the signs of encodings.
//!
//! One literal costs a `memmem`; a few cost a packed search, which is nearly as
//! fast; only what is neither (many literals, an unusual processor) needs an
//! automaton.

use std::ops::Range;

use aho_corasick::packed;
use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;

use crate::shape::stands_at;

/// A search for any of a few literals.
#[derive(Debug)]
pub(crate) struct Literals {
    texts: Vec<Vec<u8>>,
    /// What they begin with.
    is_first: Box<[bool; 256]>,
    search: Search,
}

#[derive(Debug)]
enum Search {
    One(Box<memmem::Finder<'static>>),
    Packed(Box<packed::Searcher>),
    Automaton(AhoCorasick),
}

/// Where a literal is, and which.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) literal: usize,
    pub(crate) start: usize,
}

/// Where one literal stood, the next is looked for in so many bytes by hand, before
/// a search begins, which costs as much as that.
const NEAR: usize = 16;

impl Literals {
    /// A search for `literals`, of which none begins with another.
    pub(crate) fn new(literals: Vec<Vec<u8>>) -> Self {
        let mut is_first = Box::new([false; 256]);
        for first in literals.iter().filter_map(|literal| literal.first()) {
            is_first[usize::from(*first)] = true;
        }
        Self {
            search: Search::new(&literals),
            is_first,
            texts: literals,
        }
    }

    /// What is looked for.
    pub(crate) fn texts(&self) -> &[Vec<u8>] {
        &self.texts
    }

    /// The first of them in a part of `bytes`.
    pub(crate) fn first_in(&self, bytes: &[u8], part: Range<usize>) -> Option<Found> {
        self.search.first_in(bytes, part)
    }

    /// All of them from a place on, one behind the other.
    pub(crate) fn all_from(&self, bytes: &[u8], from: usize) -> impl Iterator<Item = Found> {
        let mut from = from.min(bytes.len());
        std::iter::from_fn(move || {
            let found = self.search.first_in(bytes, from..bytes.len())?;
            // Another one may begin within it.
            from = found.start + 1;
            Some(found)
        })
    }

    /// The same where one stood right before: a text may be full of them.
    pub(crate) fn next_in(&self, bytes: &[u8], part: Range<usize>) -> Option<Found> {
        let near = part.start..part.end.min(part.start + NEAR);
        let next = self.near_in(bytes, near.clone()).next();
        next.or_else(|| self.search.first_in(bytes, near.end..part.end))
    }

    /// All that begin in a short part of `bytes`.
    pub(crate) fn near_in(&self, bytes: &[u8], part: Range<usize>) -> impl Iterator<Item = Found> {
        let may_begin = |start: &usize| self.is_first[usize::from(bytes[*start])];
        part.filter(may_begin).filter_map(|start| {
            let mut literals = self.texts.iter();
            let literal = literals.position(|literal| stands_at(literal, bytes, start))?;
            Some(Found { literal, start })
        })
    }
}

impl Search {
    fn new(literals: &[Vec<u8>]) -> Self {
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

    fn first_in(&self, bytes: &[u8], part: Range<usize>) -> Option<Found> {
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
