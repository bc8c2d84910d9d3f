//! Trees, and standard input in pieces.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use proptest::prelude::*;
use serde_json::Value;

use crate::support::random::cases;
use crate::support::{Run, Sandbox};
use crate::text::{Piece, bytes, expected, piece};

/// Path, offset and length of a match.
type Match = (String, u64, u64);

fn found(run: &Run) -> Vec<Match> {
    let report: Value = serde_json::from_str(&run.stdout).expect(&run.stderr);
    assert_eq!(report["unscanned"], serde_json::json!([]));
    let findings = report["findings"].as_array().unwrap().iter();
    let findings =
        findings.filter(|finding| finding["encodings"].as_array().is_none_or(Vec::is_empty));
    findings
        .map(|finding| {
            let number = |name: &str| finding[name].as_u64().unwrap();
            let path = finding["path"].as_str().unwrap().to_owned();
            (path, number("offset"), number("length"))
        })
        .collect()
}

/// The arguments of a scan of the rule alone, in files of every kind.
fn arguments<'a>(jobs: &'a str, others: &[&'a str]) -> Vec<&'a str> {
    let all = [
        "-f",
        "json",
        "--select",
        "VNX-SEC-027",
        "--no-default-excludes",
        "--no-ignore",
        "-j",
    ];
    [&all[..], &[jobs], others].concat()
}

fn check(files: &BTreeMap<String, Vec<Piece>>) {
    let sandbox = Sandbox::new();
    let mut all = Vec::new();
    for (path, pieces) in files {
        let bytes = bytes(pieces);
        sandbox.file(path, &bytes);
        let matches = expected(&bytes).into_iter();
        all.extend(matches.map(|(offset, length)| (path.clone(), offset, length)));
    }
    all.sort_unstable();
    for jobs in 1..=8 {
        let jobs = jobs.to_string();
        let raw = sandbox.hfleaks(&arguments(&jobs, &["--no-containers", "."]));
        let mut raw = found(&raw);
        raw.sort_unstable();
        assert_eq!(raw, all, "with {jobs} threads");
    }
    let opened = sandbox.hfleaks(&arguments("2", &["."]));
    let opened: BTreeSet<Match> = found(&opened).into_iter().collect();
    for one in &all {
        assert!(
            opened.contains(one),
            "{one:?} is lost where containers are opened"
        );
    }
}

fn files() -> impl Strategy<Value = BTreeMap<String, Vec<Piece>>> {
    let path = "([a-c]/){0,2}[a-f]{1,3}(\\.(py|bin|txt|lock|gz|zip|ipynb|min\\.js))?";
    // A folder may not have the name of a file.
    let path = path.prop_map(|path: String| path.replace('/', ".d/"));
    prop::collection::btree_map(path, prop::collection::vec(piece(), 0..12), 1..6)
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn a_tree_has_the_matches_of_the_expression(files in files()) {
        check(&files);
    }

    #[test]
    fn standard_input_has_the_matches_of_the_expression(
        pieces in prop::collection::vec(piece(), 0..16),
        cuts in prop::collection::vec(prop_oneof![
            1..50_usize, 4000..4200_usize, 60_000..70_000_usize,
        ], 1..6),
    ) {
        let sandbox = Sandbox::new();
        let bytes = bytes(&pieces);
        let mut child = sandbox.spawn(arguments("1", &["--no-containers", "-"]));
        let mut pipe = child.stdin.take().unwrap();
        // The report waits for the end of the input, so nothing waits for its reader.
        let mut rest = &bytes[..];
        // Where pieces are small, the first of them are enough.
        for cut in cuts.iter().cycle().take(2000) {
            let (piece, others) = rest.split_at(rest.len().min(*cut));
            pipe.write_all(piece).unwrap();
            rest = others;
        }
        pipe.write_all(rest).unwrap();
        drop(pipe);
        let run = Run::from(child.wait_with_output().unwrap());
        let found: Vec<_> = found(&run).into_iter().map(|(_, offset, length)| (offset, length)).collect();
        prop_assert_eq!(found, expected(&bytes));
    }
}
