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
    ///
    /// No link is followed to it but what the user, or git, means to be one: `real` says
    /// where that has led, of a path that has links in it.
    pub(crate) fn push(
        &mut self,
        path: PathBuf,
        real: impl FnOnce(&Path) -> PathBuf,
        class: Option<NameClass>,
        sink: &mut impl Sink,
    ) {
        match self.open(&path, real) {
            Ok(mut file) => sink.blob(Blob {
                origin: Origin::File(path),
                class,
                content: Content::File(&mut file),
            }),
            Err(error) => sink.unscanned(SourceError::System(error).at(tidy(&path))),
        }
    }

    #[cfg(unix)]
    fn open(&mut self, path: &Path, real: impl FnOnce(&Path) -> PathBuf) -> io::Result<File> {
        unix::open(&mut self.folder, path, real).map_err(|error| match error {
            rustix::io::Errno::LOOP => {
                io::Error::other("a link took its place, or that of a folder above it")
            }
            error => error.into(),
        })
    }

    #[cfg(not(unix))]
    fn open(&mut self, path: &Path, _: impl FnOnce(&Path) -> PathBuf) -> io::Result<File> {
        File::open(path)
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::os::fd::OwnedFd;
    use std::os::unix::ffi::OsStrExt;
    use std::path::{Path, PathBuf};

    use rustix::fs::{CWD, Mode, OFlags, openat};
    use rustix::io::Errno;

    /// An open folder and the bytes of its path, with the last slash.
    #[derive(Debug)]
    pub(super) struct Folder {
        path: Vec<u8>,
        handle: OwnedFd,
    }

    /// Opens a file that was a regular one when it was listed.
    ///
    /// It may have been replaced since, and so may every folder above it. A link is
    /// refused then, and a pipe does not make the scan wait for a writer.
    pub(super) fn open(
        last: &mut Option<Folder>,
        path: &Path,
        real: impl FnOnce(&Path) -> PathBuf,
    ) -> Result<File, Errno> {
        let flags =
            OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        let bytes = path.as_os_str().as_bytes();
        let Some(slash) = memchr::memrchr(b'/', bytes) else {
            return openat(CWD, path, flags, Mode::empty()).map(File::from);
        };
        let (parent, name) = bytes.split_at(slash + 1);
        if last.as_ref().is_none_or(|folder| folder.path != parent) {
            let handle = match open_folder(Path::new(OsStr::from_bytes(parent))) {
                Err(Errno::LOOP) => open_folder(real(path).parent().unwrap_or(Path::new("/")))?,
                opened => opened?,
            };
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

    /// Opens a folder unless a link is on the way to it.
    #[cfg(target_os = "linux")]
    fn open_folder(path: &Path) -> Result<OwnedFd, Errno> {
        use rustix::fs::{ResolveFlags, openat2};
        let resolve = ResolveFlags::NO_SYMLINKS;
        match openat2(CWD, path, FOLDER, Mode::empty(), resolve) {
            // Old kernels do not have it, and some sandboxes forbid what they do not know.
            Err(Errno::NOSYS | Errno::PERM) => open_last(path),
            opened => opened,
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn open_folder(path: &Path) -> Result<OwnedFd, Errno> {
        open_last(path)
    }

    const FOLDER: OFlags = OFlags::RDONLY
        .union(OFlags::CLOEXEC)
        .union(OFlags::DIRECTORY);

    /// Opens a folder unless it is a link itself: where the system offers no more.
    fn open_last(path: &Path) -> Result<OwnedFd, Errno> {
        // With a slash at its end a link would be followed all the same.
        let bytes = path.as_os_str().as_bytes();
        let bytes = match bytes {
            [rest @ .., b'/'] if !rest.is_empty() => rest,
            whole => whole,
        };
        let flags = FOLDER | OFlags::NOFOLLOW;
        match openat(CWD, OsStr::from_bytes(bytes), flags, Mode::empty()) {
            // A link is called no folder where both are asked for.
            Err(Errno::NOTDIR | Errno::MLINK) => Err(Errno::LOOP),
            opened => opened,
        }
    }

    #[cfg(test)]
    mod tests {
        use std::os::unix::fs::symlink;

        use super::*;

        #[test]
        fn folders_are_opened_and_links_are_not() -> std::io::Result<()> {
            let folder = tempfile::tempdir()?;
            let real = std::fs::canonicalize(folder.path())?;
            std::fs::create_dir_all(real.join("a/b"))?;
            symlink("a", real.join("link"))?;
            for open in [open_folder, open_last] {
                let fault = |path: &str| open(&real.join(path)).err();
                assert_eq!(fault("a/b/"), None);
                assert_eq!(fault("/"), None);
                assert_eq!(fault("link/"), Some(Errno::LOOP));
                assert_eq!(fault("link"), Some(Errno::LOOP));
                assert_eq!(fault("c/"), Some(Errno::NOENT));
            }
            Ok(())
        }
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
