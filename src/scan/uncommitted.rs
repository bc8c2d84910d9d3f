//! What of a working tree no commit has, and an audit of its repository asks for all the same.

use std::path::{Path, PathBuf};

use super::{Scan, Worker};
use crate::blob::{Blob, Sink};
use crate::context::Context;
use crate::report::{Skipped, Unscanned};
use crate::standing::Standing;

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
}
