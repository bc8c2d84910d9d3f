//! Large files are read in windows. Whatever lies where, the matches are those
//! of the rule's expression over the whole file.

mod support;

use proptest::prelude::*;
use regex::bytes::Regex;
use support::random::cases;
use support::{Sandbox, letters, token};

const WINDOW: usize = 256 << 10;

/// Offset, length, line and column of every match of the rule.
fn expected(bytes: &[u8]) -> Vec<(u64, u64, u64, u64)> {
    let rule = Regex::new("hf_[A-Za-z0-9]{34,}").unwrap();
    let place = |found: regex::bytes::Match<'_>| {
        let before = &bytes[..found.start()];
        let lines = before.split(|&byte| byte == b'\n').count();
        let start = before
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |end| end + 1);
        let numbers = [found.start(), found.len(), lines, found.start() - start + 1];
        let [offset, length, line, column] = numbers.map(|number| number as u64);
        (offset, length, line, column)
    };
    rule.find_iter(bytes).map(place).collect()
}

/// The same as the command tells it.
fn found(sandbox: &Sandbox, arguments: &[&str], stdin: &[u8]) -> Vec<(u64, u64, u64, u64)> {
    let run = sandbox.hfleaks_with(&[&["-f", "json"], arguments].concat(), stdin);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).expect(&run.stderr);
    let findings = report["findings"].as_array().unwrap().iter();
    let number = |finding: &serde_json::Value, name: &str| finding[name].as_u64().unwrap();
    findings
        .map(|finding| {
            let [offset, length] = ["offset", "length"].map(|name| number(finding, name));
            let [line, column] = ["line", "column"].map(|name| number(finding, name));
            (offset, length, line, column)
        })
        .collect()
}

fn check(bytes: &[u8]) {
    let sandbox = Sandbox::new();
    sandbox.file("big", bytes);
    let expected = expected(bytes);
    assert_eq!(found(&sandbox, &["big"], b""), expected, "as a file");
    assert_eq!(
        found(&sandbox, &["-"], bytes),
        expected,
        "as standard input"
    );
}

#[test]
fn tokens_at_every_edge_are_found() {
    // Where windows end depends on what was decided before, so tokens go to all
    // places around the multiples of a window, in files of their own.
    for place in [
        WINDOW - 4096,
        WINDOW,
        2 * WINDOW - 8192,
        2 * WINDOW,
        3 * WINDOW,
    ] {
        for shift in [
            -4200, -4133, -4097, -100, -38, -37, -36, -3, -1, 0, 1, 3, 4096,
        ] {
            let start = usize::try_from(i64::try_from(place).unwrap() + shift).unwrap();
            let mut bytes = vec![b'.'; start];
            bytes[start / 2] = b'\n';
            bytes.extend_from_slice(token(1).as_bytes());
            check(&bytes);
            bytes.push(b'\n');
            bytes.resize(4 * WINDOW, b' ');
            bytes.extend_from_slice(token(2).as_bytes());
            check(&bytes);
        }
    }
}

#[test]
fn runs_longer_than_a_window_are_one_match() {
    let long = format!(
        "{}hf_{} hf_{}",
        ".".repeat(100_000),
        letters(1, 700_000),
        letters(2, 34)
    );
    check(long.as_bytes());
}

#[test]
fn a_run_of_more_than_a_mebibyte_is_told_by_its_first() {
    let sandbox = Sandbox::new();
    let text = format!("x\nhf_{} {}", letters(1, 3 << 20), token(2));
    sandbox.file("big", &text);
    let places = found(&sandbox, &["big"], b"");
    assert_eq!(places[0], (2, 1 << 20, 2, 1));
    assert_eq!(places[1].0, text.len() as u64 - 37);
    assert_eq!(places.len(), 2);
}

#[test]
fn a_comment_far_along_the_line_allows_wherever_windows_end() {
    for start in (WINDOW - 9000..WINDOW + 300).step_by(997) {
        let sandbox = Sandbox::new();
        let gap = " ".repeat(3900);
        let line = format!("{}{gap}# hfleaks:allow", token(1));
        sandbox.file(
            "big",
            format!("{}\n{line}\n{}", ".".repeat(start), ".".repeat(WINDOW)),
        );
        let report = sandbox.report(&["big"]);
        assert_eq!(report["summary"]["suppressed"], 1, "{start}");
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn random_files_have_the_matches_of_the_expression(
        parts in prop::collection::vec(
            prop_oneof![
                Just("hf_".to_owned()),
                Just("\n".to_owned()),
                Just("é\u{1f600}".to_owned()),
                (0..60_usize, any::<u64>()).prop_map(|(count, seed)| letters(seed >> 1, count)),
                (0..90_000_usize).prop_map(|count| ".".repeat(count)),
                any::<u64>().prop_map(|seed| token(seed >> 1)),
            ],
            0..40,
        )
    ) {
        check(parts.concat().as_bytes());
    }
}
