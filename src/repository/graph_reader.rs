//! Reads a graph: takes commits, tags and trees one by one, from one thread.

use std::collections::{HashMap, HashSet};

use gix::ObjectId;
use gix::bstr::ByteSlice;

use super::delta::Common;
use super::graph::{Change, Child, Commit, Graph, How, Missing, Name, Tree};
use super::number_set::NumberSet;
use super::object::{Kind, Number};
use super::objects::Objects;
use super::tree_entries::{Entries, Entry, EntryKind};

/// One thread's part of reading a graph.
pub(crate) struct GraphReader<'g> {
    objects: &'g Objects,
    /// The blobs that are asked for.
    wanted: &'g NumberSet,
    graph: Graph,
    names: HashMap<Box<[u8]>, Name>,
    present: Present,
}

/// What is kept of a tree while those that are made from it are read.
pub(crate) struct Kept {
    /// Its place among the trees.
    place: u32,
    /// The trees and wanted blobs in it, in its order.
    children: Vec<KeptChild>,
    /// Where some of its entries begin, ascending: places where reading may begin
    /// or stop.
    anchors: Vec<u32>,
    length: usize,
}

#[derive(Clone, Copy)]
struct KeptChild {
    key: Key,
    /// Where its entry begins.
    start: u32,
    child: Child,
}

/// The first sixteen bytes of an id: enough to tell objects apart, and compared
/// at once.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key(u128);

impl Key {
    fn of(id: &[u8]) -> Self {
        let bytes = id.first_chunk().expect("no hash is that short");
        Self(u128::from_le_bytes(*bytes))
    }
}

impl<'g> GraphReader<'g> {
    /// Reads what leads to `wanted` blobs.
    pub(crate) fn new(objects: &'g Objects, wanted: &'g NumberSet) -> Self {
        Self {
            objects,
            wanted,
            graph: Graph::default(),
            names: HashMap::new(),
            present: Present::new(),
        }
    }

    /// What was read.
    pub(crate) fn finish(self) -> Graph {
        self.graph
    }

    /// Takes a commit.
    pub(crate) fn commit(&mut self, number: Number, bytes: &[u8]) {
        let (tree, parents) = named_by_commit(bytes);
        let tree = tree.and_then(|id| self.named(&id, Kind::Tree, number));
        let named = |id: &ObjectId| self.named(id, Kind::Commit, number);
        let parents = parents.iter().filter_map(named).collect();
        self.graph.commits.push(Commit {
            number,
            tree,
            parents,
        });
    }

    /// Takes an annotated tag.
    pub(crate) fn tag(&mut self, number: Number, bytes: &[u8]) {
        if let Some((id, kind)) = named_by_tag(bytes)
            && let Some(target) = self.named(&id, kind, number)
        {
            self.graph.tags.push((number, target));
        }
    }

    /// The number of an object that a commit or a tag names.
    fn named(&mut self, id: &ObjectId, kind: Kind, by: Number) -> Option<Number> {
        let number = self.objects.number(id);
        if number.is_none() {
            let named_by = self.objects.id(by).to_hex().to_string().into_bytes();
            self.graph.missing.insert(*id, Missing { kind, named_by });
        }
        number
    }

    /// Takes a tree, and the one that the pack makes it from, if there is one.
    ///
    /// What both have in common has been read there, and is not read again. That
    /// is nearly all of it.
    pub(crate) fn tree(
        &mut self,
        number: Number,
        bytes: &[u8],
        base: Option<(&Kept, Common)>,
    ) -> Kept {
        let nothing = Kept::nothing();
        let (kept, common) = base.unwrap_or((&nothing, Common::default()));
        let read = kept.unshared(common);
        // Where in the tree the base's last common part begins.
        let stop = bytes.len() - (kept.length - read.stop);
        let mut new = Kept {
            place: self.next_place(),
            children: kept.children[..read.children.start].to_vec(),
            anchors: kept.anchors[..read.anchors.start].to_vec(),
            length: bytes.len(),
        };
        let before = &kept.children[read.children.clone()];
        self.entries(&bytes[..stop], read.start, before, &mut new);
        let after = &new.children[read.children.start..];
        differences(before, after, &mut self.graph.changes);
        let moved = |place: u32| place_in_tree(place as usize + stop - read.stop);
        new.children.extend(
            kept.children[read.children.end..]
                .iter()
                .map(|child| KeptChild {
                    start: moved(child.start),
                    ..*child
                }),
        );
        new.anchors.extend(
            kept.anchors[read.anchors.end..]
                .iter()
                .map(|anchor| moved(*anchor)),
        );
        let changes_end = u32::try_from(self.graph.changes.len());
        self.graph.trees.push(Tree {
            number,
            base: base.map(|(kept, _)| kept.place),
            changes_end: changes_end.expect("changes are counted with 32 bits"),
        });
        new
    }

    fn next_place(&self) -> u32 {
        u32::try_from(self.graph.trees.len()).expect("trees are counted with 32 bits")
    }

    /// Reads the entries of a tree from `start`. `before` are the children that
    /// the base has there.
    fn entries(&mut self, bytes: &[u8], start: usize, mut before: &[KeptChild], kept: &mut Kept) {
        /// How many entries are from one anchor to the next.
        const STRIDE: usize = 16;
        let mut entries = Entries::new(&bytes[start..], self.objects.hash());
        let mut count = 0;
        loop {
            let start = place_in_tree(bytes.len() - entries.rest());
            let Some(entry) = entries.next() else { break };
            count += 1;
            if count % STRIDE == 0 {
                kept.anchors.push(start);
            }
            let key = Key::of(entry.id);
            match entry.kind {
                EntryKind::Blob if self.present.has(key) => continue,
                EntryKind::Blob => {}
                EntryKind::Submodule => {
                    if !self.graph.submodules.contains(entry.name) {
                        self.graph.submodules.insert(entry.name.to_vec());
                    }
                    continue;
                }
                EntryKind::Tree => {
                    // Nearly every folder is one that the base has too.
                    if let Some(place) = before.iter().position(|old| old.key == key)
                        && *self.graph.names[before[place].child.name as usize] == *entry.name
                    {
                        kept.children.push(KeptChild {
                            start,
                            ..before[place]
                        });
                        before = &before[place + 1..];
                        continue;
                    }
                }
            }
            if let Some(child) = self.child(&entry, key) {
                kept.children.push(KeptChild { key, start, child });
            }
        }
    }

    /// What an entry names, if it counts.
    fn child(&mut self, entry: &Entry<'_>, key: Key) -> Option<Child> {
        let id = ObjectId::from_bytes_or_panic(entry.id);
        let is_tree = entry.kind == EntryKind::Tree;
        let Some(number) = self.objects.number(&id) else {
            let kind = if is_tree { Kind::Tree } else { Kind::Blob };
            let named_by = entry.name.to_vec();
            self.graph.missing.insert(id, Missing { kind, named_by });
            return None;
        };
        if !is_tree && !self.wanted.contains(number) {
            self.present.insert(key);
            return None;
        }
        let name = self.name(entry.name);
        Some(Child { name, number })
    }

    fn name(&mut self, text: &[u8]) -> Name {
        if let Some(name) = self.names.get(text) {
            return *name;
        }
        let name = Name::try_from(self.graph.names.len()).expect("names are counted with 32 bits");
        self.graph.names.push(text.into());
        self.names.insert(text.into(), name);
        name
    }
}

/// What of a base is not in a tree that is made from it.
struct Unshared {
    /// Where it begins, in both.
    start: usize,
    /// Where it ends in the base.
    stop: usize,
    children: std::ops::Range<usize>,
    anchors: std::ops::Range<usize>,
}

impl Kept {
    /// The empty tree.
    fn nothing() -> Self {
        Self {
            place: 0,
            children: Vec::new(),
            anchors: Vec::new(),
            length: 0,
        }
    }

    /// What is not in common, widened to the anchors around it.
    fn unshared(&self, common: Common) -> Unshared {
        let first = self
            .anchors
            .partition_point(|anchor| *anchor as usize <= common.start);
        let start = first
            .checked_sub(1)
            .map_or(0, |last| self.anchors[last] as usize);
        let common_end = self.length - common.end;
        let last = self
            .anchors
            .partition_point(|anchor| (*anchor as usize) < common_end);
        let last = last.max(first);
        let stop = self
            .anchors
            .get(last)
            .map_or(self.length, |anchor| *anchor as usize);
        let place = |from: usize| {
            let children = &self.children;
            children.partition_point(|child| (child.start as usize) < from)
        };
        Unshared {
            start,
            stop,
            children: place(start)..place(stop),
            anchors: first..last,
        }
    }
}

fn place_in_tree(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// What an annotated tag names.
pub(crate) fn named_by_tag(bytes: &[u8]) -> Option<(ObjectId, Kind)> {
    let mut lines = bytes.lines();
    let id = id_of(lines.next()?.strip_prefix(b"object ")?)?;
    let kind = Kind::named(lines.next()?.strip_prefix(b"type ")?)?;
    Some((id, kind))
}

/// The tree and the parents that a commit names.
pub(crate) fn named_by_commit(bytes: &[u8]) -> (Option<ObjectId>, Vec<ObjectId>) {
    let mut tree = None;
    let mut parents = Vec::new();
    for line in bytes.lines() {
        if let Some(hex) = line.strip_prefix(b"tree ") {
            tree = id_of(hex);
        } else if let Some(hex) = line.strip_prefix(b"parent ") {
            parents.extend(id_of(hex));
        } else {
            break;
        }
    }
    (tree, parents)
}

/// The id that is written in hexadecimal digits.
fn id_of(hex: &[u8]) -> Option<ObjectId> {
    ObjectId::from_hex(hex).ok()
}

/// Tells what is in `before` and not in `after`, and the reverse. Most of what
/// they have in common is at both ends.
fn differences(before: &[KeptChild], after: &[KeptChild], changes: &mut Vec<Change>) {
    let is_same = |(old, new): &(&KeptChild, &KeptChild)| old.child == new.child;
    let start = before.iter().zip(after).take_while(is_same).count();
    let (before, after) = (&before[start..], &after[start..]);
    let end = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take_while(is_same)
        .count();
    let before = &before[..before.len() - end];
    let after = &after[..after.len() - end];
    let add = |own: &[KeptChild], other: &[KeptChild], how: How, changes: &mut Vec<Change>| {
        let other: HashSet<Child> = other.iter().map(|kept| kept.child).collect();
        let only = own
            .iter()
            .map(|kept| kept.child)
            .filter(|child| !other.contains(child));
        changes.extend(only.map(|child| Change::new(child, how)));
    };
    add(before, after, How::Removed, changes);
    add(after, before, How::Added, changes);
}

/// Blobs that are there and that nobody asked for, as far as they were seen
/// lately. Trees that are made from one another name the same ones.
struct Present {
    slots: Vec<Key>,
}

impl Present {
    /// Slots that stay in a core's cache.
    const SLOTS: usize = 1 << 15;

    fn new() -> Self {
        Self {
            slots: vec![Key(0); Self::SLOTS],
        }
    }

    fn slot(key: Key) -> usize {
        // Any bits of an id are as random as others.
        key.0 as usize % Self::SLOTS
    }

    fn has(&self, key: Key) -> bool {
        self.slots[Self::slot(key)] == key
    }

    fn insert(&mut self, key: Key) {
        self.slots[Self::slot(key)] = key;
    }
}
