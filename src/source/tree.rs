//! The tree: folders, walked in parallel, and files that the user named.
//!
//! It decides by names and kinds of files what is scanned, as the user
//! configured, and knows nothing of what is in them.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};
use rayon::prelude::*;

use super::SourceError;
use super::file::{self, Opener};
use super::tracked::{Keys, WorkingTree};
use crate::blob::{Sink, tidy};
use crate::exclusion::{Exclusion, IgnoredFiles, NamedFiles, PathKind};
use crate::name_class::NameClass;
use crate::project::{real_path, repository_above};
use crate::report::{SkipReason, Skipped, Unscanned};
use crate::rule_set::RuleSet;

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

/// A path that the user named, looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Root {
    /// What the user calls it; of a link, what it leads to.
    shown: PathBuf,
    /// Its real path.
    real: PathBuf,
}

/// What the threads of a walk share.
struct Walk<'w> {
    tree: &'w Tree<'w>,
    roots: &'w [Root],
    /// Roots that lie in others and are walked for themselves.
    inner_roots: HashSet<&'w Path>,
    keys: Keys,
    seen: Mutex<Seen>,
}

/// What a walk has come by.
#[derive(Default)]
struct Seen {
    hashes: Vec<u64>,
    trees: BTreeSet<WorkingTree>,
}

impl Tree<'_> {
    /// Scans what `paths` name. `new_sink` makes the sink of each thread.
    pub(crate) fn push<S: Sink>(&self, paths: &[PathBuf], new_sink: &(impl Fn() -> S + Sync)) {
        let (folders, files) = self.look_up(paths, &mut new_sink());
        let mut files: BTreeSet<PathBuf> = files.into_iter().collect();
        if !folders.is_empty() {
            files = self.walk(&folders, files, new_sink);
        }
        self.push_files(files.into_iter().collect(), new_sink);
    }

    /// Tells folders from files, and both from what cannot be scanned.
    fn look_up(&self, paths: &[PathBuf], sink: &mut impl Sink) -> (Vec<Root>, Vec<PathBuf>) {
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
                    if self.is_left_out(&root, PathKind::Folder) {
                        sink.skipped(skipped(&root.shown, SkipReason::Excluded));
                    } else {
                        folders.push(root);
                    }
                }
                Ok(found) if found.is_file() => {
                    if let Some(reason) = self.reason_to_leave_out(&root) {
                        sink.skipped(skipped(&root.shown, reason));
                    } else {
                        files.push(root.shown);
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

    fn is_left_out(&self, root: &Root, kind: PathKind) -> bool {
        let real = || root.real.clone();
        self.named == NamedFiles::Exclude && self.exclusion.excludes_with_parents(kind, real)
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
    fn class(&self, path: &Path) -> Class {
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
        let mut visitors = Visitors {
            walk: &walk,
            new_sink,
        };
        builder.build_parallel().visit(&mut visitors);
        let Walk { keys, seen, .. } = walk;
        let mut seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        if git {
            seen.trees
                .extend(folders.iter().filter_map(Root::outer_tree));
            self.add_tracked(seen, keys, folders, &mut files, &mut new_sink());
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
                if self.exclusion.excludes_with_parents(PathKind::File, real) {
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
    fn push_files<S: Sink>(&self, files: Vec<PathBuf>, new_sink: &(impl Fn() -> S + Sync)) {
        let push = |(sink, opener): &mut (S, Opener), path: PathBuf| {
            let class = match self.class(&path) {
                // The user named the file, or it would have been left out.
                Class::LeftOut(_) => None,
                Class::ForTheRules(class) => class,
            };
            opener.push(path, class, sink);
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
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.jobs.get())
            .build();
        let scan = |files: Vec<PathBuf>| files.into_par_iter().for_each_init(new_thread, push);
        match pool {
            Ok(pool) => pool.install(|| scan(files)),
            // Without threads of its own it still scans.
            Err(_) => scan(files),
        }
    }
}

/// What the class of a file's name means for it.
enum Class {
    /// No rule holds in it.
    LeftOut(NameClass),
    /// Some rule does, or it has no class.
    ForTheRules(Option<NameClass>),
}

impl Root {
    /// Looks a path up. Of a link, what it leads to is the root.
    fn look_up(path: &Path) -> Result<Self, SourceError> {
        // Without a slash at its end, which would hide that it is a link.
        let path: &Path = &path.components().collect::<PathBuf>();
        let found = fs::symlink_metadata(path).map_err(missing)?;
        let real = real_path(path).map_err(missing)?;
        let shown = if found.is_symlink() {
            let here = std::env::current_dir().and_then(|here| real_path(&here));
            let below = here
                .ok()
                .and_then(|here| real.strip_prefix(here).ok().map(named));
            below.unwrap_or_else(|| real.clone())
        } else {
            named(path)
        };
        Ok(Self { shown, real })
    }

    fn is_inside(&self, other: &Self) -> bool {
        self.real != other.real && self.real.starts_with(&other.real)
    }

    /// The working tree above a root that is not the top of one.
    fn outer_tree(&self) -> Option<WorkingTree> {
        let top = repository_above(&self.real)?;
        (top != self.real).then(|| WorkingTree {
            root: top.to_path_buf(),
            walked: self.real.strip_prefix(top).unwrap_or(top).to_path_buf(),
            shown: self.shown.clone(),
        })
    }

    /// The real path of something that the walk of one of `roots` came by.
    fn real_below(roots: &[Self], path: &Path) -> PathBuf {
        let below = |root: &Self| {
            let here = root.shown == Path::new(".");
            let rest = if here {
                Some(path)
            } else {
                path.strip_prefix(&root.shown).ok()
            };
            rest.filter(|rest| rest.is_relative())
                .map(|rest| root.real.join(rest))
        };
        roots
            .iter()
            .find_map(below)
            .unwrap_or_else(|| path.to_path_buf())
    }
}

/// A root's path as it is shown: without a leading `./`, and `.` for nothing.
fn named(path: &Path) -> PathBuf {
    match tidy(path) {
        empty if empty.as_os_str().is_empty() => PathBuf::from("."),
        tidied => tidied.to_path_buf(),
    }
}

fn missing(error: std::io::Error) -> SourceError {
    match error.kind() {
        std::io::ErrorKind::NotFound => SourceError::Missing,
        _ => SourceError::System(error),
    }
}

fn skipped(path: &Path, reason: SkipReason) -> Skipped {
    Skipped {
        path: path.to_path_buf(),
        reason,
    }
}

/// Makes a visitor for each thread of a walk.
struct Visitors<'v, F> {
    walk: &'v Walk<'v>,
    new_sink: &'v F,
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
            self.repository(path);
            return WalkState::Skip;
        }
        let real = || Root::real_below(walk.roots, path);
        if walk.tree.exclusion.excludes(PathKind::Folder, real) {
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
        if walk.tree.exclusion.excludes(PathKind::File, real) {
            self.sink.skipped(skipped(path, SkipReason::Excluded));
            return;
        }
        match walk.tree.class(path) {
            Class::LeftOut(class) => self.sink.skipped(skipped(path, class.into())),
            Class::ForTheRules(class) => self.opener.push(walked, class, &mut self.sink),
        }
    }

    /// Of a repository's own folder, only the configuration is scanned: remote
    /// URLs hold tokens. The objects are the business of a history scan.
    fn repository(&mut self, git: &Path) {
        self.register(git);
        for config in configurations(git) {
            match config {
                Ok(path) => self.opener.push(path, None, &mut self.sink),
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

/// The configuration files of a repository and of its submodules.
fn configurations(git: &Path) -> Vec<Result<PathBuf, Unscanned>> {
    let mut found = Vec::new();
    let mut folders = vec![git.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for name in ["config", "config.worktree"] {
            let config = folder.join(name);
            if fs::symlink_metadata(&config).is_ok_and(|found| found.is_file()) {
                found.push(Ok(config));
            }
        }
        // A submodule's name may have slashes in it: then the folder is one of
        // submodules.
        let is_repository = folder == git || folder.join("HEAD").exists();
        let modules = if is_repository {
            folder.join("modules")
        } else {
            folder
        };
        match subfolders(&modules) {
            Ok(modules) => folders.extend(modules),
            Err(error) => found.push(Err(SourceError::System(error).at(modules))),
        }
    }
    found
}

/// The folders in `folder`; none where it does not exist.
fn subfolders(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut folders = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}
