//! What each format says.

mod support;

use serde_json::{Value, json};
use support::{Sandbox, letters, token};

/// A tree with a finding of every confidence, one that is suppressed, something
/// skipped, and something that cannot be scanned.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .file("src/a b#%.py", format!("é😀 = '{}'\n", token(1)))
        .file("b.txt", format!("hf_{}7\n\n{}", letters(2, 33), "x"))
        .file(
            "c.txt",
            format!(
                "hf_{} # hfleaks:allow\nhf_{}",
                "x".repeat(34),
                "y".repeat(34)
            ),
        )
        .file("d.lock", "");
    sandbox
}

const PATHS: [&str; 2] = [".", "missing.txt"];

fn run(sandbox: &Sandbox, format: &str) -> support::Run {
    let run = sandbox.hfleaks(&[&["-f", format], &PATHS[..]].concat());
    assert_eq!(run.status, 1);
    assert_eq!(run.stderr, "error: missing.txt: no such file or folder\n");
    run
}

fn validator() -> jsonschema::Validator {
    let schema = include_str!("../docs/report.schema.json");
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

#[test]
fn json_is_what_its_schema_says() {
    let sandbox = sandbox();
    let report: Value = serde_json::from_str(&run(&sandbox, "json").stdout).unwrap();
    let errors: Vec<_> = validator()
        .iter_errors(&report)
        .map(|e| e.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(
        (&report["version"], &report["complete"]),
        (&json!(1), &json!(false))
    );
    assert_eq!(
        support::places(&report),
        ["b.txt:1:1", "c.txt:2:1", "src/a b#%.py:1:11"]
    );
    assert_eq!(report["skipped"], json!({"lock": 1}));
    assert_eq!(
        report["unscanned"],
        json!([{"path": "missing.txt", "reason": "no such file or folder"}])
    );
    assert_eq!(
        report["suppressed"][0]["suppression"]["marker"],
        "hfleaks:allow"
    );
    let finding = &report["findings"][2];
    assert_eq!(finding["rule"], "VNX-SEC-027");
    assert_eq!(finding["severity"], "high");
    assert_eq!(finding["confidence"], "high");
    assert_eq!(finding["context"], "python");
    assert_eq!(
        (&finding["offset"], &finding["length"]),
        (&json!(10), &json!(37))
    );
    assert_eq!(finding["secret"], format!("hf_…{}", &token(1)[33..]));
    assert_eq!(finding["fingerprint"].as_str().unwrap().len(), 64);
    assert!(
        finding["remedies"][1]
            .as_str()
            .unwrap()
            .contains("os.environ")
    );
    assert_eq!(report["summary"]["files"], 3);
    let verbose = sandbox.report(&["-v"]);
    assert!(validator().is_valid(&verbose));
    assert_eq!(
        verbose["skipped_paths"],
        json!([{"path": "d.lock", "reason": "lock"}])
    );
    assert!(validator().is_valid(&sandbox.report(&["--no-ignore", "d.lock"])));
}

#[test]
fn the_schema_refuses_what_is_not_a_report() {
    let mut report = sandbox().report(&[]);
    report["findings"][0]["line"] = json!("1");
    assert!(!validator().is_valid(&report));
}

#[test]
fn jsonl_is_a_finding_a_line() {
    let sandbox = sandbox();
    let run = run(&sandbox, "jsonl");
    let mut lines: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    lines.sort_by_key(|finding| finding["path"].as_str().unwrap().to_owned());
    assert_eq!(Value::from(lines), sandbox.report(&[])["findings"]);
}

#[test]
fn sarif_is_for_code_scanning() {
    let sandbox = sandbox();
    sandbox.git(&["init", "-q"]);
    let log: Value = serde_json::from_str(&run(&sandbox, "sarif").stdout).unwrap();
    let run = &log["runs"][0];
    assert_eq!(
        (&log["version"], &run["columnKind"]),
        (&json!("2.1.0"), &json!("utf16CodeUnits"))
    );
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let index = usize::try_from(run["results"][0]["ruleIndex"].as_u64().unwrap()).unwrap();
    let rule = &rules[index];
    assert_eq!(rule["name"], "HardcodedHuggingfaceToken");
    assert_eq!(rule["properties"]["security-severity"], "8.0");
    assert!(
        rule["help"]["markdown"]
            .as_str()
            .unwrap()
            .contains("What to do")
    );
    for text in ["shortDescription", "fullDescription", "help"] {
        assert!(!rule[text]["text"].as_str().unwrap().is_empty(), "{text}");
    }
    let results = run["results"].as_array().unwrap();
    // The surest first; what is suppressed is not there.
    let levels: Vec<_> = results.iter().map(|result| &result["level"]).collect();
    assert_eq!(levels, ["error", "error", "note"]);
    let first = &results[0];
    let place = &first["locations"][0]["physicalLocation"];
    assert_eq!(
        place["artifactLocation"],
        json!({"uri": "src/a%20b%23%25.py", "uriBaseId": "%SRCROOT%"})
    );
    assert_eq!(
        place["region"],
        json!({"startLine": 1, "startColumn": 8, "endLine": 1, "endColumn": 45})
    );
    let hash = first["partialFingerprints"]["primaryLocationLineHash"]
        .as_str()
        .unwrap();
    assert!(hash.ends_with(":1"), "{hash}");
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let told = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(told, "Not scanned: missing.txt: no such file or folder.");
    let root = run["originalUriBaseIds"]["%SRCROOT%"]["uri"]
        .as_str()
        .unwrap();
    assert!(
        root.starts_with("file:///") && root.ends_with("/work/"),
        "{root}"
    );
}

#[test]
fn sarif_names_files_from_the_repository_wherever_it_runs() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q"]).file("a/b/c.txt", token(1));
    let uri = |arguments: &[&str], folder: &str| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
        command.args(["-f", "sarif"]).args(arguments);
        command.current_dir(sandbox.path().join(folder));
        let output = command.output().unwrap();
        let log: Value = serde_json::from_slice(&output.stdout).unwrap();
        let result = log["runs"][0]["results"][0].clone();
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        (place.clone(), result["partialFingerprints"].clone())
    };
    let expected = uri(&[], "");
    assert_eq!(expected.0, "a/b/c.txt");
    let absolute = sandbox.path().join("a");
    for (arguments, folder) in [
        (&["b"][..], "a"),
        (&["../b/c.txt"], "a/b"),
        (&[absolute.to_str().unwrap()], ""),
    ] {
        assert_eq!(uri(arguments, folder), expected, "{arguments:?}");
    }
}

#[test]
fn a_clean_sarif_has_results_all_the_same() {
    let sandbox = Sandbox::new();
    sandbox.file("a.txt", "nothing");
    let run = sandbox.hfleaks(&["-f", "sarif"]);
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&log["runs"][0]["results"], run.status), (&json!([]), 0));
    assert_eq!(
        log["runs"][0]["invocations"][0]["executionSuccessful"],
        true
    );
}

#[test]
fn github_annotations_are_escaped_and_counted() {
    let sandbox = Sandbox::new();
    let mut text = String::new();
    for seed in 0..15 {
        text.push_str(&format!("{}\n", token(seed)));
    }
    sandbox
        .file("a,b%.txt", text)
        .file("z.txt", format!("hf_{}", "z".repeat(34)));
    let run = sandbox.hfleaks(&["-f", "github"]);
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 12, "{lines:?}");
    assert!(
        lines[0]
            .starts_with("::error file=a%2Cb%25.txt,line=1,endLine=1,col=1,endColumn=38,title="),
        "{}",
        lines[0]
    );
    assert!(
        lines[10].starts_with("::notice file=z.txt,line=1,"),
        "{}",
        lines[10]
    );
    assert!(
        lines[11].starts_with("hfleaks: 5 more not shown here"),
        "{}",
        lines[11]
    );
}

#[test]
fn files_appear_whole_and_formats_do_not_mix() {
    let sandbox = sandbox();
    let run = sandbox.hfleaks(&["-f", "json=r.json", "-f", "sarif=r.sarif", "-f", "text"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.contains(
            "3 findings of 3 tokens in 3 files, 1 of high, 1 of medium, 1 of low confidence."
        ),
        "{}",
        run.stdout
    );
    for name in ["r.json", "r.sarif"] {
        let text = std::fs::read_to_string(sandbox.path().join(name)).unwrap();
        serde_json::from_str::<Value>(&text).unwrap();
    }
    assert!(serde_json::from_str::<Value>(&sandbox.hfleaks(&["-f", "json=-"]).stdout).is_ok());
    // Nothing is left behind, and a second run overwrites.
    let names = std::fs::read_dir(sandbox.path()).unwrap().count();
    let again = sandbox.hfleaks(&["-f", "json=r.json", "src"]);
    assert_eq!(again.stdout, "");
    assert!(
        again.stderr.starts_with("1 finding of 1 token in 1 file"),
        "{}",
        again.stderr
    );
    assert_eq!(std::fs::read_dir(sandbox.path()).unwrap().count(), names);
    let quiet = sandbox.hfleaks(&["-q", "-f", "json=r.json", "src"]);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    for (arguments, message) in [
        (
            &["-f", "json", "-f", "text"][..],
            "two formats go to standard output",
        ),
        (&["-f", "json=a", "-f", "sarif=a"], "two formats go to a"),
        (&["-f", "jsn"], "did you mean `json`?"),
        (&["-f", "json="], "no file after `=`"),
        (
            &["-f", "json=no/such/folder/a"],
            "cannot write no/such/folder/a: no such folder\n",
        ),
        (
            &["-f", "jsonl=no/such/folder/a"],
            "cannot write no/such/folder/a: ",
        ),
        (&["-f", "json=src"], "cannot write src: "),
    ] {
        let run = sandbox.hfleaks(arguments);
        assert_eq!(run.status, 2, "{arguments:?}");
        assert!(
            run.stderr.contains(message),
            "{arguments:?}: {}",
            run.stderr
        );
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_report_stays_a_link_and_a_device_a_device() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let sandbox = sandbox();
    let here = sandbox.path();
    sandbox.file("out/real.json", "old");
    symlink("out/real.json", here.join("link.json")).unwrap();
    assert_eq!(sandbox.hfleaks(&["-f", "json=link.json", "src"]).status, 1);
    assert!(here.join("link.json").is_symlink());
    assert!(
        std::fs::read_to_string(here.join("out/real.json"))
            .unwrap()
            .starts_with('{')
    );
    let mode = std::fs::metadata(here.join("out/real.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_ne!(mode & 0o044, 0, "others may read a report without secrets");
    assert_eq!(sandbox.hfleaks(&["-f", "json=/dev/null", "src"]).status, 1);
    assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn the_order_does_not_depend_on_threads() {
    let sandbox = Sandbox::new();
    for file in 0..200_u64 {
        let text = format!("{} {}\n", token(file), token(file + 1000));
        sandbox.file(format!("{}/{file}.txt", file % 7), text);
    }
    let one = sandbox.hfleaks(&["-f", "json", "-j", "1"]).stdout;
    for jobs in ["2", "8"] {
        assert!(
            sandbox.hfleaks(&["-f", "json", "-j", jobs]).stdout == one,
            "{jobs}"
        );
    }
}

#[test]
fn colours_are_where_they_are_wanted() {
    let sandbox = sandbox();
    let is_colored = |arguments: &[&str], variable: Option<&str>| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
        command.args(arguments);
        if let Some(variable) = variable {
            command.env(variable, "1");
        }
        let output = command.output().unwrap();
        String::from_utf8(output.stdout).unwrap().contains('\u{1b}')
    };
    assert!(!is_colored(&[], None));
    assert!(is_colored(&["--color", "always"], None));
    assert!(is_colored(&[], Some("CLICOLOR_FORCE")));
    assert!(!is_colored(&["--color", "never"], Some("CLICOLOR_FORCE")));
    assert!(!is_colored(&[], Some("NO_COLOR")));
    let colored_file = ["--color", "always", "-f", "text=out.txt"];
    assert!(!is_colored(&colored_file, None));
    let text = std::fs::read_to_string(sandbox.path().join("out.txt")).unwrap();
    assert!(!text.contains('\u{1b}'));
}
