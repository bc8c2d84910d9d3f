//! The tree: folders, walked in parallel, and files that the user named.
//!
//! It decides by names and kinds of files what is scanned, as the user
//! configured, and knows nothing of what is in them.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::WalkBuilder;
use rayon::prelude::*;

use super::SourceError;
use super::file::{self, Opener};
use super::root::Root;
use super::tracked::Keys;
use super::walk::{Seen, Visitors, Walk, unreadable_ignore_file, visit_alone};
use crate::blob::{Sink, tidy};
use crate::exclusion::{Exclusion, Fit, IgnoredFiles, NamedFiles, PathKind};
use crate::name_class::NameClass;
use crate::report::{SkipReason, Skipped};
use crate::rule_set::RuleSet;
use crate::threads;

/// What of a tree is scanned.
#[derive(Debug)]
pub(crate) struct Tree<'c> {
    /// What the user leaves out.
    pub(crate) exclusion: &'c Exclusion,
    /// The rules, which say what classes of names they leave out.
    pub(crate) rules: &'c RuleSet,
    /// What becomes of ignored files.
    pub(crate) ignored: IgnoredFiles,
    /// What becomes of excluded files that the user named.
    pub(crate) named: NamedFiles,
    /// How many threads to use.
    pub(crate) jobs: NonZeroUsize,
}

impl Tree<'_> {
    /// Scans what `paths` name. `new_sink` makes the sink of each thread.
    pub(crate) fn push<S: Sink>(&self, paths: &[PathBuf], new_sink: &(impl Fn() -> S + Sync)) {
        let (mut folders, mut files) = self.look_up(paths, &mut new_sink());
        // One name for each file, whatever path leads to it.
        let outer = folders.clone();
        for root in folders.iter_mut().chain(&mut files) {
            root.name_below(&outer);
        }
        let mut paths = files.iter().map(|root| root.shown.clone()).collect();
        if !folders.is_empty() {
            paths = self.walk(&folders, paths, new_sink);
        }
        let roots = [files, folders].concat();
        self.push_files(paths.into_iter().collect(), &roots, new_sink);
    }

    /// Tells folders from files, and both from what cannot be scanned.
    fn look_up(&self, paths: &[PathBuf], sink: &mut impl Sink) -> (Vec<Root>, Vec<Root>) {
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        let mut known = HashSet::new();
        for path in paths {
            let root = match Root::look_up(path) {
                Ok(root) => root,
                Err(error) => {
                    sink.unscanned(error.at(path));
                    continue;
                }
            };
            if !known.insert(root.real.clone()) {
                continue;
            }
            match fs::symlink_metadata(&root.real) {
                Ok(found) if found.is_dir() => {
                    if let Some(file) = self.unreadable_ignore_file_for(&root) {
                        sink.unscanned(SourceError::IgnoreFile.at(file));
                    } else if self.is_left_out(&root, PathKind::Folder) {
                        sink.skipped(skipped(&root.shown, SkipReason::Excluded));
                    } else {
                        folders.push(root);
                    }
                }
                Ok(found) if found.is_file() => {
                    if let Some(reason) = self.reason_to_leave_out(&root) {
                        sink.skipped(skipped(&root.shown, reason));
                    } else {
                        files.push(root);
                    }
                }
                Ok(found) => {
                    let kind = file::special_kind(found.file_type());
                    sink.unscanned(SourceError::Special { kind }.at(path));
                }
                Err(error) => sink.unscanned(SourceError::System(error).at(path)),
            }
        }
        (folders, files)
    }

    /// An ignore file in the root or above it that must not be opened.
    fn unreadable_ignore_file_for(&self, root: &Root) -> Option<PathBuf> {
        if self.ignored == IgnoredFiles::Scan {
            return None;
        }
        root.real.ancestors().find_map(unreadable_ignore_file)
    }

    fn is_left_out(&self, root: &Root, kind: PathKind) -> bool {
        let real = || root.real.clone();
        self.named == NamedFiles::Exclude && self.exclusion.excludes(kind, Fit::OrParent, real)
    }

    fn reason_to_leave_out(&self, root: &Root) -> Option<SkipReason> {
        if self.is_left_out(root, PathKind::File) {
            return Some(SkipReason::Excluded);
        }
        match self.named {
            NamedFiles::Scan => None,
            NamedFiles::Exclude => match self.class(&root.shown) {
                Class::LeftOut(class) => Some(class.into()),
                Class::ForTheRules(_) => None,
            },
        }
    }

    /// What the class of a name means for the file.
    pub(super) fn class(&self, path: &Path) -> Class {
        match self.exclusion.class_of(path) {
            Some(class) if self.rules.all_exclude(class) => Class::LeftOut(class),
            class => Class::ForTheRules(class),
        }
    }

    /// Walks folders; gives back `files` and what git tracks beside what was
    /// walked.
    fn walk<S: Sink>(
        &self,
        folders: &[Root],
        mut files: BTreeSet<PathBuf>,
        new_sink: &(impl Fn() -> S + Sync),
    ) -> BTreeSet<PathBuf> {
        let inner_roots = folders
            .iter()
            .filter(|inner| folders.iter().any(|outer| inner.is_inside(outer)))
            .map(|root| root.shown.as_path())
            .chain(files.iter().map(PathBuf::as_path))
            .collect();
        let walk = Walk {
            tree: self,
            roots: folders,
            inner_roots,
            keys: Keys::new(),
            seen: Mutex::new(Seen::default()),
        };
        let mut builder = WalkBuilder::new(&folders[0].shown);
        for folder in &folders[1..] {
            builder.add(&folder.shown);
        }
        let git = self.ignored == IgnoredFiles::LeaveOut;
        builder
            .hidden(false)
            .ignore(false)
            .parents(git)
            .git_ignore(git)
            .git_global(git)
            .git_exclude(git)
            .threads(self.jobs.get());
        let refused: Arc<Mutex<Vec<PathBuf>>> = Arc::default();
        if git {
            let refused = Arc::clone(&refused);
            builder.filter_entry(move |entry| {
                let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                let Some(file) = is_folder
                    .then(|| unreadable_ignore_file(entry.path()))
                    .flatten()
                else {
                    return true;
                };
                let refused = refused.lock();
                refused.unwrap_or_else(PoisonError::into_inner).push(file);
                false
            });
        }
        let mut visitors = Visitors {
            walk: &walk,
            new_sink,
        };
        if threads::can_start(self.jobs) {
            builder.build_parallel().visit(&mut visitors);
        } else {
            visit_alone(builder.build(), &mut visitors);
        }
        let refused = std::mem::take(&mut *refused.lock().unwrap_or_else(PoisonError::into_inner));
        let mut sink = new_sink();
        for file in refused {
            sink.unscanned(SourceError::IgnoreFile.at(tidy(&file)));
        }
        let Walk { keys, seen, .. } = walk;
        let mut seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        if git {
            seen.trees
                .extend(folders.iter().filter_map(Root::outer_tree));
            self.add_tracked(seen, keys, folders, &mut files, &mut sink);
        }
        files
    }

    /// Adds to `files` what git tracks and the walk did not visit.
    fn add_tracked(
        &self,
        mut seen: Seen,
        keys: Keys,
        folders: &[Root],
        files: &mut BTreeSet<PathBuf>,
        sink: &mut impl Sink,
    ) {
        for file in &*files {
            seen.hashes.push(keys.hash(file));
        }
        let visited = keys.visited(seen.hashes);
        let mut known = seen.trees.clone();
        let mut trees: Vec<_> = seen.trees.into_iter().collect();
        while let Some(tree) = trees.pop() {
            let tracked = tree.unvisited(&visited);
            for path in tracked.files {
                let real = || Root::real_below(folders, &path);
                if self.exclusion.excludes(PathKind::File, Fit::OrParent, real) {
                    // The walk has counted the folder that it did not enter.
                    continue;
                }
                if let Class::LeftOut(class) = self.class(&path) {
                    sink.skipped(skipped(&path, class.into()));
                } else {
                    files.insert(path);
                }
            }
            for unscanned in tracked.unscanned {
                sink.unscanned(unscanned);
            }
            for submodule in tracked.submodules {
                if known.insert(submodule.clone()) {
                    trees.push(submodule);
                }
            }
        }
    }

    /// Scans files one by one.
    fn push_files<S: Sink>(
        &self,
        files: Vec<PathBuf>,
        roots: &[Root],
        new_sink: &(impl Fn() -> S + Sync),
    ) {
        let push = |(sink, opener): &mut (S, Opener), path: PathBuf| {
            if sink.is_closed() {
                return;
            }
            let class = match self.class(&path) {
                // The user named the file, or it would have been left out.
                Class::LeftOut(_) => None,
                Class::ForTheRules(class) => class,
            };
            let real = |path: &Path| Root::real_below(roots, path);
            opener.push(path, real, class, sink);
        };
        let new_thread = || (new_sink(), Opener::default());
        /// Starting threads takes longer than scanning a few files.
        const TOO_FEW_FOR_THREADS: usize = 32;
        if files.len() < TOO_FEW_FOR_THREADS || self.jobs.get() == 1 {
            let mut thread = new_thread();
            for path in files {
                push(&mut thread, path);
            }
            return;
        }
        let scan = || files.into_par_iter().for_each_init(new_thread, push);
        match threads::pool(self.jobs) {
            Ok(pool) => pool.install(scan),
            // It is within one of its own already.
            Err(_) => scan(),
        }
    }
}

/// What the class of a file's name means for it.
pub(super) enum Class {
    /// No rule holds in it.
    LeftOut(NameClass),
    /// Some rule does, or it has no class.
    ForTheRules(Option<NameClass>),
}

pub(super) fn skipped(path: &Path, reason: SkipReason) -> Skipped {
    Skipped {
        path: path.to_path_buf(),
        reason,
    }
}
