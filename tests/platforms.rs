//! The formats that platforms read: what each says of a finding, of something that
//! could not be scanned, of a clean scan, and of names that a stranger chose.
//! `.ci/formats.sh` holds them against schemas and programs of others.

mod support;

use std::collections::BTreeSet;

use quick_xml::XmlVersion;
use quick_xml::events::Event;
use serde_json::{Value, json};
use support::{Sandbox, commit, repository, token};

/// Names that mean something to HTML, Markdown, XML, workflows or spreadsheets. Windows
/// knows no such files.
#[cfg(unix)]
const HOSTILE: [&str; 9] = [
    " +n",
    "＝o",
    "=cmd|' -C calc'!A0",
    "<b>&amp;\"]]>",
    "a|b`c`[d](http:--e)@f",
    "::error::g",
    "h\u{ffff}\u{202e}i",
    "-j,k\"l",
    "m\nn\u{1b}[31m",
];

/// What GitLab's schema has against a report.
fn gitlab_takes(report: &Value) -> Vec<String> {
    let schema = include_str!("gitlab.schema.json");
    let schema = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors = validator.iter_errors(report);
    errors
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect()
}

/// A tree with findings of two confidences and something that cannot be scanned.
fn run(format: &str) -> support::Run {
    let sandbox = Sandbox::new();
    sandbox
        .git(&["init", "-q"])
        .file("a é/b.py", format!("é = '{}'\n", token(1)))
        .file("c.txt", format!("\nhf_{}", "y".repeat(34)));
    let run = sandbox.hfleaks(&["-f", format, ".", "missing.txt"]);
    assert_eq!(run.status, 1);
    run
}

#[cfg(unix)]
fn hostile(format: &str) -> String {
    let sandbox = Sandbox::new();
    for (seed, name) in HOSTILE.into_iter().enumerate() {
        sandbox.file(name, token(seed as u64));
    }
    let run = sandbox.hfleaks(&["-f", format]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    run.stdout
}

fn clean(format: &str) -> String {
    let sandbox = Sandbox::new();
    let run = sandbox.file("a.txt", "nothing").hfleaks(&["-f", format]);
    assert_eq!(run.status, 0);
    run.stdout
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let records = reader.records().map(|record| record.unwrap());
    records
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn csv_has_a_line_for_each_finding_and_each_path_that_was_not_scanned() {
    let text = run("csv").stdout;
    assert!(text.ends_with("\r\n") && text.matches('\n').count() == 4);
    let rows = rows(&text);
    assert_eq!(
        rows[0][..8],
        [
            "kind",
            "path",
            "line",
            "column",
            "rule",
            "title",
            "severity",
            "confidence"
        ]
    );
    assert_eq!(
        rows[1][..5],
        ["finding", "a é/b.py", "1", "7", "VNX-SEC-027"]
    );
    assert_eq!(rows[1][8], format!("hf_…{}", &token(1)[33..]));
    assert_eq!(rows[2][..4], ["finding", "c.txt", "2", "1"]);
    assert_eq!(rows[3][..2], ["unscanned", "missing.txt"]);
    assert_eq!(rows[3][14], "no such file or folder");
}

#[test]
fn csv_names_the_commit() {
    let sandbox = repository();
    commit(&sandbox, "a.txt", token(1), "leak");
    let rows = rows(&sandbox.hfleaks(&["--history", "-f", "csv"]).stdout);
    let head = sandbox.command("git").args(["rev-parse", "HEAD"]).output();
    let head = String::from_utf8(head.unwrap().stdout).unwrap();
    assert_eq!(rows[1][11], head.trim());
    assert_eq!(rows[1][12], "A <a@example.org>");
    assert_eq!(self::rows(&clean("csv")).len(), 1);
}

#[cfg(unix)]
#[test]
fn csv_holds_no_formula() {
    for cell in rows(&hostile("csv")).into_iter().flatten() {
        assert!(
            !cell.trim_start().starts_with(['=', '+', '-', '@', '＝']),
            "{cell}"
        );
    }
}

#[test]
fn rdjson_has_positions_in_bytes() {
    let result: Value = serde_json::from_str(&run("rdjson").stdout).unwrap();
    assert_eq!(result["source"]["name"], "hfleaks");
    let diagnostics = result["diagnostics"].as_array().unwrap();
    assert_eq!(diagnostics.len(), 3);
    let first = &diagnostics[0];
    assert_eq!(
        first["location"],
        json!({"path": "a é/b.py", "range": {
            "start": {"line": 1, "column": 7}, "end": {"line": 1, "column": 44}
        }})
    );
    assert_eq!(first["code"]["value"], "VNX-SEC-027");
    let severities: Vec<_> = diagnostics.iter().map(|one| &one["severity"]).collect();
    assert_eq!(severities, ["ERROR", "INFO", "ERROR"]);
    assert_eq!(
        diagnostics[2],
        json!({
            "message": "Not scanned: missing.txt: no such file or folder.",
            "location": {"path": "missing.txt"},
            "severity": "ERROR",
        })
    );
    let clean: Value = serde_json::from_str(&clean("rdjson")).unwrap();
    assert_eq!(clean["diagnostics"], json!([]));
}

/// The names of elements, and of each attribute `name` its value.
fn elements(xml: &str) -> Vec<(String, String)> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut elements = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.name().as_ref().to_owned();
                let value = tag.try_get_attribute("name").unwrap();
                let value = value.map(|value| {
                    value
                        .normalized_value(XmlVersion::Explicit1_0)
                        .unwrap()
                        .into_owned()
                });
                elements.push((name, value.unwrap_or_default()));
            }
            Event::Eof => return elements,
            _ => {}
        }
    }
}

#[test]
fn junit_has_a_failed_test_for_each_finding() {
    let run = run("junit");
    let expected = [
        ("testsuites", "hfleaks"),
        ("testsuite", "hfleaks"),
        ("testcase", "VNX-SEC-027 at a é/b.py:1:7"),
        ("failure", ""),
        ("testcase", "VNX-SEC-027 at c.txt:2:1"),
        ("failure", ""),
        (
            "testcase",
            "not scanned: missing.txt: no such file or folder",
        ),
        ("error", ""),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(elements(&run.stdout), expected);
    assert!(run.stdout.contains(r#"tests="3" failures="2" errors="1""#));
    let clean = elements(&clean("junit"));
    assert_eq!(clean[2], ("testcase".to_owned(), "No findings.".to_owned()));
    assert_eq!(clean.len(), 3);
}

#[cfg(unix)]
#[test]
fn junit_has_no_character_that_xml_forbids() {
    let text = hostile("junit");
    assert_eq!(elements(&text).len(), 2 + 2 * HOSTILE.len());
    assert!(!text.contains(|c| matches!(c, '\0'..='\x08' | '\x0b'..='\x1f' | '\u{ffff}')));
}

#[test]
fn a_job_summary_is_a_table_of_findings() {
    let text = run("github-summary").stdout;
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines[0],
        "### hfleaks: 2 findings of 2 tokens in 2 files, 1 of high, 1 of low confidence. \
         The scan is incomplete: 1 path could not be scanned."
    );
    assert_eq!(lines[2], "| where | what | confidence | found |");
    assert!(lines[4].starts_with("| `a é/b.py:1:7` | Hardcoded"));
    assert!(text.contains("- `missing.txt: no such file or folder`"));
    assert!(text.contains("- Revoke the token first"));
    let clean = clean("github-summary");
    assert!(
        clean.starts_with("### hfleaks: No findings.\n\nScanned 1 file, "),
        "{clean}"
    );
}

#[test]
fn a_job_summary_names_the_commit() {
    let sandbox = repository();
    commit(&sandbox, "a.txt", token(1), "leak");
    let head = sandbox.command("git").args(["rev-parse", "HEAD"]).output();
    let head = String::from_utf8(head.unwrap().stdout).unwrap();
    let text = sandbox
        .hfleaks(&["--history", "-f", "github-summary"])
        .stdout;
    let row = format!("| `a.txt:1:1` since {} | ", &head[..12]);
    assert!(text.contains(&row), "{text}");
}

#[cfg(unix)]
#[test]
fn nothing_of_a_name_is_markup_in_a_job_summary() {
    let text = hostile("github-summary");
    let rows: Vec<_> = text.lines().filter(|line| line.contains("VNX")).collect();
    assert_eq!(
        rows.iter().filter(|row| row.starts_with("| ")).count(),
        HOSTILE.len()
    );
    for row in rows.iter().filter(|row| row.starts_with('|')) {
        assert_eq!(row.matches('|').count(), 5, "{row}");
        // Between backticks, everything but a backtick is what it is.
        if let Some(place) = row.strip_prefix("| `") {
            let (_, rest) = place.split_once('`').unwrap();
            assert!(rest.starts_with(" | "), "{row}");
            continue;
        }
        let place = row.split("</code>").next().unwrap();
        let place = place.strip_prefix("| <code>").unwrap();
        assert!(
            !place.contains(['<', '>', '`', '[', '@', '*', '"']),
            "{row}"
        );
    }
}

#[test]
fn a_job_summary_fits_however_much_is_found() {
    let sandbox = Sandbox::new();
    let text = (0..250).map(token).collect::<Vec<_>>().join("\n");
    let text = sandbox
        .file("a.txt", text)
        .hfleaks(&["-f", "github-summary"])
        .stdout;
    assert_eq!(
        text.lines()
            .filter(|line| line.starts_with("| `") || line.starts_with("| <code>"))
            .count(),
        100
    );
    assert!(text.contains("150 more findings not shown here"), "{text}");
    let long = "[".repeat(200);
    for seed in 0..100 {
        let name = format!("{long}/{long}/{long}/{long}/{long}/{seed}");
        sandbox.file(name, token(1000 + seed));
    }
    let text = sandbox.hfleaks(&["-f", "github-summary"]).stdout;
    assert!(text.len() < 300 << 10, "{}", text.len());
    let rows = text
        .lines()
        .filter(|line| line.starts_with("| `") || line.starts_with("| <code>"))
        .count();
    assert!(text.contains(&format!("{} more findings not shown here", 350 - rows)));
}

#[test]
fn nothing_of_a_rule_is_markup_in_a_job_summary_but_code_and_addresses() {
    let sandbox = Sandbox::new();
    let rule = r#"
        id = "A-1"
        name = "a"
        title = "A ![](x) <b>"
        severity = "low"
        description = "A."
        literal = "secret-"
        pattern = 'secret-[0-9]{4}'
        revoke = "Run `x` at https://example.org/. ![](x) [l](javascript:1) <b> | *"
        examples = [{ path = "a", text = "secret-1234" }]
        remedies.other = "Do."
    "#;
    sandbox
        .file("rules/a.toml", rule)
        .file("a.txt", "secret-5678");
    let text = sandbox
        .hfleaks(&["--rules", "rules", "a.txt", "-f", "github-summary"])
        .stdout;
    let (_, text) = text.split_once("**What to do first**").unwrap();
    assert!(
        text.contains("- Run `x` at https://example.org/. &#33;&#91;"),
        "{text}"
    );
    assert!(
        !text.contains(['[', '!', '*']) && !text.contains("<b>"),
        "{text}"
    );
}

#[test]
fn gitlab_has_a_vulnerability_for_each_finding() {
    let report: Value = serde_json::from_str(&run("gitlab").stdout).unwrap();
    assert_eq!(gitlab_takes(&report), [""; 0]);
    let scan = &report["scan"];
    assert_eq!(scan["type"], "secret_detection");
    assert_eq!(scan["status"], "failure");
    assert_eq!(
        scan["messages"],
        json!([{"level": "warn", "value": "Not scanned: missing.txt: no such file or folder"}])
    );
    for time in [&scan["start_time"], &scan["end_time"]] {
        let time = time.as_str().unwrap();
        assert!(time.len() == 19 && time.as_bytes()[10] == b'T', "{time}");
    }
    let found = report["vulnerabilities"].as_array().unwrap();
    assert_eq!(found.len(), 2);
    let expected = json!({
        "file": "a é/b.py", "start_line": 1, "end_line": 1, "commit": {"sha": "0000000"}
    });
    assert_eq!(found[0]["location"], expected);
    assert_eq!(
        (&found[0]["severity"], &found[1]["severity"]),
        (&json!("High"), &json!("Info"))
    );
    assert_eq!(found[0]["flags"], Value::Null);
    assert_eq!(
        found[1]["flags"][0]["type"],
        "flagged-as-likely-false-positive"
    );
    let identifiers = found[0]["identifiers"].as_array().unwrap();
    assert_eq!(identifiers[0]["value"], "VNX-SEC-027");
    assert_eq!(identifiers[1]["name"], "CWE-798");
    let clean: Value = serde_json::from_str(&clean("gitlab")).unwrap();
    assert_eq!(gitlab_takes(&clean), [""; 0]);
    assert_eq!(clean["scan"]["status"], "success");
    assert_eq!(clean["vulnerabilities"], json!([]));
}

#[test]
fn gitlab_names_the_commit_and_no_two_findings_alike() {
    let sandbox = repository();
    let text = format!("{0} {0}\n{1} {0}", token(1), token(2));
    commit(&sandbox, "a.txt", text, "leak\n\nmore");
    let found = |part: &str| {
        let text = sandbox.hfleaks(&[part, "-f", "gitlab"]).stdout;
        let mut report: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(gitlab_takes(&report), [""; 0]);
        report["vulnerabilities"].take().as_array().unwrap().clone()
    };
    let in_tree = found(".");
    let ids: BTreeSet<_> = in_tree
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!((in_tree.len(), ids.len()), (4, 4));
    let found = found("--history");
    let commit = &found[0]["location"]["commit"];
    assert_eq!(commit["sha"].as_str().unwrap().len(), 40);
    assert_eq!(
        (&commit["author"], &commit["message"]),
        (&json!("A <a@example.org>"), &json!("leak"))
    );
}
