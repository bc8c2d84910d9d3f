//! A repository's own folder, `.git`. Only its configuration is scanned: remote
//! URLs hold tokens.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::SourceError;
use crate::project::real_path;
use crate::report::Unscanned;

/// The configuration files of a repository, of its submodules and of its other
/// working trees.
pub(super) fn configurations(git: &Path) -> Vec<Result<PathBuf, Unscanned>> {
    let mut found = Vec::new();
    let mut folders = vec![git.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for name in ["config", "config.worktree"] {
            let config = folder.join(name);
            if !fs::metadata(&config).is_ok_and(|found| found.is_file()) {
                continue;
            }
            // A link is told as what it leads to.
            let is_link = fs::symlink_metadata(&config).is_ok_and(|found| found.is_symlink());
            found.push(match is_link.then(|| real_path(&config)) {
                None => Ok(config),
                Some(Ok(real)) => Ok(real),
                Some(Err(error)) => Err(SourceError::System(error).at(config)),
            });
        }
        // A submodule's name may have slashes in it: then the folder is one of
        // submodules.
        let is_repository = folder == git || folder.join("HEAD").exists();
        let inner = if is_repository {
            vec![folder.join("modules"), folder.join("worktrees")]
        } else {
            vec![folder]
        };
        for folder in inner {
            match subfolders(&folder) {
                Ok(inner) => folders.extend(inner),
                Err(error) => found.push(Err(SourceError::System(error).at(folder))),
            }
        }
    }
    found
}

/// The folders in `folder`; none where it does not exist.
fn subfolders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
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
