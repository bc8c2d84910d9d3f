//! Spotting: the first look at a repository's objects, which only notes which
//! tokens are in which of them.
//!
//! Most are in many versions of a file, and one of those is shown. To judge them
//! all would cost more than to look again at the one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;

use super::clerk::Clerk;
use super::look::Look;
use super::once::is_glued;
use super::sight::Seen;
use super::{Scan, Worker};
use crate::attribution::{Token, Tokens};
use crate::blob::{Blob, Origin, Sink};
use crate::name_class::NameClass;
use crate::report::{Skipped, Unscanned};
use crate::repository::object::Number;
use crate::repository::objects::Objects;
use crate::triage::extent::extent;
use crate::view::{Behind, View};

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
    /// What was spotted in the object under way: where, by which rule, and the bytes.
    spotted: Vec<(Origin, usize, Box<[u8]>)>,
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
            spotted: Vec::new(),
        }
    }
}

impl Spotter<'_> {
    /// Adds what was spotted in an object, but for what [`is_glued`]: no finding will be
    /// made of it either.
    fn add_spotted(&mut self) {
        if self.spotted.is_empty() {
            return;
        }
        let spotted = std::mem::take(&mut self.spotted);
        let is_member =
            |(origin, ..): &&(Origin, usize, Box<[u8]>)| matches!(origin, Origin::Member(_));
        let members: Vec<_> = spotted.iter().filter(is_member).collect();
        let is_told = |(origin, rule, token): &(Origin, usize, Box<[u8]>)| {
            members.iter().any(|(member, of, alone)| {
                of == rule && is_glued(token, alone) && member.is_inside(origin)
            })
        };
        let mut state = self.spots.state();
        for spot in &spotted {
            if let Some(id) = spot.0.id().filter(|_| !is_told(spot)) {
                state.add(id, spot.1, &spot.2);
            }
        }
    }
}

impl Sink for Spotter<'_> {
    fn blob(&mut self, blob: Blob<'_>) {
        let Blob {
            origin,
            class,
            content,
        } = blob;
        let mut desk = std::mem::take(&mut self.worker.desk);
        let Scan {
            scanner,
            watch,
            ref memory,
            ..
        } = *self.worker.scan;
        let look = Look::new(scanner, watch, memory, self, &mut desk);
        let read = look.blob(&origin, class, content);
        self.worker.desk = desk;
        self.worker.count(read, &origin);
        self.add_spotted();
    }

    fn skipped(&mut self, skipped: Skipped) {
        self.worker.skipped(skipped);
    }

    fn unscanned(&mut self, unscanned: Unscanned) {
        self.worker.unscanned(unscanned);
    }
}

impl Clerk for Spotter<'_> {
    type File = ();

    fn open(&self, _: Option<NameClass>) {}

    fn view(
        &mut self,
        (): &mut (),
        origin: &Origin,
        view: &View<'_>,
        seen: &Seen,
        _: usize,
        _: &mut dyn Behind,
    ) {
        let engine = &self.worker.scan.scanner.engine;
        for hit in &seen.hits {
            let (bytes, span) = hit.text(view.bytes);
            let length = extent(engine.credential(hit), bytes, span).length;
            let token = bytes[span.start..span.start + length].into();
            self.spotted.push((origin.clone(), hit.rule, token));
        }
    }

    fn close(&mut self, (): (), _: &Origin) {}

    fn member(&mut self, bytes: u64) {
        self.worker.member(bytes);
    }

    fn leave_out(&mut self, skipped: Skipped) {
        self.worker.skipped(skipped);
    }

    fn miss(&mut self, unscanned: Unscanned) {
        self.worker.unscanned(unscanned);
    }
}
