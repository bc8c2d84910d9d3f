//! A root: a path that the user named, looked up.
//!
//! It knows both its names, the one to show and the real one, and so the real
//! names of all that a walk finds below it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::SourceError;
use super::tracked::WorkingTree;
use crate::blob::tidy;
use crate::project::{real_path, repository_above};

/// A path that the user named, looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Root {
    /// What the user calls it; of a link, what it leads to.
    pub(super) shown: PathBuf,
    /// Its real path.
    pub(super) real: PathBuf,
}

impl Root {
    /// Looks a path up. Of a link, what it leads to is the root.
    pub(super) fn look_up(path: &Path) -> Result<Self, SourceError> {
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

    pub(super) fn is_inside(&self, other: &Self) -> bool {
        self.real != other.real && self.real.starts_with(&other.real)
    }

    /// Takes the name that the walk of the outermost of `roots` around this one
    /// gives it, if there is one.
    pub(super) fn name_below(&mut self, roots: &[Self]) {
        let around = roots.iter().filter(|root| self.is_inside(root));
        let outermost = around.min_by_key(|root| root.real.as_os_str().len());
        if let Some(outer) = outermost
            && let Ok(below) = self.real.strip_prefix(&outer.real)
        {
            self.shown = tidy(&outer.shown.join(below)).to_path_buf();
        }
    }

    /// The working tree above a root that is not the top of one.
    pub(super) fn outer_tree(&self) -> Option<WorkingTree> {
        let top = repository_above(&self.real)?;
        (top != self.real).then(|| WorkingTree {
            root: top.to_path_buf(),
            walked: self.real.strip_prefix(top).unwrap_or(top).to_path_buf(),
            shown: self.shown.clone(),
        })
    }

    /// The real path of something that the walk of one of `roots` came by, or of one of
    /// them.
    pub(super) fn real_below(roots: &[Self], path: &Path) -> PathBuf {
        let nearest = roots.iter().filter_map(|root| {
            let is_here = root.shown == Path::new(".");
            let (length, rest) = if is_here {
                (0, Some(path))
            } else {
                let rest = path.strip_prefix(&root.shown).ok();
                (root.shown.as_os_str().len(), rest)
            };
            let rest = rest.filter(|rest| rest.is_relative())?;
            Some((length, root, rest))
        });
        // A link in the current folder may be a root of its own.
        let nearest = nearest.max_by_key(|found| found.0);
        match nearest {
            // To join nothing would add a slash.
            Some((_, root, rest)) if rest.as_os_str().is_empty() => root.real.clone(),
            Some((_, root, rest)) => root.real.join(rest),
            None => path.to_path_buf(),
        }
    }
}

/// A root's path as it is shown: without a leading `./`, and `.` for nothing.
fn named(path: &Path) -> PathBuf {
    match tidy(path) {
        empty if empty.as_os_str().is_empty() => PathBuf::from("."),
        tidied => tidied.to_path_buf(),
    }
}

fn missing(error: io::Error) -> SourceError {
    match error.kind() {
        io::ErrorKind::NotFound => SourceError::Missing,
        _ => SourceError::System(error),
    }
}
