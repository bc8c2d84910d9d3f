//! Files: opens one and hands it on.

use std::fs::{File, FileType};
use std::io;
use std::path::{Path, PathBuf};

use super::SourceError;
use crate::blob::{Blob, Content, Origin, Sink, tidy};
use crate::name_class::NameClass;

/// Opens the files of one thread.
///
/// It keeps the folder of the last file open: a walk goes from neighbour to
/// neighbour, and to look up one name in a folder is cheaper than a whole path.
#[derive(Debug, Default)]
pub(crate) struct Opener {
    #[cfg(unix)]
    folder: Option<unix::Folder>,
}

impl Opener {
    /// Opens the file `path` and hands it to `sink`.
    pub(crate) fn push(&mut self, path: PathBuf, class: Option<NameClass>, sink: &mut impl Sink) {
        match self.open(&path) {
            Ok(mut file) => sink.blob(Blob {
                origin: Origin::File(path),
                class,
                content: Content::File(&mut file),
            }),
            Err(error) => sink.unscanned(SourceError::System(error).at(tidy(&path))),
        }
    }

    #[cfg(unix)]
    fn open(&mut self, path: &Path) -> io::Result<File> {
        Ok(unix::open(&mut self.folder, path)?)
    }

    #[cfg(not(unix))]
    fn open(&mut self, path: &Path) -> io::Result<File> {
        File::open(path)
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::os::fd::OwnedFd;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    use rustix::fs::{CWD, Mode, OFlags, open as open_path, openat};
    use rustix::io::Errno;

    /// An open folder and the bytes of its path, with the last slash.
    #[derive(Debug)]
    pub(super) struct Folder {
        path: Vec<u8>,
        handle: OwnedFd,
    }

    /// Opens a file that was a regular one when it was listed.
    ///
    /// It may have been replaced since. A link is refused then, and a pipe does
    /// not make the scan wait for a writer.
    pub(super) fn open(last: &mut Option<Folder>, path: &Path) -> Result<File, Errno> {
        let flags =
            OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        let bytes = path.as_os_str().as_bytes();
        let Some(slash) = memchr::memrchr(b'/', bytes) else {
            return openat(CWD, path, flags, Mode::empty()).map(File::from);
        };
        let (parent, name) = bytes.split_at(slash + 1);
        if last.as_ref().is_none_or(|folder| folder.path != parent) {
            let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::DIRECTORY;
            let handle = open_path(OsStr::from_bytes(parent), flags, Mode::empty())?;
            let path = parent.to_vec();
            *last = Some(Folder { path, handle });
        }
        let folder = last.as_ref().expect("a folder has just been opened");
        openat(
            &folder.handle,
            OsStr::from_bytes(name),
            flags,
            Mode::empty(),
        )
        .map(File::from)
    }
}

/// What a FIFO is called.
pub(crate) const NAMED_PIPE: &str = "named pipe";

/// What a file that is neither regular nor a folder nor a link is called.
#[cfg(unix)]
pub(crate) fn special_kind(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        NAMED_PIPE
    } else if kind.is_socket() {
        "socket"
    } else {
        "device"
    }
}

#[cfg(not(unix))]
pub(crate) fn special_kind(_: FileType) -> &'static str {
    "special file"
}
