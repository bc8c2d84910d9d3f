//! The policy stage: every practice looks at bytes as at a file of each kind.

use std::path::Path;
use std::sync::LazyLock;

use super::Kind;
use crate::container::notebook;
use crate::policy::{File, Policy};
use crate::rule_set::RuleSet;
use crate::standing::Standing;

pub(super) const KIND: Kind = Kind {
    name: "examine",
    subjects: || FILES.iter().map(|file| file.0).collect(),
    run,
};

/// Each subject with a path of its kind, and what a file of it has to hold to be read.
const FILES: &[(&str, &str, &[u8])] = &[
    ("action", "action.yml", b"\n# HF_TOKEN\n"),
    ("compose", "compose.yml", b"\n# HF_TOKEN\n"),
    ("conda", "environment.yml", b"\n# huggingface_hub\n"),
    ("dockerfile", "Dockerfile", b"\n# HF_TOKEN\n"),
    ("env-file", ".env", b""),
    ("git-config", ".git/config", b""),
    ("helm-values", "charts/values.yaml", b"\n# HF_TOKEN\n"),
    ("manifests", "k8s/secret.yaml", b"\n# HF_TOKEN\n"),
    ("notebook", "train.ipynb", b""),
    ("pipeline", ".gitlab-ci.yml", b"\n# HF_TOKEN\n"),
    ("pip", "requirements.txt", b"\n# huggingface_hub\n"),
    ("project", "pyproject.toml", b"\n# huggingface_hub\n"),
    ("python", "train.py", b"\n# HF_TOKEN\n"),
    ("shell", "run.sh", b"\n# HF_TOKEN\n"),
    ("workflow", ".github/workflows/ci.yml", b"\n# HF_TOKEN\n"),
];

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::of(&RuleSet::policy()));

fn run(subject: &str, bytes: &[u8]) {
    let file = FILES.iter().find(|file| file.0 == subject);
    let (_, path, needed) = file.expect("it is one of the subjects");
    let bytes = [bytes, needed].concat();
    let path = Path::new(path);
    assert!(Policy::concerns(path));
    let examined = POLICY.examine(&File {
        path,
        bytes: &bytes,
        standing: &|_| Standing::Untracked,
        texts: path
            .extension()
            .is_some_and(|it| it == "ipynb")
            .then_some(&|take| notebook::pieces(&bytes, take)),
    });
    for breach in examined.breaches {
        assert!(bytes.get(breach.span.clone()).is_some(), "{breach:?}");
    }
}
