//! The commits of a graph, parents before children.

use crate::repository::graph::{Commit, Graph};
use crate::repository::object::Number;

/// A commit, by its place in the order.
pub(super) type Place = u32;

/// The commits in order.
pub(super) struct Order<'g> {
    commits: Vec<&'g Commit>,
    /// The places of each commit's parents, and where the last ones end.
    parents: Vec<Place>,
    parents_end: Vec<u32>,
    /// The places by number.
    places: Vec<Option<Place>>,
}

impl<'g> Order<'g> {
    pub(super) fn new(graph: &'g Graph) -> Self {
        let last = graph
            .commits
            .iter()
            .map(|commit| commit.number as usize)
            .max();
        let count = last.map_or(0, |last| last + 1);
        let mut by_number = vec![None; count];
        for (index, commit) in (0_u32..).zip(&graph.commits) {
            by_number[commit.number as usize] = Some(index);
        }
        let mut order = Self {
            commits: Vec::with_capacity(graph.commits.len()),
            parents: Vec::new(),
            parents_end: Vec::with_capacity(graph.commits.len()),
            places: vec![None; count],
        };
        let mut is_open = vec![false; graph.commits.len()];
        // In order of number, which no thread has a say in.
        for &start in by_number.iter().flatten() {
            let mut way = vec![(start as usize, 0)];
            while let Some((index, next)) = way.last_mut() {
                let commit = &graph.commits[*index];
                is_open[*index] = true;
                if let Some(parent) = commit.parents.get(*next) {
                    *next += 1;
                    // An id cannot name its own descendants, so there is no
                    // circle; what is open and not done is only seen twice.
                    if let Some(Some(parent)) = by_number.get(*parent as usize)
                        && !is_open[*parent as usize]
                    {
                        way.push((*parent as usize, 0));
                    }
                } else {
                    way.pop();
                    order.push(commit);
                }
            }
        }
        order
    }

    fn push(&mut self, commit: &'g Commit) {
        let place = Place::try_from(self.commits.len()).expect("commits are counted with 32 bits");
        if self.place(commit.number).is_some() {
            return;
        }
        self.places[commit.number as usize] = Some(place);
        self.commits.push(commit);
        for parent in &commit.parents {
            self.parents.extend(self.place(*parent));
        }
        let end = u32::try_from(self.parents.len());
        self.parents_end
            .push(end.expect("parents are counted with 32 bits"));
    }

    /// How many commits there are.
    pub(super) fn len(&self) -> usize {
        self.commits.len()
    }

    /// The commit at a place.
    pub(super) fn commit(&self, place: Place) -> &'g Commit {
        self.commits[place as usize]
    }

    /// The places of a commit's parents, which are smaller.
    pub(super) fn parents(&self, place: Place) -> &[Place] {
        let place = place as usize;
        let start = place
            .checked_sub(1)
            .map_or(0, |before| self.parents_end[before]);
        &self.parents[start as usize..self.parents_end[place] as usize]
    }

    /// The place of a commit.
    pub(super) fn place(&self, commit: Number) -> Option<Place> {
        *self.places.get(commit as usize)?
    }
}
