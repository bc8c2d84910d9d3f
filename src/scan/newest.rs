//! The practices of a commit: of a history and of a range, the files of the newest commit
//! are looked at. What a workflow once did, nobody has to change.

use std::collections::HashSet;
use std::path::PathBuf;

use gix::ObjectId;

use super::history::repository_path;
use super::practices::{LARGEST, too_large};
use super::{Scan, Worker};
use crate::blob::{Content, Origin, Role, Sink};
use crate::exclusion::{Fit, PathKind};
use crate::policy::Policy;
use crate::report::Unscanned;
use crate::repository::Repository;
use crate::repository::object::Kind;
use crate::repository::stored::Stored;

/// Folders of a commit that are nested deeper are reported.
const DEEPEST: usize = 512;

/// So many files and folders of a commit are gone through: a few small trees that name one
/// another can stand for more than there is time for.
const MOST: usize = 10_000_000;

impl Scan<'_> {
    /// Lets the policy look at the files of a commit, or at those of them that are in
    /// `only`.
    pub(super) fn practices_of_commit(
        &self,
        repository: &Repository,
        commit: &ObjectId,
        only: Option<&HashSet<ObjectId>>,
        worker: &mut Worker<'_>,
    ) {
        if self.scanner.policy.is_empty() {
            return;
        }
        let stored = repository.stored();
        let mut faults = Vec::new();
        let files = files(&stored, commit, &mut faults);
        for reason in faults {
            worker.unscanned(Unscanned {
                path: repository.root(),
                reason: format!("{reason}; no rule of the policy has looked at it"),
            });
        }
        for (path, id) in files {
            if only.is_none_or(|only| only.contains(&id)) {
                self.practices_of_blob(&stored, path, id, worker);
            }
        }
    }

    fn practices_of_blob(
        &self,
        stored: &Stored,
        path: PathBuf,
        id: ObjectId,
        worker: &mut Worker<'_>,
    ) {
        let config = &self.scanner.config;
        let real = || config.project.root().join(&path);
        if self.watch.is_stopped()
            || config
                .exclusion
                .excludes(PathKind::File, Fit::OrParent, real)
        {
            return;
        }
        let class = config.exclusion.class_of(&path);
        let origin = Origin::Git {
            id,
            role: Role::File(path.clone()),
        };
        let read = stored.blob(&id, self.watch, |content| {
            if let Content::Bytes(bytes) = content
                && bytes.len() as u64 <= LARGEST
            {
                worker.practices_alone(&path, &origin, class, bytes);
            } else {
                worker.unscanned(Unscanned {
                    path: path.clone(),
                    reason: too_large(),
                });
            }
        });
        if let Err(reason) = read {
            worker.unscanned(Unscanned { path, reason });
        }
    }
}

/// The files of a commit that practices look at.
fn files(stored: &Stored, commit: &ObjectId, faults: &mut Vec<String>) -> Vec<(PathBuf, ObjectId)> {
    let mut files = Vec::new();
    let mut folders = match stored.tree_of(commit) {
        Ok(tree) => vec![(PathBuf::new(), tree)],
        Err(reason) => {
            faults.push(reason);
            return files;
        }
    };
    let mut seen = 0;
    while let Some((folder, tree)) = folders.pop() {
        if seen > MOST {
            faults.push(format!("the newest commit has more than {MOST} files"));
            break;
        }
        if folder.components().count() > DEEPEST {
            faults.push(format!("folders are nested more than {DEEPEST} deep"));
            continue;
        }
        match stored.folder(&tree) {
            Ok(entries) => {
                seen += entries.len();
                for (name, (kind, id)) in entries {
                    let path = folder.join(repository_path(&name));
                    match kind {
                        Kind::Tree => folders.push((path, id)),
                        Kind::Blob if Policy::concerns(&path) => files.push((path, id)),
                        Kind::Blob | Kind::Commit | Kind::Tag => {}
                    }
                }
            }
            Err(reason) => faults.push(reason),
        }
    }
    files
}
