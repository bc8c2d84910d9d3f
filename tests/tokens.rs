//! What is told of a token: that it is the same in several places, where it ends,
//! and what it says about itself.

mod support;

use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;

use support::{Sandbox, commit, letters, repository, token};

/// The text that a pickle of protocol 2 makes of a token.
fn pickled(token: &str) -> Vec<u8> {
    let before = b"\x80\x02}q\0X\x05\0\0\0tokenq\x01X\x25\0\0\0";
    [before, token.as_bytes(), b"q\x02s."].concat()
}

fn jwt(payload: &str) -> String {
    let header = BASE64URL_NOPAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let payload = BASE64URL_NOPAD.encode(payload.as_bytes());
    format!("{header}.{payload}.{}", letters(5, 43))
}

fn findings(report: &Value) -> &Vec<Value> {
    report["findings"].as_array().unwrap()
}

#[test]
fn one_token_in_several_places_is_one_token() {
    let sandbox = Sandbox::new();
    let text = format!("a = '{}'\nb = '{}'\n", token(1), token(1));
    sandbox
        .file("a.py", &text)
        .file("b.env", format!("HF_TOKEN={}", token(1)))
        .file("c.bin", pickled(&token(1)))
        .file("d.py", format!("'{}'", token(2)));
    let report = sandbox.report(&[]);
    let ids: Vec<_> = findings(&report).iter().map(|it| &it["token_id"]).collect();
    assert_eq!(ids.len(), 5);
    assert!(ids[..4].iter().all(|id| id == &ids[0]) && ids[4] != ids[0]);
    assert_eq!(report["summary"]["tokens"], 2);
    let run = sandbox.hfleaks(&[]);
    let same = "Same token in 4 places: also a.py:2:6, b.env:1:10, c.bin!<strings>:";
    assert!(run.stdout.contains(same), "{}", run.stdout);
    assert!(
        run.stdout.contains("5 findings of 2 tokens in 4 files"),
        "{}",
        run.stdout
    );
    let sarif: Value = serde_json::from_str(&sandbox.hfleaks(&["-f", "sarif"]).stdout).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["relatedLocations"].as_array().unwrap().len(), 3);
    assert_eq!(result["properties"]["tokenId"], *ids[0]);
}

#[test]
fn a_pickle_s_next_instruction_is_no_part_of_a_token() {
    let sandbox = Sandbox::new();
    sandbox.file("a/args.bin", pickled(&token(1)));
    let report = sandbox.report(&["--no-containers"]);
    let finding = &findings(&report)[0];
    assert_eq!(
        (&finding["length"], &finding["confidence"]),
        (&38.into(), &"medium".into())
    );
    let reasons = finding["reasons"].as_array().unwrap();
    assert_eq!(
        reasons[1],
        "what follows is the next instruction of a pickle"
    );
    let secret = format!("hf_…{}", &token(1)[33..]);
    assert_eq!(finding["secret"], secret);
    // The same as in a file where nothing follows.
    sandbox.file("a/args.bin", token(1));
    let plain = sandbox.report(&["--no-containers"]);
    assert_eq!(findings(&plain)[0]["fingerprint"], finding["fingerprint"]);
    assert_eq!(findings(&plain)[0]["confidence"], "high");
    sandbox.file("a/args.bin", pickled(&token(1)));
    let shown = sandbox.hfleaks(&["--show-secrets", "-f", "json=shown.json"]);
    assert_eq!(shown.status, 1);
    let shown = std::fs::read_to_string(sandbox.path().join("shown.json")).unwrap();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(findings(&shown)[0]["secret"], token(1));
}

#[test]
fn an_escape_is_told_and_takes_no_confidence() {
    let sandbox = Sandbox::new();
    sandbox.file("a.json", format!("{{\"a\": \"b\\n{}\\n\"}}", token(1)));
    let finding = &sandbox.report(&[])["findings"][0];
    assert_eq!(finding["confidence"], "high");
    let reason = "what touches it is an escape or a length, no part of a name";
    assert_eq!(finding["reasons"][1], reason);
}

#[test]
fn the_history_knows_a_token_whatever_follows_it() {
    let sandbox = repository();
    commit(&sandbox, "args.bin", pickled(&token(1)), "pickle");
    commit(&sandbox, "args.bin", format!("{} ", token(1)), "text");
    let report = sandbox.report(&["--history"]);
    assert_eq!(findings(&report).len(), 1);
    let finding = &findings(&report)[0];
    assert_eq!(finding["history"]["objects_total"], 2);
    assert_eq!(finding["remedies"].as_array().unwrap().len(), 3);
    assert!(
        finding["remedies"][1]
            .as_str()
            .unwrap()
            .contains("git filter-repo")
    );
    let run = sandbox.hfleaks(&["--history"]);
    assert!(
        run.stdout
            .contains("In the history: Revoking is what helps"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_jwt_says_what_it_is_for() {
    let sandbox = Sandbox::new();
    let expired = jwt(r#"{"scope":["openid","read-repos"],"aud":"an-app","exp":1700000000}"#);
    let valid = jwt(&format!(r#"{{"scope":"{} b","exp":4000000000}}"#, token(9)));
    sandbox
        .file("a.json", format!("hf_oauth_{expired}"))
        .file("b.json", format!("hf_jwt_{valid}"));
    let report = sandbox.report(&[]);
    let [old, new, within] = findings(&report).as_slice() else {
        panic!("two findings, and the token in the second");
    };
    assert_eq!(within["rule"], "VNX-SEC-027");
    assert_eq!(within["decoded"], serde_json::json!(["base64"]));
    assert_eq!(
        (&old["rule"], &old["severity"]),
        (&"HFL-001".into(), &"low".into())
    );
    assert_eq!(old["confidence"], "high");
    let said = serde_json::json!({
        "expires": "2023-11-14T22:13:20+00:00", "expired": true,
        "scopes": ["openid", "read-repos"], "audience": ["an-app"],
    });
    assert_eq!(old["jwt"], said);
    assert_eq!(
        (&new["rule"], &new["severity"]),
        (&"HFL-003".into(), &"high".into())
    );
    assert_eq!(new["jwt"]["expired"], false);
    let run = sandbox.hfleaks(&["-v"]);
    for text in [
        "(HFL-001, high confidence, expired)",
        "It says: expired on 2023-11-14; scopes openid, read-repos; audience an-app",
        "It says: valid until 2096-10-02",
        "Why: a JWT: header and payload decode",
    ] {
        assert!(run.stdout.contains(text), "{text}: {}", run.stdout);
    }
    // What it says may be a token itself.
    for format in ["text", "json", "sarif", "github", "jsonl"] {
        let run = sandbox.hfleaks(&["-f", format]);
        assert!(!run.stdout.contains(&token(9)[5..20]), "{format}");
    }
    // A note, as there is nothing to open with it.
    let sarif: Value = serde_json::from_str(&sandbox.hfleaks(&["-f", "sarif"]).stdout).unwrap();
    let levels = &sarif["runs"][0]["results"];
    assert_eq!(
        [0, 1, 2].map(|place| &levels[place]["level"]),
        ["error", "error", "note"]
    );
}

#[test]
fn an_overlap_is_one_finding_of_the_rule_that_knows_more() {
    let sandbox = Sandbox::new();
    // A signature in which the base rule sees a token of its own.
    let jwt = jwt(r#"{"exp":4000000000}"#);
    let (head, _) = jwt.rsplit_once('.').unwrap();
    sandbox.file(
        "a",
        format!("hf_oauth_{head}.{}{}", token(1), letters(2, 10)),
    );
    let report = sandbox.report(&[]);
    let rules: Vec<_> = findings(&report).iter().map(|it| &it["rule"]).collect();
    assert_eq!(rules, ["HFL-001"]);
    assert_eq!(sandbox.places(&["--select", "VNX", "a"]).len(), 1);
    // Two credentials without a gap are two.
    sandbox.file("a", format!("hf_app_{}{}", letters(3, 32), token(1)));
    assert_eq!(sandbox.places(&["a"]).len(), 2);
}

#[test]
fn a_minimum_confidence_leaves_documentation_alone() {
    let sandbox = Sandbox::new();
    sandbox
        .file(
            "README.md",
            format!("`hf_{}`, `hf_{}`", "x".repeat(34), "aBcDeFgHi".repeat(4)),
        )
        .file("app.py", format!("'{}'", token(1)));
    assert_eq!(sandbox.places(&[]).len(), 3);
    assert_eq!(sandbox.paths(&["--min-confidence", "medium"]), ["app.py"]);
    let report = sandbox.report(&["--min-confidence", "medium"]);
    assert_eq!(report["summary"]["below_min_confidence"], 2);
}
