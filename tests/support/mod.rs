//! What the black-box tests share: a scratch folder, the command in a scrubbed
//! environment, and tokens that are made when the test runs.

#![allow(dead_code)]

pub mod random;

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A token of the shape that the provider issues, the same for the same seed.
pub fn token(seed: u64) -> String {
    format!("hf_{}", letters(seed, 34))
}

/// Letters that look random, the same for the same seed.
pub fn letters(seed: u64, count: usize) -> String {
    let alphabet: Vec<char> = ('a'..='z').chain('A'..='Z').collect();
    let mut state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut letter = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        alphabet[usize::try_from(state >> 33).unwrap() % alphabet.len()]
    };
    (0..count).map(|_| letter()).collect()
}

/// A scratch folder that goes when the test ends.
pub struct Sandbox {
    folder: tempfile::TempDir,
}

impl Sandbox {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("home")).unwrap();
        fs::create_dir(folder.path().join("work")).unwrap();
        Self { folder }
    }

    /// The folder that commands run in.
    pub fn path(&self) -> PathBuf {
        fs::canonicalize(self.folder.path().join("work")).unwrap()
    }

    pub fn file(&self, path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
        self
    }

    /// Makes a command that runs here and sees nothing of the machine.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let home = self.folder.path().join("home");
        command
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", &home)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "A")
            .env("GIT_AUTHOR_EMAIL", "a@example.org")
            .env("GIT_COMMITTER_NAME", "A")
            .env("GIT_COMMITTER_EMAIL", "a@example.org");
        command
    }

    pub fn git(&self, arguments: &[&str]) -> &Self {
        let output = self
            .command("git")
            .args(["-c", "init.defaultBranch=main"])
            .args(["-c", "protocol.file.allow=always"])
            .args(arguments)
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "git {arguments:?}: {error}");
        self
    }

    pub fn hfleaks(&self, arguments: &[&str]) -> Run {
        self.hfleaks_with(arguments, b"")
    }

    /// Starts the command, with pipes to all that it reads and writes.
    pub fn spawn<A: AsRef<std::ffi::OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> std::process::Child {
        self.command(env!("CARGO_BIN_EXE_hfleaks"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    pub fn hfleaks_with(&self, arguments: &[&str], stdin: &[u8]) -> Run {
        let mut child = self.spawn(arguments);
        let mut pipe = child.stdin.take().unwrap();
        // The command need not read what it was not asked to scan.
        let _ = pipe.write_all(stdin);
        drop(pipe);
        Run::from(child.wait_with_output().unwrap())
    }

    /// Runs with the format json and reads the report.
    pub fn report(&self, arguments: &[&str]) -> Value {
        let run = self.hfleaks(&[&["-f", "json"], arguments].concat());
        serde_json::from_str(&run.stdout).expect(&run.stderr)
    }

    /// `path:line:column` of the findings.
    pub fn places(&self, arguments: &[&str]) -> Vec<String> {
        places(&self.report(arguments))
    }

    /// The paths of the findings.
    pub fn paths(&self, arguments: &[&str]) -> Vec<String> {
        let report = self.report(arguments);
        let findings = report["findings"].as_array().unwrap().iter();
        findings
            .map(|finding| finding["path"].as_str().unwrap().to_owned())
            .collect()
    }
}

pub fn places(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let place = |finding: &Value| {
        let path = finding["path"].as_str().unwrap();
        format!("{path}:{}:{}", finding["line"], finding["column"])
    };
    findings.map(place).collect()
}

/// A repository with a commit in it.
pub fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q"]);
    commit(&sandbox, "README", "hello\n", "first");
    sandbox
}

/// Writes a file and commits it.
pub fn commit(sandbox: &Sandbox, path: &str, contents: impl AsRef<[u8]>, message: &str) {
    sandbox
        .file(path, contents)
        .git(&["add", path])
        .git(&["commit", "-q", "-m", message]);
}

/// What a run of the command came to.
#[derive(Debug)]
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub status: i32,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            stdout: String::from_utf8(output.stdout).expect("output is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("errors are UTF-8"),
            status: output.status.code().expect("no signal ended it"),
        }
    }
}

/// Whether the program itself has failed, and not what it was asked to do.
pub fn has_failed(run: &Run) -> bool {
    run.stderr.contains("panicked") || run.stderr.contains("hfleaks failed")
}

/// Compares a file of the repository that a test makes with what it makes now, or
/// writes it.
pub fn generated(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&file, text).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == text,
        "{path} is out of date; run `UPDATE_GENERATED=1 cargo test` and commit it"
    );
}
