//! Scans of trees and repositories with secrets in their files, their names, their
//! archives, their settings and their history: in every format at once.

use std::process::Command;

use hfleaks::report::format::FORMATS;
use proptest::prelude::*;
use proptest::sample::select;

use crate::secret::{Form, Written, secret};
use crate::support::Sandbox;
use crate::support::random::cases;
use crate::tree::{File, Text, file, name, words};
use crate::watch::Guard;

/// What stands in a repository beside its files.
#[derive(Debug, Clone)]
struct Repository {
    message: Text,
    author: Text,
    email: Text,
    branch: Written,
    tag: Written,
    remote: Written,
    ignored: Text,
    staged: File,
}

/// What is scanned.
#[derive(Debug, Clone, Copy)]
enum Scan {
    Tree,
    Policy,
    Stdin,
    Baseline,
    History,
    Range,
    Staged,
}

/// How it is told.
#[derive(Debug, Clone, Copy)]
struct Telling {
    verbosity: Option<&'static str>,
    color: &'static str,
    /// The format of standard output.
    format: usize,
    jobs: &'static str,
}

fn telling() -> impl Strategy<Value = Telling> {
    (
        select(vec![None, Some("-q"), Some("-v")]),
        select(vec!["never", "always"]),
        0..FORMATS.len(),
        select(vec!["1", "3"]),
    )
        .prop_map(|(verbosity, color, format, jobs)| Telling {
            verbosity,
            color,
            format,
            jobs,
        })
}

fn repository() -> impl Strategy<Value = Repository> {
    let plain = || {
        secret().prop_map(|secret| Written {
            secret,
            form: Form::Plain,
        })
    };
    (
        words(),
        words(),
        name(),
        plain(),
        plain(),
        plain(),
        name(),
        file(),
    )
        .prop_map(
            |(message, author, email, branch, tag, remote, ignored, staged)| Repository {
                message,
                author,
                email,
                branch,
                tag,
                remote,
                ignored,
                staged,
            },
        )
}

/// A scan, with every format: one to standard output, the others to files.
fn command(sandbox: &Sandbox, scan: Scan, telling: Telling) -> Command {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
    let reports = sandbox.path().parent().unwrap().join("reports");
    std::fs::create_dir_all(&reports).unwrap();
    for (place, format) in FORMATS.into_iter().enumerate() {
        let name = format.name;
        command.arg("-f").arg(if place == telling.format {
            name.to_owned()
        } else {
            format!("{name}={}", reports.join(name).display())
        });
    }
    command.args(telling.verbosity);
    command.args(["--color", telling.color, "-j", telling.jobs]);
    match scan {
        Scan::Tree => command.arg("."),
        Scan::Policy => command.args(["--policy", "--no-ignore", "--no-default-excludes"]),
        Scan::Stdin => command.arg("-"),
        Scan::Baseline => command
            .arg("--write-baseline")
            .arg(reports.join("baseline")),
        Scan::History => command.args(["--history", "--policy"]),
        Scan::Range => command.args(["--range", "HEAD"]),
        Scan::Staged => command.arg("--staged"),
    };
    command
}

fn make(sandbox: &Sandbox, repository: &Repository) {
    let of_name = |text: &Text| text.text().replace(['\x1b', '<', '>', '\n'], "");
    sandbox
        .git(&["init", "-q"])
        .file(".gitignore", repository.ignored.bytes());
    sandbox.git(&["add", "-A"]);
    let branch = format!("b/{}", repository.branch.secret.text());
    sandbox.git(&["checkout", "-q", "-b", &branch]);
    let message = format!(
        "m{}\n\n{}",
        repository.message.text(),
        repository.message.text()
    );
    let status = sandbox
        .command("git")
        .args(["commit", "-q", "--allow-empty", "-m", &message])
        .env(
            "GIT_AUTHOR_NAME",
            format!("A {}", of_name(&repository.author)),
        )
        .env(
            "GIT_AUTHOR_EMAIL",
            format!("a{}", of_name(&repository.email)),
        )
        .status();
    assert!(status.unwrap().success());
    let tag = repository.tag.secret.text();
    let (of_tag, of_remote) = (format!("of {tag}"), repository.remote.secret.text());
    let url = format!("https://user:{of_remote}@huggingface.co/a/b");
    sandbox
        .git(&["tag", "-a", &tag, "-m", &of_tag])
        .git(&["remote", "add", "origin", &url]);
    repository.staged.write(sandbox);
    sandbox.git(&["add", "-A", "-f"]);
}

fn check(files: &[File], repository: &Repository, tellings: &[(Scan, Telling)], of_env: Written) {
    let sandbox = Sandbox::new();
    for file in files {
        file.write(&sandbox);
    }
    make(&sandbox, repository);
    let mut secrets: Vec<&Written> = files.iter().flat_map(File::secrets).collect();
    let texts = [
        &repository.message,
        &repository.author,
        &repository.email,
        &repository.ignored,
    ];
    secrets.extend(texts.into_iter().flat_map(Text::secrets));
    secrets.extend([
        &repository.branch,
        &repository.tag,
        &repository.remote,
        &of_env,
    ]);
    secrets.extend(repository.staged.secrets());
    let guard = Guard::of(secrets);
    for (scan, telling) in tellings {
        let mut command = command(&sandbox, *scan, *telling);
        command.env("HF_TOKEN", of_env.secret.text());
        let stdin = match scan {
            Scan::Stdin => {
                command.args(["--stdin-filename", &files[0].path()]);
                files[0].bytes()
            }
            _ => Vec::new(),
        };
        let outcome = guard.run(&sandbox, &mut command, &stdin);
        assert!(outcome.status <= 2, "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("failed at"), "{}", outcome.stderr);
    }
}

fn tellings() -> impl Strategy<Value = Vec<(Scan, Telling)>> {
    let scans = [
        Scan::Tree,
        Scan::Policy,
        Scan::Stdin,
        Scan::Baseline,
        Scan::History,
        Scan::Range,
        Scan::Staged,
    ];
    let tellings = prop::collection::vec(telling(), scans.len());
    let pairs = tellings.prop_map(move |tellings| scans.into_iter().zip(tellings).collect());
    // Where one scan is enough to show a leak, the others are in the way.
    pairs.prop_flat_map(|all: Vec<_>| prop::sample::subsequence(all, 1..=7))
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn no_scan_gives_a_secret_away(
        files in prop::collection::vec(file(), 1..4),
        repository in repository(),
        tellings in tellings(),
        secret in secret(),
    ) {
        check(&files, &repository, &tellings, Written { secret, form: Form::Plain });
    }
}
