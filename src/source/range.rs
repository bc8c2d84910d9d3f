//! A range: some commits, what they say, and the blobs that they changed.

use std::collections::{BTreeMap, BTreeSet};

use gix::ObjectId;
use rayon::prelude::*;

use super::history::{content, report_unread};
use crate::blob::{Blob, Content, Origin, Role, Sink};
use crate::repository::changes::{Changed, Path, Paths, Trees, changes};
use crate::repository::graph::{Commit, Missing, Parents};
use crate::repository::graph_reader::{named_by_commit, named_by_tag};
use crate::repository::object::{Kind, Number, ObjectError, is_lfs_pointer};
use crate::repository::objects::Objects;
use crate::repository::tree_reader::TreeReader;
use crate::repository::walk::{Data, Unread};
use crate::watch::Watch;

/// Some commits and what they changed.
pub(crate) struct Range<'r> {
    objects: &'r Objects,
    watch: &'r Watch,
    pub(crate) trees: TreeReader<'r>,
    pub(crate) paths: Paths,
    /// The commits, parents before children.
    pub(crate) commits: Vec<Commit>,
    pub(crate) changes: Vec<Change>,
    /// Annotated tags, and what they name.
    pub(crate) tags: Vec<(Number, Number)>,
    /// The commits that cannot be read.
    pub(crate) unread: Vec<Unread>,
}

/// A path at which a commit has another blob than each of its parents.
pub(crate) struct Change {
    pub(crate) commit: Number,
    path: Path,
    before: Vec<Option<Number>>,
    pub(crate) after: Option<Number>,
}

impl Change {
    pub(crate) fn changed(&self) -> (Number, Changed<'_>) {
        let changed = Changed {
            path: self.path,
            before: &self.before,
            after: self.after,
        };
        (self.commit, changed)
    }

    /// The blobs of the commit's parents.
    pub(crate) fn before(&self) -> impl Iterator<Item = Number> {
        self.before.iter().copied().flatten()
    }

    pub(crate) fn path(&self) -> Path {
        self.path
    }
}

impl<'r> Range<'r> {
    pub(crate) fn new(objects: &'r Objects, watch: &'r Watch) -> Self {
        Self {
            objects,
            watch,
            trees: TreeReader::new(objects),
            paths: Paths::default(),
            commits: Vec::new(),
            changes: Vec::new(),
            tags: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// Hands a commit to a sink, and gathers what it changed.
    pub(crate) fn push_commit(&mut self, id: &ObjectId, sink: &mut impl Sink) {
        let Some((number, bytes)) = self.push_message(id, Kind::Commit, Role::Commit, sink) else {
            return;
        };
        let (tree, parents) = named_by_commit(&bytes);
        let tree = self.tree(tree, id);
        for parent in &parents {
            if self.objects.number(parent).is_none() {
                self.miss(parent, Kind::Commit, &id.to_hex().to_string());
            }
        }
        let parents: Parents = parents
            .iter()
            .filter_map(|parent| self.objects.number(parent))
            .collect();
        // Where the parents are not there, everything is taken for new.
        let mut before: Vec<_> = parents.iter().map(|parent| self.tree_of(*parent)).collect();
        if before.is_empty() {
            before.push(None);
        }
        let gathered = &mut self.changes;
        changes(
            &mut self.trees,
            &mut self.paths,
            &before,
            tree,
            &mut |changed| {
                gathered.push(Change {
                    commit: number,
                    path: changed.path,
                    before: changed.before.to_vec(),
                    after: changed.after,
                });
            },
        );
        self.commits.push(Commit {
            number,
            tree,
            parents,
        });
    }

    /// Hands the text of a commit or a tag to a sink, and gives it back; what is not
    /// there or cannot be read is taken note of.
    fn push_message(
        &mut self,
        id: &ObjectId,
        kind: Kind,
        role: Role,
        sink: &mut impl Sink,
    ) -> Option<(Number, Vec<u8>)> {
        let Some(number) = self.objects.number(id) else {
            self.miss(id, kind, "the range");
            return None;
        };
        match self.objects.read(id) {
            Ok((_, bytes)) => {
                self.watch.saw(bytes.len() as u64);
                sink.blob(Blob {
                    origin: Origin::Git { id: *id, role },
                    class: None,
                    content: Content::Bytes(&bytes),
                });
                Some((number, bytes))
            }
            Err(error) => {
                self.unread.push(Unread { number, error });
                None
            }
        }
    }

    /// Hands an annotated tag to a sink.
    pub(crate) fn push_tag(&mut self, id: &ObjectId, sink: &mut impl Sink) {
        let Some((number, bytes)) = self.push_message(id, Kind::Tag, Role::Tag, sink) else {
            return;
        };
        let target = named_by_tag(&bytes).and_then(|(id, _)| self.objects.number(&id));
        self.tags.extend(target.map(|target| (number, target)));
    }

    /// The number of the tree that a commit names.
    fn tree(&mut self, tree: Option<ObjectId>, commit: &ObjectId) -> Option<Number> {
        let id = tree?;
        let number = self.objects.number(&id);
        if number.is_none() {
            self.miss(&id, Kind::Tree, &commit.to_hex().to_string());
        }
        number
    }

    /// Takes note of an object that is named and not there.
    fn miss(&mut self, id: &ObjectId, kind: Kind, named_by: &str) {
        let named_by = named_by.as_bytes().to_vec();
        self.trees.missing.insert(*id, Missing { kind, named_by });
    }

    fn tree_of(&mut self, commit: Number) -> Option<Number> {
        match self.objects.read(&self.objects.id(commit)) {
            Ok((_, bytes)) => self.tree(named_by_commit(&bytes).0, &self.objects.id(commit)),
            Err(error) => {
                self.unread.push(Unread {
                    number: commit,
                    error,
                });
                None
            }
        }
    }

    /// The blobs that the commits brought, those that are not there among them.
    pub(crate) fn brought(&self) -> BTreeSet<Number> {
        self.changes.iter().filter_map(|it| it.after).collect()
    }

    /// The objects that are named and not there, some blobs among them.
    pub(crate) fn missing(&self, blobs: &BTreeSet<Number>) -> BTreeMap<ObjectId, Missing> {
        let absent = blobs.iter().filter_map(|blob| self.trees.absent(*blob));
        let mut missing = self.trees.missing.clone();
        missing.extend(absent.cloned());
        missing
    }

    /// The blobs that were at a path before, or are there in `HEAD`, for each path at which
    /// the commits brought one that `holds` something.
    pub(crate) fn beside(
        &self,
        holds: impl Fn(Number) -> bool,
        in_head: &[(Path, Number)],
    ) -> BTreeSet<Number> {
        let brings = |change: &&Change| change.after.is_some_and(&holds);
        let paths: BTreeSet<Path> = self
            .changes
            .iter()
            .filter(brings)
            .map(Change::path)
            .collect();
        let changed = self.changes.iter().filter(|it| paths.contains(&it.path()));
        let in_head = in_head.iter().filter(|(path, _)| paths.contains(path));
        changed
            .flat_map(Change::before)
            .chain(in_head.map(|(_, blob)| *blob))
            .collect()
    }

    /// The blobs that are in `HEAD` at the paths that changed.
    pub(crate) fn in_head(&mut self, head: Option<&ObjectId>) -> Vec<(Path, Number)> {
        let number = head.and_then(|head| self.objects.number(head));
        let tree = number.and_then(|head| self.tree_of(head));
        let changed: BTreeSet<Path> = self.changes.iter().map(Change::path).collect();
        let mut found = Vec::new();
        for path in changed {
            let mut at = tree;
            for name in self.paths.names(path) {
                let children = at.map(|tree| self.trees.children(tree));
                let child = children
                    .iter()
                    .flat_map(|it| it.iter())
                    .find(|it| it.name == name);
                at = child.map(|child| child.number);
            }
            let blob = at.filter(|blob| self.trees.is_blob(*blob));
            found.extend(blob.map(|blob| (path, blob)));
        }
        found
    }
}

/// Hands blobs to sinks, each thread with its own, and gives back the pointers of
/// Git LFS among them. What cannot be read is reported.
pub(crate) fn push_blobs<S: Sink>(
    objects: &Objects,
    blobs: &BTreeSet<Number>,
    watch: &Watch,
    sink: &(dyn Fn() -> S + Sync),
) -> Vec<Number> {
    let all: Vec<Number> = blobs
        .iter()
        .copied()
        .filter(|blob| *blob < objects.len())
        .collect();
    let (pointers, unread): (Vec<_>, Vec<_>) = all
        .par_chunks(64)
        .map(|blobs| {
            let mut sink = sink();
            let (mut pointers, mut unread) = (Vec::new(), Vec::new());
            for &number in blobs {
                if watch.is_stopped() {
                    break;
                }
                match push_blob(objects, number, watch, &mut sink) {
                    Ok(true) => pointers.push(number),
                    Ok(false) => {}
                    Err(error) => unread.push(Unread { number, error }),
                }
            }
            (pointers, unread)
        })
        .unzip();
    let unread: Vec<Unread> = unread.into_iter().flatten().collect();
    report_unread(objects, &unread, usize::MAX, &mut sink());
    pointers.into_iter().flatten().collect()
}

/// Hands a blob to a sink; whether it is a pointer of Git LFS.
fn push_blob(
    objects: &Objects,
    number: Number,
    watch: &Watch,
    sink: &mut impl Sink,
) -> Result<bool, ObjectError> {
    let id = objects.id(number);
    let mut is_pointer = false;
    objects.lend(number, watch, |kind, data| {
        if kind != Kind::Blob {
            return;
        }
        if let Data::Bytes(bytes) = data {
            watch.saw(bytes.len() as u64);
            is_pointer = is_lfs_pointer(bytes);
        }
        sink.blob(Blob {
            origin: Origin::Git {
                id,
                role: Role::Blob,
            },
            class: None,
            content: content(data),
        });
    })?;
    Ok(is_pointer)
}
