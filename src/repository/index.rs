//! The index of a working tree, opened by itself: nothing else of the repository is asked.

use std::fs;
use std::io;
use std::path::Path;

use gix::index::File;

use super::reasons;

/// The index of the working tree at `root`; nothing where nothing has been added yet.
///
/// # Errors
/// Why it cannot be read, in words. What is no regular file is not opened: a pipe would wait
/// for whoever writes to it.
pub(crate) fn of(root: &Path) -> Result<Option<File>, String> {
    let git = root.join(".git");
    let config = if git.is_dir() {
        git.join("config")
    } else {
        git
    };
    if fs::metadata(&config).is_ok_and(|found| !found.is_file()) {
        return Err("the configuration is no regular file".to_owned());
    }
    let repository = gix::open_opts(root, gix::open::Options::isolated());
    let repository = repository.map_err(|error| reasons(&error))?;
    match fs::metadata(repository.index_path()) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err("the index is no regular file".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(reasons(&error)),
    }
    let index = repository.open_index();
    index.map(Some).map_err(|error| reasons(&error))
}
