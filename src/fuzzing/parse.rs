//! Parsing: the files that a person or the program wrote for a scan.

use std::fs;
use std::path::Path;

use super::Kind;
use crate::baseline::Baseline;
use crate::config::{Config, ConfigChoice, Request};
use crate::input::Input;
use crate::rule::Rule;

pub(super) const KIND: Kind = Kind {
    name: "parse",
    subjects: || vec!["baseline", "config", "pyproject", "rule"],
    run,
};

fn run(subject: &str, bytes: &[u8]) {
    match subject {
        "rule" => {
            if let Ok(text) = str::from_utf8(bytes) {
                let parsed = Rule::parse(Path::new("rule.toml"), text);
                let _ = parsed.map_err(|error| error.to_string());
            }
        }
        "config" => config("hfleaks.toml", bytes),
        "pyproject" => config("pyproject.toml", bytes),
        _ => baseline(bytes),
    }
}

fn config(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("there is room for a small file");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("there is room for a small file");
    let resolved = Config::resolve(Request {
        inputs: vec![Input::Path(folder.path().to_path_buf())],
        config: ConfigChoice::File(path),
        ..Request::default()
    });
    let _ = resolved.map_err(|error| error.to_string());
}

fn baseline(bytes: &[u8]) {
    let file = tempfile::NamedTempFile::new().expect("there is room for a small file");
    fs::write(file.path(), bytes).expect("there is room for a small file");
    let Ok(baseline) = Baseline::read(file.path()) else {
        return;
    };
    fs::write(file.path(), baseline.to_text()).expect("there is room for a small file");
    let again = Baseline::read(file.path()).expect("what is written can be read");
    assert!(baseline.entries().eq(again.entries()));
}
