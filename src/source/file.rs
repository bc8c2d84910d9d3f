//! Files: opens one and hands it on.

use std::fs::{File, FileType, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::SourceError;
use crate::blob::{Blob, Content, Origin, Sink, tidy};
use crate::name_class::NameClass;

/// Opens the file `path` and hands it to `sink`.
pub(crate) fn push(path: PathBuf, class: Option<NameClass>, sink: &mut impl Sink) {
    match open(&path) {
        Ok(mut file) => sink.blob(Blob {
            origin: Origin::File(path),
            class,
            content: Content::File(&mut file),
        }),
        Err(error) => sink.unscanned(SourceError::System(error).at(tidy(&path))),
    }
}

/// Opens a file that was a regular one when it was listed.
///
/// It may have been replaced since. A link is refused then, and a pipe does not
/// make the scan wait for a writer.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// What a file that is neither regular nor a folder nor a link is called.
#[cfg(unix)]
pub(crate) fn special_kind(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "named pipe"
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
