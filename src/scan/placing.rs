//! Placing: the second look, at the objects whose tokens are shown, each judged at
//! the path where it stands. One token at one path is one finding.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::history::repository_path;
use super::spotting::Spots;
use super::{Scan, Worker};
use crate::attribution::{Token, Tokens, Trace, Traced};
use crate::blob::{Content, Origin, Role, Sink};
use crate::exclusion::{Fit, PathKind};
use crate::finding::Finding;
use crate::history::{History, Reach};
use crate::report::{SkipReason, Skipped, Unscanned};
use crate::repository::number_set::NumberSet;
use crate::repository::object::{Kind, Number};
use crate::repository::objects::Objects;
use crate::repository::walk::{Base, Data, Object, Selection, Visit, walk};
use crate::triage::judge::Verdict;

/// A token to be shown: where it stands, and in which objects, the one to show
/// first.
struct Showing {
    token: Token,
    role: Role,
    objects: Vec<Number>,
    history: Option<History>,
}

/// What came of a second look: which showing, in which object.
type Seen = (usize, Number, Finding, Verdict);

/// How a few objects are read again.
#[derive(Clone, Copy)]
pub(super) enum Again {
    /// In a walk over what they are made from, which many of them share.
    Walk,
    /// One by one.
    OneByOne,
}

/// Fewer objects are read one by one in any case.
const FEW: usize = 64;

impl Scan<'_> {
    /// Reports the tokens of blobs at the paths where they stand.
    pub(super) fn place(
        &self,
        objects: &Objects,
        spots: &Spots,
        again: Again,
        traces: Vec<Trace>,
        worker: &mut Worker<'_>,
    ) {
        let rules = spots.rules();
        let mut showings = Vec::new();
        for trace in traces {
            let role = match trace.path {
                Some(_) if trace.history.reach == Reach::Notes => Role::Note,
                Some(path) => Role::File(repository_path(&path)),
                None => Role::Blob,
            };
            if let Role::File(path) = &role
                && let Some(reason) = self.reason_to_skip(path, rules[trace.token as usize])
            {
                let path = path.clone();
                worker.skipped(Skipped { path, reason });
                continue;
            }
            showings.push(Showing {
                token: trace.token,
                role,
                objects: trace.blobs,
                history: Some(trace.history),
            });
        }
        self.show(objects, spots, again, &showings, worker);
    }

    /// Reports the tokens of commits and tags. One token is one finding, however
    /// many messages it is in.
    pub(super) fn place_messages(
        &self,
        objects: &Objects,
        spots: &Spots,
        traced: &Traced<'_>,
        tokens: &Tokens,
        worker: &mut Worker<'_>,
    ) {
        let mut messages: BTreeMap<(Token, bool), Vec<Number>> = BTreeMap::new();
        for (object, tokens) in tokens {
            let is_tag = traced.is_tag(*object);
            for token in tokens {
                messages.entry((*token, is_tag)).or_default().push(*object);
            }
        }
        let (tokens, messages): (Vec<_>, Vec<_>) = messages.into_iter().unzip();
        let histories = traced.of_messages(messages);
        let showing = |((token, is_tag), (objects, history))| Showing {
            token,
            role: if is_tag { Role::Tag } else { Role::Commit },
            objects,
            history: Some(history),
        };
        let showings: Vec<_> = tokens.into_iter().zip(histories).map(showing).collect();
        self.show(objects, spots, Again::OneByOne, &showings, worker);
    }

    /// Reports tokens of which it could not be told where they stand.
    pub(super) fn place_unknown(
        &self,
        objects: &Objects,
        spots: &Spots,
        tokens: &Tokens,
        worker: &mut Worker<'_>,
    ) {
        let mut holders: BTreeMap<Token, Vec<Number>> = BTreeMap::new();
        for (object, tokens) in tokens {
            for token in tokens {
                holders.entry(*token).or_default().push(*object);
            }
        }
        let showing = |(token, objects)| Showing {
            token,
            role: Role::Blob,
            objects,
            history: None,
        };
        let showings: Vec<_> = holders.into_iter().map(showing).collect();
        self.show(objects, spots, Again::OneByOne, &showings, worker);
    }

    /// Looks again, and reports what is seen.
    fn show(
        &self,
        objects: &Objects,
        spots: &Spots,
        again: Again,
        showings: &[Showing],
        worker: &mut Worker<'_>,
    ) {
        let firsts = showings.iter().enumerate();
        let firsts = firsts.filter_map(|(place, it)| Some((*it.objects.first()?, place)));
        let mut seen = self.look(objects, spots, again, showings, firsts.collect(), worker);
        // A comment that allows it in one version says nothing of the others.
        let allowed: BTreeSet<usize> = seen
            .iter()
            .filter(|(.., verdict)| matches!(verdict, Verdict::Suppress(_)))
            .map(|(place, ..)| *place)
            .collect();
        let others = allowed.into_iter().flat_map(|place| {
            let others = showings[place].objects.iter().skip(1);
            others.map(move |object| (*object, place))
        });
        let others: BTreeSet<(Number, usize)> = others.collect();
        if !others.is_empty() {
            seen.extend(self.look(objects, spots, again, showings, others, worker));
        }
        let mut best: BTreeMap<usize, Seen> = BTreeMap::new();
        for seen in seen {
            let rank = |(place, object, finding, verdict): &Seen| {
                let version = showings[*place].objects.iter().position(|it| it == object);
                let is_suppressed = matches!(verdict, Verdict::Suppress(_));
                (is_suppressed, version, finding.location.offset)
            };
            match best.get(&seen.0) {
                Some(known) if rank(known) <= rank(&seen) => {}
                _ => {
                    best.insert(seen.0, seen);
                }
            }
        }
        let finding = |(place, object, mut finding, verdict): Seen| {
            let history = showings[place].history.clone();
            finding.history = history.map(|history| {
                let object = objects.id(object).to_hex().to_string();
                Arc::new(History { object, ..history })
            });
            (finding, verdict)
        };
        worker.report(best.into_values().map(finding).collect());
    }

    /// Judges the tokens of some objects where they are to be shown.
    fn look(
        &self,
        objects: &Objects,
        spots: &Spots,
        again: Again,
        showings: &[Showing],
        at: BTreeSet<(Number, usize)>,
        worker: &mut Worker<'_>,
    ) -> Vec<Seen> {
        let mut of_object: BTreeMap<Number, Vec<usize>> = BTreeMap::new();
        for (object, place) in at {
            of_object.entry(object).or_default().push(place);
        }
        let seen = Mutex::new(Vec::new());
        let onlooker = || Onlooker {
            worker: Worker::new(self),
            objects,
            spots,
            showings,
            of_object: &of_object,
            seen: &seen,
        };
        match again {
            Again::Walk if of_object.len() >= FEW => {
                let mut only = NumberSet::new(objects.len());
                for object in of_object.keys() {
                    only.insert(*object);
                }
                let selection = Selection {
                    kinds: &[Kind::Blob],
                    only: Some(&only),
                };
                // What cannot be read has been reported at the first look.
                walk(objects, selection, self.watch, &onlooker);
            }
            Again::Walk | Again::OneByOne => {
                let numbers: Vec<Number> = of_object.keys().copied().collect();
                numbers.par_chunks(FEW).for_each(|numbers| {
                    let mut onlooker = onlooker();
                    for &number in numbers {
                        let read = objects.lend(number, self.watch, |_, data| {
                            onlooker.look(number, data);
                        });
                        drop(read);
                    }
                });
            }
        }
        let seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        report_unseen(objects, showings, &of_object, &seen, worker);
        seen
    }

    /// Why a rule's findings at a path of the repository are left out, if they are.
    fn reason_to_skip(&self, path: &Path, rule: usize) -> Option<SkipReason> {
        let config = &self.scanner.config;
        let real = || -> PathBuf { config.project.root().join(path) };
        if config
            .exclusion
            .excludes(PathKind::File, Fit::OrParent, real)
        {
            return Some(SkipReason::Excluded);
        }
        let class = config.exclusion.class_of(path)?;
        let rule = config.rules.iter().nth(rule);
        let rule = rule.expect("a token was spotted by a rule of the set");
        rule.excludes(class).then(|| class.into())
    }
}

/// Reports the tokens that a second look has not found again: the repository
/// changed meanwhile.
fn report_unseen(
    objects: &Objects,
    showings: &[Showing],
    of_object: &BTreeMap<Number, Vec<usize>>,
    seen: &[Seen],
    worker: &mut Worker<'_>,
) {
    let found: BTreeSet<usize> = seen.iter().map(|(place, ..)| *place).collect();
    for (object, places) in of_object {
        if places.iter().any(|place| !found.contains(place)) {
            let id = objects.id(*object);
            worker.unscanned(Unscanned {
                path: showings[places[0]].role.path().to_path_buf(),
                reason: format!("a token was in object {id}, which cannot be read again"),
            });
        }
    }
}

/// One thread's part of a second look.
struct Onlooker<'o> {
    worker: Worker<'o>,
    objects: &'o Objects,
    spots: &'o Spots,
    showings: &'o [Showing],
    of_object: &'o BTreeMap<Number, Vec<usize>>,
    seen: &'o Mutex<Vec<Seen>>,
}

impl Visit for Onlooker<'_> {
    type Kept = ();

    fn object(&mut self, object: Object<'_>, _: Option<Base<'_, ()>>) {
        self.look(object.number, object.data);
    }
}

impl Onlooker<'_> {
    fn look(&mut self, number: Number, data: Data<'_>) {
        let Some(places) = self.of_object.get(&number) else {
            return;
        };
        let mut roles: Vec<&Role> = Vec::new();
        for place in places {
            let role = &self.showings[*place].role;
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
        match data {
            Data::Bytes(bytes) => {
                for role in roles {
                    self.judge(number, role, places, Content::Bytes(bytes));
                }
            }
            Data::Large(stream) => {
                for role in &roles[1..] {
                    if let Ok(mut again) = stream.again() {
                        self.judge(number, role, places, Content::Stream(&mut *again));
                    }
                }
                self.judge(number, roles[0], places, Content::Replay(stream));
            }
        }
    }

    /// Judges an object in a role, and keeps what is to be shown of it.
    fn judge(&mut self, number: Number, role: &Role, places: &[usize], content: Content<'_>) {
        let origin = Origin::Git {
            id: self.objects.id(number),
            role: role.clone(),
        };
        // What cannot be read or opened was reported at the first look.
        let findings = self.worker.judge_again(&origin, None, content);
        // A note on two objects is shown twice.
        let mut shown: HashMap<Token, Vec<usize>> = HashMap::new();
        for &place in places {
            let showing = &self.showings[place];
            if showing.role == *role {
                shown.entry(showing.token).or_default().push(place);
            }
        }
        let rules = &self.worker.scan.scanner.config.rules;
        let mut seen = Vec::new();
        for (finding, verdict) in findings {
            let rule = rules.iter().position(|rule| rule.id == finding.rule.id);
            let secret = finding.token().map(|token| token.secret.bytes());
            let token = rule
                .zip(secret)
                .and_then(|(rule, secret)| self.spots.token(rule, secret));
            for &place in token
                .and_then(|token| shown.get(&token))
                .into_iter()
                .flatten()
            {
                seen.push((place, number, finding.clone(), verdict.clone()));
            }
        }
        let all = self.seen.lock();
        all.unwrap_or_else(PoisonError::into_inner).extend(seen);
    }
}
