//! What a person sees: runs of the command over `fixtures/`, word for word.
//!
//! Each file of `tests/cli/` is a run: arguments, standard input, exit status
//! and outputs. Times are written as `[TIME]`. `UPDATE_GENERATED=1 cargo test`
//! writes the outputs anew; read the difference before you commit it.

mod support;

use std::fs;
use std::path::Path;

use regex::Regex;
use serde::{Deserialize, Serialize};
use support::Sandbox;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    args: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    stdin: String,
    status: i32,
    stdout: String,
    stderr: String,
}

#[test]
fn runs_are_as_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut cases = 0;
    for entry in fs::read_dir(root.join("tests/cli")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let case: Case = toml::from_str(&text).unwrap();
        let sandbox = Sandbox::new();
        copy(&root.join("fixtures"), &sandbox.path());
        let arguments: Vec<&str> = case.args.iter().map(String::as_str).collect();
        let run = sandbox.hfleaks_with(&arguments, case.stdin.as_bytes());
        let now = Case {
            status: run.status,
            stdout: timeless(&run.stdout),
            stderr: timeless(&run.stderr),
            ..case
        };
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            fs::write(&path, toml::to_string_pretty(&now).unwrap()).unwrap();
        } else {
            let written: Case = toml::from_str(&text).unwrap();
            assert_eq!(now.stdout, written.stdout, "{}", path.display());
            assert_eq!(now, written, "{}", path.display());
        }
        cases += 1;
    }
    assert!(cases > 0);
}

/// A text with the time of a scan replaced.
fn timeless(text: &str) -> String {
    let time = Regex::new(r"\bin (\d+ ms|\d+\.\d\d s)\.").unwrap();
    time.replace_all(text, "in [TIME].").into_owned()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
