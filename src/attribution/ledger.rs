//! The ledger: what the commits say of each token at each path.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::order::Place;
use super::{Token, Tokens};
use crate::repository::changes::{Changed, Path};
use crate::repository::object::Number;

/// What has been found out of each token at each path.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) records: HashMap<(Token, Path), Record>,
    /// The paths of the blobs whose paths alone are asked for.
    pub(super) named: BTreeSet<(Number, Path)>,
    /// Where blobs are in trees that a tag or another reference names, each with
    /// the tree.
    pub(super) in_tips: BTreeMap<Number, (Path, Number)>,
}

/// What the commits say of a token at a path.
#[derive(Default)]
pub(super) struct Record {
    /// The commits that brought it there.
    pub(super) introduced: Vec<Place>,
    /// The commits that took it away.
    pub(super) removed: Vec<Place>,
    /// The blobs, each with the last commit that put it there.
    pub(super) blobs: BTreeMap<Number, Place>,
    /// The blob that `HEAD` has there.
    pub(super) in_head: Option<Number>,
}

impl Ledger {
    /// Takes note of what the commit at `place` changed.
    pub(super) fn note(&mut self, tokens: &Tokens, place: Place, changed: &Changed<'_>) {
        let none = BTreeSet::new();
        let of = |blob: &Number| tokens.get(blob).unwrap_or(&none);
        let has = |blob: &Option<Number>, token: &Token| {
            blob.as_ref().is_some_and(|blob| of(blob).contains(token))
        };
        if let Some(blob) = changed.after {
            let own = of(&blob);
            for &token in own {
                let record = self.records.entry((token, changed.path)).or_default();
                record.blobs.insert(blob, place);
                if !changed.before.iter().any(|blob| has(blob, &token)) {
                    record.introduced.push(place);
                }
            }
            if own.is_empty() {
                self.named.insert((blob, changed.path));
            }
        }
        let Some(Some(first)) = changed.before.first() else {
            return;
        };
        for &token in of(first) {
            let had = changed.before.iter().all(|blob| has(blob, &token));
            if had && !has(&changed.after, &token) {
                let record = self.records.entry((token, changed.path)).or_default();
                record.removed.push(place);
            }
        }
    }

    /// Takes note of a blob that `HEAD` has at a path.
    pub(super) fn note_head(&mut self, tokens: &Tokens, path: Path, blob: Number) {
        for &token in tokens.get(&blob).into_iter().flatten() {
            let record = self.records.entry((token, path)).or_default();
            record.in_head = Some(blob);
        }
    }

    /// Takes over what is known of later commits, whose paths have other numbers.
    pub(super) fn merge(&mut self, later: Self, path_of: impl Fn(Path) -> Path) {
        for ((token, path), record) in later.records {
            match self.records.entry((token, path_of(path))) {
                Entry::Vacant(vacant) => {
                    vacant.insert(record);
                }
                Entry::Occupied(mut known) => known.get_mut().merge(record),
            }
        }
        let named = later.named.into_iter();
        self.named
            .extend(named.map(|(blob, path)| (blob, path_of(path))));
    }
}

impl Record {
    fn merge(&mut self, later: Self) {
        self.introduced.extend(later.introduced);
        self.removed.extend(later.removed);
        self.blobs.extend(later.blobs);
        self.in_head = later.in_head.or(self.in_head);
    }
}
