//! Tracked files: what git tracks although an ignore rule matches it.
//!
//! The walk leaves ignored files out. The classic leak is among them: the
//! `.env` that was committed before somebody ignored it. So after the walk,
//! the index of every repository it came through is read, and what the walk did
//! not visit is scanned.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

use gix::index::entry::Mode;
use ignore::WalkBuilder;

use super::SourceError;
use crate::blob::tidy;
use crate::report::Unscanned;
use crate::repository::index;

/// The paths that the walk has visited.
///
/// A path is kept as 64 bits of a keyed hash: a million of them take 8 MB, and
/// among a million visited and a thousand ignored files two share a hash in one
/// scan of ten thousand million.
pub(crate) struct Visited {
    keys: Keys,
    hashes: Vec<u64>,
}

/// Makes the hashes of paths.
pub(crate) struct Keys(RandomState);

impl Keys {
    pub(crate) fn new() -> Self {
        Self(RandomState::new())
    }

    pub(crate) fn hash(&self, path: &Path) -> u64 {
        self.0.hash_one(path.as_os_str().as_encoded_bytes())
    }

    /// The paths that were visited, from the hashes of all threads.
    pub(crate) fn visited(self, mut hashes: Vec<u64>) -> Visited {
        hashes.sort_unstable();
        Visited { keys: self, hashes }
    }
}

impl Visited {
    fn contains(&self, path: &Path) -> bool {
        self.hashes.binary_search(&self.keys.hash(path)).is_ok()
    }
}

/// A working tree that the walk came through, or began in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WorkingTree {
    /// Where it is.
    pub(crate) root: PathBuf,
    /// The path from its root to where the walk began; empty where the walk
    /// came through the root.
    pub(crate) walked: PathBuf,
    /// What the walk calls that place.
    pub(crate) shown: PathBuf,
}

/// What one repository's index adds to a walk.
#[derive(Debug, Default)]
pub(crate) struct Tracked {
    /// Files that are there and were not visited.
    pub(crate) files: Vec<PathBuf>,
    /// Submodules, which have an index of their own.
    pub(crate) submodules: Vec<WorkingTree>,
    /// What could not be told.
    pub(crate) unscanned: Vec<Unscanned>,
}

impl WorkingTree {
    /// The files that the index lists and the walk has not visited.
    pub(crate) fn unvisited(&self, visited: &Visited) -> Tracked {
        let mut tracked = Tracked::default();
        let index = match self.index() {
            Ok(Some(index)) => index,
            Ok(None) => return tracked,
            Err(error) => {
                tracked.unscanned.push(error.at(self.shown.join(".git")));
                return tracked;
            }
        };
        let mut last = None;
        for entry in index.entries() {
            let name = entry.path(&index);
            // A path in conflict has up to three entries.
            if last.replace(name) == Some(name) {
                continue;
            }
            let Ok(path) = gix::path::from_byte_slice(name) else {
                let reason = format!("git tracks a name that no file can have here: {name}");
                tracked
                    .unscanned
                    .push(SourceError::Index { reason }.at(&self.shown));
                continue;
            };
            if entry.mode == Mode::DIR {
                self.add_sparse(path, visited, &mut tracked);
                continue;
            }
            let Ok(below) = path.strip_prefix(&self.walked) else {
                continue;
            };
            let shown = tidy(&self.shown.join(below)).to_path_buf();
            match entry.mode {
                Mode::FILE | Mode::FILE_EXECUTABLE
                    if !visited.contains(&shown) && is_file_of(&self.root, path) =>
                {
                    tracked.files.push(shown);
                }
                Mode::COMMIT => tracked.submodules.push(Self {
                    root: self.root.join(path),
                    walked: PathBuf::new(),
                    shown,
                }),
                // Besides what has been visited: a link's target is no file of
                // its own.
                _ => {}
            }
        }
        tracked
            .submodules
            .retain(|tree| tree.root.join(".git").exists());
        tracked
    }

    /// Adds the files of a folder outside a sparse checkout. The index does not
    /// list them; whatever lies there all the same may be tracked.
    fn add_sparse(&self, path: &Path, visited: &Visited, tracked: &mut Tracked) {
        let folder = match path.strip_prefix(&self.walked) {
            Ok(below) => self.shown.join(below),
            Err(_) if self.walked.starts_with(path) => self.shown.clone(),
            Err(_) => return,
        };
        if !fs::symlink_metadata(&folder).is_ok_and(|found| found.is_dir()) {
            return;
        }
        for entry in WalkBuilder::new(&folder).standard_filters(false).build() {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    let file = tidy(entry.path());
                    if !visited.contains(file) {
                        tracked.files.push(file.to_path_buf());
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    let unscanned = SourceError::Walk(error).at(tidy(&folder));
                    tracked.unscanned.push(unscanned);
                }
            }
        }
    }

    fn index(&self) -> Result<Option<gix::index::File>, SourceError> {
        index::of(&self.root).map_err(|reason| SourceError::Index { reason })
    }
}

/// Whether `path` below `root` is a regular file that no link leads to.
fn is_file_of(root: &Path, path: &Path) -> bool {
    let mut below = root.to_path_buf();
    let mut parts = path.components().peekable();
    while let Some(part) = parts.next() {
        below.push(part);
        match fs::symlink_metadata(&below) {
            Ok(found) if parts.peek().is_some() && found.is_dir() => {}
            Ok(found) => return parts.peek().is_none() && found.is_file(),
            Err(_) => return false,
        }
    }
    false
}
