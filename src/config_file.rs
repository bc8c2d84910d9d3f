//! The configuration file: where it is looked for, and what it holds.
//!
//! `hfleaks.toml`, `.hfleaks.toml`, or `[tool.hfleaks]` in `pyproject.toml`,
//! the nearest one from the scanned path up to the repository's root. Above a
//! repository nothing is looked for: a file that happens to lie in `/tmp` or
//! in a home folder must not make a scan see less.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::document::{self, DocumentError};
use crate::options::Options;
use crate::project::repository_above;

/// The names, in the order in which they count within a folder.
const NAMES: [(&str, Layout); 3] = [
    ("hfleaks.toml", Layout::Own),
    (".hfleaks.toml", Layout::Own),
    (PYPROJECT, Layout::Pyproject),
];

const PYPROJECT: &str = "pyproject.toml";

/// Where in a file the options are.
#[derive(Debug, Clone, Copy)]
enum Layout {
    /// At the top.
    Own,
    /// In `[tool.hfleaks]`.
    Pyproject,
}

/// A configuration that was found.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    pub(crate) path: PathBuf,
    pub(crate) options: Options,
}

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFileError {
    /// It cannot be read.
    #[error("cannot read the configuration {}: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It has a mistake in it.
    #[error("broken configuration: {0}")]
    Broken(#[from] DocumentError),
    /// It was named, and has no options in it.
    #[error("{}: no [tool.hfleaks] in it", .path.display())]
    NoTable {
        /// The file.
        path: PathBuf,
    },
}

#[derive(Deserialize)]
struct Pyproject {
    tool: Option<Tool>,
}

#[derive(Deserialize)]
struct Tool {
    hfleaks: Option<Options>,
}

impl ConfigFile {
    /// The nearest configuration at or above `folder`, a real path.
    ///
    /// # Errors
    /// [`ConfigFileError`] where there is one that cannot be used.
    pub(crate) fn discover(folder: &Path) -> Result<Option<Self>, ConfigFileError> {
        let top = repository_above(folder).unwrap_or(folder);
        for folder in folder
            .ancestors()
            .take_while(|above| above.starts_with(top))
        {
            for (name, layout) in NAMES {
                let path = folder.join(name);
                if path.is_file()
                    && let Some(options) = read(&path, layout)?
                {
                    return Ok(Some(Self { path, options }));
                }
            }
        }
        Ok(None)
    }

    /// The configuration that the user named.
    ///
    /// # Errors
    /// [`ConfigFileError`] where it cannot be used.
    pub(crate) fn named(path: &Path) -> Result<Self, ConfigFileError> {
        let is_pyproject = path.file_name().is_some_and(|name| name == PYPROJECT);
        let layout = if is_pyproject {
            Layout::Pyproject
        } else {
            Layout::Own
        };
        let path = path.to_path_buf();
        match read(&path, layout)? {
            Some(options) => Ok(Self { path, options }),
            None => Err(ConfigFileError::NoTable { path }),
        }
    }

    /// The folder that its paths and globs start from.
    pub(crate) fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        }
    }
}

fn read(path: &Path, layout: Layout) -> Result<Option<Options>, ConfigFileError> {
    let text = fs::read_to_string(path).map_err(|source| ConfigFileError::Unreadable {
        path: path.to_path_buf(),
        source,
    })?;
    Ok(match layout {
        Layout::Own => Some(document::parse(path, &text)?),
        Layout::Pyproject => {
            let pyproject: Pyproject = document::parse(path, &text)?;
            pyproject.tool.and_then(|tool| tool.hfleaks)
        }
    })
}
