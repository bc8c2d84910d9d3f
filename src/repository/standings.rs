//! Standings: what git tracks and what it ignores in one working tree.
//!
//! It answers for single files, which need not exist, and reads the index once. A walk of
//! the tree has its own way to leave ignored files out.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::index;
use crate::standing::Standing;

/// What git tracks and ignores in a working tree.
#[derive(Debug)]
pub(crate) struct Standings {
    root: PathBuf,
    tracked: HashSet<Vec<u8>>,
    /// `.git/info/exclude`, and the user's own.
    everywhere: [Gitignore; 2],
}

impl Standings {
    /// What git says of the working tree at `root`; nothing where there is none.
    pub(crate) fn of(root: &Path) -> Option<Self> {
        if !root.join(".git").exists() {
            return None;
        }
        // That it cannot be read is told by the walk of the tree.
        let index = index::of(root).ok().flatten();
        let tracked = index.iter().flat_map(|index| {
            let entries = index.entries().iter();
            entries.map(|entry| entry.path(index).to_vec())
        });
        let (own, _) = Gitignore::global();
        Some(Self {
            tracked: tracked.collect(),
            everywhere: [rules_of(root, &root.join(".git/info/exclude")), own],
            root: root.to_path_buf(),
        })
    }

    /// What a file is to git, by its path from the root.
    pub(crate) fn of_file(&self, path: &Path) -> Standing {
        let path = plain(path);
        let Some(path) = path else {
            return Standing::NoRepository;
        };
        if self.tracked.contains(path.as_os_str().as_encoded_bytes()) {
            return Standing::Tracked;
        }
        // What is below an ignored folder is ignored, whatever other rules say.
        let mut below = PathBuf::new();
        let last = path.components().count();
        for (place, part) in path.components().enumerate() {
            below.push(part);
            let is_folder = place + 1 < last;
            if self.is_ignored(&below, is_folder) {
                return Standing::Ignored;
            }
        }
        Standing::Untracked
    }

    /// Whether an ignore rule matches a path itself. The rules of the nearest folder count
    /// first.
    fn is_ignored(&self, path: &Path, is_folder: bool) -> bool {
        let folders = path.ancestors().skip(1);
        let files = folders.map(|folder| {
            let folder = self.root.join(folder);
            rules_of(&folder, &folder.join(".gitignore"))
        });
        for rules in files {
            let matched = rules.matched(self.root.join(path), is_folder);
            if !matched.is_none() {
                return matched.is_ignore();
            }
        }
        self.everywhere.iter().any(|rules| {
            let matched = rules.matched(self.root.join(path), is_folder);
            matched.is_ignore()
        })
    }
}

/// The ignore rules of a file, for what is below `folder`; none where it cannot be read.
fn rules_of(folder: &Path, file: &Path) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    if is_file(file) {
        // A rule that is no glob is left out, as by git.
        let _ = builder.add(file);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// Whether it is a regular file: to open a pipe would wait for whoever writes to it.
fn is_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file())
}

/// A path without `.` and `..`; nothing where it leads out of the tree.
fn plain(path: &Path) -> Option<PathBuf> {
    use std::path::Component;
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => plain.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !plain.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(plain)
}
