//! Stored objects, read one by one: for a few of them it is not worth listing all
//! that a repository has.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use gix::ObjectId;

use super::large::{LARGE, LargeLoose};
use super::object::{Kind, ObjectError};
use super::tree_entries::{Entries, Entry, EntryKind};
use super::{Repository, loose, reasons};
use crate::blob::Content;
use crate::watch::Watch;

/// What is in a tree, by name.
pub(crate) type Folder = BTreeMap<Vec<u8>, (Kind, ObjectId)>;

/// Reads single objects, for one thread.
pub(crate) struct Stored {
    gix: gix::Repository,
    folders: Vec<PathBuf>,
}

impl Repository {
    /// Reads single objects.
    pub(crate) fn stored(&self) -> Stored {
        let gix = self.gix();
        let (folders, _) = self.object_folders(&gix);
        Stored { gix, folders }
    }
}

impl Stored {
    /// Lends the bytes of a blob.
    ///
    /// # Errors
    /// Why it cannot be read, in words.
    pub(crate) fn blob(
        &self,
        id: &ObjectId,
        watch: &Watch,
        lend: impl FnOnce(Content<'_>),
    ) -> Result<(), String> {
        // What is staged is nearly always loose.
        for folder in &self.folders {
            let path = loose::path(folder, id);
            match loose::open(&path) {
                Ok(object) if object.length >= LARGE => {
                    lend(Content::Replay(&mut LargeLoose::new(object, &path, watch)));
                    return Ok(());
                }
                Ok(object) => {
                    let bytes = loose::whole(object);
                    let bytes = bytes.map_err(|error| format!("object {id}: {error}"))?;
                    lend(Content::Bytes(&bytes));
                    return Ok(());
                }
                Err(ObjectError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(format!("object {id}: {error}")),
            }
        }
        let object = self.gix.find_object(*id).map_err(|error| reasons(&error))?;
        lend(Content::Bytes(&object.data));
        Ok(())
    }

    /// The tree of a commit.
    ///
    /// # Errors
    /// Why it cannot be read, in words.
    pub(crate) fn tree_of(&self, commit: &ObjectId) -> Result<ObjectId, String> {
        let commit = self
            .gix
            .find_commit(*commit)
            .map_err(|error| reasons(&error))?;
        let tree = commit.tree_id().map_err(|error| reasons(&error))?;
        Ok(tree.detach())
    }

    /// What is in a tree, by name.
    ///
    /// # Errors
    /// Why it cannot be read, in words.
    pub(crate) fn folder(&self, tree: &ObjectId) -> Result<Folder, String> {
        let tree = self
            .gix
            .find_object(*tree)
            .map_err(|error| reasons(&error))?;
        let entries = Entries::new(&tree.data, self.gix.object_hash());
        let entry = |entry: Entry<'_>| {
            let kind = match entry.kind {
                EntryKind::Blob => Kind::Blob,
                EntryKind::Tree => Kind::Tree,
                EntryKind::Submodule => Kind::Commit,
            };
            (
                entry.name.to_vec(),
                (kind, ObjectId::from_bytes_or_panic(entry.id)),
            )
        };
        Ok(entries.map(entry).collect())
    }
}
