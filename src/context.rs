//! Context: the kind of place a credential was found in.
//!
//! It chooses the remedy. It is not a file type: a URL with a token in it is a
//! git remote wherever it stands.

use serde::{Deserialize, Serialize};

/// A kind of place. Remedies are written for each, and may leave out all but
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
    /// An argument of a command.
    CommandLine,
    /// A workflow of GitHub Actions.
    GithubWorkflow,
    /// A pipeline of GitLab.
    GitlabCi,
    /// Continuous integration of another kind.
    Ci,
    /// A container's recipe.
    Dockerfile,
    /// Containers that run together.
    Compose,
    /// A manifest of Kubernetes.
    Kubernetes,
    /// An app that runs as a Hugging Face Space.
    Space,
    /// A file of environment variables.
    EnvFile,
    /// A URL with credentials, or git's own configuration.
    GitRemote,
    /// The login that `hf auth login` keeps.
    TokenFile,
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
            Self::CommandLine => "an argument of a command",
            Self::GithubWorkflow => "a GitHub workflow",
            Self::GitlabCi => "a GitLab pipeline",
            Self::Ci => "another CI service",
            Self::Dockerfile => "a Dockerfile",
            Self::Compose => "a compose file",
            Self::Kubernetes => "a Kubernetes manifest",
            Self::Space => "a Space",
            Self::EnvFile => "an environment file",
            Self::GitRemote => "a URL",
            Self::TokenFile => "the login of `hf auth login`",
            Self::Other => "any other file",
        }
    }
}
