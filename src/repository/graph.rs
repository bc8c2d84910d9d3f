//! The graph of a repository's history: its commits and their parents, its
//! trees and what is in them, as far as somebody asks.
//!
//! A tree is kept as its difference to the tree that the pack makes it from:
//! a few entries where it has hundreds. Of blobs only those are kept that were
//! asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gix::ObjectId;
use smallvec::SmallVec;

use super::object::{Kind, Number};

/// A name in a tree, by its place in [`Graph::names`].
pub(crate) type Name = u32;

/// Something in a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Child {
    pub(crate) name: Name,
    pub(crate) number: Number,
}

/// The history, as far as it was asked for.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// All commits, in no order.
    pub(crate) commits: Vec<Commit>,
    /// What annotated tags name.
    pub(crate) tags: Vec<(Number, Number)>,
    /// All trees, each after the one that it is told by.
    pub(crate) trees: Vec<Tree>,
    pub(super) changes: Vec<Change>,
    pub(crate) names: Vec<Box<[u8]>>,
    /// The objects that something here names and that are not there, and a name
    /// they have.
    pub(crate) missing: BTreeMap<ObjectId, Missing>,
    /// The names of submodules, whose objects are in repositories of their own.
    pub(crate) submodules: BTreeSet<Vec<u8>>,
}

/// A commit.
#[derive(Debug)]
pub(crate) struct Commit {
    pub(crate) number: Number,
    /// Its tree; `None` if that is missing.
    pub(crate) tree: Option<Number>,
    /// Its parents, without the missing ones.
    pub(crate) parents: Parents,
}

/// The parents of a commit.
pub(crate) type Parents = SmallVec<[Number; 2]>;

/// A tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tree {
    pub(crate) number: Number,
    /// The tree that it is told by, by its place among the trees.
    pub(crate) base: Option<u32>,
    /// Where its differences end; they begin where those before end.
    pub(super) changes_end: u32,
}

/// A difference of a tree to its base.
///
/// There are millions of them, so that the way is kept in a bit of the name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    name_and_how: u32,
    number: Number,
}

impl Change {
    const REMOVED: u32 = 1 << 31;

    pub(super) fn new(child: Child, how: How) -> Self {
        assert!(child.name < Self::REMOVED, "names are counted with 31 bits");
        let way = match how {
            How::Added => 0,
            How::Removed => Self::REMOVED,
        };
        Self {
            name_and_how: child.name | way,
            number: child.number,
        }
    }

    /// What was added or removed.
    pub(crate) fn child(self) -> Child {
        Child {
            name: self.name_and_how & !Self::REMOVED,
            number: self.number,
        }
    }

    pub(crate) fn how(self) -> How {
        if self.name_and_how & Self::REMOVED == 0 {
            How::Added
        } else {
            How::Removed
        }
    }
}

/// How a tree differs from its base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Added,
    Removed,
}

/// An object that is not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Missing {
    pub(crate) kind: Kind,
    /// What names it: the name of a file or folder, or the id of a commit or tag.
    pub(crate) named_by: Vec<u8>,
}

impl Graph {
    /// The graph of some commits alone.
    pub(crate) fn of_commits(
        commits: Vec<Commit>,
        tags: Vec<(Number, Number)>,
        names: Vec<Box<[u8]>>,
    ) -> Self {
        Self {
            commits,
            tags,
            names,
            ..Self::default()
        }
    }

    /// The differences of the tree at a place.
    pub(crate) fn changes_at(&self, tree: usize) -> &[Change] {
        let start = tree
            .checked_sub(1)
            .map_or(0, |before| self.trees[before].changes_end);
        &self.changes[start as usize..self.trees[tree].changes_end as usize]
    }

    /// Takes over what another thread has read.
    pub(crate) fn merge(&mut self, part: Self) {
        if self.trees.is_empty() && self.commits.is_empty() && self.missing.is_empty() {
            // The first is not worth a copy.
            let tags = std::mem::take(&mut self.tags);
            let submodules = std::mem::take(&mut self.submodules);
            *self = part;
            self.tags.extend(tags);
            self.submodules.extend(submodules);
            return;
        }
        self.trees.reserve_exact(part.trees.len());
        self.changes.reserve_exact(part.changes.len());
        self.commits.reserve_exact(part.commits.len());
        let trees = u32::try_from(self.trees.len()).expect("trees are counted with 32 bits");
        let changes = u32::try_from(self.changes.len()).expect("changes are counted with 32 bits");
        let mut known: HashMap<Box<[u8]>, Name> = (0..)
            .zip(&self.names)
            .map(|(name, text)| (text.clone(), name))
            .collect();
        let mut names = Vec::with_capacity(part.names.len());
        for text in part.names {
            let next = Name::try_from(self.names.len()).expect("names are counted with 32 bits");
            let name = *known.entry(text.clone()).or_insert(next);
            if name == next {
                self.names.push(text);
            }
            names.push(name);
        }
        self.commits.extend(part.commits);
        self.tags.extend(part.tags);
        self.trees.extend(part.trees.into_iter().map(|tree| Tree {
            base: tree.base.map(|base| base + trees),
            changes_end: tree.changes_end + changes,
            ..tree
        }));
        self.changes.extend(part.changes.into_iter().map(|change| {
            let Child { name, number } = change.child();
            let name = names[name as usize];
            Change::new(Child { name, number }, change.how())
        }));
        self.missing.extend(part.missing);
        self.submodules.extend(part.submodules);
    }
}
