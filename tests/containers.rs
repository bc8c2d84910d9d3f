//! What is inside of files: containers, encodings, limits, and how they are told.
//! `tests/containers/` has the fixtures that real writers make.

mod support;

use std::io::Write;

use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use support::{Sandbox, commit, repository, token};

fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes.as_ref()).unwrap();
    encoder.finish().unwrap()
}

fn findings(report: &Value) -> &Vec<Value> {
    report["findings"].as_array().unwrap()
}

fn reasons(report: &Value) -> Vec<String> {
    let unscanned = report["unscanned"].as_array().unwrap().iter();
    let text = |it: &Value| format!("{}: {}", it["path"], it["reason"]);
    unscanned.map(text).collect()
}

#[test]
fn members_have_paths_and_lines_of_their_own() {
    let sandbox = Sandbox::new();
    let deep = gzip(gzip(format!("one\n two {}\n", token(1))));
    sandbox.file("a/dump.log.gz.gz", deep);
    let report = sandbox.report(&[]);
    assert_eq!(
        support::places(&report),
        ["a/dump.log.gz.gz!dump.log.gz!dump.log:2:6"]
    );
    assert_eq!(report["summary"]["members"], 2);
    let run = sandbox.hfleaks(&[]);
    assert!(
        run.stdout
            .contains("a/dump.log.gz.gz!dump.log.gz!dump.log\n  2:6"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("Looked into 2 members"),
        "{}",
        run.stdout
    );
}

#[test]
fn platforms_are_told_the_file() {
    let sandbox = Sandbox::new();
    sandbox.file("dump.log.gz", gzip(format!("one\n two {}\n", token(1))));
    let sarif: Value = serde_json::from_str(&sandbox.hfleaks(&["-f", "sarif"]).stdout).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "dump.log.gz");
    assert_eq!(place["region"]["startLine"], 1);
    let message = result["message"]["text"].as_str().unwrap();
    assert!(message.contains("Inside: dump.log:2:6."), "{message}");
    let run = sandbox.hfleaks(&["-f", "github"]);
    assert!(
        run.stdout.contains("file=dump.log.gz,line=1,"),
        "{}",
        run.stdout
    );
}

#[test]
fn encoded_tokens_are_told_where_they_stand() {
    let sandbox = Sandbox::new();
    let basic = BASE64.encode(format!("user:{}", token(1)).as_bytes());
    let twice = BASE64.encode(BASE64.encode(token(2).as_bytes()).as_bytes());
    let escaped = token(3).replace('_', "\\u005f");
    sandbox
        .file("basic.txt", format!("\nAuthorization: Basic {basic}\n"))
        .file("twice.yaml", format!("data:\n  token: {twice}\n"))
        .file("escaped.json", format!("{{\"token\": \"{escaped}\"}}"));
    let report = sandbox.report(&[]);
    assert_eq!(
        support::places(&report),
        ["basic.txt:2:28", "escaped.json:1:12", "twice.yaml:2:10"]
    );
    let decoded: Vec<_> = findings(&report)
        .iter()
        .map(|it| it["decoded"].clone())
        .collect();
    assert_eq!(
        decoded,
        [
            json!(["base64"]),
            json!(["escapes"]),
            json!(["base64", "base64"])
        ]
    );
    let run = sandbox.hfleaks(&[]);
    for hidden in [&basic[12..40], &twice[8..40], &token(3)[5..20]] {
        assert!(!run.stdout.contains(hidden));
    }
    assert!(
        run.stdout.contains("Encoded: base64 of base64"),
        "{}",
        run.stdout
    );
}

#[test]
fn the_line_of_a_plain_token_hides_an_encoded_one() {
    let sandbox = Sandbox::new();
    let encoded = BASE64.encode(token(2).as_bytes());
    sandbox.file("a.txt", format!("{} and {encoded} and more\n", token(1)));
    let run = sandbox.hfleaks(&[]);
    assert!(run.stdout.contains("2 findings"), "{}", run.stdout);
    assert!(!run.stdout.contains(&encoded[8..30]), "{}", run.stdout);
}

#[test]
fn one_token_seen_in_two_ways_is_one_finding() {
    let sandbox = Sandbox::new();
    let stored = [
        &b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01"[..],
        &[47, 0, 0xd0, 0xff],
    ]
    .concat();
    let text = format!("token is {} ", token(1));
    assert_eq!(text.len(), 47);
    let file = [&stored, text.as_bytes(), &[0; 8]].concat();
    sandbox.file("stored.gz", file);
    let report = sandbox.report(&[]);
    assert_eq!(support::places(&report), ["stored.gz!stored:1:10"]);
    let notebook = json!({"cells": [{"cell_type": "code", "execution_count": 3,
        "source": ["import os\n", format!("x = '{}'\n", token(2))]}], "nbformat": 4});
    sandbox.file("a.ipynb", serde_json::to_string_pretty(&notebook).unwrap());
    let report = sandbox.report(&["a.ipynb"]);
    let cell = json!({"cell": {"index": 1, "kind": "code", "execution_count": 3,
        "part": "source", "line": 2, "column": 6}});
    assert_eq!(findings(&report).len(), 1);
    assert_eq!(findings(&report)[0]["within"], cell);
    assert_eq!(findings(&report)[0]["context"], "notebook");
    let run = sandbox.hfleaks(&["a.ipynb"]);
    assert!(
        run.stdout.contains("In: cell 1 (code, run 3), source 2:6"),
        "{}",
        run.stdout
    );
}

#[test]
fn what_cannot_be_unpacked_is_told() {
    let sandbox = Sandbox::new();
    let whole = gzip("word ".repeat(10_000) + &token(1));
    sandbox.file("cut.gz", &whole[..whole.len() - 20]);
    let run = sandbox.hfleaks(&["-f", "json"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(
        run.stdout.contains("cannot be unpacked beyond byte"),
        "{}",
        run.stdout
    );
    // So short that it may be anything.
    sandbox.file("cut.gz", "\u{1f}");
    assert_eq!(sandbox.hfleaks(&[]).status, 0);
}

#[test]
fn limits_end_a_file_and_not_the_scan() {
    let sandbox = Sandbox::new();
    sandbox
        .file("bomb.gz", gzip(vec![0; 40 << 20]))
        .file("z.gz", gzip(token(1)));
    let mut deep = token(2).into_bytes();
    for _ in 0..12 {
        deep = gzip(deep);
    }
    sandbox.file("deep.gz", deep);
    let report = sandbox.report(&["--max-ratio", "500"]);
    assert_eq!(support::places(&report), ["z.gz!z:1:1"]);
    let reasons = reasons(&report);
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(
        reasons[0].contains("bomb.gz") && reasons[0].contains("--max-ratio"),
        "{reasons:?}"
    );
    assert!(
        reasons[1].contains("deep.gz") && reasons[1].contains("--max-depth"),
        "{reasons:?}"
    );
    for (option, value, told) in [
        ("--max-unpacked", "10MiB", "10485760 bytes"),
        ("--max-members", "0", "0 members"),
    ] {
        let run = sandbox.hfleaks(&["-q", option, value, "bomb.gz"]);
        assert_eq!(run.status, 2, "{option}");
        assert!(
            run.stderr.contains(told) && run.stderr.contains(option),
            "{}",
            run.stderr
        );
    }
    assert_eq!(
        sandbox.report(&["--max-depth", "12", "deep.gz"])["findings"][0]["line"],
        1
    );
    let run = sandbox.hfleaks(&["--max-unpacked", "many"]);
    assert!(
        run.status == 2 && run.stderr.contains("512MiB"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_stage_can_be_turned_off_and_chosen_from() {
    let sandbox = Sandbox::new();
    sandbox
        .file("a.gz", gzip(token(1)))
        .file("b.txt", BASE64.encode(token(2).as_bytes()))
        .file("c.txt", token(3));
    assert_eq!(sandbox.paths(&[]), ["a.gz!a", "b.txt", "c.txt"]);
    assert_eq!(sandbox.paths(&["--no-containers"]), ["c.txt"]);
    assert_eq!(
        sandbox.paths(&["--containers", "gzip,hex"]),
        ["a.gz!a", "c.txt"]
    );
    sandbox.file(
        "hfleaks.toml",
        "containers = ['base64']\n[limits]\nmax-unpacked = '1MiB'\n",
    );
    assert_eq!(sandbox.paths(&[]), ["b.txt", "c.txt"]);
    sandbox.file("hfleaks.toml", "open-containers = false\n");
    assert_eq!(sandbox.paths(&[]), ["c.txt"]);
    let run = sandbox.hfleaks(&["--no-config", "--containers", "gzp"]);
    assert!(
        run.status == 2 && run.stderr.contains("did you mean gzip?"),
        "{}",
        run.stderr
    );
}

#[test]
fn standard_input_is_looked_into() {
    let sandbox = Sandbox::new();
    let text = format!("{}{}", "word ".repeat(200_000), token(1));
    let run = sandbox.hfleaks_with(&["-f", "json", "-"], &gzip(gzip(text)));
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        support::places(&report),
        ["<stdin>!<gzip>!<gzip>:1:1000001"]
    );
}

#[test]
fn the_history_is_looked_into() {
    let sandbox = repository();
    commit(
        &sandbox,
        "a.log.gz",
        gzip(format!("x\n{}", token(1))),
        "leak",
    );
    commit(
        &sandbox,
        "b.yaml",
        format!("x: {}", BASE64.encode(token(2).as_bytes())),
        "leak",
    );
    sandbox
        .git(&["rm", "-q", "a.log.gz", "b.yaml"])
        .git(&["commit", "-q", "-m", "gone"]);
    let report = sandbox.report(&["--history"]);
    assert_eq!(
        support::places(&report),
        ["a.log.gz!a.log:2:1", "b.yaml:1:4"]
    );
    assert_eq!(findings(&report)[1]["decoded"], json!(["base64"]));
    for finding in findings(&report) {
        assert_eq!(
            finding["history"]["introduced"][0]["subject"], "leak",
            "{finding}"
        );
    }
    sandbox.file("c.gz", gzip(token(3))).git(&["add", "c.gz"]);
    assert_eq!(sandbox.paths(&["--staged"]), ["c.gz!c"]);
}

#[test]
fn classes_of_names_hold_inside_as_well() {
    let sandbox = Sandbox::new();
    sandbox.file("Cargo.lock.gz", gzip(token(1)));
    let report = sandbox.report(&[]);
    assert!(
        findings(&report)
            .iter()
            .all(|it| it["rule"] != "VNX-SEC-027")
    );
    assert_eq!(
        sandbox.paths(&["--no-default-excludes"]),
        ["Cargo.lock.gz!Cargo.lock"]
    );
}

#[test]
fn a_baseline_knows_members() {
    let sandbox = Sandbox::new();
    sandbox.file("a.gz", gzip(token(1)));
    assert_eq!(sandbox.hfleaks(&["--write-baseline", "b.json"]).status, 0);
    let run = sandbox.hfleaks(&["--baseline", "b.json"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(!run.stdout.contains("match"), "{}", run.stdout);
}

#[test]
fn what_stands_behind_an_encoded_token_hides_nothing() {
    let sandbox = Sandbox::new();
    let command: Vec<u8> = format!("$env:T='{}'", token(1))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let command = BASE64.encode(&command);
    let packed = BASE64.encode(&gzip(format!("{} {}", "aa ".repeat(40), token(2))));
    sandbox
        .file(
            "a.ps1",
            format!("powershell -EncodedCommand {command}\nimport hf_hub\n"),
        )
        .file(
            "b.yaml",
            format!("data:\n  a: {packed}\n  b: {}\n", BASE64.encode(b"hf_x")),
        )
        .file(
            "c.yaml",
            format!(
                "data:\n  a: {}\nkind: Secret\n",
                packed.trim_end_matches('=')
            ),
        );
    let report = sandbox.report(&[]);
    assert_eq!(
        sandbox.paths(&[]),
        ["a.ps1", "b.yaml!<base64>!<gzip>", "c.yaml!<base64>!<gzip>"]
    );
    assert_eq!(report["unscanned"], json!([]));
}

#[test]
fn texts_full_of_signs_take_no_long_time() {
    let sandbox = Sandbox::new();
    for (name, text) in [
        ("a", "\"hf_\"\n"),
        ("b", "\"hf_\" + "),
        ("c", "hf_\u{1b}[0m"),
        ("d", "hf%255F"),
        ("e", "\\u0068\\u0066\\u005f"),
        ("f", "hf_AB\\u0041 "),
    ] {
        sandbox.file(name, text.repeat(100_000));
    }
    let started = std::time::Instant::now();
    assert_eq!(sandbox.hfleaks(&["-q"]).status, 0);
    // A second or two without optimizations, and minutes if signs were looked at anew.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn a_notebook_s_lines_are_one_text() {
    let sandbox = Sandbox::new();
    let (one, two) = (token(1), token(2));
    let source = [
        format!("a = \"{}", &one[..15]),
        format!("{}\"\n", &one[15..]),
        format!("b = ('{}'\n", &two[..9]),
        format!("     '{}')\n", &two[9..]),
    ];
    let notebook = json!({"cells": [{"cell_type": "code", "source": source}], "nbformat": 4});
    sandbox.file("a.ipynb", format!("\u{feff}{notebook}"));
    let report = sandbox.report(&[]);
    let lines: Vec<_> = findings(&report)
        .iter()
        .map(|it| &it["within"]["cell"]["line"])
        .collect();
    assert_eq!(lines, [1, 2]);
    let colours = format!("{}\u{1b}[0m{}", &token(3)[..20], &token(3)[20..]);
    sandbox.file("b.log", json!({ "log": colours }).to_string());
    assert_eq!(sandbox.paths(&["b.log"]), ["b.log"]);
}

#[test]
fn what_a_stream_does_not_show_again_is_told() {
    let sandbox = Sandbox::new();
    let packed = BASE64.encode(&gzip(format!("{} {}", support::letters(7, 9000), token(1))));
    let text = format!("{}\ndata: {packed}\n", "word ".repeat(100_000));
    let run = sandbox.hfleaks_with(&["-"], text.as_bytes());
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(
        run.stderr.contains("base64 from byte 500007"),
        "{}",
        run.stderr
    );
    sandbox.file("a.txt", &text);
    assert_eq!(sandbox.paths(&["a.txt"]), ["a.txt!<base64>!<gzip>"]);
}
