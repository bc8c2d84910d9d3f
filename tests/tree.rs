//! What of a tree is scanned, and what is not.

mod support;

use std::fs;

use support::{Sandbox, token};

/// A line with a token in it.
fn leak(seed: u64) -> String {
    format!("{}\n", token(seed))
}

#[test]
fn hidden_files_are_scanned_and_of_git_the_configuration() {
    let sandbox = Sandbox::new();
    let url = format!("https://u:{}@huggingface.co/a", token(1));
    sandbox
        .git(&["init", "-q"])
        .git(&["remote", "add", "origin", &url])
        .file(".env", leak(2))
        .file(".github/workflows/ci.yml", leak(3))
        .file(".git/description", leak(4))
        .file(".git/modules/a/b/HEAD", "")
        .file(".git/modules/a/b/config", leak(5))
        .file("sub/.git/config", leak(6));
    // A `.git` that is no repository makes the ignored files uncertain.
    fs::write(
        sandbox.path().join("sub/.git/HEAD"),
        "ref: refs/heads/main\n",
    )
    .unwrap();
    fs::create_dir_all(sandbox.path().join("sub/.git/objects")).unwrap();
    fs::create_dir_all(sandbox.path().join("sub/.git/refs")).unwrap();
    fs::write(
        sandbox.path().join("sub/.git/config"),
        format!("# {}", token(6)),
    )
    .unwrap();
    let report = sandbox.report(&[]);
    assert_eq!(report["unscanned"], serde_json::json!([]));
    assert_eq!(
        sandbox.paths(&[]),
        [
            ".env",
            ".git/config",
            ".git/modules/a/b/config",
            ".github/workflows/ci.yml",
            "sub/.git/config"
        ]
    );
}

#[test]
fn ignored_files_are_left_out_but_not_those_that_git_tracks() {
    let sandbox = Sandbox::new();
    sandbox
        .git(&["init", "-q"])
        .file("tracked.env", leak(1))
        .file("build/tracked.txt", leak(2))
        .file("build/tracked.lock", leak(2))
        .git(&["add", "."])
        .file(".gitignore", "*.env\nbuild/\n")
        .file("untracked.env", leak(3))
        .file("build/untracked.txt", leak(4));
    let expected = ["build/tracked.txt", "tracked.env"];
    assert_eq!(sandbox.paths(&[]), expected);
    assert_eq!(sandbox.paths(&["-j", "1"]), expected);
    assert_eq!(sandbox.paths(&["--exclude", "build"]), ["tracked.env"]);
    assert_eq!(sandbox.paths(&["--no-ignore"]).len(), 4);
    // By an absolute path, from a subfolder, and with the index split.
    let here = sandbox.path();
    assert_eq!(sandbox.paths(&[here.to_str().unwrap()]).len(), 2);
    // A folder that is named is scanned, whatever a rule says of the folder.
    assert_eq!(
        sandbox.paths(&["build"]),
        ["build/tracked.txt", "build/untracked.txt"]
    );
    sandbox.git(&["update-index", "--split-index"]);
    assert_eq!(sandbox.paths(&[]), expected);
    fs::remove_file(here.join("tracked.env")).unwrap();
    let report = sandbox.report(&[]);
    assert_eq!(
        (report["complete"].as_bool(), support::places(&report).len()),
        (Some(true), 1)
    );
}

#[test]
fn tracked_files_are_found_from_a_subfolder() {
    let sandbox = Sandbox::new();
    sandbox
        .git(&["init", "-q"])
        .file("a/b/c/tracked.env", leak(1))
        .file("other/tracked.env", leak(2))
        .git(&["add", "."])
        .file(".gitignore", "*.env\n")
        .file("a/b/untracked.env", leak(3));
    assert_eq!(sandbox.paths(&["a/b"]), ["a/b/c/tracked.env"]);
    assert_eq!(
        sandbox.paths(&["a/b", "other"]),
        ["a/b/c/tracked.env", "other/tracked.env"]
    );
}

#[test]
fn every_repository_of_a_tree_has_its_own_index() {
    for format in ["sha1", "sha256"] {
        let sandbox = Sandbox::new();
        let init = format!("--object-format={format}");
        sandbox
            .git(&["init", "-q", &init, "inner"])
            .file("inner/.gitignore", "*.env\n")
            .file("inner/a.env", leak(1))
            .git(&["-C", "inner", "add", "-f", "a.env"])
            .git(&["-C", "inner", "commit", "-qm", "a"])
            .file("inner/b.env", leak(2))
            .git(&["-C", "inner", "worktree", "add", "-q", "../worktree"])
            .git(&["init", "-q", &init, "outer"])
            .git(&[
                "-C",
                "outer",
                "submodule",
                "--quiet",
                "add",
                "../inner",
                "sub",
            ])
            .file("outer/sub/.gitignore", "*.env\n");
        let expected = ["inner/a.env", "outer/sub/a.env", "worktree/a.env"];
        assert_eq!(sandbox.paths(&[]), expected, "{format}");
    }
}

#[test]
fn a_sparse_index_hides_nothing_that_is_there() {
    let sandbox = Sandbox::new();
    sandbox
        .git(&["init", "-q"])
        .file("sparse/.env", leak(1))
        .file("kept/a", "a")
        .git(&["add", "."])
        .git(&["commit", "-qm", "a"])
        .git(&["sparse-checkout", "set", "--cone", "--sparse-index", "kept"])
        .file("sparse/.env", leak(1))
        .file(".git/info/exclude", ".env\n");
    assert_eq!(sandbox.paths(&[]), ["sparse/.env"]);
    sandbox.file("sparse/deep/.env", leak(2));
    assert_eq!(sandbox.paths(&["sparse/deep"]), ["sparse/deep/.env"]);
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
    command
        .args(["-f", "json"])
        .current_dir(sandbox.path().join("sparse"));
    let output = command.output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(support::places(&report), [".env:1:1", "deep/.env:1:1"]);
}

#[test]
fn the_configuration_of_another_working_tree_is_scanned() {
    let sandbox = Sandbox::new();
    let url = format!("https://u:{}@huggingface.co/a", token(1));
    sandbox
        .git(&["init", "-q", "main"])
        .git(&["-C", "main", "commit", "-q", "--allow-empty", "-m", "a"])
        .git(&["-C", "main", "config", "extensions.worktreeConfig", "true"])
        .git(&["-C", "main", "worktree", "add", "-q", "../other"])
        .git(&["-C", "other", "config", "--worktree", "remote.o.url", &url]);
    assert_eq!(
        sandbox.paths(&["main"]),
        ["main/.git/worktrees/other/config.worktree"]
    );
}

#[test]
fn a_submodule_in_an_ignored_folder_is_tracked_too() {
    let sandbox = Sandbox::new();
    sandbox
        .git(&["init", "-q", "inner"])
        .file("inner/a.txt", leak(1))
        .git(&["-C", "inner", "add", "."])
        .git(&["-C", "inner", "commit", "-qm", "a"])
        .git(&["init", "-q", "outer"])
        .git(&[
            "-C",
            "outer",
            "submodule",
            "--quiet",
            "add",
            "../inner",
            "vendor/sub",
        ])
        .file("outer/.gitignore", "vendor/\n");
    assert_eq!(sandbox.paths(&["outer"]), ["outer/vendor/sub/a.txt"]);
}

#[test]
fn a_broken_index_makes_the_scan_incomplete() {
    let sandbox = Sandbox::new();
    sandbox
        .git(&["init", "-q"])
        .file("a.txt", "nothing")
        .git(&["add", "."])
        .file(".git/index", "DIRC, but no more");
    let run = sandbox.hfleaks(&[]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(
        run.stderr
            .contains("cannot tell which ignored files git tracks"),
        "{}",
        run.stderr
    );
    assert!(
        run.stdout.contains("The scan is incomplete"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("No findings"), "{}", run.stdout);
    assert_eq!(sandbox.hfleaks(&["--no-ignore"]).status, 0);
}

#[test]
fn binary_files_are_scanned() {
    let sandbox = Sandbox::new();
    let mut bytes = b"\x80\x02\x00\xff\n\x00".to_vec();
    bytes.extend_from_slice(token(1).as_bytes());
    bytes.extend_from_slice(b"q\x02\x00");
    sandbox.file("training_args.bin", bytes);
    let report = sandbox.report(&[]);
    let finding = &report["findings"][0];
    assert_eq!(finding["offset"], 6);
    assert_eq!(finding["length"], 38);
    assert_eq!(
        (&finding["line"], &finding["column"]),
        (&2.into(), &2.into())
    );
    assert_eq!(finding["confidence"], "medium");
}

#[test]
fn excluded_names_are_counted_and_named_files_are_scanned() {
    let sandbox = Sandbox::new();
    sandbox
        .file("poetry.lock", leak(1))
        .file("SHA256SUMS", leak(2))
        .file("a.min.js", leak(3))
        .file("x.dist-info/RECORD", leak(4))
        .file("RECORD", leak(5));
    let report = sandbox.report(&[]);
    assert_eq!(support::places(&report), ["RECORD:1:1"]);
    assert_eq!(
        report["skipped"],
        serde_json::json!({"lock": 1, "checksum": 2, "minified": 1})
    );
    assert_eq!(sandbox.paths(&["--no-default-excludes"]).len(), 5);
    assert_eq!(sandbox.paths(&["poetry.lock"]), ["poetry.lock"]);
    assert_eq!(
        sandbox.paths(&["poetry.lock", "."]),
        ["RECORD", "poetry.lock"]
    );
    let run = sandbox.hfleaks(&["--force-exclude", "poetry.lock"]);
    assert_eq!(run.status, 0);
    assert!(
        run.stdout.starts_with("Nothing was scanned"),
        "{}",
        run.stdout
    );
    let globs = [
        "--exclude",
        "REC*",
        "--force-exclude",
        "RECORD",
        "SHA256SUMS",
    ];
    assert_eq!(
        sandbox.report(&globs)["skipped"],
        serde_json::json!({"checksum": 1, "excluded": 1})
    );
}

#[test]
fn a_folder_named_like_an_ignore_file_is_a_folder() {
    let sandbox = Sandbox::new();
    sandbox.file("sub/.gitignore/a.txt", leak(1));
    assert_eq!(sandbox.paths(&[]), ["sub/.gitignore/a.txt"]);
}

#[test]
fn globs_fit_wherever_the_scan_goes() {
    let sandbox = Sandbox::new();
    sandbox
        .file("o/w.ckpt", leak(1))
        .file("o/sub/a.txt", leak(2))
        .file("zz/b.txt", leak(3));
    let paths = |arguments: &[&str], folder: &str| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
        command.args(["-f", "json"]).args(arguments);
        command.current_dir(sandbox.path().join(folder));
        let output = command.output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        support::places(&report)
    };
    assert_eq!(
        paths(&["--exclude", "*.ckpt", "../o"], "zz"),
        ["../o/sub/a.txt:1:1"]
    );
    assert_eq!(
        paths(&["--exclude", "sub/", "../o"], "zz"),
        ["../o/w.ckpt:1:1"]
    );
    let absolute = sandbox.path().join("o/sub");
    for glob in ["./o/sub", "o/sub", "/o/sub/", absolute.to_str().unwrap()] {
        assert_eq!(
            paths(&["--exclude", glob, "o"], ""),
            ["o/w.ckpt:1:1"],
            "{glob}"
        );
    }
    for glob in ["", "../x"] {
        let run = sandbox.hfleaks(&["--exclude", glob]);
        assert_eq!(run.status, 2, "{glob}");
        assert!(run.stderr.contains("cannot exclude"), "{}", run.stderr);
    }
}

#[test]
fn overlapping_paths_are_scanned_once() {
    let sandbox = Sandbox::new();
    let here = sandbox.path();
    let here = here.to_str().unwrap();
    sandbox.file("a/b/c.txt", leak(1)).file("a/d.txt", leak(2));
    for paths in [
        &[".", "a", "a/b", "a/b/c.txt", "./a/../a"][..],
        &["a/b/c.txt", "a/b", "a", "."],
        &["a/", "a/b/"],
        &["a/b/../../a"],
        &[here, "a/b"],
        &["a/b/c.txt", here, "."],
    ] {
        let report = sandbox.report(paths);
        assert_eq!(report["summary"]["files"], 2, "{paths:?}");
        assert_eq!(report["summary"]["findings"], 2, "{paths:?}");
    }
}

#[test]
fn a_hook_takes_no_file_for_an_option() {
    let sandbox = Sandbox::new();
    sandbox
        .file("a.txt", token(1))
        .file("--exit-zero", "")
        .file("--exclude=a.txt", "")
        .file("-", token(2))
        .file("--hook", token(3))
        .file("x.lock", token(4));
    let named = [
        "--exclude=a.txt",
        "--exit-zero",
        "--hook",
        "-",
        "a.txt",
        "x.lock",
    ];
    let run = sandbox.hfleaks(&[&["--hook", "-f", "json"], &named[..]].concat());
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(run.status, 1);
    assert_eq!(
        support::places(&report),
        ["-:1:1", "--hook:1:1", "a.txt:1:1"]
    );
    // What names no file is an option.
    let run = sandbox.hfleaks(&["--hook", "--exclude=[a].txt", "-q", "a.txt"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn links_are_not_followed_and_named_ones_are_what_they_lead_to() {
        let sandbox = Sandbox::new();
        let here = sandbox.path();
        sandbox
            .file("tree/real.txt", leak(1))
            .file("outside/secret.txt", leak(2));
        symlink("real.txt", here.join("tree/link.txt")).unwrap();
        symlink("../outside", here.join("tree/out")).unwrap();
        symlink("..", here.join("tree/loop")).unwrap();
        symlink("nowhere", here.join("tree/dangling")).unwrap();
        let report = sandbox.report(&["tree"]);
        assert_eq!(support::places(&report), ["tree/real.txt:1:1"]);
        assert_eq!(report["skipped"], serde_json::json!({"symlink": 4}));
        assert_eq!(report["complete"], true);
        assert_eq!(sandbox.paths(&["tree/link.txt"]), ["tree/real.txt"]);
        assert_eq!(sandbox.paths(&["tree/out"]), ["outside/secret.txt"]);
        assert_eq!(sandbox.paths(&["tree/out/"]), ["outside/secret.txt"]);
        assert_eq!(
            sandbox.paths(&["tree/out/secret.txt"]),
            ["tree/out/secret.txt"]
        );
        assert_eq!(sandbox.paths(&["tree/link.txt", "tree"]), ["tree/real.txt"]);
        assert_eq!(sandbox.hfleaks(&["tree/dangling"]).status, 2);
    }

    #[test]
    fn a_tracked_path_is_not_followed_through_a_link() {
        let sandbox = Sandbox::new();
        sandbox
            .git(&["init", "-q"])
            .file("dir/a.txt", leak(1))
            .git(&["add", "."])
            .file("outside/a.txt", "nothing");
        fs::remove_dir_all(sandbox.path().join("dir")).unwrap();
        let elsewhere = Sandbox::new();
        elsewhere.file("a.txt", leak(2));
        symlink(elsewhere.path(), sandbox.path().join("dir")).unwrap();
        assert_eq!(sandbox.hfleaks(&[]).status, 0);
    }

    #[test]
    fn pipes_and_sockets_are_never_opened() {
        let sandbox = Sandbox::new();
        sandbox.file("a.txt", leak(1));
        let status = sandbox.command("mkfifo").arg("pipe").status().unwrap();
        assert!(status.success());
        let _socket = UnixListener::bind(sandbox.path().join("socket")).unwrap();
        let report = sandbox.report(&[]);
        assert_eq!(support::places(&report), ["a.txt:1:1"]);
        assert_eq!(report["skipped"], serde_json::json!({"special": 2}));
        let run = sandbox.hfleaks(&["pipe"]);
        assert_eq!(run.status, 2);
        assert_eq!(
            run.stderr,
            "error: pipe: a named pipe, which is never opened; pass `-` to read standard input\n"
        );
    }

    #[test]
    fn ignore_files_and_indexes_that_are_pipes_are_not_opened() {
        for path in [
            "sub/.gitignore",
            ".gitignore",
            ".git/info/exclude",
            ".git/index",
            ".git/config",
        ] {
            let sandbox = Sandbox::new();
            sandbox
                .git(&["init", "-q"])
                .file("sub/a.txt", leak(1))
                .file("b.txt", "nothing");
            let _ = fs::remove_file(sandbox.path().join(path));
            let status = sandbox.command("mkfifo").arg(path).status().unwrap();
            assert!(status.success());
            let run = sandbox.hfleaks(&[]);
            assert!(
                run.status > 0 && run.stderr.contains("no regular file"),
                "{path}: {run:?}"
            );
            if path.ends_with("ignore") {
                assert_eq!(sandbox.paths(&["--no-ignore"]), ["sub/a.txt"]);
            }
        }
    }

    #[test]
    fn a_link_named_git_is_a_repository() {
        let sandbox = Sandbox::new();
        let url = format!("https://u:{}@huggingface.co/a", token(2));
        sandbox
            .git(&["init", "-q", "work"])
            .git(&["-C", "work", "remote", "add", "origin", &url])
            .file("work/.env", leak(1))
            .git(&["-C", "work", "add", "."])
            .file("work/.gitignore", ".env\n");
        let here = sandbox.path();
        fs::rename(here.join("work/.git"), here.join("store")).unwrap();
        symlink("../store", here.join("work/.git")).unwrap();
        assert_eq!(sandbox.paths(&["work"]), ["work/.env", "work/.git/config"]);
        fs::rename(here.join("store/config"), here.join("shared")).unwrap();
        symlink("../shared", here.join("store/config")).unwrap();
        assert_eq!(sandbox.paths(&["work"]).len(), 2);
    }

    #[test]
    fn names_that_are_not_utf8_are_scanned_and_told() {
        use std::os::unix::ffi::OsStrExt;
        let sandbox = Sandbox::new();
        sandbox.git(&["init", "-q"]);
        let name = std::ffi::OsStr::from_bytes(b"a\xff\x1b[31m.txt");
        sandbox
            .file(name, leak(1))
            .git(&["add", "."])
            .file(".gitignore", "*.txt");
        assert_eq!(sandbox.paths(&[]), ["a\\xff\u{1b}[31m.txt"]);
        let text = sandbox.hfleaks(&[]).stdout;
        assert!(text.starts_with("a\\xff\\x1b[31m.txt\n"), "{text}");
        let sarif = sandbox.hfleaks(&["-f", "sarif"]).stdout;
        assert!(sarif.contains("\"uri\": \"a%FF%1B%5B31m.txt\""), "{sarif}");
    }
}
