//! Follows tokens through the history: each commit against its parents, the
//! commits divided among the threads.

use rayon::prelude::*;

use super::Attribution;
use super::ledger::Ledger;
use super::order::{Order, Place};
use super::relevant::{Relevant, RelevantTrees};
use crate::repository::changes::{Paths, changes};
use crate::repository::object::Number;

/// What all commits say of the tokens that are asked for.
pub(super) fn follow(attribution: &Attribution<'_>, order: &Order<'_>) -> (Paths, Ledger) {
    let Attribution {
        objects,
        graph,
        wanted,
        tokens,
        head,
        tips,
    } = *attribution;
    let relevant = Relevant::new(graph, wanted, objects.len());
    let all: Vec<Place> = (0..).take(order.len()).collect();
    let threads = rayon::current_num_threads();
    let parts: Vec<(Paths, Ledger)> = all
        .par_chunks(all.len().div_ceil(threads).max(1))
        .map(|places| part(attribution, order, &relevant, places))
        .collect();
    let (mut paths, mut ledger) = (Paths::default(), Ledger::default());
    for (of_part, later) in parts {
        let numbers = paths.merge(&of_part);
        ledger.merge(later, |path| numbers[path as usize]);
    }
    let head = head.and_then(|head| order.place(head));
    let tree = head.and_then(|head| order.commit(head).tree);
    let mut trees = RelevantTrees::new(&relevant);
    changes(&mut trees, &mut paths, &[None], tree, &mut |changed| {
        if let Some(blob) = changed.after {
            ledger.note_head(tokens, changed.path, blob);
        }
    });
    let tips = tips.tips.iter().filter_map(|tip| objects.number(&tip.id));
    let tips: Vec<Number> = tips
        .chain(graph.tags.iter().map(|(_, target)| *target))
        .collect();
    for tip in tips {
        changes(&mut trees, &mut paths, &[None], Some(tip), &mut |changed| {
            if let Some(blob) = changed.after {
                ledger.in_tips.entry(blob).or_insert((changed.path, tip));
            }
        });
    }
    (paths, ledger)
}

/// What some of the commits say.
fn part(
    attribution: &Attribution<'_>,
    order: &Order<'_>,
    relevant: &Relevant<'_>,
    places: &[Place],
) -> (Paths, Ledger) {
    let (mut paths, mut ledger) = (Paths::default(), Ledger::default());
    let mut trees = RelevantTrees::new(relevant);
    let mut before = Vec::new();
    for &place in places {
        let commit = order.commit(place);
        before.clear();
        let parents = order.parents(place).iter();
        before.extend(parents.map(|parent| order.commit(*parent).tree));
        if before.is_empty() {
            before.push(None);
        }
        changes(
            &mut trees,
            &mut paths,
            &before,
            commit.tree,
            &mut |changed| {
                ledger.note(attribution.tokens, place, changed);
            },
        );
    }
    (paths, ledger)
}
