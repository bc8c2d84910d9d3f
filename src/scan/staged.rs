//! The scan of what is staged.

use gix::ObjectId;
use rayon::prelude::*;

use super::history::repository_path;
use super::{Scan, Worker};
use crate::blob::{Blob, Content, Origin, Role, Sink};
use crate::exclusion::{Fit, PathKind};
use crate::report::{SkipReason, Skipped, Unscanned};
use crate::repository::Repository;
use crate::repository::object::is_lfs_pointer;
use crate::repository::objects::Fault;
use crate::repository::stored::Stored;
use crate::source::staged::{Changes, Staged, changes};

impl Scan<'_> {
    /// Scans the blobs of the index that differ from `HEAD`.
    pub(super) fn staged(&self, repository: &Repository) {
        let mut worker = Worker::new(self);
        let index = match repository.index() {
            Ok(Some(index)) => index,
            Ok(None) => return,
            Err(fault) => {
                let (path, reason) = (fault.path, fault.reason);
                worker.unscanned(Unscanned { path, reason });
                return;
            }
        };
        let stored = repository.stored();
        let head = head_tree(repository, &stored, &mut worker);
        let Changes {
            blobs,
            submodules,
            faults,
        } = changes(&index, head, &|id| stored.folder(id));
        for (path, reason) in faults {
            worker.unscanned(Unscanned {
                path: repository_path(&path),
                reason: format!("cannot compare with HEAD: {reason}"),
            });
        }
        for path in submodules {
            let path = repository_path(&path);
            worker.skipped(Skipped {
                path,
                reason: SkipReason::Submodule,
            });
        }
        /// Fewer blobs are not worth a second thread.
        const PORTION: usize = 64;
        blobs.par_chunks(PORTION).for_each(|blobs| {
            let stored = repository.stored();
            let mut worker = Worker::new(self);
            for blob in blobs {
                if !self.watch.is_stopped() {
                    self.staged_blob(&stored, blob, &mut worker);
                }
            }
        });
        if self.watch.is_stopped() {
            self.report_stop(repository, &mut worker);
        }
    }

    fn staged_blob(&self, stored: &Stored, staged: &Staged, worker: &mut Worker<'_>) {
        let config = &self.scanner.config;
        let path = repository_path(&staged.path);
        let real = || config.project.root().join(&path);
        if config
            .exclusion
            .excludes(PathKind::File, Fit::OrParent, real)
        {
            let reason = SkipReason::Excluded;
            worker.skipped(Skipped { path, reason });
            return;
        }
        let class = config.exclusion.class_of(&path);
        if let Some(class) = class.filter(|class| config.rules.all_exclude(*class)) {
            let reason = class.into();
            worker.skipped(Skipped { path, reason });
            return;
        }
        let origin = Origin::Git {
            id: staged.id,
            role: Role::File(path.clone()),
        };
        let read = stored.blob(&staged.id, self.watch, |content| {
            if let Content::Bytes(bytes) = content
                && is_lfs_pointer(bytes)
            {
                let (path, reason) = (path.clone(), SkipReason::LfsPointer);
                worker.skipped(Skipped { path, reason });
            }
            worker.blob(Blob {
                origin,
                class,
                content,
            });
        });
        if let Err(reason) = read {
            worker.unscanned(Unscanned { path, reason });
        }
    }
}

/// The tree of `HEAD`. Where it cannot be read, all that is in the index is
/// taken for new.
fn head_tree(
    repository: &Repository,
    stored: &Stored,
    worker: &mut Worker<'_>,
) -> Option<ObjectId> {
    let head = match repository.head() {
        Ok(head) => head?,
        Err(Fault { path, reason }) => {
            worker.unscanned(Unscanned { path, reason });
            return None;
        }
    };
    match stored.tree_of(&head) {
        Ok(tree) => Some(tree),
        Err(reason) => {
            let path = repository.root();
            let reason = format!("cannot read HEAD: {reason}");
            worker.unscanned(Unscanned { path, reason });
            None
        }
    }
}
