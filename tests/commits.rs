//! What `--staged`, `--range` and `--since` see: what the next commit changes, and
//! what some commits introduced.

mod support;

use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use support::{Run, Sandbox, commit, repository, token};

fn leak(seed: u64) -> String {
    format!("{}\n", token(seed))
}

fn staged(sandbox: &Sandbox) -> Vec<String> {
    sandbox.paths(&["--staged"])
}

#[test]
fn the_index_counts_and_not_the_working_tree() {
    let sandbox = repository();
    commit(&sandbox, "old.txt", leak(1), "already there");
    sandbox
        .file("staged.txt", leak(2))
        .git(&["add", "staged.txt"])
        .file("staged.txt", "clean by now\n")
        .file("README", leak(3))
        .file("untracked.txt", leak(4));
    assert_eq!(staged(&sandbox), ["staged.txt"]);
    let run = sandbox.hfleaks(&["--staged"]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(run.stdout.contains("Scanned 1 staged file,"), "{run:?}");
    sandbox.git(&["add", "README"]);
    assert_eq!(staged(&sandbox), ["README", "staged.txt"]);
    sandbox.git(&["reset", "-q"]);
    let run = sandbox.hfleaks(&["--staged"]);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(run.stdout.contains("nothing is staged"), "{run:?}");
}

#[test]
fn the_first_commit_is_staged_too() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q"]);
    assert_eq!(sandbox.hfleaks(&["--staged"]).status, 0);
    sandbox.file("a/b.txt", leak(1)).git(&["add", "."]);
    assert_eq!(staged(&sandbox), ["a/b.txt"]);
}

#[test]
fn paths_start_from_the_root_in_every_folder() {
    let sandbox = repository();
    commit(&sandbox, "sub/folder/kept.txt", "kept\n", "kept");
    commit(&sandbox, "sub/other/kept.txt", "kept\n", "kept");
    sandbox
        .file("sub/folder/a.txt", leak(1))
        .file("top.txt", leak(2))
        .file("sub.txt", leak(3))
        .git(&["add", "."]);
    let expected = ["sub/folder/a.txt", "sub.txt", "top.txt"];
    assert_eq!(staged(&sandbox), expected);
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
    let output = command
        .args(["--staged", "-f", "json"])
        .current_dir(sandbox.path().join("sub/other"))
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let paths: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["path"])
        .collect();
    assert_eq!(paths, expected);
    assert_eq!(sandbox.paths(&["--staged", "sub/folder"]), expected);
}

#[test]
fn indexes_of_every_kind_are_read() {
    let sandbox = repository();
    for folder in ["a", "b", "c"] {
        commit(&sandbox, &format!("{folder}/kept.txt"), "kept\n", folder);
    }
    sandbox
        .file("a/new.txt", leak(1))
        .git(&["add", "a/new.txt"])
        .file("announced.txt", leak(2))
        .git(&["add", "--intent-to-add", "announced.txt"])
        .git(&["update-index", "--chmod=+x", "b/kept.txt"]);
    assert_eq!(staged(&sandbox), ["a/new.txt"]);
    sandbox.git(&["update-index", "--split-index"]);
    assert_eq!(staged(&sandbox), ["a/new.txt"]);
    sandbox.git(&["update-index", "--no-split-index"]).git(&[
        "sparse-checkout",
        "set",
        "--cone",
        "--sparse-index",
        "a",
    ]);
    assert_eq!(staged(&sandbox), ["a/new.txt"]);
    // A whole folder outside of the checkout may be another than in HEAD.
    sandbox
        .git(&["rm", "-q", "-f", "--cached", "announced.txt", "a/new.txt"])
        .git(&["sparse-checkout", "disable"]);
    commit(&sandbox, "c/deep/leak.txt", leak(3), "leak");
    sandbox
        .git(&["sparse-checkout", "set", "--cone", "--sparse-index", "a"])
        .git(&["reset", "-q", "--soft", "HEAD~1"]);
    assert_eq!(staged(&sandbox), ["c/deep/leak.txt"]);
}

#[test]
fn the_environment_of_a_hook_counts() {
    let sandbox = repository();
    sandbox.file("a.txt", leak(1));
    let index = sandbox.path().join(".git/other-index");
    fs::copy(sandbox.path().join(".git/index"), &index).unwrap();
    let with = |command: &mut Command| command.env("GIT_INDEX_FILE", &index).output().unwrap();
    with(sandbox.command("git").args(["add", "a.txt"]));
    assert_eq!(staged(&sandbox), [""; 0]);
    let scan = |directory: &str, key: &str, value: &str| {
        let output = sandbox
            .command(env!("CARGO_BIN_EXE_hfleaks"))
            .args(["--staged"])
            .current_dir(sandbox.path().join(directory))
            .env(key, value)
            .output()
            .unwrap();
        Run::from(output)
    };
    let run = scan(".", "GIT_INDEX_FILE", index.to_str().unwrap());
    assert_eq!(run.status, 1, "{run:?}");
    // A commit of some paths passes an index of its own.
    sandbox.file(
        ".git/hooks/pre-commit",
        format!(
            "#!/bin/sh\nexec '{}' --staged\n",
            env!("CARGO_BIN_EXE_hfleaks")
        ),
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let hook = sandbox.path().join(".git/hooks/pre-commit");
        fs::set_permissions(hook, fs::Permissions::from_mode(0o755)).unwrap();
    }
    sandbox.git(&["add", "--intent-to-add", "a.txt"]);
    let output = sandbox
        .command("git")
        .args(["commit", "-m", "x", "a.txt"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "clean"]);
    // GIT_DIR says which repository is meant.
    let run = scan(
        "..",
        "GIT_DIR",
        sandbox.path().join(".git").to_str().unwrap(),
    );
    assert_eq!(run.status, 0, "{run:?}");
    let run = scan(".", "GIT_DIR", "nowhere");
    assert_eq!(run.status, 2, "{run:?}");
}

#[test]
fn linked_worktrees_have_their_own_index() {
    let sandbox = repository();
    sandbox
        .git(&["worktree", "add", "-q", "linked"])
        .file("linked/a.txt", leak(1))
        .git(&["-C", "linked", "add", "a.txt"]);
    assert_eq!(staged(&sandbox), [""; 0]);
    assert_eq!(sandbox.paths(&["--staged", "linked"]), ["a.txt"]);
}

#[test]
fn what_is_excluded_is_not_scanned_but_counted() {
    let sandbox = repository();
    sandbox
        .file("poetry.lock", leak(1))
        .file("skip/a.txt", leak(2))
        .file("b.txt", format!("{} # hfleaks:allow\n", token(3)))
        .file("hfleaks.toml", "exclude = [\"/skip/\"]\n")
        .file("model.bin", "version https://git-lfs.github.com/spec/v1\n")
        .git(&["add", "."]);
    let report = sandbox.report(&["--staged"]);
    assert_eq!(report["findings"], json!([]));
    assert_eq!(
        report["skipped"],
        json!({"lock": 1, "excluded": 1, "lfs_pointer": 1})
    );
    assert_eq!(report["suppressed"].as_array().unwrap().len(), 1);
    assert_eq!(report["scope"], "staged");
}

#[test]
fn a_missing_blob_and_a_broken_index_are_never_clean() {
    let sandbox = repository();
    sandbox.file("a.txt", leak(1)).git(&["add", "."]);
    let output = sandbox
        .command("git")
        .args(["rev-parse", ":a.txt"])
        .output()
        .unwrap();
    let blob = String::from_utf8(output.stdout).unwrap();
    let file = sandbox
        .path()
        .join(format!(".git/objects/{}/{}", &blob[..2], blob[2..].trim()));
    fs::remove_file(file).unwrap();
    let run = sandbox.hfleaks(&["--staged"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.stderr.contains("a.txt: "), "{run:?}");
    sandbox.file(".git/index", "nonsense");
    let run = sandbox.hfleaks(&["--staged"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.stderr.contains("index"), "{run:?}");
}

#[test]
fn a_range_is_what_its_commits_introduced() {
    let sandbox = repository();
    commit(&sandbox, "before.txt", leak(1), "before");
    sandbox.git(&["tag", "start"]);
    commit(&sandbox, "added.txt", leak(2), "added");
    commit(&sandbox, "gone.txt", leak(3), "there");
    sandbox
        .git(&["rm", "-q", "gone.txt"])
        .git(&["commit", "-q", "-m", "gone"]);
    commit(
        &sandbox,
        "before.txt",
        format!("# more\n{}", leak(1)),
        "an older token",
    );
    commit(&sandbox, "x", "x\n", &format!("message {}", token(4)));
    let report = sandbox.report(&["--range", "start..HEAD"]);
    let paths: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["<commit>", "added.txt", "gone.txt"]);
    let gone = &report["findings"][2]["history"];
    assert_eq!(gone["introduced"][0]["subject"], "there");
    assert_eq!(gone["removed"][0]["subject"], "gone");
    assert_eq!(gone["in_head"], false);
    assert_eq!(report["findings"][1]["history"]["in_head"], true);
    assert_eq!(report["scope"], "range");
    // The same in other words.
    for range in ["start..", "HEAD~5..HEAD", "start...HEAD"] {
        assert_eq!(sandbox.paths(&["--range", range]), paths, "{range}");
    }
    assert_eq!(sandbox.paths(&["--range", "HEAD"]).len(), 4);
    assert_eq!(sandbox.paths(&["--range", "HEAD^!"]), ["<commit>"]);
    assert_eq!(sandbox.paths(&["--range", "HEAD..start"]), [""; 0]);
    assert_eq!(sandbox.hfleaks(&["--range", "HEAD..start"]).status, 0);
}

#[test]
fn a_token_in_place_of_another_is_introduced_and_the_other_is_not() {
    let sandbox = repository();
    commit(&sandbox, "a.txt", leak(1), "one");
    commit(&sandbox, "a.txt", leak(2), "two");
    let report = sandbox.report(&["--range", "HEAD^!"]);
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    let history = &report["findings"][0]["history"];
    assert_eq!(history["introduced"][0]["subject"], "two");
    assert_eq!(history["in_head"], true);
}

#[test]
fn a_merge_introduces_what_none_of_its_parents_has() {
    let sandbox = repository();
    sandbox.git(&["checkout", "-q", "-b", "side"]);
    commit(&sandbox, "side.txt", leak(1), "side");
    sandbox.git(&["checkout", "-q", "main"]);
    commit(&sandbox, "main.txt", "main\n", "main");
    sandbox
        .git(&["merge", "-q", "--no-commit", "side"])
        .file("main.txt", leak(2))
        .git(&["commit", "-q", "-a", "-m", "merge"]);
    assert_eq!(sandbox.paths(&["--range", "HEAD^!"]), ["main.txt"]);
    assert_eq!(
        sandbox.paths(&["--range", "HEAD~1..HEAD"]),
        ["main.txt", "side.txt"]
    );
    assert_eq!(sandbox.paths(&["--range", "HEAD~1...side"]), ["side.txt"]);
}

#[test]
fn dates_choose_commits() {
    let sandbox = repository();
    let commit_at = |path: &str, seed: u64, date: &str| {
        sandbox.file(path, leak(seed)).git(&["add", path]);
        let status = sandbox
            .command("git")
            .args(["commit", "-q", "-m", path])
            .env("GIT_COMMITTER_DATE", date)
            .status()
            .unwrap();
        assert!(status.success());
    };
    commit_at("old.txt", 1, "2020-01-01T12:00:00+0000");
    commit_at("new.txt", 2, "2022-01-01T12:00:00+0000");
    // A clock that is wrong hides nothing behind it.
    commit_at("wrong.txt", 3, "2019-01-01T12:00:00+0000");
    commit_at("newest.txt", 4, "2023-01-01T12:00:00+0000");
    assert_eq!(
        sandbox.paths(&["--since", "2021-01-01"]),
        ["new.txt", "newest.txt"]
    );
    assert_eq!(
        sandbox.paths(&["--since", "2021-01-01", "--range", "HEAD~1"]),
        ["new.txt"]
    );
    let run = sandbox.hfleaks(&["--since", "soonish"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.stderr.contains("`soonish` is no date"), "{run:?}");
}

#[test]
fn bad_revisions_are_errors() {
    let sandbox = repository();
    for range in ["nowhere..HEAD", "HEAD..", "nothing", "^HEAD", "HEAD:README"] {
        let run = sandbox.hfleaks(&["--range", range]);
        if range == "HEAD.." {
            assert_eq!(run.status, 0, "{run:?}");
            continue;
        }
        assert_eq!(run.status, 2, "{run:?}");
        assert!(
            run.stderr
                .contains(&format!("cannot tell which commits `{range}` means")),
            "{run:?}"
        );
        assert_eq!(run.stdout, "");
    }
    let empty = Sandbox::new();
    empty.git(&["init", "-q"]);
    let run = empty.hfleaks(&["--since", "2020-01-01"]);
    assert_eq!(run.status, 2, "{run:?}");
}

#[test]
fn a_range_reads_the_tags_that_name_its_end() {
    let sandbox = repository();
    let message = format!("release with {}", token(1));
    sandbox
        .git(&["tag", "-a", "-m", &message, "v1"])
        .git(&["tag", "-a", "-m", "again", "signed", "v1"]);
    for range in ["v1", "signed", "HEAD..v1", "signed...HEAD"] {
        let report = sandbox.report(&["--range", range]);
        assert_eq!(support::places(&report), ["<tag>:6:14"], "{range}");
        let history = &report["findings"][0]["history"];
        assert_eq!(history["introduced"].as_array().unwrap().len(), 1);
        assert_eq!(report["complete"], true);
    }
    // Who names the commit, or excludes the tag, does not mean its text.
    assert_eq!(sandbox.paths(&["--range", "HEAD"]), [""; 0]);
    assert_eq!(sandbox.paths(&["--range", "v1..HEAD"]), [""; 0]);
}

#[test]
fn a_range_that_a_shallow_clone_cuts_is_never_clean() {
    let sandbox = repository();
    commit(&sandbox, "a", "a\n", "second");
    commit(&sandbox, "b", "b\n", "third");
    commit(&sandbox, "c", "c\n", "fourth");
    let url = format!("file://{}", sandbox.path().display());
    sandbox.git(&["clone", "-q", "--depth=2", &url, "shallow"]);
    let run = sandbox.hfleaks(&["--range", "HEAD", "shallow"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.stderr.contains("the clone is shallow"), "{run:?}");
    let run = sandbox.hfleaks(&["--range", "HEAD~1..HEAD", "shallow"]);
    assert_eq!(run.status, 0, "{run:?}");
}

#[test]
fn only_what_a_range_changed_must_be_there() {
    let sandbox = repository();
    commit(&sandbox, "old.bin", "old\n", "old");
    commit(&sandbox, "new.bin", "new\n", "new");
    commit(&sandbox, "new.bin", "newer\n", "newer");
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", sandbox.path().display());
    sandbox.git(&["clone", "-q", "--filter=blob:none", &url, "partial"]);
    let run = sandbox.hfleaks(&["--range", "HEAD^!", "partial"]);
    assert_eq!(run.status, 0, "{run:?}");
    let run = sandbox.hfleaks(&["--range", "HEAD~1^!", "partial"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.stderr.contains("(new.bin) is missing"), "{run:?}");
    assert!(!run.stderr.contains("old.bin"), "{run:?}");
}

#[test]
fn the_parts_of_a_repository_do_not_mix() {
    let sandbox = repository();
    for arguments in [
        &["--history", "--staged"][..],
        &["--history", "--since", "2020-01-01"],
        &["--staged", "--range", "HEAD"],
        &["--history", "a", "b"],
        &["--history", "--stdin-filename", "x"],
    ] {
        let run = sandbox.hfleaks(arguments);
        assert_eq!(run.status, 2, "{run:?}");
        assert_eq!(run.stdout, "", "{run:?}");
    }
}

#[test]
fn another_token_in_head_is_no_trouble() {
    let sandbox = repository();
    commit(&sandbox, ".env", leak(1), "old");
    sandbox.git(&["checkout", "-q", "-b", "feature"]);
    commit(&sandbox, ".env", leak(2), "new");
    sandbox.git(&["checkout", "-q", "main"]);
    assert_eq!(sandbox.paths(&["--range", "main..feature"]), [".env"]);
}

#[test]
fn a_missing_tree_is_never_clean() {
    let sandbox = repository();
    commit(&sandbox, "a", leak(1), "a");
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", sandbox.path().display());
    sandbox.git(&[
        "clone",
        "-q",
        "--no-checkout",
        "--filter=tree:0",
        &url,
        "partial",
    ]);
    for range in ["HEAD", "HEAD^!"] {
        let run = sandbox.hfleaks(&["--range", range, "partial"]);
        assert_eq!(run.status, 2, "{run:?}");
        assert!(run.stderr.contains("is missing"), "{run:?}");
    }
}

#[test]
fn a_broken_head_is_never_an_unborn_one() {
    let sandbox = repository();
    let output = sandbox
        .command("git")
        .args(["rev-parse", "HEAD"])
        .output()
        .unwrap();
    let head = String::from_utf8(output.stdout).unwrap();
    let file = sandbox
        .path()
        .join(format!(".git/objects/{}/{}", &head[..2], head[2..].trim()));
    fs::remove_file(file).unwrap();
    for part in ["--staged", "--history"] {
        let run = sandbox.hfleaks(&[part]);
        assert_eq!(run.status, 2, "{run:?}");
    }
    sandbox.file(".git/HEAD", "nonsense\n");
    for part in ["--staged", "--history", "--range=HEAD"] {
        let run = sandbox.hfleaks(&[part]);
        assert_eq!(run.status, 2, "{part} {run:?}");
    }
}

#[test]
fn the_repository_s_configuration_counts_in_every_folder() {
    let sandbox = repository();
    sandbox
        .file("hfleaks.toml", "exclude = [\"skipped.py\"]\n")
        .file("sub/hfleaks.toml", "exclude = [\"n.py\"]\n")
        .file("skipped.py", leak(1))
        .file("n.py", leak(2))
        .git(&["add", "."]);
    assert_eq!(staged(&sandbox), ["n.py"]);
    assert_eq!(sandbox.paths(&["--staged", "sub"]), ["n.py"]);
}

#[test]
fn a_hook_may_run_inside_the_repository_s_own_folder() {
    let sandbox = repository();
    commit(&sandbox, "a", leak(1), "a");
    for git in [None, Some(".")] {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
        command
            .arg("--history")
            .current_dir(sandbox.path().join(".git"));
        if let Some(git) = git {
            command.env("GIT_DIR", git);
        }
        let run = Run::from(command.output().unwrap());
        assert_eq!(run.status, 1, "{git:?} {run:?}");
    }
}

#[test]
fn a_missing_parent_is_never_clean() {
    let sandbox = repository();
    commit(&sandbox, "a", "a\n", "a");
    commit(&sandbox, "b", "b\n", "b");
    let output = sandbox
        .command("git")
        .args(["rev-parse", "HEAD~1"])
        .output()
        .unwrap();
    let id = String::from_utf8(output.stdout).unwrap();
    let file = sandbox
        .path()
        .join(format!(".git/objects/{}/{}", &id[..2], id[2..].trim()));
    fs::remove_file(file).unwrap();
    for range in ["HEAD", "HEAD^!"] {
        let run = sandbox.hfleaks(&["--range", range]);
        assert_eq!(run.status, 2, "{run:?}");
        assert!(!run.stdout.contains("No findings"), "{run:?}");
    }
}
