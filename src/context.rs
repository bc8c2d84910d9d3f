//! Context: the kind of place a credential was found in.
//!
//! It chooses the remedy. It is not a file type: a URL with a token in it is a
//! git remote wherever it stands.

use std::path::Path;
use std::sync::LazyLock;

use globset::{Glob, GlobSet, GlobSetBuilder};
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

/// Names and the places they are, first fit first.
const PLACES: &[(Context, &[&str])] = &[
    (Context::Notebook, &["*.ipynb"]),
    (
        Context::GitRemote,
        &[
            ".git/**/config",
            ".git/config",
            ".git/config.worktree",
            ".git/**/config.worktree",
            ".gitmodules",
            ".gitconfig",
            ".git-credentials",
            ".netrc",
        ],
    ),
    (
        Context::GithubWorkflow,
        &[
            ".github/workflows/*",
            ".github/actions/**",
            "action.yml",
            "action.yaml",
        ],
    ),
    (
        Context::GitlabCi,
        &["*.gitlab-ci.yml", "*.gitlab-ci.yaml", ".gitlab/**/*.y*ml"],
    ),
    (
        Context::Ci,
        &[
            ".circleci/*",
            "azure-pipelines*.y*ml",
            "bitbucket-pipelines.yml",
            ".buildkite/*",
            ".drone.yml",
            ".travis.yml",
            "cloudbuild.y*ml",
            "Jenkinsfile",
        ],
    ),
    (Context::Compose, &["compose*.y*ml", "docker-compose*.y*ml"]),
    (
        Context::Dockerfile,
        &[
            "Dockerfile",
            "Dockerfile.*",
            "*.Dockerfile",
            "*.dockerfile",
            "Containerfile",
        ],
    ),
    (
        Context::TokenFile,
        &[
            "huggingface/token",
            ".huggingface/token",
            "hf_home/token",
            "hf-home/token",
            ".hf/token",
            "stored_tokens",
        ],
    ),
    (
        Context::Kubernetes,
        &[
            "k8s/**/*.y*ml",
            "kubernetes/**/*.y*ml",
            "manifests/**/*.y*ml",
            "charts/**/*.y*ml",
            "helm/**/*.y*ml",
            "kustomization.y*ml",
        ],
    ),
    (Context::EnvFile, &[".env", ".env.*", "*.env", ".envrc"]),
    (Context::Python, &["*.py", "*.pyi", "*.pyw"]),
    (
        Context::Shell,
        &[
            "*.sh",
            "*.bash",
            "*.zsh",
            "*.fish",
            "*.ksh",
            "*.ps1",
            "*.bat",
            "*.cmd",
            "*.slurm",
            "*.sbatch",
            ".bashrc",
            ".zshrc",
            ".profile",
            ".bash_profile",
            ".bash_history",
            ".zsh_history",
            "Makefile",
            "makefile",
            "*.mk",
        ],
    ),
];

/// Tells places by their paths.
struct Names {
    globs: GlobSet,
    context_of_glob: Vec<Context>,
}

/// Most scans find nothing and never ask for a place.
static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut globs = GlobSetBuilder::new();
    let mut context_of_glob = Vec::new();
    for (context, names) in PLACES {
        for name in *names {
            let anywhere = Glob::new(&format!("**/{name}"));
            globs.add(anywhere.expect("the table's globs are valid, as a test checks"));
            context_of_glob.push(*context);
        }
    }
    Names {
        globs: globs
            .build()
            .expect("the table's globs are valid, as a test checks"),
        context_of_glob,
    }
});

impl Context {
    /// The kind of place that a file of this path is.
    #[must_use]
    pub(crate) fn of_name(path: &Path) -> Self {
        let first = NAMES.globs.matches(path).into_iter().min();
        first.map_or(Self::Other, |glob| NAMES.context_of_glob[glob])
    }
}
