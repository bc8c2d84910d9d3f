//! The walk: reads every object of some kinds once, each pack in its own order.
//!
//! An entry is inflated once. A delta is applied to its base while that is at
//! hand: depth first, the child with the most below it last, by when its base is
//! no longer needed. So no more objects are held at a time than the logarithm of
//! what there is.
//!
//! `gix`'s own traversal would do it, but it knows no kinds, and gives up a whole
//! pack for one damaged entry.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::delta::Common;
use super::number_set::NumberSet;
use super::object::{Kind, Number, ObjectError};
use super::objects::{Numbered, Objects};
use super::walker::Walker;
use crate::blob::Replay;
use crate::watch::Watch;

/// What takes the objects of a walk. Every thread has its own.
pub(crate) trait Visit: Send {
    /// What it keeps of an object while the deltas of it are visited.
    type Kept;

    /// Takes an object, and the one that it is a delta of, if it is one.
    fn object(&mut self, object: Object<'_>, base: Option<Base<'_, Self::Kept>>) -> Self::Kept;
}

/// What an object is a delta of.
pub(crate) struct Base<'b, K> {
    /// What was kept of it.
    pub(crate) kept: &'b K,
    /// What both have in common.
    pub(crate) common: Common,
}

/// An object, lent for the length of a call.
pub(crate) struct Object<'o> {
    pub(crate) number: Number,
    pub(crate) kind: Kind,
    /// Whether this is the first copy of it.
    pub(crate) copy: CopyOf,
    pub(crate) data: Data<'o>,
}

/// Whether an object has been visited, or will be, in another pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CopyOf {
    /// No other copy counts.
    Nothing,
    /// It is in another pack too.
    Another,
}

/// The bytes of an object.
pub(crate) enum Data<'o> {
    /// All of them.
    Bytes(&'o [u8]),
    /// A blob that is too large to be held as a whole.
    Large(&'o mut dyn Replay),
}

/// An object that no copy could be read of.
#[derive(Debug)]
pub(crate) struct Unread {
    pub(crate) number: Number,
    pub(crate) error: ObjectError,
}

/// How many roots or loose objects a thread takes at a time.
const PORTION: u32 = 16;

/// Some roots of a pack, or some loose objects.
enum Portion<'w> {
    Roots(&'w Numbered, Range<usize>, Option<&'w NumberSet>),
    Loose(Range<Number>),
}

/// Which objects are walked over.
#[derive(Clone, Copy)]
pub(crate) struct Selection<'s> {
    /// Those of these kinds.
    pub(crate) kinds: &'s [Kind],
    /// Of those only these, where that is said. What they are made from is visited
    /// too.
    pub(crate) only: Option<&'s NumberSet>,
}

impl Selection<'_> {
    pub(super) fn has(&self, number: Number) -> bool {
        self.only.is_none_or(|only| only.contains(number))
    }
}

/// Walks over the objects of a selection, with all threads of the current pool.
///
/// Gives back the objects that could not be read; among them are those whose
/// kind cannot be told.
pub(crate) fn walk<V: Visit>(
    objects: &Objects,
    selection: Selection<'_>,
    watch: &Watch,
    visitor: &(dyn Fn() -> V + Sync),
) -> Vec<Unread> {
    let needed: Vec<Option<NumberSet>> = objects
        .packs()
        .iter()
        .map(|numbered| selection.only.map(|only| needed(numbered, only)))
        .collect();
    let portions = portions(objects, selection, &needed);
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    let work = || {
        let mut walker = Walker::new(objects, selection, watch, visitor());
        while !watch.is_stopped() {
            let Some(portion) = portions.get(next.fetch_add(1, Ordering::Relaxed)) else {
                break;
            };
            match portion {
                Portion::Roots(numbered, roots, needed) => {
                    walker.roots(numbered, roots.clone(), *needed);
                }
                Portion::Loose(numbers) => walker.loose(numbers.clone()),
            }
        }
        let failed = failed.lock();
        failed
            .unwrap_or_else(PoisonError::into_inner)
            .extend(walker.failed);
    };
    rayon::broadcast(|_| work());
    let failed = failed.into_inner();
    let mut failed = failed.unwrap_or_else(PoisonError::into_inner);
    for numbered in objects.packs() {
        let orphans = numbered.forest().orphans().iter();
        failed.extend(orphans.map(|(node, orphan)| Unread {
            number: numbered.first + numbered.forest().place(*node),
            error: (*orphan).into(),
        }));
    }
    rescue(objects, selection, failed, watch, &mut visitor())
}

fn portions<'w>(
    objects: &'w Objects,
    selection: Selection<'_>,
    needed: &'w [Option<NumberSet>],
) -> Vec<Portion<'w>> {
    let mut portions = Vec::new();
    for (numbered, needed) in objects.packs().iter().zip(needed) {
        let needed = needed.as_ref();
        let roots = numbered.forest().roots();
        let counts = |(kind, node): &(Kind, u32)| {
            selection.kinds.contains(kind) && needed.is_none_or(|needed| needed.contains(*node))
        };
        for start in (0..roots.len()).step_by(PORTION as usize) {
            let end = (start + PORTION as usize).min(roots.len());
            if roots[start..end].iter().any(counts) {
                portions.push(Portion::Roots(numbered, start..end, needed));
            }
        }
    }
    let loose = objects.loose_numbers();
    for start in loose.clone().step_by(PORTION as usize) {
        portions.push(Portion::Loose(start..loose.end.min(start + PORTION)));
    }
    portions
}

/// The nodes of a pack that are to be visited, and those that they are made from.
fn needed(numbered: &Numbered, only: &NumberSet) -> NumberSet {
    let forest = numbered.forest();
    let mut needed = NumberSet::new(forest.len());
    // A base lies before its deltas, but for some that name it by id: for those
    // another round may be needed.
    loop {
        let mut grew = false;
        for node in (0..forest.len()).rev() {
            let is_needed = only.contains(numbered.first + forest.place(node))
                || forest
                    .children(node)
                    .iter()
                    .any(|child| needed.contains(*child));
            grew |= is_needed && needed.insert(node);
        }
        if !grew {
            return needed;
        }
    }
}

/// Tries once more, object by object, what the walk could not read: there may be
/// a sound copy of it, or of what it is made from. Gives back what is lost.
fn rescue<V: Visit>(
    objects: &Objects,
    selection: Selection<'_>,
    mut failed: Vec<Unread>,
    watch: &Watch,
    visitor: &mut V,
) -> Vec<Unread> {
    failed.sort_by_key(|unread| unread.number);
    failed.dedup_by_key(|unread| unread.number);
    // The first copy of a repeated object has been read, or has failed too.
    failed.retain(|unread| {
        let number = unread.number;
        if objects.is_repeated(number) || !selection.has(number) || watch.is_stopped() {
            return false;
        }
        match objects.read(&objects.id(number)) {
            Ok((kind, bytes)) if selection.kinds.contains(&kind) => {
                watch.saw(bytes.len() as u64);
                let (copy, data) = (CopyOf::Nothing, Data::Bytes(&bytes));
                visitor.object(
                    Object {
                        number,
                        kind,
                        copy,
                        data,
                    },
                    None,
                );
                false
            }
            Ok(_) => false,
            Err(_) => true,
        }
    });
    failed
}
