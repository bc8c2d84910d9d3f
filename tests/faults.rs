//! What the world does to files while they are scanned: they come, go, grow, never end
//! and become others. Nothing hangs, nothing panics, and nothing is called clean that was
//! not scanned. `docs/limits.md` states what comes of each.

#![cfg(target_os = "linux")]

mod support;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, mkdirat, openat, renameat, unlinkat};
use support::{Run, Sandbox, has_failed, repository, token};

/// Does something again and again beside a scan, and gives the scan back.
fn beside(sandbox: &Sandbox, arguments: &[&str], work: impl Fn(usize) + Sync) -> Run {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for turn in 0.. {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                work(turn);
            }
        });
        let run = sandbox.hfleaks(arguments);
        is_over.store(true, Ordering::Relaxed);
        run
    })
}

#[test]
fn files_that_come_and_go_are_scanned_or_told() {
    let sandbox = Sandbox::new();
    sandbox.file("stays.txt", token(1));
    for name in 0..200 {
        sandbox.file(format!("folder/{name}.txt"), "nothing");
    }
    for _ in 0..10 {
        let folder = sandbox.path().join("folder");
        let run = beside(&sandbox, &["-f", "json"], |turn| {
            let path = folder.join(format!("{}.txt", turn % 200));
            if turn / 200 % 2 == 0 {
                let _ = fs::remove_file(path);
            } else {
                let _ = fs::write(path, "nothing");
            }
        });
        assert_eq!(run.status, 1, "{run:?}");
        assert!(!has_failed(&run), "{run:?}");
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(support::places(&report), ["stays.txt:1:1"]);
        // What was listed and is gone was not scanned.
        let missed = report["unscanned"].as_array().unwrap();
        assert_eq!(report["complete"], missed.is_empty());
        for missed in missed {
            let reason = missed["reason"].as_str().unwrap();
            assert!(reason == "vanished during the scan", "{reason}");
        }
    }
}

#[test]
fn a_folder_that_becomes_a_link_leads_nowhere_else() {
    let sandbox = Sandbox::new();
    let elsewhere = Sandbox::new();
    elsewhere.file("a.txt", token(7)).file("b.txt", token(8));
    for name in 0..50 {
        sandbox.file(format!("tree/{name}/a.txt"), "nothing");
    }
    let tree = sandbox.path().join("tree");
    let target = elsewhere.path();
    // Until the scan has come by one, or the test would not see what it is for.
    let mut links = 0;
    let started = Instant::now();
    while links == 0 || started.elapsed() < Duration::from_secs(2) {
        let run = beside(&sandbox, &["tree", "-f", "json"], |turn| {
            let folder = tree.join((turn % 50).to_string());
            let aside = sandbox.path().join("aside");
            if fs::rename(&folder, &aside).is_ok() {
                symlink(&target, &folder).unwrap();
                thread::yield_now();
                fs::remove_file(&folder).unwrap();
                fs::rename(&aside, &folder).unwrap();
            }
        });
        assert!(
            started.elapsed() < Duration::from_mins(1),
            "no link was seen"
        );
        assert!(!has_failed(&run), "{run:?}");
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(support::places(&report), [""; 0]);
        links += run.stderr.matches("a link took its place").count();
    }
}

#[test]
fn links_that_the_user_means_are_followed_beside_others() {
    let sandbox = Sandbox::new();
    let elsewhere = Sandbox::new();
    elsewhere.file("sub/deep/a.txt", token(7));
    sandbox.file("b.txt", token(1));
    symlink(elsewhere.path(), sandbox.path().join("link")).unwrap();
    for paths in [
        &["link/sub"][..],
        &["link/sub/deep"],
        &["link/sub/deep/a.txt"],
        &["link/sub/../sub"],
    ] {
        assert_eq!(sandbox.paths(paths).len(), 1, "{paths:?}");
        let with_others = [&["."], paths].concat();
        assert_eq!(sandbox.paths(&with_others).len(), 2, "{paths:?}");
    }
    // And where the current folder was reached through one.
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
    let here = sandbox.path().join("link/sub");
    let run = Run::from(command.current_dir(here).output().unwrap());
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
}

#[test]
fn a_file_that_grows_while_it_is_read_has_an_end() {
    let sandbox = Sandbox::new();
    sandbox.file("log.txt", vec![b'x'; 1 << 20]);
    let path = sandbox.path().join("log.txt");
    let started = Instant::now();
    let run = beside(&sandbox, &["--max-seconds", "2", "log.txt"], |turn| {
        // It stays below 4 GB, wherever this runs.
        if turn < 1000 {
            let mut log = File::options().append(true).open(&path).unwrap();
            log.write_all(&vec![b'y'; 4 << 20]).unwrap();
        }
    });
    assert!(started.elapsed() < Duration::from_secs(30));
    assert!(!has_failed(&run), "{run:?}");
    assert!(run.status == 0 || run.status == 2, "{run:?}");
}

#[test]
fn a_file_of_holes_takes_as_long_as_it_may() {
    let sandbox = Sandbox::new();
    let file = File::create(sandbox.path().join("sparse")).unwrap();
    // Some file systems have no such files.
    if file.set_len(100 << 30).is_err() {
        return;
    }
    let started = Instant::now();
    let run = sandbox.hfleaks(&["--max-seconds", "1", "sparse"]);
    assert!(started.elapsed() < Duration::from_secs(20), "{run:?}");
    assert_eq!(run.status, 2, "{run:?}");
    assert!(
        run.stderr
            .starts_with("error: sparse: cannot read on at byte ")
            && run.stderr.contains("longer than 1 seconds (--max-seconds)"),
        "{run:?}"
    );
    assert!(run.stdout.starts_with("The scan is incomplete"), "{run:?}");
}

#[test]
fn what_the_system_only_pretends_to_be_files_has_an_end() {
    let sandbox = Sandbox::new();
    let started = Instant::now();
    let run = sandbox.hfleaks(&["--max-seconds", "0", "-q", "/proc/self"]);
    assert!(started.elapsed() < Duration::from_mins(1), "{run:?}");
    assert!(!has_failed(&run), "{run:?}");
    // A part of it cannot be read by anybody.
    assert!(run.stderr.contains("/mem: cannot read on "), "{run:?}");
    assert_ne!(run.status, 0, "{run:?}");
}

#[test]
fn pipes_and_devices_are_refused_by_name_and_left_out_of_folders() {
    let sandbox = Sandbox::new();
    let pipe = sandbox.path().join("folder/pipe");
    fs::create_dir(sandbox.path().join("folder")).unwrap();
    let made = sandbox.command("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let run = sandbox.hfleaks(&["folder/pipe", "/dev/zero"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.stderr.contains("folder/pipe: "), "{run:?}");
    assert!(run.stderr.contains("/dev/zero: "), "{run:?}");
    let run = sandbox.hfleaks(&["folder"]);
    assert!(run.stdout.contains("Skipped 1 special file"), "{run:?}");
}

/// Opens a folder by its name in another.
fn folder(parent: &OwnedFd, name: &str) -> OwnedFd {
    openat(
        parent,
        name,
        OFlags::DIRECTORY | OFlags::PATH,
        Mode::empty(),
    )
    .unwrap()
}

#[test]
fn folders_nested_too_deep_to_be_named_are_told() {
    let sandbox = Sandbox::new();
    sandbox.file("top/leak.txt", token(1));
    let top = openat(CWD, sandbox.path().join("top"), OFlags::PATH, Mode::empty()).unwrap();
    // No path to the innermost is short enough, so each is made from the one around it.
    let mut inner = top.try_clone().unwrap();
    for _ in 0..10_000 {
        mkdirat(&inner, "d", Mode::RWXU).unwrap();
        inner = folder(&inner, "d");
    }
    let started = Instant::now();
    let run = sandbox.hfleaks(&["top", "-q"]);
    assert!(started.elapsed() < Duration::from_secs(30));
    // Nor can it be removed by its path: each is moved to the top and removed there.
    let mut name = "d";
    while let Ok(inside) = openat(&top, format!("{name}/d"), OFlags::PATH, Mode::empty()) {
        drop(inside);
        let other = if name == "d" { "e" } else { "d" };
        renameat(&top, format!("{name}/d"), &top, other).unwrap();
        unlinkat(&top, name, AtFlags::REMOVEDIR).unwrap();
        name = other;
    }
    assert_eq!(run.status, 1, "{run:?}");
    assert!(!has_failed(&run));
    assert!(run.stderr.contains("top/d/d/d"), "{run:?}");
}

#[test]
fn nothing_has_to_be_utf8() {
    let sandbox = repository();
    let name = OsStr::from_bytes(b"caf\xe9 \xff.txt");
    sandbox.file(name, token(1));
    sandbox.git(&["add", "-A"]);
    let mut commit = sandbox.command("git");
    commit
        .args(["-c", "i18n.commitEncoding=latin1", "commit", "-q", "-m"])
        .arg(OsStr::from_bytes(b"r\xe9sum\xe9 \xff"))
        .env("GIT_AUTHOR_NAME", OsStr::from_bytes(b"Ren\xe9 \xff"));
    assert!(commit.status().unwrap().success());
    for arguments in [&[][..], &["--history"], &["--range", "HEAD~1..HEAD"]] {
        for format in hfleaks::report::format::FORMATS {
            let run = sandbox.hfleaks(&[&["-f", format.name], arguments].concat());
            assert_eq!(run.status, 1, "{} {arguments:?} {run:?}", format.name);
            assert!(!has_failed(&run), "{run:?}");
        }
    }
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
    command.arg(OsStr::from_bytes(b"missing \xff"));
    command.env("HFLEAKS_UNKNOWN", OsStr::from_bytes(b"\xff"));
    let run = Run::from(command.output().unwrap());
    assert_eq!(run.status, 2, "{run:?}");
}
