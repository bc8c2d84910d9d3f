//! Context: the kind of place a credential was found in.
//!
//! It chooses the remedy. It is not a file type: a URL with a token in it is a
//! git remote wherever it stands.

use serde::{Deserialize, Serialize};

/// A kind of place. Rules write one remedy for each, and may leave out all but
/// [`Context::Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Context {
    /// Python source.
    Python,
    /// A Jupyter notebook.
    Notebook,
    /// A shell script or a shell's start-up file.
    Shell,
    /// A continuous integration workflow.
    Workflow,
    /// A container's recipe.
    Dockerfile,
    /// A file of environment variables.
    EnvFile,
    /// A URL with credentials, or git's own configuration.
    GitRemote,
    /// Anything else.
    Other,
}

impl Context {
    /// What a person says after "in".
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::Notebook => "a notebook",
            Self::Shell => "a shell script",
            Self::Workflow => "a workflow",
            Self::Dockerfile => "a container's recipe",
            Self::EnvFile => "an environment file",
            Self::GitRemote => "a URL",
            Self::Other => "any other file",
        }
    }
}
