//! A blob: bytes and where they came from, lent to a sink for one call.
//!
//! Sources make blobs and sinks take them. A blob owns no memory, and says
//! nothing of what is in its bytes.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::ObjectId;

use crate::name_class::NameClass;
use crate::report::{Skipped, Unscanned};

/// Where bytes came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file, by the path that leads to it from the current folder.
    File(PathBuf),
    /// Standard input, by the name that the user gave it, if any.
    Stdin(Option<PathBuf>),
    /// Bytes that a caller of the library passed, by the name it gave them.
    Memory(PathBuf),
    /// A git object.
    Git {
        /// Its id.
        id: ObjectId,
        /// What it is for.
        role: Role,
    },
    /// A member of a container.
    Member(Arc<Member>),
}

/// A member of a container, which is something of another origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Where the container came from.
    pub container: Origin,
    /// The member's name, as the container says it.
    pub name: PathBuf,
    /// The names of all containers from the outermost on, and the member's, with `!`
    /// between: `image.tar!layer.tar!app/.env`.
    path: PathBuf,
}

/// What a git object is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// It is a file, by its path from the root of the repository.
    File(PathBuf),
    /// It is a file whose path is not known, or that never had one.
    Blob,
    /// It is a commit: what its author, committer and message say.
    Commit,
    /// It is an annotated tag.
    Tag,
    /// It is a note on another object.
    Note,
}

impl Role {
    /// What stands for a path where there is none.
    #[must_use]
    pub fn path(&self) -> &Path {
        Path::new(match self {
            Self::File(path) => return path,
            Self::Blob => "<blob>",
            Self::Commit => "<commit>",
            Self::Tag => "<tag>",
            Self::Note => "<note>",
        })
    }
}

impl Origin {
    /// The path to show, and to choose remedies by.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Stdin(Some(path)) | Self::Memory(path) => tidy(path),
            Self::Stdin(None) => Path::new("<stdin>"),
            Self::Git { role, .. } => role.path(),
            Self::Member(member) => &member.path,
        }
    }

    /// What can be opened without a container: itself, or the outermost container.
    #[must_use]
    pub fn outermost(&self) -> &Self {
        match self {
            Self::Member(member) => member.container.outermost(),
            other => other,
        }
    }

    /// Whether it is in `container`, at whatever depth.
    #[must_use]
    pub fn is_inside(&self, container: &Self) -> bool {
        match self {
            Self::Member(member) => {
                member.container == *container || member.container.is_inside(container)
            }
            _ => false,
        }
    }
}

impl Origin {
    /// The id of the git object, if it is one or in one.
    pub(crate) fn id(&self) -> Option<ObjectId> {
        match self.outermost() {
            Self::Git { id, .. } => Some(*id),
            Self::File(_) | Self::Stdin(_) | Self::Memory(_) | Self::Member(_) => None,
        }
    }

    /// The name that tells what it is: without the folders and containers it is in.
    pub(crate) fn name(&self) -> &Path {
        let path = match self {
            Self::Member(member) => &member.name,
            other => other.path(),
        };
        path.file_name().map_or(path, Path::new)
    }

    /// A member of it.
    pub(crate) fn member(&self, name: &[u8]) -> Self {
        /// A longer name is cut.
        const LONGEST: usize = 4096;
        let name = &name[..name.len().min(LONGEST)];
        let name = match gix::path::from_byte_slice(name) {
            Ok(name) => name.to_path_buf(),
            Err(_) => PathBuf::from(String::from_utf8_lossy(name).into_owned()),
        };
        let mut path = self.path().as_os_str().to_owned();
        path.push("!");
        path.push(&name);
        Self::Member(Arc::new(Member {
            container: self.clone(),
            name,
            path: path.into(),
        }))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path().display().fmt(formatter)
    }
}

/// A path without a leading `./`, which the walk of the current folder puts
/// before all it finds.
pub(crate) fn tidy(path: &Path) -> &Path {
    // Taking a path apart is not free, and this is done for every file.
    if path.as_os_str().as_encoded_bytes().starts_with(b".") {
        path.strip_prefix(".").unwrap_or(path)
    } else {
        path
    }
}

/// The bytes of a blob.
pub enum Content<'a> {
    /// All of them, in memory.
    Bytes(&'a [u8]),
    /// An open file, at its start.
    File(&'a mut File),
    /// Something that can be read once.
    Stream(&'a mut dyn Read),
    /// Something that can be read, and then read again from its start.
    Replay(&'a mut dyn Replay),
}

/// A stream that can be had again.
pub trait Replay: Read {
    /// The same stream, from its start.
    ///
    /// # Errors
    /// What the system says where it cannot be opened again.
    fn again(&self) -> io::Result<Box<dyn Read + '_>>;
}

impl fmt::Debug for Content<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Bytes(_) => "Bytes",
            Self::File(_) => "File",
            Self::Stream(_) => "Stream",
            Self::Replay(_) => "Replay",
        })
    }
}

/// Bytes and where they came from.
#[derive(Debug)]
pub struct Blob<'a> {
    /// Where they came from.
    pub origin: Origin,
    /// The class of the origin's name, where rules may exclude it. A blob that
    /// the user named has none.
    pub class: Option<NameClass>,
    /// The bytes.
    pub content: Content<'a>,
}

/// What takes blobs. Every thread of a source has its own.
pub trait Sink: Send {
    /// Takes a blob.
    fn blob(&mut self, blob: Blob<'_>);
    /// Takes note of something that was left out on purpose.
    fn skipped(&mut self, skipped: Skipped);
    /// Takes note of something that should have been scanned and was not.
    fn unscanned(&mut self, unscanned: Unscanned);
    /// Whether it takes no more, as the user has stopped the scan.
    fn is_closed(&self) -> bool {
        false
    }
}
