//! What the system refuses a scan: memory, threads, open files, space, a home, streams;
//! and the signals that end it. Nothing hangs, nothing panics, and nothing is called clean
//! that was not scanned. `docs/limits.md` states what comes of each.

#![cfg(target_os = "linux")]

mod support;

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use support::{Run, Sandbox, has_failed, repository, token};

const HFLEAKS: &str = env!("CARGO_BIN_EXE_hfleaks");

/// Runs the command by a shell, which has done something before: `"$@"` is the command.
fn by_shell(sandbox: &Sandbox, script: &str, arguments: &[&str]) -> Run {
    let mut command = sandbox.command("sh");
    command.args(["-c", script, "sh", HFLEAKS]).args(arguments);
    Run::from(command.output().unwrap())
}

fn spawn(sandbox: &Sandbox, arguments: &[&str]) -> Child {
    let mut command = sandbox.command(HFLEAKS);
    command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn send(signal: &str, child: &Child) {
    let id = child.id().to_string();
    let mut kill = Command::new("kill");
    assert!(kill.args([signal, &id]).status().unwrap().success());
}

/// Makes a file that takes longer to read than any test waits, where there are such.
fn endless(sandbox: &Sandbox) {
    let file = File::create(sandbox.path().join("zeros")).unwrap();
    file.set_len(100 << 30).unwrap();
}

#[test]
fn few_open_files_are_enough() {
    let sandbox = repository();
    let deep: String = (0..100).map(|_| "d/").collect();
    sandbox.file(format!("{deep}leak.txt"), token(1));
    for name in 0..300 {
        sandbox.file(format!("{}/{name}.txt", name % 30), "nothing");
    }
    let run = by_shell(&sandbox, "ulimit -n 64; \"$@\"", &["-q"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""), "{run:?}");
    // Fewer may not be, and then it is told.
    let run = by_shell(&sandbox, "ulimit -n 8; \"$@\"", &["-q"]);
    assert!(!has_failed(&run), "{run:?}");
    assert!(
        run.status == 1 || run.status == 2 && !run.stderr.is_empty(),
        "{run:?}"
    );
}

#[test]
fn little_memory_is_enough_and_too_little_is_told() {
    let sandbox = Sandbox::new();
    sandbox.file("leak.txt", token(1));
    // What looks like a zip within a stream is kept in memory.
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(b"PK\x03\x04").unwrap();
    packed.write_all(&vec![0; 20 << 20]).unwrap();
    sandbox.file("kept.gz", packed.finish().unwrap());
    let run = by_shell(&sandbox, "ulimit -v 300000; \"$@\"", &["-q", "leak.txt"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""), "{run:?}");
    let run = by_shell(&sandbox, "ulimit -v 70000; \"$@\"", &["-q"]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(run.stderr.contains("kept.gz!kept: "), "{run:?}");
    assert!(run.stderr.contains(": out of memory"), "{run:?}");
}

#[test]
fn threads_are_not_needed() {
    let sandbox = repository();
    sandbox.file("leak.txt", token(1));
    for name in 0..40 {
        sandbox.file(format!("{}/{name}.txt", name % 7), token(2));
    }
    let files: Vec<String> = (0..40)
        .map(|name| format!("{}/{name}.txt", name % 7))
        .collect();
    let named: Vec<&str> = files.iter().map(String::as_str).collect();
    sandbox.git(&["add", "."]);
    // The superuser has all threads, so it becomes somebody who has none.
    let everybody = Permissions::from_mode(0o755);
    fs::set_permissions(sandbox.path().parent().unwrap(), everybody).unwrap();
    let program = sandbox.path().join("hfleaks");
    fs::copy(HFLEAKS, &program).unwrap();
    for threads in ["1", "2", "3"] {
        for (arguments, findings) in [
            (&["-q", "--exclude", "hfleaks"][..], 41),
            (&named, 40),
            (&["--staged"], 41),
            (&["--history"], 2),
        ] {
            let mut command = sandbox.command("prlimit");
            command.arg(format!("--nproc={threads}"));
            if fs::metadata("/proc/self").unwrap().uid() == 0 {
                let somebody = [
                    "setpriv",
                    "--reuid=64321",
                    "--regid=64321",
                    "--clear-groups",
                ];
                command.args(somebody);
            }
            command.env("GIT_CONFIG_COUNT", "1");
            let ours = [
                ("GIT_CONFIG_KEY_0", "safe.directory"),
                ("GIT_CONFIG_VALUE_0", "*"),
            ];
            command.envs(ours);
            command
                .arg(&program)
                .args(["-j", "4", "-f", "json"])
                .args(arguments);
            let run = Run::from(command.output().unwrap());
            assert_eq!(run.stderr, "", "{threads} {arguments:?}");
            let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
            assert_eq!(
                report["summary"]["findings"], findings,
                "{threads} {arguments:?}"
            );
        }
    }
}

#[test]
fn a_home_is_not_needed() {
    let sandbox = repository();
    sandbox.file("leak.txt", token(1));
    for home in [None, Some(""), Some("/nonexistent"), Some("/proc")] {
        for arguments in [&["-q"][..], &["--history", "-q"], &["--staged", "-q"]] {
            let mut command = sandbox.command(HFLEAKS);
            command.env_remove("HOME").env_remove("XDG_CONFIG_HOME");
            if let Some(home) = home {
                command.env("HOME", home).env("XDG_CONFIG_HOME", home);
            }
            let run = Run::from(command.args(arguments).output().unwrap());
            let expected = i32::from(arguments.len() == 1);
            assert_eq!(
                (run.status, run.stderr.as_str()),
                (expected, ""),
                "{home:?} {arguments:?}"
            );
        }
    }
}

#[test]
fn a_disk_that_is_full_leaves_the_old_report() {
    let sandbox = Sandbox::new();
    sandbox
        .file("leak.txt", token(1))
        .file("report.json", "the old one");
    // A limit on the size of files is what a full disk is to a program.
    let run = by_shell(
        &sandbox,
        "trap '' XFSZ; ulimit -f 1; \"$@\"",
        &[
            "-f",
            "json=report.json",
            "-f",
            "sarif=new.sarif",
            "leak.txt",
        ],
    );
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.stderr.contains("cannot write "), "{run:?}");
    let old = fs::read_to_string(sandbox.path().join("report.json")).unwrap();
    assert_eq!(old, "the old one");
    assert_eq!(names(&sandbox), ["leak.txt", "report.json"]);
}

#[test]
fn a_report_whose_folder_vanishes_is_told() {
    let sandbox = Sandbox::new();
    sandbox.file("a.txt", token(1)).file("out/keep", "");
    endless(&sandbox);
    let reports = ["-f", "jsonl=out/a.jsonl", "-f", "json=out/b.json"];
    let arguments = [&reports[..], &["--max-seconds", "1", "a.txt", "zeros"]].concat();
    let child = spawn(&sandbox, &arguments);
    thread::sleep(Duration::from_millis(500));
    fs::remove_dir_all(sandbox.path().join("out")).unwrap();
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.status, 2, "{run:?}");
    assert!(
        run.stderr
            .contains("cannot write out/a.jsonl: no such folder"),
        "{run:?}"
    );
    assert!(!has_failed(&run), "{run:?}");
}

#[test]
fn streams_may_be_closed() {
    let sandbox = Sandbox::new();
    sandbox.file("leak.txt", token(1)).file("clean.txt", "");
    for (script, file, status) in [
        ("\"$@\" >&-", "leak.txt", 1),
        ("\"$@\" >&-", "clean.txt", 0),
        ("\"$@\" >&-", "missing.txt", 2),
        ("\"$@\" 2>&-", "leak.txt", 1),
        ("\"$@\" 2>&-", "missing.txt", 2),
        ("\"$@\" <&- >&- 2>&-", "leak.txt", 1),
        // There is nothing in it, as in `/dev/null`.
        ("\"$@\" <&-", "-", 0),
        ("\"$@\" 0>written.txt", "-", 2),
    ] {
        for format in ["text", "jsonl"] {
            let run = by_shell(&sandbox, script, &["-f", format, file]);
            assert_eq!(run.status, status, "{script} {file} {run:?}");
            assert!(!has_failed(&run), "{script} {file} {run:?}");
        }
    }
}

#[test]
fn signals_end_a_scan_with_what_was_found() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let sandbox = Sandbox::new();
        sandbox.file("a.txt", token(1));
        endless(&sandbox);
        let child = spawn(&sandbox, &["-f", "jsonl=out.jsonl", "-f", "text"]);
        thread::sleep(Duration::from_millis(500));
        send(signal, &child);
        let sent = Instant::now();
        let run = Run::from(child.wait_with_output().unwrap());
        assert!(sent.elapsed() < Duration::from_secs(5), "{signal}");
        assert_eq!(run.status, 1, "{signal} {run:?}");
        assert!(run.stderr.contains("the scan was stopped"), "{run:?}");
        assert!(run.stdout.contains("The scan is incomplete"), "{run:?}");
        // No half of a file is left, and none that nobody asked for.
        assert_eq!(names(&sandbox), ["a.txt", "out.jsonl", "zeros"], "{signal}");
    }
}

#[test]
fn a_scan_of_nothing_that_is_stopped_is_not_clean() {
    let sandbox = Sandbox::new();
    endless(&sandbox);
    let child = spawn(&sandbox, &[]);
    thread::sleep(Duration::from_millis(500));
    send("-INT", &child);
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.status, 2, "{run:?}");
}

#[test]
fn standard_input_that_never_ends_is_ended_by_a_signal() {
    use std::os::unix::process::ExitStatusExt;
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(HFLEAKS);
    let mut child = command.arg("-").stdin(Stdio::piped()).spawn().unwrap();
    thread::sleep(Duration::from_millis(300));
    // A shell has its background jobs ignore Ctrl-C, these tests among them.
    send("-TERM", &child);
    assert_eq!(child.wait().unwrap().signal(), Some(15));
}

fn names(sandbox: &Sandbox) -> Vec<String> {
    let entries = fs::read_dir(sandbox.path()).unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    let mut names: Vec<_> = entries
        .map(|entry| name(entry).into_string().unwrap())
        .collect();
    names.sort();
    names
}
