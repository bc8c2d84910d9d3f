//! Standard input, read to its end.

use std::io::{self, Read};
use std::path::PathBuf;

use super::SourceError;
use crate::blob::{Blob, Content, Origin, Sink};

/// Hands standard input to `sink`, under the name that the user gave it.
pub(crate) fn push(name: Option<PathBuf>, sink: &mut impl Sink) {
    let origin = Origin::Stdin(name);
    match standard_input() {
        Ok(mut input) => sink.blob(Blob {
            origin,
            class: None,
            content: Content::Stream(&mut input),
        }),
        Err(error) => sink.unscanned(SourceError::System(error).at(origin.path())),
    }
}

/// The descriptor itself: `io::stdin` takes one that may not be read for an empty file.
#[cfg(unix)]
fn standard_input() -> io::Result<impl Read> {
    use std::os::fd::AsFd;
    io::stdin()
        .as_fd()
        .try_clone_to_owned()
        .map(std::fs::File::from)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it may fail")]
fn standard_input() -> io::Result<impl Read> {
    Ok(io::stdin().lock())
}
