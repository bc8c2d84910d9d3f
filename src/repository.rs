//! A repository: where it is, and the way to its objects, references and index.
//!
//! What it holds is read by what is in the folder of the same name; which of it
//! is looked at is decided by the sources.

pub(crate) mod changes;
mod copies;
pub(crate) mod delta;
mod forest;
pub(crate) mod graph;
pub(crate) mod graph_reader;
pub(crate) mod index;
pub(crate) mod inflate;
mod large;
mod loose;
pub(crate) mod number_set;
pub(crate) mod object;
pub(crate) mod objects;
mod pack;
pub mod revisions;
pub(crate) mod standings;
pub(crate) mod stored;
pub(crate) mod tips;
mod tree_entries;
pub(crate) mod tree_reader;
pub(crate) mod walk;
mod walker;

use std::env;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::discover::upwards;
use gix::hash::Kind as HashKind;
use gix::sec::trust::Mapping;

use self::graph::Missing;
use self::object::Kind;
use self::objects::{Fault, Objects};
use crate::project::{real_path, repository_above};

/// A repository that was found.
pub struct Repository {
    gix: gix::ThreadSafeRepository,
    surroundings: Surroundings,
}

/// Whether the environment may say which repository and index are meant, as git
/// lets it (`GIT_DIR`, `GIT_INDEX_FILE`, and so on).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surroundings {
    /// It may: the user named no repository.
    Count,
    /// It may not.
    AreIgnored,
}

/// Why there is no repository to scan.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// There is none.
    #[error("{} is not in a git repository; name one, or leave out {option} to scan files", .path.display())]
    None {
        /// Where it was looked for.
        path: PathBuf,
        /// The option that asks for it.
        option: &'static str,
    },
    /// The revisions mean nothing in it.
    #[error("cannot tell which commits `{revisions}` means: {reason}")]
    Revisions {
        /// What the user wrote.
        revisions: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The date means nothing.
    #[error("`{date}` is no date; write 2026-01-31, or `2 weeks ago`")]
    Date {
        /// What the user wrote.
        date: String,
    },
    /// There is one, and it cannot be used.
    #[error("cannot open the repository {}: {reason}", .path.display())]
    Unusable {
        /// Where it was looked for.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// The `.git` at or above a folder, if it may not be looked into: to `gix` that is no
/// repository.
fn closed(folder: &Path) -> Option<PathBuf> {
    let folder = repository_above(folder)?.join(".git");
    let error = fs::metadata(folder.join("HEAD")).err()?;
    (error.kind() == ErrorKind::PermissionDenied).then_some(folder)
}

impl Repository {
    /// Finds the repository that `near` is in or belongs to. `option` is named in
    /// the error.
    ///
    /// # Errors
    /// [`RepositoryError::None`] where there is none,
    /// [`RepositoryError::Unusable`] where it is broken or of a format that is
    /// not known.
    pub fn find(
        near: &Path,
        surroundings: Surroundings,
        option: &'static str,
    ) -> Result<Self, RepositoryError> {
        let unusable = |reason: String| RepositoryError::Unusable {
            path: near.to_path_buf(),
            reason,
        };
        // `gix` does not find its way out of a repository's own folder from `.`.
        let folder = real_path(near).map_err(|error| unusable(error.to_string()))?;
        check_pipes(&folder).map_err(unusable)?;
        match open(&folder, surroundings) {
            Ok(gix) => {
                let kind = gix
                    .to_thread_local()
                    .config_snapshot()
                    .string("extensions.refStorage")
                    .map(|kind| kind.to_string());
                if kind.as_deref() == Some("reftable") {
                    return Err(unusable(
                        "its references are in a reftable, which cannot be read yet; \
                         `git refs migrate --ref-format=files` writes them as files"
                            .to_owned(),
                    ));
                }
                Ok(Self { gix, surroundings })
            }
            Err(error) if error.downcast_any_ref::<upwards::Error>().is_some() => {
                if let Some(folder) = closed(&folder) {
                    let folder = folder.display();
                    return Err(unusable(format!("{folder}: permission denied")));
                }
                let path = near.to_path_buf();
                Err(RepositoryError::None { path, option })
            }
            Err(error) => Err(unusable(reasons(&error))),
        }
    }

    /// The folder that paths are told from: of the working tree, or of a bare
    /// repository itself.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        let gix = self.gix.to_thread_local();
        gix.workdir().unwrap_or(gix.git_dir()).to_path_buf()
    }

    /// What `gix` makes of it, for one thread.
    pub(crate) fn gix(&self) -> gix::Repository {
        self.gix.to_thread_local()
    }

    /// The hash that names its objects.
    pub(crate) fn hash(&self) -> HashKind {
        self.gix.to_thread_local().object_hash()
    }

    /// Everything that its object folder and those it borrows from hold.
    pub(crate) fn objects(&self) -> Objects {
        let gix = self.gix();
        let (folders, fault) = self.object_folders(&gix);
        let mut objects = Objects::open(folders, self.hash());
        objects.add_fault(fault);
        objects
    }

    /// The commit that is `HEAD`; `None` where there is no commit yet.
    ///
    /// # Errors
    /// What is wrong with `HEAD` or the reference that it names. Whether the commit
    /// is there is not looked at.
    pub(crate) fn head(&self) -> Result<Option<ObjectId>, Fault> {
        let gix = self.gix();
        match gix.head() {
            Ok(head) => Ok(head.id().map(gix::Id::detach)),
            Err(error) => Err(Fault {
                path: gix.git_dir().join("HEAD"),
                reason: format!("cannot tell which commit it is: {}", reasons(&error)),
            }),
        }
    }

    /// The index, if there is one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn index(&self) -> Result<Option<gix::index::File>, Fault> {
        let gix = self.gix();
        let path = gix.index_path();
        let fault = |reason| Fault {
            path: path.clone(),
            reason,
        };
        match fs::metadata(&path) {
            Ok(found) if found.is_file() => {}
            Ok(_) => return Err(fault("the index is no regular file".to_owned())),
            // Nothing has been added yet.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(fault(error.to_string())),
        }
        let index = gix.open_index().map_err(|error| fault(reasons(&error)))?;
        Ok(Some(index))
    }

    /// The indexes of all working trees, its own first, as far as they can be read.
    pub(crate) fn indexes(&self) -> Vec<gix::index::File> {
        let gix = self.gix();
        let common = gix.common_dir();
        let worktrees = fs::read_dir(common.join("worktrees")).into_iter().flatten();
        let others = worktrees.flatten().map(|entry| entry.path().join("index"));
        let others = others.chain([common.join("index")]);
        let others = others.filter(|path| fs::metadata(path).is_ok_and(|found| found.is_file()));
        let read = |path: PathBuf| {
            let options = gix::index::decode::Options::default();
            gix::index::File::at(path, gix.object_hash(), false, options).ok()
        };
        let own = self.index().ok().flatten();
        own.into_iter().chain(others.filter_map(read)).collect()
    }

    /// Where a shallow clone is cut off.
    pub(crate) fn shallow(&self) -> Shallow {
        let commits = self.gix().shallow_commits().ok().flatten();
        let boundary = commits.iter().flat_map(|commits| commits.iter().copied());
        Shallow {
            boundary: boundary.collect(),
        }
    }

    /// Its object folder and, after it, all that it borrows from.
    fn object_folders(&self, gix: &gix::Repository) -> (Vec<PathBuf>, Option<Fault>) {
        let variable = |name| match self.surroundings {
            Surroundings::Count => env::var_os(name),
            Surroundings::AreIgnored => None,
        };
        let own = match variable("GIT_OBJECT_DIRECTORY") {
            Some(folder) => PathBuf::from(folder),
            None => gix.objects.store_ref().path().to_path_buf(),
        };
        let mut folders = vec![own.clone()];
        let borrowed = variable("GIT_ALTERNATE_OBJECT_DIRECTORIES").unwrap_or_default();
        folders.extend(env::split_paths(&borrowed).filter(|path| !path.as_os_str().is_empty()));
        let mut fault = None;
        for folder in folders.clone() {
            match gix::odb::alternate::resolve(folder.clone(), gix.current_dir()) {
                Ok(alternates) => folders.extend(alternates),
                Err(error) => {
                    let path = folder.join("info/alternates");
                    let reason = reasons(&error);
                    fault = Some(Fault { path, reason });
                }
            }
        }
        let mut seen = Vec::new();
        folders.retain(|folder| {
            let real = folder.canonicalize().unwrap_or_else(|_| folder.clone());
            let is_new = !seen.contains(&real);
            seen.push(real);
            is_new
        });
        (folders, fault)
    }
}

/// Where a clone is cut off: the commits whose parents were not fetched.
#[derive(Debug, Default)]
pub(crate) struct Shallow {
    pub(crate) boundary: Vec<ObjectId>,
}

impl Shallow {
    /// Whether an object is missing because the clone is cut off before it.
    pub(crate) fn cuts_off(&self, missing: &Missing) -> bool {
        let named = ObjectId::from_hex(&missing.named_by);
        missing.kind == Kind::Commit && named.is_ok_and(|id| self.boundary.contains(&id))
    }

    /// What is to be said of it.
    pub(crate) fn reason(&self) -> String {
        let first = self.boundary[0].to_hex_with_len(12);
        let commits = match self.boundary.len() {
            1 => format!("commit {first}"),
            count => format!("{count} commits, {first} among them,"),
        };
        format!(
            "the clone is shallow: what came before {commits} is not here; \
             `git fetch --unshallow` gets it"
        )
    }
}

impl fmt::Debug for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Repository({})", self.root().display())
    }
}

/// Finds a repository as git would.
fn open(folder: &Path, surroundings: Surroundings) -> gix::Result<gix::ThreadSafeRepository> {
    let trust = || Mapping {
        full: options(surroundings),
        reduced: options(surroundings),
    };
    let found = match surroundings {
        Surroundings::Count => gix::ThreadSafeRepository::discover_with_environment_overrides_opts(
            folder,
            upwards::Options::default(),
            trust(),
        ),
        Surroundings::AreIgnored => {
            gix::ThreadSafeRepository::discover_opts(folder, upwards::Options::default(), trust())
        }
    };
    match (found, env::var_os("GIT_DIR")) {
        // Hooks in a repository are told that it is `.`.
        (Err(_), Some(git)) if surroundings == Surroundings::Count && git == "." => {
            let options = options(surroundings).open_path_as_is(true);
            gix::ThreadSafeRepository::open_opts(folder, options)
        }
        (found, _) => found,
    }
}

/// Refuses a repository in which a pipe stands for a file that would be opened:
/// the scan would wait for a writer.
fn check_pipes(near: &Path) -> Result<(), String> {
    let git = repository_above(near).map_or(near.to_path_buf(), |root| root.join(".git"));
    let names = ["", "HEAD", "config", "packed-refs", "shallow", "commondir"];
    for name in names.into_iter().chain(["objects/info/alternates"]) {
        let path = if name.is_empty() {
            git.clone()
        } else {
            git.join(name)
        };
        let is_plain = |found: &fs::Metadata| found.is_file() || found.is_dir();
        if fs::metadata(&path).is_ok_and(|found| !is_plain(&found)) {
            return Err(format!("{} is no regular file", path.display()));
        }
    }
    Ok(())
}

/// Only the repository's own configuration counts: the scan is of what is there,
/// whatever the user's settings are.
fn options(surroundings: Surroundings) -> gix::open::Options {
    let mut permissions = gix::open::Permissions::isolated();
    if surroundings == Surroundings::Count {
        permissions.env.git_prefix = gix::sec::Permission::Allow;
    }
    gix::open::Options::default()
        .permissions(permissions)
        .bail_if_untrusted(false)
        .config_overrides(["gitoxide.objects.noReplace=true"])
}

/// An error of `gix` and what caused it, in one line.
pub(crate) fn reasons(error: &dyn std::error::Error) -> String {
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !text.is_empty() && !reason.contains(&text) {
            reason = format!("{reason}: {text}");
        }
        cause = error.source();
    }
    reason
}
