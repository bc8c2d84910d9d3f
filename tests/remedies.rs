//! What to do about a finding, in every kind of place.

mod support;

use support::{Sandbox, token};

/// A path, what stands before and behind the token, the kind of place, and a few
/// words of what to do there.
const PLACES: [(&str, &str, &str, &str, &str); 24] = [
    (
        "train.py",
        "login('",
        "')",
        "python",
        "os.environ[\"HF_TOKEN\"]",
    ),
    (
        "a/b.ipynb",
        "{\"source\": [\"",
        "\"]}",
        "notebook",
        "notebook_login()",
    ),
    (
        "run.sh",
        "export HF_TOKEN=",
        "\n",
        "shell",
        "`hf auth login`",
    ),
    (
        "run.slurm",
        "hf download x --token ",
        "\n",
        "command-line",
        "Never pass it as an argument",
    ),
    (
        "README.md",
        "hf upload a b --token=\"",
        "\"",
        "command-line",
        "Never pass it as an argument",
    ),
    (
        ".github/workflows/ci.yml",
        "HF_TOKEN: ",
        "\n",
        "github-workflow",
        "Trusted Publisher",
    ),
    (
        "x/action.yml",
        "default: ",
        "\n",
        "github-workflow",
        "protected environment",
    ),
    (
        ".gitlab-ci.yml",
        "HF_TOKEN: ",
        "\n",
        "gitlab-ci",
        "protected variable",
    ),
    ("Jenkinsfile", "token = '", "'", "ci", "HF_OIDC_ID_TOKEN"),
    (".circleci/config.yml", "HF_TOKEN: ", "\n", "ci", "90 days"),
    (
        "docker/Dockerfile",
        "ENV HF_TOKEN=",
        "\n",
        "dockerfile",
        "to the build as a secret",
    ),
    (
        "compose.override.yml",
        "HF_TOKEN: ",
        "\n",
        "compose",
        "as a secret of the build",
    ),
    ("k8s/app.yaml", "value: ", "\n", "kubernetes", "refer to it"),
    (
        "app.yaml",
        "apiVersion: v1\nkind: Secret\ndata: ",
        "\n",
        "kubernetes",
        "refer to it",
    ),
    (
        "charts/app/values.yaml",
        "token: ",
        "\n",
        "kubernetes",
        "refer to it",
    ),
    (".env", "HF_TOKEN=", "\n", "env-file", "git ls-files"),
    (".env.local", "HF_TOKEN=", "\n", "env-file", ".gitignore"),
    (
        ".gitmodules",
        "url = https://u:",
        "@huggingface.co/a",
        "git-remote",
        "git remote set-url",
    ),
    (
        "notes.txt",
        "https://",
        "@huggingface.co/a",
        "git-remote",
        "--add-to-git-credential",
    ),
    (
        ".git-credentials",
        "https://u:",
        "@huggingface.co",
        "git-remote",
        "credential helper",
    ),
    ("cache/huggingface/token", "", "", "token-file", "$HF_HOME"),
    (
        "hf/stored_tokens",
        "[a]\nhf_token = ",
        "\n",
        "token-file",
        "hf auth logout",
    ),
    ("values.yaml", "token: ", "\n", "other", "HF_TOKEN"),
    ("notes.txt", "the token is ", "\n", "other", "secret store"),
];

#[test]
fn a_remedy_fits_the_place() {
    for (path, before, after, context, words) in PLACES {
        let sandbox = Sandbox::new();
        sandbox.file(path, format!("{before}{}{after}", token(1)));
        let report = sandbox.report(&[]);
        let finding = &report["findings"][0];
        assert_eq!(finding["context"], context, "{path}");
        let remedies = finding["remedies"].as_array().unwrap();
        // To revoke comes first, for a token of one's own and of somebody else.
        let first = remedies[0].as_str().unwrap();
        assert!(
            first.starts_with("Revoke the token first, at https://"),
            "{first}"
        );
        assert!(
            first.contains("https://huggingface.co/api/credentials/revoke"),
            "{first}"
        );
        let last = remedies[remedies.len() - 1].as_str().unwrap();
        assert!(last.contains(words), "{path}: {last}");
    }
}

#[test]
fn a_workflow_gets_lines_to_paste() {
    for (path, line) in [
        (".github/workflows/ci.yml", "  id-token: write\n"),
        (".gitlab-ci.yml", "    HF_OIDC_ID_TOKEN:\n"),
        ("Dockerfile", "RUN --mount=type=secret,id=HF_TOKEN"),
        ("compose.yaml", "      secrets: [HF_TOKEN]\n"),
        ("k8s/a.yaml", "      secretKeyRef:\n"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.file(path, token(1));
        let report = sandbox.report(&[]);
        let paste = report["findings"][0]["paste"].as_str().unwrap();
        assert!(paste.contains(line), "{path}: {paste}");
        let text = sandbox.hfleaks(&[]).stdout;
        let first = paste.lines().next().unwrap();
        assert!(text.contains(&format!("      {first}\n")), "{text}");
    }
}

#[test]
fn a_space_is_known_by_its_readme() {
    let sandbox = Sandbox::new();
    sandbox
        .file("README.md", "---\ntitle: x\nsdk: gradio\n---\nhello\n")
        .file("app.py", format!("'{}'", token(1)))
        .git(&["init", "-q"]);
    assert_eq!(
        sandbox.report(&["app.py"])["findings"][0]["context"],
        "space"
    );
    sandbox.file("README.md", "# A model\nsdk: gradio\n");
    assert_eq!(
        sandbox.report(&["app.py"])["findings"][0]["context"],
        "python"
    );
}

#[test]
fn explain_shows_reasons_remedies_and_examples() {
    let sandbox = Sandbox::new();
    let listed = sandbox.hfleaks(&["--list-rules"]).stdout;
    let (selected, _) = listed.split_once("\n\n").unwrap();
    let ids: Vec<_> = selected
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(ids.len(), 8);
    for id in ids {
        let run = sandbox.hfleaks(&["--explain", id]);
        assert_eq!(run.status, 0);
        let words: Vec<_> = run.stdout.split_whitespace().collect();
        let shown = words.join(" ");
        for text in [
            "### What to do",
            "https://huggingface.co/api/credentials/revoke",
            "- In a notebook:",
            "- In the history of a repository:",
            "### If it could write",
            "### Confidence",
            "one character repeated",
            "### Found",
        ] {
            assert!(shown.contains(text), "{id}: {text}");
        }
    }
}
