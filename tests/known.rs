//! Findings that are known: comments and baselines.

mod support;

use std::fs;

use support::{Sandbox, token};

#[test]
fn comments_of_three_tools_allow_a_line() {
    let sandbox = Sandbox::new();
    let lines = [
        "hfleaks:allow",
        "hfleaks:allow VNX-SEC-027 a reason",
        "gitleaks:allow",
        "pragma: allowlist secret",
        "hfleaks:allow OTHER-1",
        "",
    ];
    let text = lines
        .map(|line| format!("{} # {line}\n", token(1)))
        .concat();
    sandbox.file("a.py", text);
    let run = sandbox.hfleaks(&["-v"]);
    assert_eq!(sandbox.places(&[]), ["a.py:5:1", "a.py:6:1"]);
    assert!(
        run.stdout
            .contains("Not reported: 4 suppressed by comments."),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("Suppressed: a.py:2:1 VNX-SEC-027 (hfleaks:allow: a reason)"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_baseline_survives_moved_lines_and_tells_what_is_gone() {
    let sandbox = Sandbox::new();
    sandbox
        .git(&["init", "-q"])
        .file("a.py", format!("{}\n", token(1)))
        .file("b/c.py", format!("{}\n{}\n", token(2), token(3)));
    let run = sandbox.hfleaks(&["--write-baseline", "known.json"]);
    assert_eq!(run.status, 0);
    assert!(
        run.stderr.contains("wrote 3 entries to known.json"),
        "{}",
        run.stderr
    );
    let written = fs::read_to_string(sandbox.path().join("known.json")).unwrap();
    assert!(
        !written.contains("line") && !written.contains("column"),
        "{written}"
    );
    let known = ["--baseline", "known.json"];
    let run = sandbox.hfleaks(&known);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(
        run.stdout.contains("3 known to the baseline"),
        "{}",
        run.stdout
    );
    // Moved lines are known, new tokens and new places are not.
    sandbox
        .file(
            "b/c.py",
            format!("\n\n  x = {}\n\n{}\n", token(3), token(4)),
        )
        .file("d.py", token(2));
    let report = sandbox.report(&known);
    assert_eq!(support::places(&report), ["b/c.py:5:1", "d.py:1:1"]);
    let stale = report["stale_baseline"].as_array().unwrap();
    assert_eq!((stale.len(), &stale[0]["path"]), (1, &"b/c.py".into()));
    let text = sandbox.hfleaks(&known).stdout;
    assert!(
        text.contains("1 entry of the baseline matches nothing any more"),
        "{text}"
    );
    // What was not scanned is not stale.
    assert_eq!(
        sandbox.report(&["--baseline", "known.json", "a.py"])["stale_baseline"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    // From another folder, by the configuration, the paths are the same.
    sandbox.file("hfleaks.toml", "baseline = 'known.json'\n");
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
    command
        .args(["-f", "json", "../a.py"])
        .current_dir(sandbox.path().join("b"));
    let report: serde_json::Value =
        serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    assert_eq!(report["summary"]["suppressed"], 1);
    // Written anew it is sorted, keeps what is known and drops what is gone.
    sandbox.hfleaks(&["--write-baseline", "known.json"]);
    let again = fs::read_to_string(sandbox.path().join("known.json")).unwrap();
    let paths: Vec<_> = again
        .lines()
        .filter(|line| line.contains("\"path\""))
        .collect();
    assert_eq!(paths.len(), 4, "{again}");
    assert!(paths.is_sorted());
    assert_eq!(sandbox.hfleaks(&[]).status, 0);
}

#[test]
fn what_is_left_out_is_not_stale() {
    let sandbox = Sandbox::new();
    sandbox
        .git(&["init", "-q"])
        .file("sub/a.py", token(1))
        .file("b.py", token(2))
        .hfleaks(&["--write-baseline", "known.json"]);
    let stale = |arguments: &[&str]| {
        let report = sandbox.report(&[&["--baseline", "known.json"], arguments].concat());
        report["stale_baseline"].as_array().unwrap().len()
    };
    assert_eq!(stale(&["--exclude", "sub"]), 0);
    assert_eq!(stale(&["b.py"]), 0);
    sandbox.file(".gitignore", "sub/\n");
    assert_eq!(stale(&[]), 0);
    fs::remove_file(sandbox.path().join("sub/a.py")).unwrap();
    assert_eq!(stale(&["b.py"]), 0);
    assert_eq!(stale(&[]), 1);
}

#[test]
fn a_baseline_works_from_everywhere_without_a_repository() {
    let sandbox = Sandbox::new();
    sandbox
        .file("in/a.py", token(1))
        .file("in/sub/b.py", token(2));
    let status = |arguments: &[&str], folder: &str| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
        command
            .args(arguments)
            .current_dir(sandbox.path().join(folder));
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains("nothing any more"), "{text}");
        output.status.code()
    };
    assert_eq!(status(&["--write-baseline", "known.json"], "in"), Some(0));
    assert_eq!(status(&["--baseline", "known.json"], "in"), Some(0));
    assert_eq!(status(&["--baseline", "in/known.json", "in"], ""), Some(0));
    assert_eq!(status(&["--baseline", "../known.json"], "in/sub"), Some(0));
}

#[test]
fn a_baseline_of_the_configuration_may_be_written_first() {
    let sandbox = Sandbox::new();
    sandbox
        .file("hfleaks.toml", "baseline = 'known.json'\n")
        .file("a.py", token(1));
    assert_eq!(sandbox.hfleaks(&[]).status, 2);
    assert_eq!(
        sandbox.hfleaks(&["--write-baseline", "known.json"]).status,
        0
    );
    assert_eq!(sandbox.hfleaks(&[]).status, 0);
}

#[test]
fn a_baseline_is_not_written_from_half_a_scan() {
    let sandbox = Sandbox::new();
    sandbox.file("a.py", token(1)).file("known.json", "old");
    let run = sandbox.hfleaks(&["--write-baseline", "known.json", "a.py", "missing"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("known.json is not written"),
        "{}",
        run.stderr
    );
    assert_eq!(
        fs::read_to_string(sandbox.path().join("known.json")).unwrap(),
        "old"
    );
}

#[test]
fn a_broken_baseline_is_told() {
    let sandbox = Sandbox::new();
    for (text, message) in [
        ("{", "not a baseline: EOF while parsing"),
        (
            "{\"version\": 2, \"findings\": []}",
            "baseline version 2 is not known here",
        ),
        (
            "{\"version\": 1, \"findings\": [{\"path\": \"a\", \"rule\": \"b\", \"fingerprint\": \"c\"}]}",
            "a fingerprint is 64 hexadecimal digits at line 1",
        ),
    ] {
        sandbox.file("known.json", text);
        let run = sandbox.hfleaks(&["--baseline", "known.json"]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
    let run = sandbox.hfleaks(&["--baseline", "missing.json"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("cannot read the baseline missing.json"),
        "{}",
        run.stderr
    );
}

#[test]
fn confidence_is_asked_for_and_the_rest_is_counted() {
    let sandbox = Sandbox::new();
    sandbox.file("a.py", format!("{} hf_{}", token(1), "x".repeat(34)));
    assert_eq!(sandbox.places(&[]).len(), 2);
    let report = sandbox.report(&["--min-confidence", "medium"]);
    assert_eq!(support::places(&report), ["a.py:1:1"]);
    assert_eq!(report["summary"]["below_min_confidence"], 1);
    sandbox.file("a.py", format!("hf_{}", "x".repeat(34)));
    let run = sandbox.hfleaks(&["--min-confidence", "high"]);
    assert_eq!(run.status, 0);
    assert!(
        run.stdout.contains("1 below the minimum confidence"),
        "{}",
        run.stdout
    );
}
