//! Tips: where the history of a repository can be entered. Its references, the
//! stash, the reflogs, and the `HEAD` of each working tree.
//!
//! What none of them leads to is dangling, and still in the repository.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::bstr::ByteSlice;

use super::reasons;

/// An entry to the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tip {
    /// What leads there.
    pub(crate) from: From,
    /// The object that it names: a commit, or in rare cases a tree or a blob.
    pub(crate) id: ObjectId,
}

/// What leads to an object, the most public first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum From {
    /// A revision that the user named.
    Named,
    /// A reference, by its full name, or the `HEAD` of a working tree that is on no
    /// branch.
    Reference(Vec<u8>),
    /// An entry of the stash.
    Stash,
    /// An entry of a reflog.
    Reflog,
}

/// The tips of a repository, and what could not be read of them.
#[derive(Debug, Default)]
pub(crate) struct Tips {
    pub(crate) tips: Vec<Tip>,
    pub(crate) faults: Vec<(PathBuf, String)>,
}

const STASH: &str = "refs/stash";

impl Tips {
    /// Reads all references and reflogs.
    pub(crate) fn of(gix: &gix::Repository) -> Self {
        let mut tips = Self::default();
        tips.add_heads(gix);
        if let Err(error) = tips.add_references(gix) {
            tips.faults.push((gix.git_dir().join("refs"), error));
        }
        let mut logs = vec![gix.common_dir().join("logs")];
        let worktrees = fs::read_dir(gix.common_dir().join("worktrees"));
        for worktree in worktrees.into_iter().flatten().flatten() {
            logs.push(worktree.path().join("logs"));
        }
        for log in logs {
            tips.add_logs(&log);
        }
        tips
    }

    fn add(&mut self, from: From, id: ObjectId) {
        if !id.is_null() {
            self.tips.push(Tip { from, id });
        }
    }

    /// Adds where the working trees are, also those whose folder is gone. Those on a
    /// branch are there by its name.
    fn add_heads(&mut self, gix: &gix::Repository) {
        let common = gix.common_dir();
        let worktrees = fs::read_dir(common.join("worktrees"));
        let worktrees = worktrees.into_iter().flatten().flatten();
        let heads = worktrees.map(|worktree| Path::new("worktrees").join(worktree.file_name()));
        for folder in heads.chain([PathBuf::new()]) {
            let head = folder.join("HEAD");
            let text = fs::read(common.join(&head)).unwrap_or_default();
            if let Ok(id) = ObjectId::from_hex(text.trim()) {
                let name = head.as_os_str().as_encoded_bytes().to_vec();
                self.add(From::Reference(name), id);
            }
        }
    }

    fn add_references(&mut self, gix: &gix::Repository) -> Result<(), String> {
        let references = gix.references().map_err(|error| reasons(&error))?;
        for reference in references.all().map_err(|error| reasons(&error))? {
            let mut reference = match reference {
                Ok(reference) => reference,
                Err(error) => {
                    self.faults
                        .push((gix.git_dir().join("refs"), error.to_string()));
                    continue;
                }
            };
            let name = reference.name().as_bstr().to_vec();
            // One that leads nowhere, such as the HEAD of a remote, adds nothing.
            let Ok(id) = reference.follow_to_object() else {
                continue;
            };
            let id = id.detach();
            let from = if name == STASH.as_bytes() {
                From::Stash
            } else {
                From::Reference(name)
            };
            self.add(from, id);
        }
        Ok(())
    }

    /// Adds the commits of every reflog below `folder`.
    fn add_logs(&mut self, folder: &Path) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => {
                self.faults.push((folder.to_path_buf(), error.to_string()));
                return;
            }
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let kind = entry.file_type();
            if kind.as_ref().is_ok_and(fs::FileType::is_dir) {
                self.add_logs(&path);
            } else if kind.is_ok_and(|kind| kind.is_file()) {
                match fs::read(&path) {
                    Ok(text) => self.add_log(&text, &path),
                    Err(error) => self.faults.push((path, error.to_string())),
                }
            }
        }
    }

    /// Adds the old and the new commit of every line of a reflog.
    fn add_log(&mut self, text: &[u8], path: &Path) {
        let from = if path.ends_with("logs/refs/stash") {
            From::Stash
        } else {
            From::Reflog
        };
        for line in text.lines() {
            for hex in line.splitn(3, |byte| *byte == b' ').take(2) {
                if let Ok(id) = ObjectId::from_hex(hex) {
                    self.add(from.clone(), id);
                }
            }
        }
    }
}
