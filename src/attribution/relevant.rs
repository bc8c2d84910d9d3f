//! Which trees lead to what was found, and what of them does.
//!
//! A tree is relevant if a wanted blob is in it or below it. All other trees and
//! entries are left aside, and cost nothing from here on.

use std::num::NonZeroU32;
use std::rc::Rc;

use crate::repository::changes::Trees;
use crate::repository::graph::{Child, Graph, How};
use crate::repository::number_set::NumberSet;
use crate::repository::object::Number;

/// A tree's place in a graph, plus one: none takes no more memory than one.
#[derive(Clone, Copy)]
struct Place(NonZeroU32);

impl Place {
    fn new(place: usize) -> Option<Self> {
        let more = u32::try_from(place + 1).expect("trees are counted with 32 bits");
        NonZeroU32::new(more).map(Self)
    }

    fn get(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// The relevant part of a graph's trees.
pub(super) struct Relevant<'g> {
    graph: &'g Graph,
    wanted: &'g NumberSet,
    /// Wanted blobs and relevant trees.
    numbers: NumberSet,
    /// The places of the relevant trees, by number.
    places: Vec<Option<Place>>,
}

/// The relevant trees as one thread reads them.
pub(super) struct RelevantTrees<'r> {
    relevant: &'r Relevant<'r>,
    /// The relevant children of the tree at each place, as far as they are kept.
    children: Vec<Option<Rc<[Child]>>>,
    kept: usize,
}

impl<'r> RelevantTrees<'r> {
    pub(super) fn new(relevant: &'r Relevant<'r>) -> Self {
        Self {
            relevant,
            children: vec![None; relevant.graph.trees.len()],
            kept: 0,
        }
    }
}

impl<'g> Relevant<'g> {
    /// Sees which trees lead to a wanted blob. `count` is how many objects there
    /// are.
    pub(super) fn new(graph: &'g Graph, wanted: &'g NumberSet, count: Number) -> Self {
        let mut relevant = wanted.clone();
        relevant.make_room(count);
        // How many relevant children a tree has; a base comes before its own.
        let mut counts = vec![0_u32; graph.trees.len()];
        loop {
            let mut grew = false;
            for place in 0..graph.trees.len() {
                let tree = graph.trees[place];
                let mut count = tree.base.map_or(0, |base| counts[base as usize]);
                for change in graph.changes_at(place) {
                    if relevant.contains(change.child().number) {
                        match change.how() {
                            How::Added => count += 1,
                            How::Removed => count = count.saturating_sub(1),
                        }
                    }
                }
                counts[place] = count;
                if count > 0 && relevant.insert(tree.number) {
                    grew = true;
                }
            }
            if !grew {
                break;
            }
        }
        let mut places = vec![None; count as usize];
        for (place, tree) in graph.trees.iter().enumerate() {
            if relevant.contains(tree.number) {
                places[tree.number as usize] = Place::new(place);
            }
        }
        Self {
            graph,
            wanted,
            numbers: relevant,
            places,
        }
    }

    fn place(&self, tree: Number) -> Option<usize> {
        let place = self.places.get(tree as usize)?;
        place.map(Place::get)
    }

    /// The children of the tree at `place`, from those of its base.
    fn changed(&self, base: &Rc<[Child]>, place: usize) -> Rc<[Child]> {
        let changes = self.graph.changes_at(place).iter();
        let mut changes = changes
            .filter(|change| self.numbers.contains(change.child().number))
            .peekable();
        if changes.peek().is_none() {
            return Rc::clone(base);
        }
        let mut children = base.to_vec();
        for change in changes {
            match (change.how(), children.binary_search(&change.child())) {
                (How::Added, Err(place)) => children.insert(place, change.child()),
                (How::Removed, Ok(place)) => {
                    children.remove(place);
                }
                _ => {}
            }
        }
        children.into()
    }
}

impl Trees for RelevantTrees<'_> {
    fn is_of_interest(&self, tree: Number) -> bool {
        self.relevant.place(tree).is_some()
    }

    fn is_blob(&self, child: Number) -> bool {
        self.relevant.wanted.contains(child)
    }

    fn children(&mut self, tree: Number) -> Rc<[Child]> {
        /// How many children are kept before all are forgotten: 16 MB.
        const MOST_KEPT: usize = 2 << 20;
        let Some(place) = self.relevant.place(tree) else {
            return Rc::new([]);
        };
        if self.kept > MOST_KEPT {
            self.children.fill(None);
            self.kept = 0;
        }
        // From the tree back to the nearest one whose children are known.
        let mut way = Vec::new();
        let mut at = Some(place);
        let mut known: Rc<[Child]> = Rc::new([]);
        while let Some(place) = at {
            if let Some(children) = &self.children[place] {
                known = Rc::clone(children);
                break;
            }
            way.push(place);
            at = self.relevant.graph.trees[place]
                .base
                .map(|base| base as usize);
        }
        for place in way.into_iter().rev() {
            known = self.relevant.changed(&known, place);
            self.kept += known.len() + 4;
            self.children[place] = Some(Rc::clone(&known));
        }
        known
    }
}
