//! The walk: goes through folders in parallel and decides of each entry, by its
//! name and kind, what becomes of it.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkState};

use super::SourceError;
use super::file::Opener;
use super::git_folder::configurations;
use super::root::Root;
use super::tracked::{Keys, WorkingTree};
use super::tree::{Class, Tree, skipped};
use crate::blob::{Sink, tidy};
use crate::exclusion::{Fit, IgnoredFiles, PathKind};
use crate::project::real_path;
use crate::report::SkipReason;

/// What the threads of a walk share.
pub(super) struct Walk<'w> {
    pub(super) tree: &'w Tree<'w>,
    pub(super) roots: &'w [Root],
    /// Roots that lie in others and are walked for themselves.
    pub(super) inner_roots: HashSet<&'w Path>,
    pub(super) keys: Keys,
    pub(super) seen: Mutex<Seen>,
}

/// What a walk has come by.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) hashes: Vec<u64>,
    pub(super) trees: BTreeSet<WorkingTree>,
}

/// Whether a repository's folder is a link to one.
#[derive(Debug, Clone, Copy)]
enum GitLink {
    No,
    Yes,
}

/// Makes a visitor for each thread of a walk.
pub(super) struct Visitors<'v, F> {
    pub(super) walk: &'v Walk<'v>,
    pub(super) new_sink: &'v F,
}

/// One thread of a walk.
struct Visitor<'v, S> {
    walk: &'v Walk<'v>,
    sink: S,
    opener: Opener,
    hashes: Vec<u64>,
}

impl<'s, S, F> ParallelVisitorBuilder<'s> for Visitors<'s, F>
where
    S: Sink + 's,
    F: Fn() -> S + Sync,
{
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        Box::new(Visitor {
            walk: self.walk,
            sink: (self.new_sink)(),
            opener: Opener::default(),
            hashes: Vec::new(),
        })
    }
}

impl<S: Sink> ParallelVisitor for Visitor<'_, S> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        if self.sink.is_closed() {
            return WalkState::Quit;
        }
        match entry {
            Ok(entry) => self.entry(entry),
            Err(error) => {
                // Any other error is a glob of an ignore file that could not be
                // used: then more is scanned, not less.
                if error.is_io() {
                    self.sink.unscanned(SourceError::Walk(error).at("."));
                }
                WalkState::Continue
            }
        }
    }
}

/// Walks with the current thread alone.
pub(super) fn visit_alone(walk: ignore::Walk, builder: &mut dyn ParallelVisitorBuilder<'_>) {
    let mut visitor = builder.build();
    // This walk enters what need not be entered, so what is in there is passed over.
    let mut left_out = usize::MAX;
    for entry in walk {
        let depth = match &entry {
            Ok(entry) => Some(entry.depth()),
            Err(error) => error.depth(),
        };
        if depth.is_some_and(|depth| depth > left_out) {
            continue;
        }
        left_out = usize::MAX;
        match visitor.visit(entry) {
            WalkState::Continue => {}
            WalkState::Skip => left_out = depth.unwrap_or(usize::MAX),
            WalkState::Quit => break,
        }
    }
}

/// An ignore file of `folder` that must not be opened: a pipe would never end,
/// and a device neither.
///
/// The walker reads a folder's ignore files before it shows the folder to
/// anybody, so this is asked before it enters one.
pub(super) fn unreadable_ignore_file(folder: &Path) -> Option<PathBuf> {
    // Opening a folder of that name does no harm.
    let is_no_file =
        |path: &PathBuf| fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir());
    let names = [".gitignore", ".git/info/exclude"];
    names
        .map(|name| folder.join(name))
        .into_iter()
        .find(is_no_file)
}

impl<S: Sink> Visitor<'_, S> {
    fn entry(&mut self, entry: DirEntry) -> WalkState {
        // Only standard input has no type, and that is not walked.
        let Some(kind) = entry.file_type() else {
            return WalkState::Continue;
        };
        let is_root = entry.depth() == 0;
        if kind.is_dir() {
            return if is_root {
                WalkState::Continue
            } else {
                self.folder(&entry)
            };
        }
        if kind.is_file() {
            self.file(entry.into_path());
        } else if kind.is_symlink() && entry.file_name() == ".git" {
            // git takes a link for the folder that it leads to.
            self.repository(tidy(entry.path()), GitLink::Yes);
        } else {
            let reason = if kind.is_symlink() {
                SkipReason::Symlink
            } else {
                SkipReason::Special
            };
            self.sink.skipped(skipped(tidy(entry.path()), reason));
        }
        WalkState::Continue
    }

    fn folder(&mut self, entry: &DirEntry) -> WalkState {
        let walk = self.walk;
        let path = tidy(entry.path());
        if walk.inner_roots.contains(path) {
            return WalkState::Skip;
        }
        if entry.file_name() == ".git" {
            self.repository(path, GitLink::No);
            return WalkState::Skip;
        }
        let real = || Root::real_below(walk.roots, path);
        if walk
            .tree
            .exclusion
            .excludes(PathKind::Folder, Fit::Itself, real)
        {
            self.sink.skipped(skipped(path, SkipReason::Excluded));
            return WalkState::Skip;
        }
        WalkState::Continue
    }

    fn file(&mut self, walked: PathBuf) {
        let walk = self.walk;
        let path = tidy(&walked);
        if !walk.inner_roots.is_empty() && walk.inner_roots.contains(path) {
            return;
        }
        if walk.tree.ignored == IgnoredFiles::LeaveOut {
            self.hashes.push(walk.keys.hash(path));
            // Nearly no file ends so, and taking a path apart is not free.
            let may_be_git = path.as_os_str().as_encoded_bytes().ends_with(b".git");
            if may_be_git && path.file_name().is_some_and(|name| name == ".git") {
                self.register(path);
            }
        }
        let real = || Root::real_below(walk.roots, path);
        if walk
            .tree
            .exclusion
            .excludes(PathKind::File, Fit::Itself, real)
        {
            self.sink.skipped(skipped(path, SkipReason::Excluded));
            return;
        }
        match walk.tree.class(path) {
            Class::LeftOut(class) => self.sink.skipped(skipped(path, class.into())),
            Class::ForTheRules(class) => {
                let real = |path: &Path| Root::real_below(walk.roots, tidy(path));
                self.opener.push(walked, real, class, &mut self.sink);
            }
        }
    }

    /// Scans what there is to scan of a repository's own folder. The objects
    /// are the business of a history scan.
    fn repository(&mut self, git: &Path, git_link: GitLink) {
        self.register(git);
        let roots = self.walk.roots;
        for config in configurations(git) {
            match config {
                Ok(path) => {
                    let real = |path: &Path| match git_link {
                        GitLink::No => Root::real_below(roots, path),
                        GitLink::Yes => real_path(path).unwrap_or_else(|_| path.to_path_buf()),
                    };
                    self.opener.push(path, real, None, &mut self.sink);
                }
                Err(unscanned) => self.sink.unscanned(unscanned),
            }
        }
    }

    /// Remembers the working tree that `git`, a folder or file `.git`, belongs
    /// to.
    fn register(&mut self, git: &Path) {
        let shown = match git.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let tree = WorkingTree {
            root: Root::real_below(self.walk.roots, shown),
            walked: PathBuf::new(),
            shown: shown.to_path_buf(),
        };
        let mut seen = self
            .walk
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        seen.trees.insert(tree);
    }
}

impl<S> Drop for Visitor<'_, S> {
    fn drop(&mut self) {
        let mut seen = self
            .walk
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        seen.hashes.append(&mut self.hashes);
    }
}
