//! Repositories: random commits on random branches, merged or not, packed, loose or both.
//! What is found in their history is what the expression finds in what `git cat-file`
//! says of all objects.

use std::collections::BTreeSet;
use std::fs;

use proptest::prelude::*;
use serde_json::Value;

use crate::support::random::cases;
use crate::support::{Sandbox, token};
use crate::text::matches;

/// What somebody does in a repository.
#[derive(Debug, Clone)]
enum Step {
    /// Writes a file of so many lines, with a token in one, and commits it.
    Commit {
        path: u8,
        lines: usize,
        token: Option<(usize, u64)>,
        in_message: Option<u64>,
    },
    /// Goes on at another branch, which may be new.
    Branch(u8),
    /// Brings a branch in.
    Merge(u8),
    /// Forgets the last commit, which stays in the store.
    Forget,
    Tag(u64),
    /// Packs what is loose, with deltas.
    Pack,
    /// Packs everything anew, so that objects stand in two packs or in one.
    Repack(bool),
    Remove(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let token = prop::option::weighted(0.7, (0..200_usize, 0..6_u64));
    let commit = (
        0..4_u8,
        0..200_usize,
        token,
        prop::option::weighted(0.2, 0..6_u64),
    );
    prop_oneof![
        6 => commit.prop_map(|(path, lines, token, in_message)| Step::Commit {
            path,
            lines,
            token,
            in_message,
        }),
        2 => (0..3_u8).prop_map(Step::Branch),
        2 => (0..3_u8).prop_map(Step::Merge),
        1 => Just(Step::Forget),
        1 => (0..6_u64).prop_map(Step::Tag),
        1 => Just(Step::Pack),
        1 => any::<bool>().prop_map(Step::Repack),
        1 => (0..4_u8).prop_map(Step::Remove),
    ]
}

/// Runs git, which may refuse.
fn git(sandbox: &Sandbox, arguments: &[&str]) {
    let mut command = sandbox.command("git");
    // Objects of a case are the same whenever it runs.
    command
        .env("GIT_AUTHOR_DATE", "@1700000000 +0000")
        .env("GIT_COMMITTER_DATE", "@1700000000 +0000");
    command.args(["-c", "init.defaultBranch=b0", "-c", "gc.auto=0"]);
    let _ = command.args(arguments).output().unwrap();
}

fn take(sandbox: &Sandbox, step: &Step, place: usize) {
    match step {
        Step::Commit {
            path,
            lines,
            token: of_file,
            in_message,
        } => {
            let mut text: Vec<String> = (0..*lines)
                .map(|line| format!("line {line} of {path}"))
                .collect();
            if let Some((line, seed)) = of_file {
                text.insert((*line).min(*lines), format!("token = '{}'", token(*seed)));
            }
            let path = format!("f{path}");
            sandbox.file(&path, text.join("\n"));
            git(sandbox, &["add", &path]);
            let message = in_message.map_or_else(String::new, token);
            git(
                sandbox,
                &["commit", "-q", "-m", &format!("c{place} {message}")],
            );
        }
        Step::Branch(branch) => {
            let branch = format!("b{branch}");
            git(sandbox, &["checkout", "-q", "-b", &branch]);
            git(sandbox, &["checkout", "-q", &branch]);
        }
        Step::Merge(branch) => {
            git(
                sandbox,
                &[
                    "merge",
                    "-q",
                    "-X",
                    "theirs",
                    "-m",
                    "m",
                    &format!("b{branch}"),
                ],
            );
            git(sandbox, &["merge", "--abort"]);
        }
        Step::Forget => git(sandbox, &["reset", "-q", "--hard", "HEAD~1"]),
        Step::Tag(seed) => {
            let message = format!("of {}", token(*seed));
            git(
                sandbox,
                &["tag", "-a", &format!("t{place}"), "-m", &message],
            );
        }
        Step::Pack => git(sandbox, &["repack", "-q", "-d"]),
        Step::Repack(keeps) if *keeps => git(sandbox, &["repack", "-q", "-a", "-f"]),
        Step::Repack(_) => git(sandbox, &["repack", "-q", "-A", "-d", "-f"]),
        Step::Remove(path) => {
            git(sandbox, &["rm", "-q", &format!("f{path}")]);
            git(sandbox, &["commit", "-q", "-m", "gone"]);
        }
    }
}

/// Objects and tokens, as git and the expression tell them.
fn expected(sandbox: &Sandbox) -> BTreeSet<(String, String)> {
    let mut command = sandbox.command("git");
    command.args(["cat-file", "--batch-all-objects", "--unordered", "--batch"]);
    let output = command.output().unwrap();
    let mut rest = &output.stdout[..];
    let mut expected = BTreeSet::new();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let header = std::str::from_utf8(&rest[..end]).unwrap();
        let mut words = header.split(' ');
        let id = words.next().unwrap();
        let length: usize = words.nth(1).unwrap().parse().unwrap();
        let tokens = matches(&rest[end + 1..][..length]);
        expected.extend(tokens.map(|it| {
            let token = String::from_utf8_lossy(it.as_bytes());
            (id.to_owned(), token.into_owned())
        }));
        rest = &rest[end + 1 + length + 1..];
    }
    expected
}

fn found(sandbox: &Sandbox, jobs: &str) -> BTreeSet<(String, String)> {
    let file = sandbox.path().join("../report.json");
    let order = format!("json={}", file.display());
    let run = sandbox.hfleaks(&["--history", "--show-secrets", "-f", &order, "-j", jobs]);
    let report = fs::read(&file).unwrap_or_else(|_| panic!("{run:?}"));
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(report["complete"], true, "{run:?}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    let pairs = findings.flat_map(|finding| {
        let objects = finding["history"]["objects"].as_array().unwrap().iter();
        objects.map(move |object| (text(object), text(&finding["secret"])))
    });
    pairs.collect()
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn a_history_has_the_tokens_that_git_shows(
        steps in prop::collection::vec(step(), 1..14),
        jobs in 1..9_u8,
    ) {
        let sandbox = Sandbox::new();
        git(&sandbox, &["init", "-q"]);
        for (place, step) in steps.iter().enumerate() {
            take(&sandbox, step, place);
        }
        let expected = expected(&sandbox);
        let found = found(&sandbox, &jobs.to_string());
        let missed: Vec<_> = expected.symmetric_difference(&found).map(|(object, _)| object).collect();
        prop_assert!(expected == found, "{:?}", missed);
    }
}
