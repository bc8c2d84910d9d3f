//! The practices of a commit: of a history and of a range, the files of the newest commit
//! are looked at. What a workflow once did, nobody has to change.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use gix::ObjectId;

use super::history::repository_path;
use super::practices::{LARGEST, too_large};
use super::{Scan, Worker};
use crate::blob::{Blob, Content, Origin, Role, Sink};
use crate::context::Context;
use crate::exclusion::{Fit, PathKind};
use crate::policy::Policy;
use crate::report::{Skipped, Unscanned};
use crate::repository::Repository;
use crate::repository::object::Kind;
use crate::repository::stored::Stored;
use crate::standing::Standing;

/// Folders of a commit that are nested deeper are reported.
const DEEPEST: usize = 512;

/// So many files and folders of a commit are gone through: a few small trees that name one
/// another can stand for more than there is time for.
const MOST: usize = 10_000_000;

/// Takes of a working tree what no commit has and an audit asks for: environment files that
/// nobody has added, and git's own configuration.
struct Uncommitted<'s> {
    worker: Worker<'s>,
}

impl Sink for Uncommitted<'_> {
    fn blob(&mut self, blob: Blob<'_>) {
        let Some(path) = self.worker.path_for_practices(&blob.origin) else {
            return;
        };
        let is_asked_for = match Context::of_name(&path) {
            Context::GitRemote => true,
            Context::EnvFile => {
                let name = path.file_name().map_or(path.as_path(), Path::new);
                self.worker.standing(&path, name, &blob.origin) != Standing::Tracked
            }
            _ => false,
        };
        if is_asked_for {
            self.worker.practices_only(&path, blob);
        }
    }

    fn skipped(&mut self, _: Skipped) {}

    /// What could not be opened is told if it is asked for, or may hold what is.
    fn unscanned(&mut self, unscanned: Unscanned) {
        let kind = Context::of_name(&unscanned.path);
        if matches!(kind, Context::GitRemote | Context::EnvFile) || unscanned.path.is_dir() {
            self.worker.unscanned(unscanned);
        }
    }

    fn is_closed(&self) -> bool {
        self.worker.is_closed()
    }
}

impl Scan<'_> {
    /// Lets the policy look at what of the working tree is in no commit.
    pub(super) fn practices_of_working_tree(&self) {
        let root = self.scanner.config.project.root();
        if self.scanner.policy.is_empty() || !root.join(".git").exists() {
            return;
        }
        let root = match root.strip_prefix(&self.here) {
            Ok(below) if below.as_os_str().is_empty() => PathBuf::from("."),
            Ok(below) => below.to_path_buf(),
            Err(_) => root.to_path_buf(),
        };
        self.scanner.tree().push(&[root], &|| Uncommitted {
            worker: Worker::new(self),
        });
    }

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
