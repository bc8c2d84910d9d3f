//! Configuration files: which one counts, and what is wrong with a broken one.

mod support;

use support::{Sandbox, token};

fn leaky() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .git(&["init", "-q"])
        .file("a/b/one.txt", token(1))
        .file("a/two.txt", token(2));
    sandbox
}

#[test]
fn the_nearest_file_counts_up_to_the_repository() {
    let sandbox = leaky();
    sandbox.file(
        "pyproject.toml",
        "[tool.hfleaks]\nexclude = ['two.txt']\n[project]\nname = 'x'\n",
    );
    assert_eq!(sandbox.paths(&[]), ["a/b/one.txt"]);
    assert_eq!(sandbox.paths(&["a"]), ["a/b/one.txt"]);
    assert_eq!(sandbox.paths(&["--no-config"]).len(), 2);
    sandbox.file(".hfleaks.toml", "exclude = ['one.txt']");
    assert_eq!(sandbox.paths(&[]), ["a/two.txt"]);
    sandbox.file("hfleaks.toml", "");
    assert_eq!(sandbox.paths(&[]).len(), 2);
    sandbox.file("a/hfleaks.toml", "exclude = ['/b/']");
    assert_eq!(sandbox.paths(&["a"]), ["a/two.txt"]);
    assert_eq!(sandbox.paths(&["a/b"]), ["a/b/one.txt"]);
    assert_eq!(
        sandbox.paths(&["--config", "pyproject.toml", "a"]),
        ["a/b/one.txt"]
    );
    // A project without the table is passed over; above a repository nothing is
    // looked for.
    let sandbox = Sandbox::new();
    sandbox
        .file("hfleaks.toml", "exclude = ['*.txt']")
        .git(&["init", "-q", "inner"])
        .file("inner/a.txt", token(1))
        .file("inner/pyproject.toml", "[project]\nname = 'x'\n");
    assert_eq!(sandbox.paths(&["inner"]), ["inner/a.txt"]);
}

#[test]
fn every_repository_of_the_paths_is_asked() {
    let sandbox = Sandbox::new();
    sandbox
        .git(&["init", "-q", "one"])
        .git(&["init", "-q", "two"])
        .file("one/a.txt", token(1))
        .file("two/b.txt", token(2))
        .file("one/hfleaks.toml", "exclude = ['a.txt']");
    assert_eq!(sandbox.paths(&["one", "two"]), ["two/b.txt"]);
    sandbox.file("two/hfleaks.toml", "");
    let run = sandbox.hfleaks(&["one", "two"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("two configurations"), "{}", run.stderr);
    assert_eq!(sandbox.paths(&["--no-config", "one", "two"]).len(), 2);
}

#[test]
fn flags_win_and_globs_add_up() {
    let sandbox = leaky();
    sandbox.file(
        "hfleaks.toml",
        "exclude = ['one.txt']\nmin-confidence = 'high'\ndefault-excludes = false\n\
         respect-gitignore = false\nforce-exclude = true\n",
    );
    sandbox
        .file("x.lock", token(3))
        .file(".gitignore", "ignored.txt")
        .file("ignored.txt", token(4))
        .file("low.txt", format!("hf_{}", "x".repeat(34)));
    assert_eq!(sandbox.paths(&[]), ["a/two.txt", "ignored.txt", "x.lock"]);
    assert_eq!(sandbox.paths(&["a/b/one.txt", "a/two.txt"]), ["a/two.txt"]);
    assert_eq!(
        sandbox.paths(&["--exclude", "/x.*"]),
        ["a/two.txt", "ignored.txt"]
    );
    assert!(
        sandbox
            .paths(&["--min-confidence", "low"])
            .contains(&"low.txt".to_owned())
    );
}

#[test]
fn a_broken_file_is_told_with_its_line_and_the_nearest_key() {
    let sandbox = leaky();
    for (text, expected) in [
        (
            "exclude = []\nexlude = []\n",
            "error: broken configuration: {}/hfleaks.toml:2:1: unknown key `exlude`; \
             did you mean `exclude`?\n",
        ),
        (
            "min-confidence = 'hihg'\n",
            "error: broken configuration: {}/hfleaks.toml:1:18: unknown value `hihg`; \
             did you mean `high`?\n",
        ),
        ("exclude = ['a{b']\n", "error: cannot exclude `a{b`: "),
        ("select = ['VNX', 'ACME']\n", "error: no rule is named ACME"),
        (
            "rules = ['no-such']\n",
            "error: cannot read rules from {}/no-such: ",
        ),
        (
            "baseline = 'no-such'\n",
            "error: cannot read the baseline {}/no-such: ",
        ),
    ] {
        sandbox.file("hfleaks.toml", text);
        let run = sandbox.hfleaks(&[]);
        let expected = expected.replace("{}", sandbox.path().to_str().unwrap());
        assert!(
            run.stderr.starts_with(&expected),
            "{}\n{expected}",
            run.stderr
        );
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    }
    for (arguments, message) in [
        (
            &["--config", "missing.toml"][..],
            "cannot read the configuration missing.toml",
        ),
        (
            &["--config", "pyproject.toml"],
            "pyproject.toml: no [tool.hfleaks] in it",
        ),
        (&["--config", "x", "--no-config"], "cannot be used with"),
        (
            &["--ignore", "VNX,HFL", "--no-config"],
            "no rule is selected",
        ),
        (
            &["--explain", "VNX-SEC-72", "--no-config"],
            "did you mean VNX-SEC-027?",
        ),
        (&["-j", "0"], "a number of threads is from 1 to 256"),
        (&["--stdin-filename", "x", "--no-config"], "pass `-` too"),
    ] {
        sandbox.file("pyproject.toml", "");
        let run = sandbox.hfleaks(arguments);
        assert!(run.stderr.contains(message), "{}", run.stderr);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    }
}
