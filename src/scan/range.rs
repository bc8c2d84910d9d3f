//! The scan of a range: what its commits say and what they introduced, also where
//! a later one of them took it away again.

use gix::ObjectId;

use super::history::{report_missing, report_shallow, skip_pointers};
use super::placing::Again;
use super::repository::report_faults;
use super::spotting::{Spots, Spotter};
use super::{Scan, Worker};
use crate::attribution::Attribution;
use crate::blob::Sink;
use crate::report::Unscanned;
use crate::repository::graph::Graph;
use crate::repository::number_set::NumberSet;
use crate::repository::revisions::{Commits, Revisions};
use crate::repository::tips::{From, Tip, Tips};
use crate::repository::{Repository, Shallow};
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
        let shallow = report_cuts(repository, &commits, &mut worker);
        let spots = Spots::default();
        let mut range = Range::new(&objects, self.watch);
        self.push_messages(&mut range, &commits, revisions, &spots);
        let in_messages = spots.take(&objects);
        let brought = range.brought();
        let missing = range.missing(&brought);
        let missing: Vec<_> = missing
            .iter()
            .filter(|(_, it)| !shallow.cuts_off(it))
            .collect();
        report_missing(repository, &objects, &missing, &mut worker);
        let sink = || Spotter::new(self, &spots);
        let pointers = push_blobs(&objects, &brought, self.watch, &sink);
        // What was there before counts only where something is there now.
        let mut tokens = spots.take(&objects);
        let head = range.in_head(repository.head().ok().flatten().as_ref());
        let mut older = range.beside(|blob| tokens.contains_key(&blob), &head);
        older.retain(|blob| !brought.contains(blob));
        push_blobs(&objects, &older, self.watch, &sink);
        tokens.extend(spots.take(&objects));
        report_unread(&objects, &range.unread, usize::MAX, &mut worker);
        report_unread(&objects, &range.trees.unread, usize::MAX, &mut worker);
        if self.watch.is_stopped() {
            self.report_stop(repository, &mut worker);
        }
        let new = brought.iter();
        let new = new.filter(|blob| range.trees.absent(**blob).is_none());
        let new = new.map(|blob| objects.id(*blob)).collect();
        let graph = Graph::of_commits(range.commits, range.tags, range.trees.names);
        let attribution = Attribution {
            objects: &objects,
            graph: &graph,
            tips: &named_tips(revisions),
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

    /// Looks at what the commits and the tags say, the oldest commit first.
    fn push_messages(
        &self,
        range: &mut Range<'_>,
        commits: &Commits,
        revisions: &Revisions,
        spots: &Spots,
    ) {
        let mut spotter = Spotter::new(self, spots);
        for id in commits.ids.iter().rev() {
            if !self.watch.is_stopped() {
                range.push_commit(id, &mut spotter);
            }
        }
        for id in revisions.tags() {
            range.push_tag(id, &mut spotter);
        }
    }
}

/// Reports where the commits end before their history does, and gives back the boundary of a
/// shallow clone among them.
fn report_cuts(repository: &Repository, commits: &Commits, worker: &mut Worker<'_>) -> Shallow {
    if let Some(fault) = &commits.fault {
        worker.unscanned(Unscanned {
            path: repository.root(),
            reason: format!("cannot follow the history to its start: {fault}"),
        });
    }
    let mut shallow = repository.shallow();
    shallow.boundary.retain(|id| commits.ids.contains(id));
    report_shallow(repository, &shallow, worker);
    shallow
}

/// The ends of the range, as if each were a reference.
fn named_tips(revisions: &Revisions) -> Tips {
    let named = |id: &ObjectId| Tip {
        from: From::Named,
        id: *id,
    };
    Tips {
        tips: revisions.tips().map(named).collect(),
        ..Tips::default()
    }
}
