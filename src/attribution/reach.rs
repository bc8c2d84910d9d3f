//! What reaches commits: references, the stash, reflogs, or nothing.

use std::collections::{BTreeMap, HashMap};

use super::order::{Order, Place};
use crate::history::Reach;
use crate::repository::graph::Graph;
use crate::repository::object::Number;
use crate::repository::objects::Objects;
use crate::repository::tips::{From, Tips};

/// Where the names of notes begin.
const NOTES: &[u8] = b"refs/notes/";

/// What reaches each object.
pub(super) struct Reaches {
    of_commits: Vec<Reach>,
    of_others: HashMap<Number, Reach>,
    /// The commits that references name, tags peeled.
    references: BTreeMap<Vec<u8>, Place>,
    /// The references that name an object that is no commit.
    names_of_others: HashMap<Number, Vec<Vec<u8>>>,
}

impl Reaches {
    pub(super) fn new(objects: &Objects, graph: &Graph, tips: &Tips, order: &Order<'_>) -> Self {
        let targets: HashMap<Number, Number> = graph.tags.iter().copied().collect();
        let mut reaches = Self {
            of_commits: vec![Reach::Nothing; order.len()],
            of_others: HashMap::new(),
            references: BTreeMap::new(),
            names_of_others: HashMap::new(),
        };
        for tip in &tips.tips {
            let Some(mut number) = objects.number(&tip.id) else {
                continue;
            };
            let reach = reach_of(&tip.from);
            loop {
                reaches.note(number, reach, order);
                if let From::Reference(name) = &tip.from {
                    if let Some(place) = order.place(number) {
                        reaches.references.insert(name.clone(), place);
                    } else {
                        let names = reaches.names_of_others.entry(number);
                        names.or_default().push(name.clone());
                    }
                }
                match targets.get(&number) {
                    Some(target) => number = *target,
                    None => break,
                }
            }
        }
        for place in (0..order.len()).rev() {
            let reach = reaches.of_commits[place];
            let place = Place::try_from(place).expect("commits are counted with 32 bits");
            for parent in order.parents(place) {
                let of_parent = &mut reaches.of_commits[*parent as usize];
                *of_parent = reach.min(*of_parent);
            }
        }
        reaches
    }

    fn note(&mut self, number: Number, reach: Reach, order: &Order<'_>) {
        let known = match order.place(number) {
            Some(place) => &mut self.of_commits[place as usize],
            None => self.of_others.entry(number).or_insert(Reach::Nothing),
        };
        *known = reach.min(*known);
    }

    /// What reaches the commit at a place.
    pub(super) fn of_commit(&self, place: Place) -> Reach {
        self.of_commits[place as usize]
    }

    /// What names an object that is no commit.
    pub(super) fn of_other(&self, number: Number) -> Reach {
        let reach = self.of_others.get(&number);
        reach.copied().unwrap_or(Reach::Nothing)
    }

    /// The references that name an object that is no commit.
    pub(super) fn names_of_other(&self, number: Number) -> &[Vec<u8>] {
        self.names_of_others.get(&number).map_or(&[], Vec::as_slice)
    }

    /// The references that reach each of some commits, in order of name. Many
    /// commits cost no more than one: 64 references are followed at a time.
    pub(super) fn references(
        &self,
        commits: &[Place],
        order: &Order<'_>,
    ) -> HashMap<Place, Vec<&[u8]>> {
        let mut reached_by: HashMap<Place, Vec<&[u8]>> = HashMap::new();
        let tips: Vec<(&[u8], Place)> = self
            .references
            .iter()
            .map(|(name, place)| (name.as_slice(), *place))
            .collect();
        let Some(&first) = commits.iter().min() else {
            return reached_by;
        };
        let mut masks = vec![0_u64; order.len()];
        for group in tips.chunks(64) {
            masks.fill(0);
            let mut last = 0;
            for (bit, (_, place)) in group.iter().enumerate() {
                masks[*place as usize] |= 1 << bit;
                last = last.max(*place);
            }
            // No parent comes after its child: what is before the first commit
            // that counts need not be followed.
            for place in (first..=last).rev() {
                let mask = masks[place as usize];
                if mask != 0 {
                    for parent in order.parents(place) {
                        masks[*parent as usize] |= mask;
                    }
                }
            }
            for commit in commits {
                let mut mask = masks[*commit as usize];
                while mask != 0 {
                    let name = group[mask.trailing_zeros() as usize].0;
                    reached_by.entry(*commit).or_default().push(name);
                    mask &= mask - 1;
                }
            }
        }
        reached_by
    }
}

fn reach_of(from: &From) -> Reach {
    match from {
        From::Reference(name) if name.starts_with(NOTES) => Reach::Notes,
        From::Named | From::Reference(_) => Reach::Reference,
        From::Stash => Reach::Stash,
        From::Reflog => Reach::Reflog,
    }
}
