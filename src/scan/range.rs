//! The scan of a range: what its commits say and what they introduced, also where
//! a later one of them took it away again.

use std::collections::BTreeSet;

use super::history::{report_missing, report_shallow, skip_pointers};
use super::placing::Again;
use super::repository::report_faults;
use super::spotting::{Spots, Spotter};
use super::{Scan, Worker};
use crate::attribution::Attribution;
use crate::blob::Sink;
use crate::report::Unscanned;
use crate::repository::Repository;
use crate::repository::graph::Graph;
use crate::repository::number_set::NumberSet;
use crate::repository::object::Number;
use crate::repository::tips::{From, Tip, Tips};
use crate::source::history::report_unread;
use crate::source::range::{Change, Range, push_blobs};

impl Scan<'_> {
    /// Scans what the configured revisions introduced.
    pub(super) fn range(&self, repository: &Repository) {
        let revisions = self.scanner.config.revisions.as_ref();
        let revisions = revisions.expect("a configuration resolves the revisions that it names");
        let objects = repository.objects();
        let mut worker = Worker::new(self);
        report_faults(&objects, &mut worker);
        let commits = repository.commits(revisions);
        if let Some(fault) = commits.fault {
            worker.unscanned(Unscanned {
                path: repository.root(),
                reason: format!("cannot follow the history to its start: {fault}"),
            });
        }
        let mut shallow = repository.shallow();
        shallow.boundary.retain(|id| commits.ids.contains(id));
        report_shallow(repository, &shallow, &mut worker);
        let spots = Spots::default();
        let sink = || Spotter::new(self, &spots);
        let mut range = Range::new(&objects, self.watch);
        let mut spotter = sink();
        for id in commits.ids.iter().rev() {
            if !self.watch.is_stopped() {
                range.push_commit(id, &mut spotter);
            }
        }
        for id in revisions.tags() {
            range.push_tag(id, &mut spotter);
        }
        drop(spotter);
        let in_messages = spots.take(&objects);
        let mut scanned: BTreeSet<Number> =
            range.changes.iter().filter_map(|it| it.after).collect();
        let absent = scanned.iter().filter_map(|blob| range.trees.absent(*blob));
        let mut missing = range.trees.missing.clone();
        missing.extend(absent.cloned());
        let missing = missing.iter().filter(|(_, it)| !shallow.cuts_off(it));
        let missing: Vec<_> = missing.collect();
        report_missing(repository, &objects, &missing, &mut worker);
        let new = scanned.iter();
        let new = new.filter(|blob| range.trees.absent(**blob).is_none());
        let new = new.map(|blob| objects.id(*blob)).collect();
        let pointers = push_blobs(&objects, &scanned, self.watch, &sink);
        // What was there before counts only where something is there now.
        let mut tokens = spots.take(&objects);
        let introduced: BTreeSet<_> = range
            .changes
            .iter()
            .filter(|change| change.after.is_some_and(|blob| tokens.contains_key(&blob)))
            .map(Change::path)
            .collect();
        let mut older: BTreeSet<Number> = range
            .changes
            .iter()
            .filter(|change| introduced.contains(&change.path()))
            .flat_map(Change::before)
            .collect();
        let head = repository.head().ok().flatten();
        let head = range.in_head(head.as_ref());
        older.extend(
            head.iter()
                .filter(|(path, _)| introduced.contains(path))
                .map(|(_, blob)| *blob),
        );
        older.retain(|blob| scanned.insert(*blob));
        push_blobs(&objects, &older, self.watch, &sink);
        tokens.extend(spots.take(&objects));
        report_unread(&objects, &range.unread, usize::MAX, &mut worker);
        report_unread(&objects, &range.trees.unread, usize::MAX, &mut worker);
        if self.watch.is_stopped() {
            self.report_stop(repository, &mut worker);
        }
        let graph = Graph::of_commits(range.commits, range.tags, range.trees.names);
        let tips = Tips {
            tips: revisions
                .tips()
                .map(|id| Tip {
                    from: From::Named,
                    id: *id,
                })
                .collect(),
            ..Tips::default()
        };
        let attribution = Attribution {
            objects: &objects,
            graph: &graph,
            tips: &tips,
            head: None,
            tokens: &tokens,
            wanted: &NumberSet::default(),
        };
        let changes = range.changes.iter().map(Change::changed);
        let traced = attribution.trace_changes(range.paths, changes, head.into_iter());
        let mut traces = traced.traces();
        traces.retain(|trace| trace.path.is_some() && trace.history.introduced.total > 0);
        self.place(&objects, &spots, Again::OneByOne, traces, &mut worker);
        self.place_messages(&objects, &spots, &traced, &in_messages, &mut worker);
        for tip in revisions.tips() {
            self.practices_of_commit(repository, tip, Some(&new), &mut worker);
        }
        skip_pointers(pointers.len(), None, &mut worker);
    }
}
