//! What a commit changes: the blobs that are at a path in it and not in its
//! parents, and the reverse.

use std::collections::HashMap;
use std::rc::Rc;

use super::graph::{Child, Name};
use super::object::Number;

/// Trees, as far as somebody cares for what is in them.
pub(crate) trait Trees {
    /// Whether something in a tree is cared for.
    fn is_of_interest(&self, tree: Number) -> bool;

    /// What is in a tree, in the order of names.
    fn children(&mut self, tree: Number) -> Rc<[Child]>;

    /// Whether a child that was seen is a blob.
    fn is_blob(&self, child: Number) -> bool;
}

/// A path, by its place in [`Paths`].
pub(crate) type Path = u32;

/// Paths, each as its folder and its last name.
#[derive(Default)]
pub(crate) struct Paths {
    parts: Vec<(Option<Path>, Name)>,
    known: HashMap<(Option<Path>, Name), Path>,
}

impl Paths {
    fn path(&mut self, folder: Option<Path>, name: Name) -> Path {
        let next = Path::try_from(self.parts.len()).expect("paths are counted with 32 bits");
        let parts = &mut self.parts;
        *self.known.entry((folder, name)).or_insert_with(|| {
            parts.push((folder, name));
            next
        })
    }

    /// Adds the paths of others, and tells their new numbers.
    pub(crate) fn merge(&mut self, others: &Self) -> Vec<Path> {
        let mut numbers = Vec::with_capacity(others.parts.len());
        // A folder has been added before what is in it.
        for (folder, name) in &others.parts {
            let folder = folder.map(|folder| numbers[folder as usize]);
            numbers.push(self.path(folder, *name));
        }
        numbers
    }

    /// The names in a path, from the root on.
    pub(crate) fn names(&self, path: Path) -> Vec<Name> {
        let mut names = Vec::new();
        let mut at = Some(path);
        while let Some(path) = at {
            let (folder, name) = self.parts[path as usize];
            names.push(name);
            at = folder;
        }
        names.reverse();
        names
    }

    /// A path as git writes it.
    pub(crate) fn text(&self, path: Path, names: &[Box<[u8]>]) -> Vec<u8> {
        let parts: Vec<&[u8]> = self
            .names(path)
            .iter()
            .map(|name| &*names[*name as usize])
            .collect();
        parts.join(&b'/')
    }
}

/// A path at which a commit has another blob than each of its parents.
pub(crate) struct Changed<'c> {
    pub(crate) path: Path,
    /// What the parents have there. A commit without parents has an empty one.
    pub(crate) before: &'c [Option<Number>],
    /// What the commit has there.
    pub(crate) after: Option<Number>,
}

/// Tells `each` of the changes from the trees `before` to the tree `after`.
///
/// What is the same as in any parent is left out: a merge changes only what it
/// has from none of them.
pub(crate) fn changes(
    trees: &mut impl Trees,
    paths: &mut Paths,
    before: &[Option<Number>],
    after: Option<Number>,
    each: &mut dyn FnMut(&Changed<'_>),
) {
    let before: Vec<_> = before
        .iter()
        .map(|tree| tree.filter(|tree| trees.is_of_interest(*tree)))
        .collect();
    let after = after.filter(|tree| trees.is_of_interest(*tree));
    folder(trees, paths, None, &before, after, each);
}

fn folder(
    trees: &mut impl Trees,
    paths: &mut Paths,
    path: Option<Path>,
    before: &[Option<Number>],
    after: Option<Number>,
    each: &mut dyn FnMut(&Changed<'_>),
) {
    if before.contains(&after) {
        return;
    }
    let mut list = |tree: Option<Number>| tree.map(|tree| trees.children(tree));
    let lists: Vec<_> = before.iter().map(|tree| list(*tree)).collect();
    let own = list(after);
    let mut rest: Vec<&[Child]> = lists
        .iter()
        .map(|list| list.as_deref().unwrap_or(&[]))
        .collect();
    let mut own = own.as_deref().unwrap_or(&[]);
    let mut numbers = vec![None; before.len()];
    loop {
        if let [only] = rest.as_mut_slice() {
            // Most commits have one parent, and most of a folder is the same.
            let same = only
                .iter()
                .zip(own)
                .take_while(|(old, new)| old == new)
                .count();
            (*only, own) = (&only[same..], &own[same..]);
        }
        let firsts = rest.iter().chain([&own]).filter_map(|list| list.first());
        let Some(name) = firsts.map(|child| child.name).min() else {
            return;
        };
        for (number, list) in numbers.iter_mut().zip(&mut rest) {
            *number = next_of(name, list);
        }
        let after = next_of(name, &mut own);
        if !numbers.contains(&after) {
            let path = paths.path(path, name);
            child(trees, paths, path, &numbers, after, each);
        }
    }
}

/// Takes what has a name off a list. A broken tree may have a name twice; the
/// first one counts.
fn next_of(name: Name, list: &mut &[Child]) -> Option<Number> {
    let mut number = None;
    while let Some((child, others)) = list.split_first().filter(|(child, _)| child.name == name) {
        number.get_or_insert(child.number);
        *list = others;
    }
    number
}

/// Tells of a child that is another than in each parent: of a blob itself, of a
/// folder what is in it. It may be the one here and the other there.
fn child(
    trees: &mut impl Trees,
    paths: &mut Paths,
    path: Path,
    before: &[Option<Number>],
    after: Option<Number>,
    each: &mut dyn FnMut(&Changed<'_>),
) {
    let blob = |number: &Option<Number>| number.filter(|number| trees.is_blob(*number));
    let blobs: Vec<_> = before.iter().map(blob).collect();
    let after_blob = blob(&after);
    if after_blob.is_some() || blobs.iter().any(Option::is_some) {
        each(&Changed {
            path,
            before: &blobs,
            after: after_blob,
        });
    }
    let tree = |number: &Option<Number>| number.filter(|number| !trees.is_blob(*number));
    let folders: Vec<_> = before.iter().map(tree).collect();
    let after_tree = tree(&after);
    if after_tree.is_some() || folders.iter().any(Option::is_some) {
        folder(trees, paths, Some(path), &folders, after_tree, each);
    }
}
