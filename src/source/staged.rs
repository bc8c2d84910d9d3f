//! What is staged: the blobs of the index that differ from `HEAD`. The files of
//! the working tree have no say.
//!
//! Folders that the index knows to be as in `HEAD` are not looked into.

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::index::entry::{Flags, Mode};
use gix::index::extension::Tree as Cached;
use gix::index::{Entry, File as Index};

use crate::repository::object::Kind;
use crate::repository::stored::Folder;

/// A blob that is staged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Staged {
    /// Its path from the root of the repository, as git writes it.
    pub(crate) path: Vec<u8>,
    pub(crate) id: ObjectId,
}

/// What an index has that `HEAD` has not.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) blobs: Vec<Staged>,
    /// The submodules that are staged.
    pub(crate) submodules: Vec<Vec<u8>>,
    /// What could not be compared, and why.
    pub(crate) faults: Vec<(Vec<u8>, String)>,
}

/// Reads a tree, or says why it cannot.
pub(crate) type ReadTree<'r> = dyn Fn(&ObjectId) -> Result<Folder, String> + 'r;

/// Compares an index with the tree of `HEAD`, if there is one.
pub(crate) fn changes(index: &Index, head: Option<ObjectId>, read_tree: &ReadTree<'_>) -> Changes {
    let mut comparison = Comparison {
        index,
        read_tree,
        changes: Changes::default(),
    };
    comparison.folder(head, 0, index.entries(), index.tree());
    let mut changes = comparison.changes;
    changes.blobs.sort();
    changes.blobs.dedup();
    changes
}

struct Comparison<'c> {
    index: &'c Index,
    read_tree: &'c ReadTree<'c>,
    changes: Changes,
}

impl Comparison<'_> {
    /// Compares the entries of a folder, whose path has `prefix` bytes, with the
    /// folder that `HEAD` has there.
    fn folder(
        &mut self,
        head: Option<ObjectId>,
        prefix: usize,
        entries: &[Entry],
        cached: Option<&Cached>,
    ) {
        let is_valid = |cached: &&Cached| {
            cached
                .num_entries
                .is_some_and(|count| count as usize == entries.len())
        };
        if let (Some(head), Some(cached)) = (head, cached.filter(is_valid))
            && cached.id == head
        {
            return;
        }
        let before = self.read(head, entries, prefix);
        let mut rest = entries;
        while let Some(first) = rest.first() {
            let below = &first.path(self.index)[prefix..];
            let Some(slash) = below.find_byte(b'/') else {
                self.entry(first, before.get(below.as_bytes()));
                rest = &rest[1..];
                continue;
            };
            let name = &below[..slash];
            let old = before.get(name.as_bytes());
            if first.mode == Mode::DIR {
                let old = old
                    .filter(|(kind, _)| *kind == Kind::Tree)
                    .map(|(_, id)| *id);
                self.sparse(&first.path(self.index)[..prefix + slash], old, first.id);
                rest = &rest[1..];
                continue;
            }
            let is_in =
                |entry: &Entry| entry.path(self.index)[prefix..].starts_with(&below[..=slash]);
            let (inside, after) = rest.split_at(rest.partition_point(is_in));
            let old = old
                .filter(|(kind, _)| *kind == Kind::Tree)
                .map(|(_, id)| *id);
            let cached = cached.and_then(|cached| {
                cached
                    .children
                    .iter()
                    .find(|child| child.name.as_slice() == name.as_bytes())
            });
            self.folder(old, prefix + slash + 1, inside, cached);
            rest = after;
        }
    }

    /// The folder that `HEAD` has where `entries` are.
    fn read(&mut self, head: Option<ObjectId>, entries: &[Entry], prefix: usize) -> Folder {
        let Some(head) = head else {
            return Folder::new();
        };
        (self.read_tree)(&head).unwrap_or_else(|reason| {
            let path = entries
                .first()
                .map(|entry| entry.path(self.index)[..prefix].to_vec());
            self.changes.faults.push((path.unwrap_or_default(), reason));
            Folder::new()
        })
    }

    /// Compares a file of the index with what `HEAD` has at its path.
    fn entry(&mut self, entry: &Entry, before: Option<&(Kind, ObjectId)>) {
        // `git add --intent-to-add` announces a file; nothing of it is staged.
        if entry.flags.contains(Flags::INTENT_TO_ADD)
            || before.is_some_and(|(_, id)| *id == entry.id)
        {
            return;
        }
        let path = entry.path(self.index).to_vec();
        if entry.mode == Mode::COMMIT {
            self.changes.submodules.push(path);
        } else {
            let id = entry.id;
            self.changes.blobs.push(Staged { path, id });
        }
    }

    /// Compares a folder that the index holds as a whole, because it is outside of
    /// the sparse checkout.
    fn sparse(&mut self, path: &[u8], before: Option<ObjectId>, after: ObjectId) {
        if before == Some(after) {
            return;
        }
        let mut read = |id: Option<ObjectId>| match id.map(|id| (self.read_tree)(&id)) {
            Some(Ok(folder)) => folder,
            Some(Err(reason)) => {
                self.changes.faults.push((path.to_vec(), reason));
                Folder::new()
            }
            None => Folder::new(),
        };
        let (before, after) = (read(before), read(Some(after)));
        for (name, (kind, id)) in after {
            let old = before
                .get(&name)
                .filter(|(old, _)| *old == kind)
                .map(|(_, id)| *id);
            let path = [path, &name].join(&b'/');
            match kind {
                _ if old == Some(id) => {}
                Kind::Tree => self.sparse(&path, old, id),
                Kind::Commit => self.changes.submodules.push(path),
                Kind::Blob | Kind::Tag => self.changes.blobs.push(Staged { path, id }),
            }
        }
    }
}
