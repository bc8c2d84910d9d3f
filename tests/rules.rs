//! Every rule of `rules/`: its examples are found, its counterexamples are not.

mod support;

use std::fs;

use hfleaks::rule::Rule;
use hfleaks::{Config, Scanner};
use support::Sandbox;

/// The rules of `rules/` that look for credentials, or those that look for practices.
fn rules(of: &str) -> Vec<Rule> {
    let mut rules = Vec::new();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/rules")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let rule = Rule::parse(&path, &text).unwrap();
        assert!(
            !rule.examples.is_empty() && !rule.counterexamples.is_empty(),
            "{}",
            rule.id
        );
        if rule.id.starts_with("HFP-") == (of == "practices") {
            rules.push(rule);
        }
    }
    assert!(!rules.is_empty());
    rules
}

/// What a rule finds in a file of a repository to which nobody has added it.
fn breaches(repository: &Sandbox, rule: &Rule, path: &str, text: &str) -> Vec<String> {
    repository.file(path, text);
    let report = repository.report(&["--select", &rule.id, "--no-config", path]);
    fs::remove_file(repository.path().join(path)).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| finding["practice"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn breaches_of_practices_are_found_and_near_misses_are_not() {
    let repository = support::repository();
    for rule in rules("practices") {
        for example in &rule.examples {
            let example = example.get_ref();
            let found = breaches(&repository, &rule, &example.path, &example.text);
            let about = format!("{} {}:\n{}", rule.id, example.path, example.text);
            assert_eq!(found.len(), 1, "{found:?} {about}");
        }
        for example in &rule.counterexamples {
            let example = example.get_ref();
            let found = breaches(&repository, &rule, &example.path, &example.text);
            let about = format!("{} {}:\n{}", rule.id, example.path, example.text);
            assert_eq!(found, [""; 0], "{about}");
        }
    }
}

#[test]
fn examples_are_found_and_counterexamples_are_not() {
    let scanner = Scanner::new(Config::default());
    for rule in rules("credentials") {
        for example in &rule.examples {
            let example = example.get_ref();
            let report = scanner.scan_bytes(&example.path, example.text.as_bytes());
            let found: Vec<_> = report.findings.iter().map(|found| &found.rule.id).collect();
            assert_eq!(found, [&rule.id], "{}: {}", example.path, example.text);
        }
        for example in &rule.counterexamples {
            let example = example.get_ref();
            let report = scanner.scan_bytes(&example.path, example.text.as_bytes());
            let found = report.findings.iter().any(|found| found.rule.id == rule.id);
            assert!(!found, "{}: {}", example.path, example.text);
        }
    }
}

const RULE: &str = r#"
id = "ACME-001"
name = "acme-key"
title = "ACME key"
severity = "medium"
description = "A key of ACME."
literal = "acme-"
pattern = '(?:key )?acme-[0-9]{8}\b'
revoke = "Ask ACME for a new one."
examples = [{ path = "a", text = "key acme-12345678" }]

[remedies]
other = "Keep it in a secret store."
"#;

#[test]
fn rules_of_a_folder_are_added() {
    let sandbox = support::Sandbox::new();
    sandbox.file("rules/acme.toml", RULE).file(
        "a.txt",
        format!("acme-1234567 key acme-12345678 {}", support::token(1)),
    );
    let found = sandbox.places(&["--rules", "rules", "a.txt"]);
    assert_eq!(found, ["a.txt:1:14", "a.txt:1:32"]);
    assert_eq!(sandbox.places(&["a.txt"]), ["a.txt:1:32"]);
    assert_eq!(
        sandbox.places(&["--rules", "rules", "--select", "ACME", "a.txt"]),
        ["a.txt:1:14"]
    );
    assert_eq!(
        sandbox.places(&["--rules", "rules", "--ignore", "ACME", "a.txt"]),
        ["a.txt:1:32"]
    );
    sandbox.file("hfleaks.toml", "rules = ['rules']");
    assert_eq!(sandbox.places(&["a.txt"]).len(), 2);
    let listed = sandbox.hfleaks(&["--list-rules"]);
    let own = "ACME-001     medium    ACME key";
    assert!(
        listed.stdout.lines().any(|line| line == own),
        "{}",
        listed.stdout
    );
}

#[test]
fn a_broken_rule_is_told_and_nothing_is_scanned() {
    let sandbox = support::Sandbox::new();
    sandbox.file("a.txt", support::token(1));
    for (rule, expected) in [
        (
            RULE.replace("severity", "severety"),
            "error: broken rule: rules/acme.toml:5:1: unknown key `severety`; did you mean `severity`?\n",
        ),
        (
            RULE.replace("ACME key", "ACME\\nkey"),
            "error: broken rule: rules/acme.toml:1:1: title has a line break or another control \
             character; write it in one line, which is wrapped where it is shown\n",
        ),
        (
            RULE.replace("ACME-001", "VNX-SEC-027"),
            "error: rules/acme.toml: the id VNX-SEC-027 is taken by another rule; ids must be unique\n",
        ),
    ] {
        sandbox.file("rules/acme.toml", rule);
        let run = sandbox.hfleaks(&["--rules", "rules"]);
        assert_eq!(
            (run.stderr.as_str(), run.stdout.as_str(), run.status),
            (expected, "", 2)
        );
    }
    let run = sandbox.hfleaks(&["--rules", "no-such-folder"]);
    assert!(
        run.stderr.contains("cannot read rules from no-such-folder"),
        "{}",
        run.stderr
    );
    assert_eq!(run.status, 2);
}

#[test]
fn a_rule_of_hexadecimal_digits_has_confidence_in_them() {
    let sandbox = support::Sandbox::new();
    let rule = RULE
        .replace(
            r"'(?:key )?acme-[0-9]{8}\b'",
            "'acme-[0-9a-f]{32,}'\nexact = 'acme-[0-9a-f]{32}'",
        )
        .replace("key acme-12345678", "acme-12345678901234567890123456789012");
    let digit = |letter: u8| char::from_digit(u32::from(letter) % 16, 16).unwrap();
    let digits: String = support::letters(3, 32).bytes().map(digit).collect();
    sandbox.file("rules/acme.toml", rule).file(
        "a.txt",
        format!("acme-{digits}\nacme-{}\n", "0123456789abcdef".repeat(2)),
    );
    let report = sandbox.report(&["--rules", "rules", "a.txt"]);
    let confidence = |place: usize| &report["findings"][place]["confidence"];
    assert_eq!(
        (confidence(0), confidence(1)),
        (&"high".into(), &"low".into())
    );
}
