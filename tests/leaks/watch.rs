//! Runs the command and reads all that came of it: what it wrote to its outputs, and
//! every file that was not there before.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::SystemTime;

use regex::{Captures, Regex};

use crate::secret::Written;
use crate::support::Sandbox;

/// Everything that must not be read.
#[derive(Debug, Default)]
pub struct Guard {
    needles: Vec<String>,
}

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    pub status: i32,
    pub stderr: String,
}

impl Guard {
    pub fn of<'w>(secrets: impl IntoIterator<Item = &'w Written>) -> Self {
        let needles = secrets.into_iter().flat_map(|it| it.needles());
        Self {
            needles: needles.collect(),
        }
    }

    /// The secret that a text gives away, if it does.
    pub fn leak(&self, text: &[u8]) -> Option<&str> {
        let words = words(&String::from_utf8_lossy(text));
        let found = self.needles.iter().find(|it| words.contains(*it));
        found.map(String::as_str)
    }

    /// Runs the command, and panics if it gives a secret away.
    pub fn run(&self, sandbox: &Sandbox, command: &mut Command, stdin: &[u8]) -> Outcome {
        let folder = sandbox.path().parent().unwrap().to_owned();
        let before = files(&folder);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The command need not read what it was not asked to scan.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        let output = child.wait_with_output().unwrap();
        let status = output.status.code().expect("no signal ended it");
        let told = |place: &str, text: &[u8]| {
            if let Some(leak) = self.leak(text) {
                let text = String::from_utf8_lossy(text);
                let lines = text
                    .lines()
                    .filter(|line| line.contains(leak) || unescaped(line).contains(leak));
                let lines: Vec<_> = lines.take(3).collect();
                let arguments: Vec<_> = command.get_args().collect();
                panic!("{place} of {arguments:?} holds {leak}: {lines:#?}");
            }
        };
        told("standard output", &output.stdout);
        told("standard error", &output.stderr);
        for (path, state) in files(&folder) {
            if before.get(&path) != Some(&state) {
                told(&path.display().to_string(), &fs::read(&path).unwrap());
            }
        }
        Outcome {
            status,
            stderr: String::from_utf8(output.stderr).expect("errors are UTF-8"),
        }
    }
}

/// Every file of a folder, with what changes when it is written.
fn files(folder: &Path) -> BTreeMap<PathBuf, (SystemTime, u64)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let state = entry.metadata().unwrap();
        if state.is_dir() {
            found.extend(files(&entry.path()));
        } else if state.is_file() {
            found.insert(entry.path(), (state.modified().unwrap(), state.len()));
        }
    }
    found
}

/// The different words of a text, as they are and as somebody reads them who knows how
/// characters are escaped. Most words of a report are there many times, and parts of
/// secrets are looked for in each of them once.
fn words(text: &str) -> String {
    const MARKS: [&str; 6] = ["\\u", "\\x", "%", "&#", "&amp;#", "\x1b"];
    let is_apart = |it: char| !(it.is_ascii_alphanumeric() || "+/=_-.".contains(it));
    let mut words: BTreeSet<&str> = text.split(is_apart).filter(|it| it.len() >= 8).collect();
    let lines = text
        .lines()
        .filter(|line| line.contains('\0') || MARKS.iter().any(|mark| line.contains(mark)));
    let readable: Vec<String> = lines.map(unescaped).collect();
    words.extend(readable.iter().map(String::as_str));
    words.into_iter().collect::<Vec<_>>().join("\n")
}

/// What somebody reads who knows how characters are escaped.
fn unescaped(text: &str) -> String {
    static ESCAPES: LazyLock<Regex> = LazyLock::new(|| {
        let forms = [
            r"\x1b\[[0-9;]*m",
            r"\\+x1b\[[0-9;]*m",
            r"\\+u001[bB]\[[0-9;]*m",
            r"\\+u\{?00(?<u>[0-9a-fA-F]{2})\}?",
            r"\\+x(?<x>[0-9a-fA-F]{2})",
            r"(?:%25|%)(?<p>[0-9a-fA-F]{2})",
            r"(?:&amp;|&)#(?<d>[0-9]{2,3});",
            "\0",
        ];
        Regex::new(&forms.join("|")).unwrap()
    });
    let character = |found: &Captures<'_>| {
        let value = |name: &str, base| {
            let digits = found.name(name)?.as_str();
            u8::from_str_radix(digits, base).ok()
        };
        let byte = value("u", 16).or_else(|| value("x", 16));
        let byte = byte.or_else(|| value("p", 16)).or_else(|| value("d", 10));
        match byte {
            Some(byte) if byte.is_ascii_graphic() => char::from(byte).to_string(),
            _ => String::new(),
        }
    };
    ESCAPES.replace_all(text, character).into_owned()
}
