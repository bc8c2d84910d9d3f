//! Spotting: the first look at a repository's objects, which only notes which
//! tokens are in which of them.
//!
//! Most are in many versions of a file, and one of those is shown. To judge them
//! all would cost more than to look again at the one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;

use super::{Scan, Worker};
use crate::attribution::{Token, Tokens};
use crate::blob::{Blob, Sink};
use crate::hit::Hit;
use crate::report::{Skipped, Unscanned};
use crate::repository::object::Number;
use crate::repository::objects::Objects;
use crate::triage::extent::extent;

/// The tokens that were spotted.
#[derive(Default)]
pub(super) struct Spots {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The tokens by rule, told by its place in the set, and bytes.
    tokens: HashMap<(usize, Box<[u8]>), Token>,
    /// What was spotted since it was last taken.
    fresh: Vec<(ObjectId, Token)>,
}

/// One thread's part of spotting.
pub(super) struct Spotter<'s> {
    worker: Worker<'s>,
    spots: &'s Spots,
}

impl Spots {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was spotted since the last call: the tokens of each object.
    pub(super) fn take(&self, objects: &Objects) -> Tokens {
        let fresh = std::mem::take(&mut self.state().fresh);
        let mut tokens: BTreeMap<Number, BTreeSet<Token>> = BTreeMap::new();
        for (id, token) in fresh {
            if let Some(object) = objects.number(&id) {
                tokens.entry(object).or_default().insert(token);
            }
        }
        tokens
    }

    /// The number of a token.
    pub(super) fn token(&self, rule: usize, bytes: &[u8]) -> Option<Token> {
        self.state().tokens.get(&(rule, bytes.into())).copied()
    }

    /// The rules of the tokens, by number of the token.
    pub(super) fn rules(&self) -> Vec<usize> {
        let state = self.state();
        let mut rules = vec![0; state.tokens.len()];
        for ((rule, _), token) in &state.tokens {
            rules[*token as usize] = *rule;
        }
        rules
    }
}

impl State {
    fn add(&mut self, id: ObjectId, rule: usize, bytes: &[u8]) {
        let next = Token::try_from(self.tokens.len()).expect("tokens are counted with 32 bits");
        let token = *self.tokens.entry((rule, bytes.into())).or_insert(next);
        self.fresh.push((id, token));
    }
}

impl<'s> Spotter<'s> {
    pub(super) fn new(scan: &'s Scan<'s>, spots: &'s Spots) -> Self {
        Self {
            worker: Worker::new(scan),
            spots,
        }
    }
}

impl Sink for Spotter<'_> {
    fn blob(&mut self, mut blob: Blob<'_>) {
        let Self { worker, spots } = self;
        let engine = &worker.scan.scanner.engine;
        let rules = engine.rules();
        let id = blob.origin.id();
        let hits = &mut worker.hits;
        let read = worker.windows.show(&mut blob.content, |view, _| {
            hits.clear();
            let decided = engine.find(view, hits);
            if let (Some(id), false) = (id, hits.is_empty()) {
                let mut state = spots.state();
                for Hit { span, rule } in &*hits {
                    let length = extent(&rules[*rule], view.bytes, span).length;
                    state.add(id, *rule, &view.bytes[span.start..span.start + length]);
                }
            }
            decided
        });
        worker.count(read, &blob.origin);
    }

    fn skipped(&mut self, skipped: Skipped) {
        self.worker.skipped(skipped);
    }

    fn unscanned(&mut self, unscanned: Unscanned) {
        self.worker.unscanned(unscanned);
    }
}
