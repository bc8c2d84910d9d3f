//! Tells the kind of place a match is in: from the path, and where that says
//! little, from what stands around the match.

use std::ops::Range;
use std::path::Path;

use super::surroundings;
use crate::context::Context;
use crate::project::Project;

/// The kind of place of the match at `span` of `bytes`, in the file `path` of a project.
pub(crate) fn context_at(
    path: &Path,
    bytes: &[u8],
    span: &Range<usize>,
    project: &Project,
) -> Context {
    match Context::of_name(path) {
        // There, no credential helper is at hand.
        here @ (Context::Notebook
        | Context::GithubWorkflow
        | Context::GitlabCi
        | Context::Ci
        | Context::Dockerfile
        | Context::Compose
        | Context::Kubernetes) => here,
        _ if surroundings::is_userinfo(bytes, span) => Context::GitRemote,
        Context::Shell | Context::Other if surroundings::is_argument(bytes, span) => {
            Context::CommandLine
        }
        Context::Other if surroundings::is_manifest(path, bytes, span) => Context::Kubernetes,
        Context::Python | Context::Other if project.is_space() => Context::Space,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(path: &str, text: &str) -> Context {
        let start = text.find("hf_").expect("the text has a token");
        let length = text[start..].find(|c: char| !c.is_alphanumeric() && c != '_');
        let end = length.map_or(text.len(), |length| start + length);
        let project = Project::find(Path::new("/"), Path::new("/"));
        context_at(Path::new(path), text.as_bytes(), &(start..end), &project)
    }

    #[test]
    fn paths_tell_the_place() {
        for (path, expected) in [
            ("a/train.py", Context::Python),
            ("a/train.ipynb", Context::Notebook),
            ("run.sh", Context::Shell),
            (".github/workflows/ci.yml", Context::GithubWorkflow),
            ("sub/.gitlab-ci.yml", Context::GitlabCi),
            (".gitlab/deploy/push.yml", Context::GitlabCi),
            (".circleci/config.yml", Context::Ci),
            ("docker-compose.dev.yaml", Context::Compose),
            ("deploy/k8s/app.yaml", Context::Kubernetes),
            ("cache/huggingface/token", Context::TokenFile),
            ("a/stored_tokens", Context::TokenFile),
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

    #[test]
    fn arguments_and_manifests_are_told_by_what_stands_around() {
        let upload = "hf upload a/b . --token hf_x";
        assert_eq!(context("README.md", upload), Context::CommandLine);
        assert_eq!(context("run.sh", upload), Context::CommandLine);
        assert_eq!(context("train.py", upload), Context::Python);
        let manifest = "apiVersion: v1\nkind: Secret\nstringData:\n  token: hf_x\n";
        assert_eq!(context("deploy.yaml", manifest), Context::Kubernetes);
        assert_eq!(context("notes.txt", manifest), Context::Other);
        assert_eq!(context("values.yaml", "token: hf_x\n"), Context::Other);
    }
}
