//! Standard input, read to its end.

use std::io;
use std::path::PathBuf;

use crate::blob::{Blob, Content, Origin, Sink};

/// Hands standard input to `sink`, under the name that the user gave it.
pub(crate) fn push(name: Option<PathBuf>, sink: &mut impl Sink) {
    sink.blob(Blob {
        origin: Origin::Stdin(name),
        class: None,
        content: Content::Stream(&mut io::stdin().lock()),
    });
}
