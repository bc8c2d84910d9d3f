//! The attribution stage: tells how each token came into a repository's history,
//! where it was, and what leads to it.
//!
//! It works on a graph that one walk over trees and commits has read, from the
//! root of the history up, each commit against its parents. What it costs depends
//! on the history, and on how much of it leads to what was found.

mod details;
mod follow;
mod ledger;
mod messages;
mod order;
mod reach;
mod relevant;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use self::details::Details;
use self::follow::follow;
use self::ledger::{Ledger, Record};
use self::order::{Order, Place};
use self::reach::Reaches;
use crate::history::{Bounded, History, Presence, Reach};
use crate::repository::changes::{Changed, Path, Paths};
use crate::repository::graph::Graph;
use crate::repository::number_set::NumberSet;
use crate::repository::object::Number;
use crate::repository::objects::Objects;
use crate::repository::tips::Tips;

/// A token, by a number that the caller gave it.
pub(crate) type Token = u32;

/// How many commits, references and paths a finding lists.
const MOST_LISTED: usize = 20;

/// How many objects a finding lists.
const MOST_OBJECTS: usize = 1000;

/// What a trace is made from.
pub(crate) struct Attribution<'a> {
    pub(crate) objects: &'a Objects,
    pub(crate) graph: &'a Graph,
    pub(crate) tips: &'a Tips,
    /// The commit that is `HEAD`, if there is one.
    pub(crate) head: Option<Number>,
    /// The blobs that were found to hold tokens, and which.
    pub(crate) tokens: &'a Tokens,
    /// The same blobs, and those whose paths alone are asked for.
    pub(crate) wanted: &'a NumberSet,
}

/// A token at a path.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) token: Token,
    /// The path; `None` where no tree of a commit has the blob.
    pub(crate) path: Option<Vec<u8>>,
    /// The blobs that have the token there, the one to show first.
    pub(crate) blobs: Vec<Number>,
    pub(crate) history: History,
}

/// What was traced.
pub(crate) struct Traced<'a> {
    attribution: Attribution<'a>,
    order: Order<'a>,
    reaches: Reaches,
    paths: Paths,
    ledger: Ledger,
}

/// The tokens of each blob.
pub(crate) type Tokens = BTreeMap<Number, BTreeSet<Token>>;

impl<'a> Attribution<'a> {
    /// Follows the tokens through the changes of some commits, which somebody else
    /// has gathered, parents before children.
    pub(crate) fn trace_changes<'c>(
        self,
        paths: Paths,
        changes: impl Iterator<Item = (Number, Changed<'c>)>,
        head: impl Iterator<Item = (Path, Number)>,
    ) -> Traced<'a> {
        let tokens = self.tokens;
        let mut traced = self.start(paths);
        for (commit, changed) in changes {
            if let Some(place) = traced.order.place(commit) {
                traced.ledger.note(tokens, place, &changed);
            }
        }
        for (path, blob) in head {
            traced.ledger.note_head(tokens, path, blob);
        }
        traced
    }

    /// Follows the tokens through the history.
    pub(crate) fn trace(self) -> Traced<'a> {
        let mut traced = self.start(Paths::default());
        let (paths, ledger) = follow(&traced.attribution, &traced.order);
        (traced.paths, traced.ledger) = (paths, ledger);
        traced
    }

    fn start(self, paths: Paths) -> Traced<'a> {
        let Self {
            objects,
            graph,
            tips,
            ..
        } = self;
        let order = Order::new(graph);
        let reaches = Reaches::new(objects, graph, tips, &order);
        Traced {
            order,
            reaches,
            paths,
            ledger: Ledger::default(),
            attribution: self,
        }
    }
}

impl Traced<'_> {
    /// The paths of the blobs whose paths alone were asked for, each once.
    pub(crate) fn paths_of_others(&self) -> BTreeSet<Vec<u8>> {
        let names = &self.attribution.graph.names;
        self.ledger
            .named
            .iter()
            .map(|(_, path)| self.paths.text(*path, names))
            .collect()
    }

    /// The tokens at their paths, and those at none, in order of token and path.
    pub(crate) fn traces(&self) -> Vec<Trace> {
        let names = &self.attribution.graph.names;
        // A token that was only taken away is of no commit here.
        let records = self.ledger.records.iter();
        let mut records: Vec<(Token, Vec<u8>, &Record)> = records
            .filter(|(_, record)| !record.blobs.is_empty())
            .map(|((token, path), record)| (*token, self.paths.text(*path, names), record))
            .collect();
        records.par_sort_unstable_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let mut named: BTreeSet<Place> = BTreeSet::new();
        let mut introducing: BTreeSet<Place> = BTreeSet::new();
        for (_, _, record) in &records {
            named.extend(self.listed(&record.introduced).iter().take(MOST_LISTED));
            named.extend(self.listed(&record.removed).iter().take(MOST_LISTED));
            introducing.extend(&record.introduced);
        }
        let details = Details::read(self, &named);
        let introducing: Vec<Place> = introducing.into_iter().collect();
        let references = self.reaches.references(&introducing, &self.order);
        let of_token: Vec<&[(Token, Vec<u8>, &Record)]> =
            records.chunk_by(|a, b| a.0 == b.0).collect();
        let trace = |records: &&[(Token, Vec<u8>, &Record)]| {
            let paths: Vec<Vec<u8>> = records.iter().map(|(_, path, _)| path.clone()).collect();
            let trace = |(token, path, record): &(Token, Vec<u8>, &Record)| Trace {
                token: *token,
                path: Some(path.clone()),
                blobs: self.shown_first(record),
                history: self.history(record, &details, &references, &paths),
            };
            records.iter().map(trace).collect::<Vec<_>>()
        };
        let mut traces: Vec<Trace> = of_token.par_iter().flat_map_iter(trace).collect();
        traces.extend(self.without_path());
        traces
    }

    /// Commits in the order in which they are listed.
    fn listed(&self, places: &[Place]) -> Vec<Place> {
        let mut places = places.to_vec();
        places.sort_unstable_by_key(|place| (self.reaches.of_commit(*place), *place));
        places
    }

    fn history(
        &self,
        record: &Record,
        details: &Details,
        references: &HashMap<Place, Vec<&[u8]>>,
        paths: &[Vec<u8>],
    ) -> History {
        let introduced = self.listed(&record.introduced);
        let reaches = introduced
            .iter()
            .map(|place| self.reaches.of_commit(*place));
        let reach = reaches.min().unwrap_or(Reach::Nothing);
        let by = introduced.iter().filter_map(|place| references.get(place));
        let mut by: Vec<&[u8]> = by.flatten().copied().collect();
        by.sort_unstable_by_key(|name| reference_order(name));
        by.dedup();
        let blobs = self.shown_first(record);
        History {
            object: self.hex(blobs[0]),
            objects: self.hexes(&blobs),
            in_head: presence(record.in_head),
            introduced: details.changes(introduced),
            removed: details.changes(self.listed(&record.removed)),
            reach,
            references: Bounded::new(by, MOST_LISTED).map(<[u8]>::to_vec),
            paths: Bounded::new(paths.iter().collect(), MOST_LISTED).map(Vec::clone),
        }
    }

    /// The blobs of a record, the one to show first: that of `HEAD`, or the last.
    fn shown_first(&self, record: &Record) -> Vec<Number> {
        let mut blobs: Vec<_> = record.blobs.iter().collect();
        blobs.sort_by_key(|(blob, place)| {
            let reach = self.reaches.of_commit(**place);
            let is_in_head = record.in_head == Some(**blob);
            (!is_in_head, reach, std::cmp::Reverse(**place))
        });
        blobs.into_iter().map(|(blob, _)| *blob).collect()
    }

    /// The tokens of blobs that no commit has.
    fn without_path(&self) -> Vec<Trace> {
        let mut lost: BTreeMap<Token, Vec<Number>> = BTreeMap::new();
        let found: BTreeSet<(Token, Number)> = self
            .ledger
            .records
            .iter()
            .flat_map(|((token, _), record)| record.blobs.keys().map(|blob| (*token, *blob)))
            .collect();
        for (blob, tokens) in self.attribution.tokens {
            for token in tokens {
                if !found.contains(&(*token, *blob)) {
                    lost.entry(*token).or_default().push(*blob);
                }
            }
        }
        let trace = |(token, blobs): (Token, Vec<Number>)| {
            let in_tip = blobs.iter().find_map(|blob| self.ledger.in_tips.get(blob));
            // What is named, directly or as a tree that has the blob.
            let named: Vec<Number> = match in_tip {
                Some((_, tree)) => vec![*tree],
                None => blobs.clone(),
            };
            let reach = named.iter().map(|it| self.reaches.of_other(*it)).min();
            let by = named.iter().flat_map(|it| self.reaches.names_of_other(*it));
            let names = &self.attribution.graph.names;
            Trace {
                token,
                path: in_tip.map(|(path, _)| self.paths.text(*path, names)),
                history: History {
                    object: self.hex(blobs[0]),
                    objects: self.hexes(&blobs),
                    in_head: Presence::Absent,
                    introduced: Bounded::new(Vec::new(), MOST_LISTED),
                    removed: Bounded::new(Vec::new(), MOST_LISTED),
                    reach: reach.unwrap_or(Reach::Nothing),
                    references: Bounded::new(by.cloned().collect(), MOST_LISTED),
                    paths: Bounded::new(Vec::new(), MOST_LISTED),
                },
                blobs,
            }
        };
        lost.into_iter().map(trace).collect()
    }

    fn hexes(&self, numbers: &[Number]) -> Bounded<String> {
        Bounded::new(
            numbers.iter().map(|number| self.hex(*number)).collect(),
            MOST_OBJECTS,
        )
    }

    fn hex(&self, number: Number) -> String {
        self.attribution.objects.id(number).to_hex().to_string()
    }
}

fn presence(blob: Option<Number>) -> Presence {
    if blob.is_some() {
        Presence::Present
    } else {
        Presence::Absent
    }
}

/// Branches before tags before others, then by name.
fn reference_order(name: &[u8]) -> (usize, &[u8]) {
    let kinds: [&[u8]; 3] = [b"refs/heads/", b"refs/remotes/", b"refs/tags/"];
    let kind = kinds.iter().position(|kind| name.starts_with(kind));
    (kind.unwrap_or(kinds.len()), name)
}
