//! The policy: where it looks, what it leaves to the tokens, and what an audit says.

mod support;

use std::fs;
use std::path::Path;

use hfleaks::report::format::FORMATS;
use serde_json::Value;
use support::{Sandbox, commit, letters, repository, token};

/// A workflow that publishes with a token that every step gets.
const WORKFLOW: &str = "\
on: push
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - name: Upload
        env:
          HF_TOKEN: ${{ secrets.HF_TOKEN }}
        run: |
          echo $HF_TOKEN
          hf upload a/b .
";

fn rules_at(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let told = |it: &Value| {
        let (rule, path) = (it["rule"].as_str().unwrap(), it["path"].as_str().unwrap());
        format!("{rule} {path}:{}", it["line"])
    };
    findings.map(told).collect()
}

#[test]
fn it_is_off_by_default_and_has_a_switch() {
    let sandbox = Sandbox::new();
    sandbox.file(".github/workflows/a.yml", WORKFLOW);
    assert_eq!(sandbox.hfleaks(&[]).status, 0);
    let printed = "HFP-401 .github/workflows/a.yml:10".to_owned();
    for arguments in [
        &["--policy"][..],
        &["--select", "HFP"],
        &["--select", "ALL"],
        &["--select", "HFP-401"],
        &["--select", "VNX", "--policy"],
    ] {
        let found = rules_at(&sandbox.report(arguments));
        assert!(found.contains(&printed), "{arguments:?} {found:?}");
    }
    let found = rules_at(&sandbox.report(&["--policy", "--ignore", "HFP-4"]));
    assert!(!found.is_empty() && !found.contains(&printed), "{found:?}");
    sandbox.file("hfleaks.toml", "policy = true");
    assert_eq!(sandbox.hfleaks(&[]).status, 1);
    let wrong = sandbox.hfleaks(&["--select", "HFP-999"]);
    assert!(
        wrong.stderr.contains("no rule is named HFP-999"),
        "{wrong:?}"
    );
    assert_eq!(wrong.status, 2);
    let listed = sandbox.hfleaks(&["--list-rules", "--no-config"]).stdout;
    let (on, off) = listed.split_once("\nNot selected").unwrap();
    assert!(!on.contains("HFP-") && off.contains("HFP-401"), "{listed}");
}

#[test]
fn what_is_a_token_is_told_once() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "a.sh",
        format!(
            "hf download a/b --token {}\nexport HF_TOKEN={}\n",
            token(1),
            token(2)
        ),
    );
    let found = rules_at(&sandbox.report(&["--policy"]));
    assert_eq!(found, ["VNX-SEC-027 a.sh:1", "VNX-SEC-027 a.sh:2"]);
}

#[test]
fn comments_and_baselines_accept_what_it_finds() {
    let sandbox = repository();
    sandbox.file(
        "a.sh",
        "#!/bin/sh\necho \"it is $HF_TOKEN\" # hfleaks:allow HFP-401 a made token\n\
         echo \"it is $HF_TOKEN\"\n",
    );
    let report = sandbox.report(&["--policy"]);
    assert_eq!(rules_at(&report), ["HFP-401 a.sh:3"]);
    assert_eq!(
        report["suppressed"][0]["suppression"]["reason"],
        "a made token"
    );
    let written = sandbox.hfleaks(&["--policy", "--write-baseline", "known.json"]);
    assert_eq!(written.status, 0, "{written:?}");
    sandbox.file("a.sh", "#!/bin/sh\n\n\necho \"it is $HF_TOKEN\"\n");
    let known = sandbox.hfleaks(&["--policy", "--baseline", "known.json"]);
    assert_eq!(known.status, 0, "{known:?}");
}

#[test]
fn files_are_looked_at_as_they_are_now() {
    let sandbox = repository();
    let path = ".github/workflows/a.yml";
    commit(&sandbox, path, WORKFLOW, "leaky");
    let printed = format!("HFP-401 {path}:10");
    let has = |arguments: &[&str]| rules_at(&sandbox.report(arguments)).contains(&printed);
    assert!(has(&["--history", "--policy"]));
    assert!(has(&["--range", "HEAD~1..HEAD", "--policy"]));
    assert!(!has(&["--history"]));
    commit(&sandbox, "b.txt", "nothing", "another");
    assert!(has(&["--history", "--policy"]));
    // Nothing of it is new.
    assert!(!has(&["--range", "HEAD~1..HEAD", "--policy"]));
    commit(
        &sandbox,
        path,
        WORKFLOW.replace("echo $HF_TOKEN", "true"),
        "mended",
    );
    assert!(!has(&["--history", "--policy"]));
    assert!(!has(&["--range", "HEAD~2..HEAD", "--policy"]));
    sandbox.file(path, WORKFLOW).git(&["add", path]);
    assert!(has(&["--staged", "--policy"]));
    // The working tree has no say in what is staged.
    sandbox.file(path, "on: push\n");
    assert!(has(&["--staged", "--policy"]));
}

#[test]
fn standing_counts() {
    let sandbox = repository();
    let value = letters(5, 30);
    sandbox.file(".env", format!("HF_TOKEN={value}\n"));
    let found = || rules_at(&sandbox.report(&["--select", "HFP-201"]));
    assert_eq!(found(), ["HFP-201 .env:1"]);
    sandbox.file(".gitignore", ".env\n");
    assert_eq!(found(), [""; 0]);
    assert_eq!(
        rules_at(&sandbox.report(&["--select", "HFP-201", ".env"])),
        [""; 0]
    );
    sandbox.git(&["add", "-f", ".env"]);
    assert_eq!(found(), ["HFP-201 .env:1"]);
    sandbox.git(&["rm", "-q", "--cached", ".env"]);
    sandbox
        .file(".gitignore", "")
        .file(".git/info/exclude", "/.env\n");
    assert_eq!(found(), [""; 0]);
    let nowhere = Sandbox::new();
    nowhere.file(".env", format!("HF_TOKEN={value}\n"));
    assert_eq!(nowhere.hfleaks(&["--select", "HFP-201"]).status, 0);
}

/// Files of all kinds that have a literal in them that no rule for tokens knows.
fn with_literal(value: &str) -> Vec<(&'static str, String)> {
    vec![
        (".env", format!("HF_TOKEN={value}\n")),
        (".env.example", format!("HF_TOKEN={value}1234\n")),
        (
            "Dockerfile",
            format!("FROM a\nENV HF_TOKEN={value} A=1\nARG HF_TOKEN={value}\n"),
        ),
        ("old/Dockerfile", format!("FROM a\nENV HF_TOKEN {value}\n")),
        (
            "compose.yaml",
            format!(
                "services:\n  a:\n    environment: {{HF_TOKEN: {value}}}\n  b:\n    \
                 environment:\n      - HF_TOKEN={value}\n"
            ),
        ),
        (
            "k8s/a.yaml",
            format!(
                "apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData: \
                 {{HF_TOKEN: {value}}}\n"
            ),
        ),
        (
            "k8s/b.yaml",
            format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{name: a, \
                 env: [{{name: HF_TOKEN, value: {value}}}]}}]}}\n"
            ),
        ),
        (
            "a.py",
            format!(
                "import os\nt = os.getenv('HF_TOKEN', '{value}')\n\
                 def f(hf_token='{value}'): pass\n\
                 os.environ['HF_TOKEN'] = '{value}'\n"
            ),
        ),
        ("dot_zshrc", format!("export HF_TOKEN={value}\n")),
        (
            "a.sh",
            format!("curl https://user:{value}@huggingface.co/a\n"),
        ),
        (
            ".gitmodules",
            format!("[submodule \"a\"]\n\turl = https://user:{value}@huggingface.co/a/b\n"),
        ),
        // What another rule than the one for literals finds in a line with one.
        (
            "b.py",
            format!(
                "from transformers import AutoModel\nfrom huggingface_hub import login\n\
                 AutoModel.from_pretrained('a/b', use_auth_token='{value}')\n\
                 hf_token = 'x'; login('{value}'); print(hf_token)\n"
            ),
        ),
        (
            "b.sh",
            format!(
                "#!/bin/sh\nset -x\npip install x\nhuggingface-cli login --token {value}\n\
                 hf upload a/b . --token \"${{HF_TOKEN:-{value}}}\"\n\
                 echo \"it is ${{HF_TOKEN:-{value}}}\"\n\
                 docker run -e HF_TOKEN={value} -e A=$HF_TOKEN x\n\
                 git clone https://{value}:$HF_TOKEN@huggingface.co/a/b\n\
                 curl -H 'Authorization: Bearer {value}' -d \"$HF_TOKEN\" a\n"
            ),
        ),
        (
            ".github/workflows/b.yml",
            format!(
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: hf upload a .\n        \
                 env: {{HF_TOKEN: \"${{{{ secrets.HF_TOKEN || '{value}' }}}}\", \
                 HF_OIDC_RESOURCE: {value}}}\n      - run: echo it ${{{{ secrets.HF_TOKEN || '{value}' }}}}\n"
            ),
        ),
        (
            "requirements.txt",
            format!("huggingface_hub --extra-index-url https://u:{value}@example.org/simple\n"),
        ),
        (
            "a.ipynb",
            format!(
                "{{\"cells\": [{{\"cell_type\": \"code\", \"source\": [\"!env\"], \"outputs\": \
                 [{{\"output_type\": \"stream\", \"text\": [\"HF_TOKEN={value}\\n\"]}}]}}], \
                 \"nbformat\": 4}}"
            ),
        ),
    ]
}

#[test]
fn no_literal_that_may_be_a_secret_is_shown() {
    let value = format!("Zq7{}4x", letters(9, 24));
    let sandbox = repository();
    for (path, text) in with_literal(&value) {
        sandbox.file(path, text);
    }
    let parts: Vec<&str> = (0..=value.len() - 8).map(|at| &value[at..at + 8]).collect();
    let rules: Vec<String> = rules_at(&sandbox.report(&["--policy"]));
    for rule in [
        "201", "202", "301", "302", "304", "407", "409", "411", "412",
    ] {
        let rule = format!("HFP-{rule}");
        assert!(
            rules.iter().any(|it| it.starts_with(&rule)),
            "{rule} {rules:?}"
        );
    }
    for format in FORMATS {
        for verbosity in ["-q", "-v", "--no-progress"] {
            let run = sandbox.hfleaks(&["--policy", "-f", format.name, verbosity]);
            let shown = parts
                .iter()
                .find(|part| run.stdout.contains(**part) || run.stderr.contains(**part));
            assert_eq!(shown, None, "{} {}", format.name, run.stdout);
        }
    }
}

#[test]
fn what_lies_beside_the_repository_belongs_to_its_audit() {
    let sandbox = repository();
    let value = letters(5, 30);
    sandbox.file(".env", format!("HF_TOKEN={value}\n")).git(&[
        "remote",
        "add",
        "hf",
        &format!("https://u:{value}@huggingface.co/a/b"),
    ]);
    let found = rules_at(&sandbox.report(&["--select", "ALL", "--history"]));
    assert_eq!(found, ["HFP-201 .env:1", "HFP-204 .git/config:7"]);
    // What is committed is told once, as the commit has it.
    sandbox
        .git(&["add", "-f", ".env"])
        .git(&["commit", "-q", "-m", "a"]);
    let found = rules_at(&sandbox.report(&["--select", "HFP-201", "--history"]));
    assert_eq!(found, ["HFP-201 .env:1"]);
}

#[test]
fn a_baseline_knows_one_breach_from_the_next() {
    let sandbox = Sandbox::new();
    let one = "#!/bin/sh\npip install x\necho \"it is $HF_TOKEN\"\n";
    sandbox.file("a.sh", one);
    assert_eq!(
        sandbox
            .hfleaks(&["--policy", "--write-baseline", "b.json"])
            .status,
        0
    );
    let known = || {
        sandbox
            .hfleaks(&["--policy", "--baseline", "b.json", "a.sh"])
            .status
    };
    assert_eq!(known(), 0);
    sandbox.file(
        "a.sh",
        format!("{one}if true; then\n  echo \"it is $HF_TOKEN\"\nfi\n"),
    );
    assert_eq!(known(), 1);
}

#[test]
fn nothing_of_a_name_is_markup() {
    let sandbox = Sandbox::new();
    let name = "a [x](https://evil.example) <img src=x> @octocat **b** `c |";
    let text = WORKFLOW.replace("  publish:", &format!("  \"{name}\":"));
    sandbox.file(".github/workflows/a.yml", text);
    for format in [
        "sarif",
        "rdjson",
        "gitlab",
        "markdown",
        "github-summary",
        "text",
    ] {
        let run = sandbox.hfleaks(&["--policy", "-f", format]);
        assert_eq!(run.status, 1, "{format}");
        for part in ["](http", "<img", "@octocat", "**b", "https://evil"] {
            assert!(
                !run.stdout.contains(part),
                "{format} {part}: {}",
                run.stdout
            );
        }
    }
}

#[test]
fn what_cannot_be_looked_at_is_never_called_clean() {
    let wide = |text: &str| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xff, 0xfe].into_iter().chain(units).collect::<Vec<u8>>()
    };
    let deep = format!(
        "{}echo \"it is $HF_TOKEN\"\n{}",
        "if true; then\n".repeat(300),
        "fi\n".repeat(300)
    );
    let long = format!("{}print(hf_token)\n", "print('line', n)\n".repeat(150_000));
    for (path, text) in [
        (".github/workflows/a.yml", wide(WORKFLOW)),
        ("requirements.txt", wide("huggingface_hub\n")),
        (
            "compose.yaml",
            b"services:\n  a: [HF_TOKEN\n b: 1\n".to_vec(),
        ),
        (
            "k8s/a.yaml",
            b"kind: Secret\nstringData:\n  HF_TOKEN: a\n b\n".to_vec(),
        ),
        (
            "a.ipynb",
            b"{\"cells\": [{\"source\": \"HF_TOKEN\"".to_vec(),
        ),
        ("a.sh", deep.into_bytes()),
        ("a.py", long.into_bytes()),
    ] {
        let sandbox = Sandbox::new();
        sandbox.file(path, text);
        let run = sandbox.hfleaks(&["--select", "HFP"]);
        assert_eq!(run.status, 2, "{path} {run:?}");
        assert!(run.stderr.contains("of the policy"), "{path} {run:?}");
    }
}

#[test]
fn an_audit_says_of_every_rule_how_it_stands() {
    let sandbox = repository();
    commit(&sandbox, ".github/workflows/a.yml", WORKFLOW, "leaky");
    commit(
        &sandbox,
        "train.py",
        format!("login('{}')\n", token(3)),
        "leak",
    );
    commit(&sandbox, "train.py", "login()\n", "mended");
    let run = sandbox.hfleaks(&["--select", "ALL", "--history", "-f", "markdown=audit.md"]);
    assert_eq!(run.status, 1, "{run:?}");
    let page = fs::read_to_string(sandbox.path().join("audit.md")).unwrap();
    let line = |start: &str| {
        let line = page.lines().find(|line| line.starts_with(start));
        line.unwrap_or_else(|| panic!("{start}: {page}")).to_owned()
    };
    assert!(line("| 1 | No credential").contains("**failed**: 1 finding |"));
    assert!(line("| HFP-401 |").ends_with("| **failed**: 1 finding |"));
    // There is a workflow, and this it does not do.
    assert!(line("| HFP-107 |").ends_with("| passed |"), "{page}");
    assert!(
        line("| HFP-301 |").ends_with("| not applicable |"),
        "{page}"
    );
    assert!(line("- [ ] `train.py:1:8`: `hf_").contains(", since "));
    assert!(
        page.contains("- [ ] `.github/workflows/a.yml:10:16`: "),
        "{page}"
    );
    assert!(page.contains("## After an exposure") && page.contains("## Rotation"));
    assert!(page.contains("| 90 days | 2") && page.contains("| 12 months | 2"));
    assert!(!page.contains(&token(3)[..12]));

    // Without the policy, what it would have checked is not called passed.
    let page = sandbox.hfleaks(&["-f", "markdown"]).stdout;
    assert!(
        page.contains("publishing use different tokens | not checked |"),
        "{page}"
    );
    // And nothing passes where something was not scanned.
    let page = sandbox
        .hfleaks(&["--select", "ALL", "-f", "markdown", ".", "missing"])
        .stdout;
    assert!(!page.contains("| passed |"), "{page}");
    assert!(page.contains("| open: the scan is incomplete |"), "{page}");
    assert!(page.contains("## Not scanned"), "{page}");
}

#[test]
fn what_cannot_be_read_as_what_it_is_is_told() {
    let sandbox = Sandbox::new();
    sandbox.file(
        ".github/workflows/a.yml",
        "on: push\njobs:\n  a: [HF_TOKEN\n  b: }\n",
    );
    let run = sandbox.hfleaks(&["--policy"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.stderr.contains("a.yml: line "), "{run:?}");
    assert_eq!(sandbox.hfleaks(&[]).status, 0);
}

/// The files of `tests/policy/corpus`, and what is expected of them: `path:line rule`.
#[test]
fn the_corpus_is_judged_as_a_person_would() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy");
    let expected = fs::read_to_string(folder.join("expected.txt")).unwrap();
    let mut expected: Vec<&str> = expected
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    expected.sort_unstable();
    let corpus = folder.join("corpus");
    let mut command = Sandbox::new().command(env!("CARGO_BIN_EXE_hfleaks"));
    command
        .args(["--no-config", "--select", "HFP", "-f", "json", "."])
        .current_dir(&corpus);
    let output = command.output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["complete"], true, "{}", report["unscanned"]);
    let findings = report["findings"].as_array().unwrap().iter();
    let told = findings.map(|it| {
        let text = |key: &str| it[key].as_str().unwrap().to_owned();
        format!("{}:{} {}", text("path"), it["line"], text("rule"))
    });
    let mut found: Vec<String> = told.collect();
    found.sort_unstable();
    let missed: Vec<_> = expected
        .iter()
        .filter(|it| !found.iter().any(|f| f == **it))
        .collect();
    let wrong: Vec<_> = found
        .iter()
        .filter(|it| !expected.contains(&it.as_str()))
        .collect();
    assert!(
        missed.is_empty() && wrong.is_empty(),
        "missed {missed:#?}\nwrong {wrong:#?}"
    );
}
