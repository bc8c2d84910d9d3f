//! Reads trees one by one, as they are asked for: enough for a few commits, where
//! a walk over all trees would be too much.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use gix::ObjectId;

use super::changes::Trees;
use super::graph::{Child, Missing, Name};
use super::number_set::NumberSet;
use super::object::{Kind, Number};
use super::objects::Objects;
use super::tree_entries::{Entries, EntryKind};
use super::walk::Unread;

/// Reads trees.
pub(crate) struct TreeReader<'o> {
    objects: &'o Objects,
    blobs: NumberSet,
    pub(crate) names: Vec<Box<[u8]>>,
    known_names: HashMap<Box<[u8]>, Name>,
    trees: HashMap<Number, Rc<[Child]>>,
    /// What trees name and the repository does not hold. They have numbers too,
    /// behind those of the objects.
    absent: Vec<(ObjectId, Missing)>,
    numbers_of_absent: HashMap<ObjectId, Number>,
    /// The absent trees that were asked for.
    pub(crate) missing: BTreeMap<ObjectId, Missing>,
    /// The trees that cannot be read.
    pub(crate) unread: Vec<Unread>,
}

impl<'o> TreeReader<'o> {
    pub(crate) fn new(objects: &'o Objects) -> Self {
        Self {
            objects,
            blobs: NumberSet::new(objects.len()),
            names: Vec::new(),
            known_names: HashMap::new(),
            trees: HashMap::new(),
            absent: Vec::new(),
            numbers_of_absent: HashMap::new(),
            missing: BTreeMap::new(),
            unread: Vec::new(),
        }
    }

    fn name(&mut self, text: &[u8]) -> Name {
        if let Some(name) = self.known_names.get(text) {
            return *name;
        }
        let name = Name::try_from(self.names.len()).expect("names are counted with 32 bits");
        self.names.push(text.into());
        self.known_names.insert(text.into(), name);
        name
    }

    fn number_of_absent(&mut self, id: ObjectId, kind: Kind, name: &[u8]) -> Number {
        if let Some(number) = self.numbers_of_absent.get(&id) {
            return *number;
        }
        let named_by = name.to_vec();
        let place = Number::try_from(self.absent.len()).expect("objects are counted with 32 bits");
        let number = self.objects.len() + place;
        self.blobs.make_room(number + 1);
        self.absent.push((id, Missing { kind, named_by }));
        self.numbers_of_absent.insert(id, number);
        number
    }

    /// The object of a number that the repository does not hold.
    pub(crate) fn absent(&self, number: Number) -> Option<&(ObjectId, Missing)> {
        let place = number.checked_sub(self.objects.len())?;
        self.absent.get(place as usize)
    }

    fn read(&mut self, tree: Number) -> Rc<[Child]> {
        if let Some((id, missing)) = self.absent(tree).cloned() {
            self.missing.insert(id, missing);
            return Rc::new([]);
        }
        let bytes = match self.objects.read(&self.objects.id(tree)) {
            Ok((_, bytes)) => bytes,
            Err(error) => {
                self.unread.push(Unread {
                    number: tree,
                    error,
                });
                return Rc::new([]);
            }
        };
        let mut children = Vec::new();
        for entry in Entries::new(&bytes, self.objects.hash()) {
            if entry.kind == EntryKind::Submodule {
                continue;
            }
            let id = ObjectId::from_bytes_or_panic(entry.id);
            let is_blob = entry.kind == EntryKind::Blob;
            let kind = if is_blob { Kind::Blob } else { Kind::Tree };
            let number = match self.objects.number(&id) {
                Some(number) => number,
                None => self.number_of_absent(id, kind, entry.name),
            };
            if is_blob {
                self.blobs.insert(number);
            }
            let name = self.name(entry.name);
            children.push(Child { name, number });
        }
        children.sort_unstable();
        children.into()
    }
}

impl Trees for TreeReader<'_> {
    fn is_of_interest(&self, _: Number) -> bool {
        true
    }

    fn children(&mut self, tree: Number) -> Rc<[Child]> {
        /// Trees that are kept before all are forgotten.
        const MOST_KEPT: usize = 4096;
        if let Some(children) = self.trees.get(&tree) {
            return Rc::clone(children);
        }
        if self.trees.len() >= MOST_KEPT {
            self.trees.clear();
        }
        let children = self.read(tree);
        self.trees.insert(tree, Rc::clone(&children));
        children
    }

    fn is_blob(&self, child: Number) -> bool {
        self.blobs.contains(child)
    }
}
