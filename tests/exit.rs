//! The exit status, and what is told when something goes wrong.

mod support;

use std::fs::File;
use std::process::Stdio;

use support::{Sandbox, token};

#[test]
fn the_status_tells_what_the_scan_came_to() {
    let sandbox = Sandbox::new();
    sandbox
        .file("clean.txt", "nothing")
        .file("leak.txt", token(1));
    for (arguments, status) in [
        (&["clean.txt"][..], 0),
        (&["leak.txt"], 1),
        (&["leak.txt", "clean.txt"], 1),
        (&["missing.txt"], 2),
        (&["clean.txt", "missing.txt"], 2),
        (&["leak.txt", "missing.txt"], 1),
        (&["--exit-zero", "leak.txt"], 0),
        (&["--exit-zero", "clean.txt", "missing.txt"], 2),
        (&["--exit-zero", "leak.txt", "missing.txt"], 2),
        (&["--no-such-flag"], 2),
        (&["--help"], 0),
        (&["--version"], 0),
    ] {
        for format in ["text", "json", "jsonl", "sarif", "github"] {
            let run = sandbox.hfleaks(&[&["-f", format], arguments].concat());
            assert_eq!(run.status, status, "{format} {arguments:?}");
            if status == 2 {
                assert!(run.stderr.contains("error"), "{format} {arguments:?}");
                assert!(
                    !run.stdout.contains("No findings"),
                    "{format} {arguments:?}"
                );
            }
        }
    }
}

#[test]
fn standard_input_is_scanned() {
    let sandbox = Sandbox::new();
    sandbox.file("leak.txt", token(1));
    let secret = token(2);
    let run = sandbox.hfleaks_with(&["-f", "json", "-", "leak.txt"], secret.as_bytes());
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(support::places(&report), ["<stdin>:1:1", "leak.txt:1:1"]);
    assert_eq!(report["findings"][0]["origin"], "stdin");
    let named = ["-f", "json", "--stdin-filename", "a.py", "-"];
    let run = sandbox.hfleaks_with(&named, secret.as_bytes());
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(support::places(&report), ["a.py:1:1"]);
    assert_eq!(report["findings"][0]["context"], "python");
    assert_eq!(sandbox.hfleaks_with(&["-"], b"nothing").status, 0);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let sandbox = Sandbox::new();
    sandbox.file("leaks.txt", format!("{}\n", token(1)).repeat(20_000));
    for format in ["text", "json", "jsonl"] {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
        command
            .args(["-f", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{format}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use super::*;

    #[test]
    fn a_full_disk_is_a_failure() {
        let sandbox = Sandbox::new();
        sandbox.file("leak.txt", token(1));
        for format in ["text", "json", "jsonl"] {
            let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
            let full = File::options().write(true).open("/dev/full").unwrap();
            let output = command.args(["-f", format]).stdout(full).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{format}");
            let error = String::from_utf8(output.stderr).unwrap();
            assert!(
                error.contains("cannot write to standard output: "),
                "{format}: {error}"
            );
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_told() {
        // The memory of a process is a regular file that gives an error at its
        // start, to every user.
        let sandbox = Sandbox::new();
        let run = sandbox.hfleaks(&["/proc/self/mem"]);
        assert_eq!(run.status, 2);
        assert!(
            run.stderr
                .starts_with("error: /proc/self/mem: cannot read on at byte 0: "),
            "{}",
            run.stderr
        );
        assert!(
            run.stdout.starts_with("The scan is incomplete"),
            "{}",
            run.stdout
        );
    }

    #[test]
    fn what_may_not_be_opened_is_told() {
        use std::fs;
        use std::os::unix::fs::PermissionsExt;
        let sandbox = Sandbox::new();
        sandbox
            .file("closed.txt", token(1))
            .file("folder/a.txt", token(2));
        for path in ["closed.txt", "folder"] {
            let path = sandbox.path().join(path);
            fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
        }
        let run = sandbox.hfleaks(&[]);
        fs::set_permissions(
            sandbox.path().join("folder"),
            fs::Permissions::from_mode(0o700),
        )
        .unwrap();
        let is_above_permissions = fs::read(sandbox.path().join("closed.txt")).is_ok();
        if is_above_permissions {
            // The superuser may open anything.
            assert_eq!(run.status, 1);
        } else {
            assert_eq!(run.status, 2);
            assert_eq!(
                run.stderr,
                "error: closed.txt: permission denied\nerror: folder: permission denied\n"
            );
        }
    }
}
