//! A project: the folder that paths are told from when they must mean the same
//! on every machine.
//!
//! It is the git repository that the scanned paths are in, or else the current
//! folder. Fingerprints, baselines and SARIF name files from there.

use std::fmt::Write;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::blob::Origin;
use crate::mask::Mask;

/// The folder that stable paths start from.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
    kind: ProjectKind,
    is_space: OnceLock<bool>,
}

/// What made a folder the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectKind {
    /// It is the root of a git repository's working tree.
    Repository,
    /// There is no repository; it is where the scan began.
    Folder,
}

/// A path as the project names it: slashed and relative to its root, or
/// absolute where it lies outside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProjectPath {
    bytes: Vec<u8>,
    side: Side,
    /// How many of the bytes are the path of a file; the others tell of a member in it.
    file: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Inside,
    Outside,
}

impl Project {
    /// The project of the folder `near`, which is looked for upward; where no
    /// folder above holds a repository, it is `fallback`.
    ///
    /// Both must be real paths: absolute, without symbolic links.
    #[must_use]
    pub fn find(near: &Path, fallback: &Path) -> Self {
        match repository_above(near) {
            Some(root) => Self {
                root: root.to_path_buf(),
                kind: ProjectKind::Repository,
                is_space: OnceLock::new(),
            },
            None => Self {
                root: fallback.to_path_buf(),
                kind: ProjectKind::Folder,
                is_space: OnceLock::new(),
            },
        }
    }

    /// The project that a repository is, told from `root`.
    pub(crate) fn of_repository(root: &Path) -> Self {
        Self {
            root: real_path(root).unwrap_or_else(|_| root.to_path_buf()),
            kind: ProjectKind::Repository,
            is_space: OnceLock::new(),
        }
    }

    /// The folder, a real path.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What made it the project.
    #[must_use]
    pub fn kind(&self) -> ProjectKind {
        self.kind
    }

    /// Whether it is a Hugging Face Space: its README begins with metadata that
    /// names an `sdk`
    /// (<https://huggingface.co/docs/hub/spaces-config-reference>).
    #[must_use]
    pub fn is_space(&self) -> bool {
        /// Metadata is shorter.
        const MOST: u64 = 64 << 10;
        *self.is_space.get_or_init(|| {
            let mut text = Vec::new();
            let readme = fs::File::open(self.root.join("README.md"));
            let read = readme.and_then(|readme| readme.take(MOST).read_to_end(&mut text));
            let text = String::from_utf8_lossy(&text);
            let mut lines = text.lines();
            read.is_ok()
                && lines.next() == Some("---")
                && lines
                    .take_while(|line| *line != "---")
                    .any(|line| line.starts_with("sdk:"))
        })
    }

    /// `path` as the project names it. Files are looked up, so that a path
    /// through a symbolic link gets the name of what it leads to.
    #[must_use]
    pub fn path_of(&self, path: &Path) -> ProjectPath {
        let real = real_path(path).unwrap_or_else(|_| path.to_path_buf());
        match real.strip_prefix(&self.root) {
            Ok(inside) => ProjectPath::new(slashed(inside), Side::Inside),
            Err(_) => ProjectPath::new(slashed(&real), Side::Outside),
        }
    }

    /// The path of an origin, or its name where it is no file.
    #[must_use]
    pub fn path_of_origin(&self, origin: &Origin) -> ProjectPath {
        match origin {
            Origin::File(path) => self.path_of(path),
            Origin::Stdin(_) | Origin::Memory(_) | Origin::Git { .. } => {
                ProjectPath::of_name(origin.path())
            }
            Origin::Member(member) => {
                let mut path = self.path_of_origin(&member.container);
                path.bytes.push(b'!');
                path.bytes.extend(slashed(&member.name));
                path
            }
        }
    }

    /// The root as a `file:` URI that ends in a slash, with tokens masked.
    #[must_use]
    pub fn uri(&self, mask: &Mask) -> String {
        let mut uri = file_uri(&mask.tokens(&slashed(&self.root)));
        if !uri.ends_with('/') {
            uri.push('/');
        }
        uri
    }
}

impl ProjectPath {
    /// A name that is no file's: of standard input, or of bytes in memory.
    #[must_use]
    pub fn of_name(name: &Path) -> Self {
        Self::new(slashed(name), Side::Inside)
    }

    fn new(bytes: Vec<u8>, side: Side) -> Self {
        Self {
            file: bytes.len(),
            bytes,
            side,
        }
    }

    /// The path of the file, where it is that of a member of a container.
    #[must_use]
    pub fn file(&self) -> Self {
        Self::new(self.bytes[..self.file].to_vec(), self.side)
    }

    /// The path's bytes, with slashes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same path with tokens masked.
    #[must_use]
    pub fn masked(&self, mask: &Mask) -> Self {
        Self {
            bytes: mask.tokens(&self.bytes).into_owned(),
            side: self.side,
            file: self.file,
        }
    }

    /// Whether it is relative to the project's root.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.side == Side::Inside
    }

    /// A percent-encoded URI reference: relative inside the project, `file:`
    /// outside.
    #[must_use]
    pub fn uri(&self) -> String {
        match self.side {
            Side::Inside => percent_encoded(&self.bytes),
            Side::Outside => file_uri(&self.bytes),
        }
    }
}

/// The nearest folder at or above `folder` that git would call the top of a
/// working tree.
#[must_use]
pub(crate) fn repository_above(folder: &Path) -> Option<&Path> {
    folder
        .ancestors()
        .find(|ancestor| fs::symlink_metadata(ancestor.join(".git")).is_ok())
}

/// The absolute path without symbolic links.
///
/// # Errors
/// What the system says where there is no such file.
pub(crate) fn real_path(path: &Path) -> io::Result<PathBuf> {
    let real = fs::canonicalize(path)?;
    // Windows answers `\\?\C:\…`, which few programs take back.
    #[cfg(windows)]
    if let Some(plain) = real.to_str().and_then(|real| real.strip_prefix(r"\\?\")) {
        return Ok(PathBuf::from(plain));
    }
    Ok(real)
}

/// The bytes of a path, with slashes on every system.
fn slashed(path: &Path) -> Vec<u8> {
    let bytes = path.as_os_str().as_encoded_bytes().to_vec();
    if cfg!(windows) {
        return bytes
            .into_iter()
            .map(|byte| if byte == b'\\' { b'/' } else { byte })
            .collect();
    }
    bytes
}

fn file_uri(absolute: &[u8]) -> String {
    let slash = if absolute.starts_with(b"/") { "" } else { "/" };
    format!("file://{slash}{}", percent_encoded(absolute))
}

/// `path` with everything escaped that RFC 3986 does not allow in a path's
/// segment; a colon too, which would make the first segment a scheme.
fn percent_encoded(path: &[u8]) -> String {
    let mut uri = String::with_capacity(path.len());
    for &byte in path {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_percent_encoded() {
        let path = ProjectPath::of_name(Path::new("a b/ü#?:%.py"));
        assert_eq!(path.uri(), "a%20b/%C3%BC%23%3F%3A%25.py");
    }
}
