//! Tells the kind of place a match is in, from the path and from the bytes
//! right beside it.

use std::ops::Range;
use std::path::Path;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::context::Context;

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
        Context::Workflow,
        &[
            ".github/workflows/*",
            ".github/actions/**",
            "action.yml",
            "action.yaml",
            ".gitlab-ci.yml",
            ".gitlab/**/*.yml",
            ".circleci/*",
            "azure-pipelines.yml",
            "Jenkinsfile",
        ],
    ),
    (
        Context::Dockerfile,
        &[
            "Dockerfile",
            "Dockerfile.*",
            "*.Dockerfile",
            "*.dockerfile",
            "Containerfile",
            "compose.y*ml",
            "docker-compose*.y*ml",
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
#[derive(Debug)]
pub(crate) struct Places {
    names: GlobSet,
    context_of_glob: Vec<Context>,
}

impl Places {
    pub(crate) fn new() -> Self {
        let mut names = GlobSetBuilder::new();
        let mut context_of_glob = Vec::new();
        for (context, globs) in PLACES {
            for glob in *globs {
                let anywhere = Glob::new(&format!("**/{glob}"));
                names.add(anywhere.expect("the table's globs are valid, as a test checks"));
                context_of_glob.push(*context);
            }
        }
        Self {
            names: names
                .build()
                .expect("the table's globs are valid, as a test checks"),
            context_of_glob,
        }
    }

    /// The kind of place of the match at `span` of `bytes`, in the file `path`.
    pub(crate) fn context(&self, path: &Path, bytes: &[u8], span: &Range<usize>) -> Context {
        if is_userinfo(bytes, span) {
            return Context::GitRemote;
        }
        let first = self.names.matches(path).into_iter().min();
        first.map_or(Context::Other, |glob| self.context_of_glob[glob])
    }
}

/// Whether a match is the user or the password of a URL: `//hf_…@` or
/// `//user:hf_…@`.
fn is_userinfo(bytes: &[u8], span: &Range<usize>) -> bool {
    /// A user name longer than this is none.
    const LONGEST_USER: usize = 64;
    if bytes.get(span.end) != Some(&b'@') {
        return false;
    }
    let before = &bytes[span.start.saturating_sub(LONGEST_USER)..span.start];
    let Some(slashes) = memchr::memmem::rfind(before, b"//") else {
        return false;
    };
    let user = &before[slashes + 2..];
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(byte);
    match user {
        [] => true,
        [user @ .., b':'] => user.iter().all(is_plain),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(path: &str, text: &str) -> Context {
        let start = text.find("hf_").expect("the text has a token");
        let length = text[start..].find(|c: char| !c.is_alphanumeric() && c != '_');
        let end = length.map_or(text.len(), |length| start + length);
        Places::new().context(Path::new(path), text.as_bytes(), &(start..end))
    }

    #[test]
    fn paths_tell_the_place() {
        for (path, expected) in [
            ("a/train.py", Context::Python),
            ("a/train.ipynb", Context::Notebook),
            ("run.sh", Context::Shell),
            (".github/workflows/ci.yml", Context::Workflow),
            ("sub/.gitlab-ci.yml", Context::Workflow),
            ("docker/Dockerfile.gpu", Context::Dockerfile),
            (".env.local", Context::EnvFile),
            (".git/config", Context::GitRemote),
            ("a/.git/modules/b/config", Context::GitRemote),
            ("README.md", Context::Other),
            ("/abs/x.env", Context::EnvFile),
        ] {
            assert_eq!(context(path, "hf_x"), expected, "{path}");
        }
    }

    #[test]
    fn a_url_with_a_token_is_a_remote_anywhere() {
        for url in [
            "https://user:hf_x@huggingface.co/a",
            "https://hf_x@huggingface.co/a",
        ] {
            assert_eq!(context("run.sh", url), Context::GitRemote, "{url}");
        }
        for text in [
            "mail hf_x@example.org",
            "https://example.org/a b:hf_x@c",
            "hf_x@",
        ] {
            assert_eq!(context("run.sh", text), Context::Shell, "{text}");
        }
    }
}
