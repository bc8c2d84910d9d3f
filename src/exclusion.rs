//! Exclusion: which paths the user does not want scanned, and which classes of
//! names the rules leave out.
//!
//! It knows names only. What git ignores is the walk's business.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::name_class::{NameClass, NameClasses};

/// What to leave out.
#[derive(Debug, Default)]
pub struct Exclusion {
    classes: Option<NameClasses>,
    globs: Vec<Gitignore>,
}

/// Whether a path is a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// A file, or anything that is not a folder.
    File,
    /// A folder.
    Folder,
}

/// `glob` as a `.gitignore` of the folder `root` would have it: a path that
/// begins with `./` or leads into the folder is taken for a glob from there.
fn below(root: &Path, glob: &str) -> Result<String, BadGlob> {
    let bad = |reason: &str| BadGlob {
        glob: glob.to_owned(),
        reason: reason.to_owned(),
    };
    let (not, path) = match glob.strip_prefix('!') {
        Some(path) => ("!", path),
        None => ("", glob),
    };
    if path.is_empty() {
        return Err(bad("an empty glob fits nothing"));
    }
    if path == ".." || path.starts_with("../") {
        return Err(bad(
            "it leads out of the folder that globs start from; name the file or folder alone",
        ));
    }
    if let Some(path) = path.strip_prefix("./") {
        return Ok(format!("{not}/{path}"));
    }
    match Path::new(path)
        .strip_prefix(root)
        .ok()
        .and_then(Path::to_str)
    {
        Some(inside) if root.parent().is_some() => Ok(format!("{not}/{inside}")),
        _ => Ok(glob.to_owned()),
    }
}

fn build(root: &Path, globs: &[String]) -> Result<Gitignore, BadGlob> {
    let mut builder = GitignoreBuilder::new(root);
    for glob in globs {
        builder.add_line(None, glob).map_err(|error| BadGlob {
            glob: glob.clone(),
            reason: error.to_string(),
        })?;
    }
    builder.build().map_err(|error| BadGlob {
        glob: globs.join(", "),
        reason: error.to_string(),
    })
}

/// What of a path a glob has to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// The path itself. A walk needs no more: it does not enter excluded folders.
    Itself,
    /// The path or a folder that it is in.
    OrParent,
}

/// What becomes of the files that git ignores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IgnoredFiles {
    /// They are left out, unless git tracks them.
    LeaveOut,
    /// They are scanned.
    Scan,
}

/// What becomes of excluded files that the user named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedFiles {
    /// They are scanned all the same.
    Scan,
    /// They are left out, as in a walk.
    Exclude,
}

/// A glob that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot exclude `{glob}`: {reason}")]
pub struct BadGlob {
    /// What the user wrote.
    pub glob: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Exclusion {
    /// Leaves out the classes of names that rules exclude.
    #[must_use]
    pub fn with_classes(mut self) -> Self {
        self.classes = Some(NameClasses::new());
        self
    }

    /// Leaves out what fits `globs`, which are written as in a `.gitignore` of
    /// the folder `root`, a real path.
    ///
    /// # Errors
    /// [`BadGlob`] for the first that is not a glob.
    pub fn with_globs(mut self, root: &Path, globs: &[String]) -> Result<Self, BadGlob> {
        if globs.is_empty() {
            return Ok(self);
        }
        let mut inside = Vec::new();
        for glob in globs {
            inside.push(below(root, glob)?);
        }
        // A glob without a folder fits any name, also of files outside.
        let anywhere = inside
            .iter()
            .filter(|glob| !glob.trim_end_matches('/').contains('/'));
        let top = root.ancestors().last().unwrap_or(root);
        self.globs
            .push(build(top, &anywhere.cloned().collect::<Vec<_>>())?);
        self.globs.push(build(root, &inside)?);
        Ok(self)
    }

    /// The class of a path's name, where classes are left out.
    #[must_use]
    pub fn class_of(&self, path: &Path) -> Option<NameClass> {
        self.classes.as_ref()?.class_of(path)
    }

    /// Whether a glob fits the path. `real` is asked for only where there are
    /// globs.
    pub fn excludes(&self, kind: PathKind, fit: Fit, real: impl FnOnce() -> PathBuf) -> bool {
        if self.globs.is_empty() {
            return false;
        }
        let (path, folder) = (real(), kind == PathKind::Folder);
        let fits = |globs: &Gitignore| match fit {
            Fit::Itself => globs.matched(&path, folder).is_ignore(),
            Fit::OrParent => globs.matched_path_or_any_parents(&path, folder).is_ignore(),
        };
        let mut nearby = self
            .globs
            .iter()
            .filter(|globs| path.starts_with(globs.path()));
        nearby.any(fits)
    }
}
