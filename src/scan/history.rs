//! The scan of a repository's history: looks at its objects, asks the attribution
//! where what was found stands, and judges it there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::placing::Again;
use super::repository::report_faults;
use super::spotting::{Spots, Spotter};
use super::{Scan, Worker};
use gix::ObjectId;
use gix::index::entry::{Flags, Mode};

use crate::attribution::{Attribution, Trace, Traced};
use crate::blob::{Role, Sink};
use crate::config::Detail;
use crate::history::Reach;
use crate::mask::printable;
use crate::report::{SkipReason, Skipped, Unscanned};
use crate::repository::graph::{Graph, Missing};
use crate::repository::number_set::NumberSet;
use crate::repository::object::{Kind, Number};
use crate::repository::objects::Objects;
use crate::repository::tips::{From, Tips};
use crate::repository::{Repository, Shallow};
use crate::source::history::{self as source, Blobs};

/// How many missing or unreadable objects a report names before it only counts
/// them.
pub(super) const MOST_NAMED: usize = 100;

impl Scan<'_> {
    /// Scans everything that a repository holds.
    pub(super) fn history(&self, repository: &Repository) {
        let objects = repository.objects();
        let mut worker = Worker::new(self);
        report_faults(&objects, &mut worker);
        self.watch.expect(u64::from(objects.len()));
        let source = source::History {
            objects: &objects,
            watch: self.watch,
        };
        let spots = Spots::default();
        let sink = || Spotter::new(self, &spots);
        let mut blobs = source.push_blobs(&sink);
        let tokens = spots.take(&objects);
        let mut wanted = NumberSet::new(objects.len());
        for blob in tokens.keys().chain(self.pointers_to_list(&blobs)) {
            wanted.insert(*blob);
        }
        let (graph, mut unread) = source.push_messages(&wanted, &sink);
        let in_messages = spots.take(&objects);
        unread.append(&mut blobs.unread);
        source::report_unread(&objects, &unread, MOST_NAMED, &mut worker);
        report_gaps(repository, &objects, &graph, &mut worker);
        if self.watch.is_stopped() {
            self.report_stop(repository, &mut worker);
            self.place_unknown(&objects, &spots, &tokens, &mut worker);
            return;
        }
        let tips = Tips::of(&repository.gix());
        report_tips(repository, &objects, &tips, &mut worker);
        let attribution = Attribution {
            objects: &objects,
            graph: &graph,
            tips: &tips,
            head: repository
                .head()
                .ok()
                .flatten()
                .and_then(|id| objects.number(&id)),
            tokens: &tokens,
            wanted: &wanted,
        };
        let is_traced = !wanted.is_empty() || !in_messages.is_empty();
        let traced = is_traced.then(|| attribution.trace());
        if let Some(traced) = &traced {
            let mut traces = traced.traces();
            find_in_index(repository, &objects, &mut traces);
            self.place(&objects, &spots, Again::Walk, traces, &mut worker);
            self.place_messages(&objects, &spots, traced, &in_messages, &mut worker);
        }
        if let Ok(Some(head)) = repository.head() {
            self.practices_of_commit(repository, &head, None, &mut worker);
        }
        self.practices_of_working_tree();
        skip_pointers(blobs.pointers.len(), traced.as_ref(), &mut worker);
        skip_submodules(&graph, &mut worker);
    }

    /// The pointers of Git LFS whose paths are asked for.
    fn pointers_to_list<'b>(&self, blobs: &'b Blobs) -> &'b [Number] {
        match self.scanner.config.details.skipped_paths {
            Detail::Keep => &blobs.pointers,
            Detail::Omit => &[],
        }
    }

    pub(super) fn report_stop(&self, repository: &Repository, worker: &mut Worker<'_>) {
        let (seen, all) = (self.watch.objects(), self.watch.all_objects());
        let reason = if all == 0 {
            format!("the scan was stopped after {seen} objects")
        } else {
            format!("the scan was stopped after {seen} of {all} objects")
        };
        worker.unscanned(Unscanned {
            path: repository.root(),
            reason,
        });
    }
}

/// Reports what the history names and the repository does not hold.
fn report_gaps(repository: &Repository, objects: &Objects, graph: &Graph, worker: &mut Worker<'_>) {
    let shallow = repository.shallow();
    report_shallow(repository, &shallow, worker);
    let in_index = missing_in_index(repository, objects);
    let missing: Vec<_> = graph
        .missing
        .iter()
        .chain(&in_index)
        .filter(|(_, missing)| !shallow.cuts_off(missing))
        .collect();
    report_missing(repository, objects, &missing, worker);
}

/// The blobs that the index names and that are not there.
fn missing_in_index(repository: &Repository, objects: &Objects) -> BTreeMap<ObjectId, Missing> {
    let index = repository.index().ok().flatten();
    let entries = index
        .iter()
        .flat_map(|index| index.entries().iter().map(move |entry| (entry, index)));
    let missing = entries.filter(|(entry, _)| {
        let is_blob = matches!(
            entry.mode,
            Mode::FILE | Mode::FILE_EXECUTABLE | Mode::SYMLINK
        );
        let is_there =
            entry.flags.contains(Flags::INTENT_TO_ADD) || objects.number(&entry.id).is_some();
        is_blob && !is_there
    });
    let named = missing.map(|(entry, index)| {
        let named_by = entry.path(index).to_vec();
        let kind = Kind::Blob;
        (entry.id, Missing { kind, named_by })
    });
    named.collect()
}

/// Reports that the history goes on where it is not.
pub(super) fn report_shallow(repository: &Repository, shallow: &Shallow, worker: &mut Worker<'_>) {
    if !shallow.boundary.is_empty() {
        worker.unscanned(Unscanned {
            path: repository.root(),
            reason: shallow.reason(),
        });
    }
}

/// Reports objects that are named and not there: the first by name, and how many
/// more there are.
pub(super) fn report_missing(
    repository: &Repository,
    objects: &Objects,
    missing: &[(&ObjectId, &Missing)],
    worker: &mut Worker<'_>,
) {
    let path = repository.root();
    let hint = if objects.is_partial() {
        " (this is a partial clone; `git fetch --refetch --no-filter` gets the rest)"
    } else {
        ""
    };
    for (id, missing) in missing.iter().take(MOST_NAMED) {
        let named_by = printable(&missing.named_by);
        let what = match missing.kind {
            Kind::Blob | Kind::Tree => format!("{} {id} ({named_by})", missing.kind.name()),
            Kind::Commit | Kind::Tag => {
                format!("{} {id}, which {named_by} names,", missing.kind.name())
            }
        };
        worker.unscanned(Unscanned {
            path: path.clone(),
            reason: format!("{what} is missing{hint}"),
        });
    }
    if missing.len() > MOST_NAMED {
        let more = missing.len() - MOST_NAMED;
        worker.unscanned(Unscanned {
            path,
            reason: format!("{more} more objects are missing{hint}"),
        });
    }
}

/// Reports the references and reflogs that cannot be read.
fn report_tips(repository: &Repository, objects: &Objects, tips: &Tips, worker: &mut Worker<'_>) {
    for tip in &tips.tips {
        // A reflog may name what was collected long ago.
        if let From::Reference(name) = &tip.from
            && objects.number(&tip.id).is_none()
        {
            let name = printable(name);
            worker.unscanned(Unscanned {
                path: repository.root(),
                reason: format!("object {}, which {name} names, is missing", tip.id),
            });
        }
    }
    if let Err(fault) = repository.head() {
        let (path, reason) = (fault.path, fault.reason);
        worker.unscanned(Unscanned { path, reason });
    }
    for (path, reason) in &tips.faults {
        let (path, reason) = (path.clone(), reason.clone());
        worker.unscanned(Unscanned { path, reason });
    }
}

/// Counts the submodules.
fn skip_submodules(graph: &Graph, worker: &mut Worker<'_>) {
    for name in &graph.submodules {
        worker.skipped(Skipped {
            path: repository_path(name),
            reason: SkipReason::Submodule,
        });
    }
}

/// Gives the blobs that no commit has the path that they have in the index.
fn find_in_index(repository: &Repository, objects: &Objects, traces: &mut [Trace]) {
    if traces.iter().all(|trace| trace.path.is_some()) {
        return;
    }
    let indexes = repository.indexes();
    let entries = indexes
        .iter()
        .flat_map(|index| index.entries().iter().map(move |entry| (entry, index)));
    let staged: BTreeMap<Number, Vec<u8>> = entries
        .filter_map(|(entry, index)| Some((objects.number(&entry.id)?, entry.path(index).to_vec())))
        .collect();
    for trace in traces.iter_mut().filter(|trace| trace.path.is_none()) {
        if let Some(path) = trace.blobs.iter().find_map(|blob| staged.get(blob)) {
            trace.path = Some(path.clone());
            trace.history.reach = trace.history.reach.min(Reach::Index);
        }
    }
}

/// Counts the pointers of Git LFS, and lists their paths where that is asked for.
pub(super) fn skip_pointers(count: usize, traced: Option<&Traced<'_>>, worker: &mut Worker<'_>) {
    let paths = traced.map(Traced::paths_of_others).unwrap_or_default();
    let reason = SkipReason::LfsPointer;
    for path in &paths {
        let path = repository_path(path);
        worker.skipped(Skipped { path, reason });
    }
    for _ in paths.len()..count {
        let path = Role::Blob.path().to_path_buf();
        worker.skipped(Skipped { path, reason });
    }
}

/// A path of git's as one of the system's. Where that cannot have such a path,
/// it is the nearest that can be shown.
pub(super) fn repository_path(path: &[u8]) -> PathBuf {
    match gix::path::from_byte_slice(path) {
        Ok(path) => path.to_path_buf(),
        Err(_) => PathBuf::from(String::from_utf8_lossy(path).into_owned()),
    }
}
