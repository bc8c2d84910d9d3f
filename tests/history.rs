//! What `--history` sees: every object of a repository, reachable or not.
//!
//! Each test makes a repository with git itself. Beside what it looks for, each
//! compares all that was found with a plain expression over all that git has.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use regex::bytes::Regex;
use serde_json::{Value, json};
use support::{Run, Sandbox, commit, letters, repository, token};

fn leak(seed: u64) -> String {
    format!("token = '{}'\n", token(seed))
}

/// What a scan of the history finds, and that it is all there is.
fn history(sandbox: &Sandbox) -> Value {
    let report = report(sandbox, &[]);
    assert_eq!(report["unscanned"], json!([]));
    assert_same(&found(&report), &expected(sandbox));
    report
}

/// That two sets are the same; objects and not tokens are told where they differ.
fn assert_same(one: &BTreeSet<(String, String)>, other: &BTreeSet<(String, String)>) {
    let objects = one.symmetric_difference(other).map(|(object, _)| object);
    let objects: BTreeSet<_> = objects.collect();
    assert!(one == other, "{objects:?}");
}

/// The report of a scan of the history, with secrets.
fn report(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let file = sandbox.path().join("../report.json");
    let order = format!("json={}", file.display());
    let run =
        sandbox.hfleaks(&[&["--history", "--show-secrets", "-f", &order], arguments].concat());
    let text = fs::read(&file).unwrap_or_else(|_| panic!("{run:?}"));
    fs::remove_file(&file).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// The objects and tokens of a report.
fn found(report: &Value) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for finding in report["findings"].as_array().unwrap() {
        for object in finding["history"]["objects"].as_array().unwrap() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            found.insert((text(object), text(&finding["secret"])));
        }
    }
    found
}

/// The objects and tokens that a plain expression finds in what git has.
fn expected(sandbox: &Sandbox) -> BTreeSet<(String, String)> {
    let output = sandbox
        .command("git")
        .args(["cat-file", "--batch-all-objects", "--unordered", "--batch"])
        .output()
        .unwrap();
    let pattern = Regex::new("hf_[A-Za-z0-9]{34,}").unwrap();
    let mut rest = &output.stdout[..];
    let mut expected = BTreeSet::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap();
        let header = std::str::from_utf8(&rest[..end]).unwrap();
        let (id, rest_of_header) = header.split_once(' ').unwrap();
        let length: usize = rest_of_header.split_once(' ').unwrap().1.parse().unwrap();
        let object = &rest[end + 1..][..length];
        for token in pattern.find_iter(object) {
            let token = String::from_utf8(token.as_bytes().to_vec()).unwrap();
            expected.insert((id.to_owned(), token));
        }
        rest = &rest[end + 1 + length + 1..];
    }
    expected
}

/// The one finding at a path.
fn at<'r>(report: &'r Value, path: &str) -> &'r Value {
    let findings = report["findings"].as_array().unwrap();
    let mut there = findings.iter().filter(|finding| finding["path"] == path);
    let finding = there
        .next()
        .unwrap_or_else(|| panic!("nothing at {path}: {report}"));
    assert!(there.next().is_none(), "more than one at {path}");
    finding
}

/// The subjects of the commits that a history names.
fn subjects(changes: &Value) -> Vec<&str> {
    let changes = changes.as_array().unwrap().iter();
    changes
        .map(|change| change["subject"].as_str().unwrap())
        .collect()
}

fn introduced<'r>(report: &'r Value, path: &str) -> Vec<&'r str> {
    subjects(&at(report, path)["history"]["introduced"])
}

fn removed<'r>(report: &'r Value, path: &str) -> Vec<&'r str> {
    subjects(&at(report, path)["history"]["removed"])
}

fn reach<'r>(report: &'r Value, path: &str) -> &'r str {
    at(report, path)["history"]["reach"].as_str().unwrap()
}

/// What git prints.
fn git_output(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let output = sandbox.command("git").args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Stores a blob that nothing names.
fn dangling(sandbox: &Sandbox, contents: &str) -> String {
    let mut child = sandbox
        .command("git")
        .args(["hash-object", "-w", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), contents.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_token_in_head_is_told_by_the_commit_that_brought_it() {
    let sandbox = repository();
    commit(&sandbox, "a.py", leak(1), "leak");
    commit(&sandbox, "a.py", format!("# more\n{}", leak(1)), "more");
    let report = history(&sandbox);
    let finding = at(&report, "a.py");
    assert_eq!(
        (&finding["line"], &finding["column"]),
        (&json!(2), &json!(10))
    );
    let history = &finding["history"];
    assert_eq!(introduced(&report, "a.py"), ["leak"]);
    assert_eq!(history["removed"], json!([]));
    assert_eq!(history["in_head"], true);
    assert_eq!(history["objects_total"], 2);
    assert_eq!(history["references"], json!(["refs/heads/main"]));
    let change = &history["introduced"][0];
    assert_eq!(
        change["commit"],
        git_output(&sandbox, &["rev-parse", "HEAD~1"])
    );
    assert_eq!(change["author"], "A <a@example.org>");
    let date = git_output(&sandbox, &["log", "-1", "--format=%aI", "HEAD~1"]);
    let same = |date: &str| date.replace('Z', "+00:00");
    assert_eq!(same(change["date"].as_str().unwrap()), same(&date));
    assert_eq!(sandbox.hfleaks(&["--history"]).status, 1);
}

#[test]
fn deleted_and_renamed_files_are_told_by_every_path() {
    let sandbox = repository();
    commit(&sandbox, "dir/old.py", leak(1), "leak");
    sandbox
        .git(&["mv", "dir/old.py", "new.py"])
        .git(&["commit", "-q", "-m", "rename"])
        .git(&["rm", "-q", "new.py"])
        .git(&["commit", "-q", "-m", "delete"]);
    let report = history(&sandbox);
    assert_eq!(introduced(&report, "dir/old.py"), ["leak"]);
    assert_eq!(removed(&report, "dir/old.py"), ["rename"]);
    assert_eq!(introduced(&report, "new.py"), ["rename"]);
    assert_eq!(removed(&report, "new.py"), ["delete"]);
    let paths = json!(["dir/old.py", "new.py"]);
    for path in ["dir/old.py", "new.py"] {
        let history = &at(&report, path)["history"];
        assert_eq!(history["in_head"], false);
        assert_eq!(history["reach"], "reference");
        assert_eq!(history["paths"], paths);
    }
}

#[test]
fn what_only_a_merge_brought_is_found() {
    let sandbox = repository();
    sandbox.git(&["checkout", "-q", "-b", "side"]);
    commit(&sandbox, "b", "b\n", "side");
    sandbox.git(&["checkout", "-q", "main"]);
    commit(&sandbox, "c", "c\n", "main");
    sandbox
        .git(&["merge", "-q", "--no-commit", "side"])
        .file("b", leak(1))
        .file("merge-only", leak(2))
        .git(&["add", "."])
        .git(&["commit", "-q", "-m", "merge"]);
    let report = history(&sandbox);
    assert_eq!(introduced(&report, "b"), ["merge"]);
    assert_eq!(introduced(&report, "merge-only"), ["merge"]);
}

#[test]
fn a_merge_is_not_said_to_bring_what_a_branch_brought() {
    let sandbox = repository();
    sandbox.git(&["checkout", "-q", "-b", "side"]);
    commit(&sandbox, "b", leak(1), "side");
    sandbox.git(&["checkout", "-q", "main"]);
    commit(&sandbox, "c", "c\n", "main");
    sandbox.git(&["merge", "-q", "-m", "merge", "side"]);
    // Taken away on one side, and by a merge from both.
    commit(&sandbox, "b", "clean\n", "clean");
    let report = history(&sandbox);
    assert_eq!(introduced(&report, "b"), ["side"]);
    assert_eq!(removed(&report, "b"), ["clean"]);
    let references = json!(["refs/heads/main", "refs/heads/side"]);
    assert_eq!(at(&report, "b")["history"]["references"], references);
}

#[test]
fn an_octopus_has_more_than_two_parents() {
    let sandbox = repository();
    for (seed, branch) in [(1, "one"), (2, "two"), (3, "three")] {
        sandbox.git(&["checkout", "-q", "-b", branch, "main"]);
        commit(&sandbox, branch, leak(seed), branch);
    }
    sandbox
        .git(&["checkout", "-q", "main"])
        .git(&["merge", "-q", "-m", "octopus", "one", "two", "three"])
        .file("four", leak(4))
        .git(&["add", "."])
        .git(&["commit", "-q", "--amend", "-m", "octopus"]);
    let report = history(&sandbox);
    for branch in ["one", "two", "three"] {
        assert_eq!(introduced(&report, branch), [branch]);
    }
    assert_eq!(introduced(&report, "four"), ["octopus"]);
}

#[test]
fn two_roots_are_two_beginnings() {
    let sandbox = repository();
    commit(&sandbox, "a", leak(1), "first root");
    sandbox
        .git(&["checkout", "-q", "--orphan", "other"])
        .git(&["commit", "-q", "-m", "second root"])
        .git(&["checkout", "-q", "main"])
        .git(&[
            "merge",
            "-q",
            "--allow-unrelated-histories",
            "-m",
            "join",
            "other",
        ]);
    let report = history(&sandbox);
    let mut roots = introduced(&report, "a");
    roots.sort_unstable();
    assert_eq!(roots, ["first root", "second root"]);
}

#[test]
fn amended_stashed_and_dangling_tokens_are_found() {
    let sandbox = repository();
    commit(&sandbox, "amended", leak(1), "amended away");
    sandbox
        .file("amended", "clean\n")
        .git(&["commit", "-q", "-a", "--amend", "-m", "amended"])
        .file("README", leak(2))
        .git(&["stash", "-q"]);
    let blob = dangling(&sandbox, &leak(3));
    sandbox.file("staged", leak(4)).git(&["add", "staged"]);
    let report = history(&sandbox);
    assert_eq!(reach(&report, "amended"), "reflog");
    assert_eq!(introduced(&report, "amended"), ["amended away"]);
    assert_eq!(reach(&report, "README"), "stash");
    assert_eq!(reach(&report, "<blob>"), "nothing");
    assert_eq!(at(&report, "<blob>")["history"]["object"], blob);
    assert_eq!(reach(&report, "staged"), "index");
    // Without the reflog nothing leads to what was amended.
    sandbox.git(&["reflog", "expire", "--expire=all", "--all"]);
    assert_eq!(reach(&history(&sandbox), "amended"), "nothing");
    // Packed as cruft it is still there.
    sandbox.git(&["gc", "-q", "--cruft", "--prune=never"]);
    assert_eq!(reach(&history(&sandbox), "amended"), "nothing");
}

#[test]
fn messages_tags_and_notes_are_texts() {
    let sandbox = repository();
    commit(&sandbox, "a", "a\n", &format!("message {}", token(1)));
    sandbox
        .git(&["tag", "-a", "-m", &format!("tag {}", token(2)), "v1"])
        .git(&["notes", "add", "-m", &format!("note {}", token(3))]);
    // An author's name is of the commit too.
    sandbox.git(&[
        "-c",
        &format!("user.name={}", token(4)),
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "x",
    ]);
    let author = sandbox
        .command("git")
        .args(["commit", "-q", "--allow-empty", "-m", "y"])
        .env("GIT_AUTHOR_NAME", token(5))
        .status()
        .unwrap();
    assert!(author.success());
    let report = history(&sandbox);
    let mut kinds: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            (
                finding["origin"].as_str().unwrap(),
                finding["path"].as_str().unwrap(),
            )
        })
        .collect();
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        [
            ("commit", "<commit>"),
            ("commit", "<commit>"),
            ("note", "<note>"),
            ("tag", "<tag>")
        ]
    );
    assert_eq!(reach(&report, "<tag>"), "reference");
    assert_eq!(
        at(&report, "<tag>")["history"]["references"],
        json!(["refs/tags/v1"])
    );
    assert_eq!(reach(&report, "<note>"), "notes");
}

#[test]
fn lock_files_are_left_out_only_where_every_path_is_one() {
    let sandbox = repository();
    commit(&sandbox, "poetry.lock", leak(1), "only a lock file");
    commit(&sandbox, "Cargo.lock", leak(2), "a lock file");
    commit(&sandbox, "notes.txt", leak(2), "and a text");
    commit(&sandbox, "skipped.txt", leak(3), "excluded");
    let scan = report(&sandbox, &["--exclude", "skipped.txt"]);
    let paths: Vec<_> = scan["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["path"])
        .collect();
    assert_eq!(paths, ["notes.txt"]);
    assert_eq!(
        at(&scan, "notes.txt")["history"]["paths"],
        json!(["Cargo.lock", "notes.txt"])
    );
    assert_eq!(scan["skipped"], json!({"lock": 2, "excluded": 1}));
    let all = report(&sandbox, &["--no-default-excludes"]);
    assert_eq!(found(&all), expected(&sandbox));
}

#[test]
fn comments_and_baselines_hold_in_the_history() {
    let sandbox = repository();
    commit(
        &sandbox,
        "a.py",
        format!("t = '{}'  # hfleaks:allow\n", token(1)),
        "allowed",
    );
    commit(
        &sandbox,
        "b.py",
        format!("t = '{}'  # hfleaks:allow\n", token(2)),
        "allowed",
    );
    commit(&sandbox, "b.py", leak(2), "no longer");
    let scan = report(&sandbox, &[]);
    assert_eq!(found(&scan).len(), 2);
    assert_eq!(at(&scan, "b.py")["history"]["objects_total"], 2);
    assert_eq!(scan["suppressed"].as_array().unwrap().len(), 1);
    // A fingerprint is that of the file in a tree.
    let run = sandbox.hfleaks(&["--write-baseline", "known.json", "b.py"]);
    assert_eq!(run.status, 0, "{run:?}");
    let run = sandbox.hfleaks(&["--history", "--baseline", "known.json"]);
    assert_eq!(run.status, 0, "{run:?}");
}

/// Packs everything with deltas as long as `depth`.
fn repack(sandbox: &Sandbox, depth: &str) {
    let depth = format!("--depth={depth}");
    sandbox.git(&["repack", "-q", "-a", "-d", "-f", &depth]);
}

/// A hundred versions of a file, ten of which bring a token, in one pack in which
/// each is made from the one before.
fn hundred_versions(sandbox: &Sandbox) {
    let mut stream = String::new();
    let lines = (0..200).map(|line| format!("{}\n", letters(1000 + line, 60)));
    let mut text: String = lines.collect();
    for version in 0..100 {
        if version % 10 == 3 {
            text.push_str(&leak(version));
        }
        text.push_str(&format!("version {version} {}\n", letters(version, 20)));
        let message = format!("version {version}");
        stream.push_str(&format!(
            "commit refs/heads/main\ncommitter A <a@example.org> {version} +0100\ndata {}\n{message}\n\
             M 644 inline long.txt\ndata {}\n{text}\n",
            message.len(),
            text.len()
        ));
    }
    sandbox.file("../stream", stream);
    let status = sandbox
        .command("git")
        .args([
            "-c",
            "fastimport.unpackLimit=0",
            "fast-import",
            "--quiet",
            "--force",
            "--depth=200",
        ])
        .stdin(fs::File::open(sandbox.path().join("../stream")).unwrap())
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn a_chain_of_a_hundred_deltas_is_followed() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q"]);
    hundred_versions(&sandbox);
    let longest = git_output(&sandbox, &["verify-pack", "-sv", &pack(&sandbox, "idx")]);
    assert!(longest.contains("chain length = 99"), "{longest}");
    let one_by_one = history(&sandbox);
    repack(&sandbox, "50");
    let repacked = history(&sandbox);
    assert_eq!(one_by_one["findings"], repacked["findings"]);
    let findings = repacked["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 10);
    let versions = |finding: &Value| finding["history"]["objects_total"].as_u64().unwrap();
    assert_eq!(
        findings.iter().map(versions).sum::<u64>(),
        97 + 87 + 77 + 67 + 57 + 47 + 37 + 27 + 17 + 7
    );
    for finding in findings {
        assert_eq!(finding["history"]["introduced_total"], 1);
        let date = finding["history"]["introduced"][0]["date"]
            .as_str()
            .unwrap();
        assert!(
            date.starts_with("1970-01-01T01:0") && date.ends_with("+01:00"),
            "{date}"
        );
    }
}

/// The one pack's file of an extension.
fn pack(sandbox: &Sandbox, extension: &str) -> String {
    let folder = sandbox.path().join(".git/objects/pack");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|it| it == extension));
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].to_str().unwrap().to_owned()
}

#[test]
fn deltas_may_name_their_base_by_id() {
    let sandbox = repository();
    hundred_versions(&sandbox);
    let loose = history(&sandbox);
    // Without offsets, every delta names its base by id.
    let objects = sandbox.path().join("all");
    let list = git_output(&sandbox, &["rev-list", "--objects", "--all"]);
    fs::write(
        &objects,
        list.lines()
            .flat_map(|line| [&line[..40], "\n"])
            .collect::<String>(),
    )
    .unwrap();
    let status = sandbox
        .command("git")
        .args([
            "pack-objects",
            "-q",
            "--no-reuse-delta",
            "--window=50",
            ".git/objects/pack/pack",
        ])
        .stdin(fs::File::open(&objects).unwrap())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    sandbox.git(&["prune-packed"]);
    let packed = history(&sandbox);
    assert_eq!(loose["findings"], packed["findings"]);
}

#[test]
fn several_packs_and_borrowed_objects_are_scanned_once() {
    let sandbox = repository();
    commit(&sandbox, "a", leak(1), "a");
    sandbox.git(&["repack", "-q", "-d"]);
    commit(&sandbox, "b", leak(2), "b");
    sandbox.git(&["repack", "-q", "-d"]);
    // The same objects in a third pack, kept beside the others.
    sandbox
        .git(&["repack", "-q", "-a"])
        .git(&["multi-pack-index", "write"]);
    commit(&sandbox, "c", leak(3), "c");
    let scan = history(&sandbox);
    let objects = git_output(
        &sandbox,
        &["cat-file", "--batch-all-objects", "--batch-check"],
    );
    let texts = objects
        .lines()
        .filter(|line| !line.contains(" tree "))
        .count();
    assert_eq!(scan["summary"]["files"], texts);
    // A clone that borrows, and one that borrows from that.
    sandbox
        .git(&["clone", "-q", "--shared", ".", "one"])
        .git(&["clone", "-q", "--shared", "one", "two"]);
    let report = report(&sandbox, &["two"]);
    assert_eq!(found(&report), found(&scan));
    // What they borrow is gone.
    fs::rename(
        sandbox.path().join(".git/objects"),
        sandbox.path().join("objects"),
    )
    .unwrap();
    let run = sandbox.hfleaks(&["--history", "two"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(!run.stdout.contains("No findings"), "{run:?}");
}

#[test]
fn bare_repositories_and_linked_worktrees_have_the_same_history() {
    let sandbox = repository();
    commit(&sandbox, "a", leak(1), "a");
    sandbox
        .git(&["clone", "-q", "--bare", ".", "bare.git"])
        .git(&["worktree", "add", "-q", "linked"]);
    let all = found(&history(&sandbox));
    assert_eq!(found(&report(&sandbox, &["bare.git"])), all);
    assert_eq!(found(&report(&sandbox, &["linked"])), all);
    sandbox.file("sub/folder/x", "");
    assert_eq!(found(&report(&sandbox, &["sub/folder"])), all);
}

#[test]
fn sha256_repositories_are_read() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q", "--object-format=sha256"]);
    commit(&sandbox, "a/b", leak(1), "a");
    commit(&sandbox, "a/b", "clean", "b");
    history(&sandbox);
    sandbox.git(&["gc", "-q"]);
    let report = history(&sandbox);
    assert_eq!(introduced(&report, "a/b"), ["a"]);
    assert_eq!(removed(&report, "a/b"), ["b"]);
}

#[test]
fn reftables_are_refused_clearly() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q", "--ref-format=reftable"]);
    commit(&sandbox, "a", leak(1), "a");
    for part in ["--history", "--staged", "--range=HEAD"] {
        let run = sandbox.hfleaks(&[part]);
        assert_eq!(run.status, 2, "{run:?}");
        assert!(
            run.stderr.contains("its references are in a reftable"),
            "{run:?}"
        );
    }
}

#[test]
fn a_shallow_clone_is_never_clean() {
    let sandbox = repository();
    commit(&sandbox, "a", "clean\n", "second");
    let url = format!("file://{}", sandbox.path().display());
    sandbox.git(&["clone", "-q", "--depth=1", &url, "shallow"]);
    let run = sandbox.hfleaks(&["--history", "shallow"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.stderr.contains("the clone is shallow"), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
}

#[test]
fn a_partial_clone_is_never_clean() {
    let sandbox = repository();
    commit(&sandbox, "model.bin", leak(1), "leak");
    commit(&sandbox, "model.bin", "clean\n", "clean");
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", sandbox.path().display());
    sandbox.git(&["clone", "-q", "--filter=blob:none", &url, "partial"]);
    let run = sandbox.hfleaks(&["--history", "partial"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(
        run.stderr
            .contains("(model.bin) is missing (this is a partial clone"),
        "{run:?}"
    );
    // A missing object is noticed without a remote to blame, too.
    let blob = git_output(&sandbox, &["rev-parse", "HEAD~1:model.bin"]);
    let file = format!(".git/objects/{}/{}", &blob[..2], &blob[2..]);
    fs::remove_file(sandbox.path().join(file)).unwrap();
    let run = sandbox.hfleaks(&["--history"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(
        run.stderr
            .contains(&format!("blob {blob} (model.bin) is missing")),
        "{run:?}"
    );
}

/// Changes a byte of a file.
fn damage(path: &Path, offset: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[offset] ^= 0x55;
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_damaged_entry_does_not_hide_the_rest_of_its_pack() {
    let sandbox = repository();
    for file in 0..20_u64 {
        let text: String = (0..30)
            .map(|line| letters(file * 100 + line, 60) + "\n")
            .collect();
        commit(&sandbox, &format!("file{file}"), text + &leak(file), "add");
    }
    repack(&sandbox, "0");
    let all = found(&history(&sandbox));
    let blob = git_output(&sandbox, &["rev-parse", "HEAD:file7"]);
    let entries = git_output(&sandbox, &["verify-pack", "-v", &pack(&sandbox, "idx")]);
    let entry = entries
        .lines()
        .find(|line| line.starts_with(&blob))
        .unwrap();
    let offset: usize = entry
        .split(' ')
        .filter(|it| !it.is_empty())
        .nth(4)
        .unwrap()
        .parse()
        .unwrap();
    damage(Path::new(&pack(&sandbox, "pack")), offset + 200);
    let scan = report(&sandbox, &[]);
    assert_eq!(scan["complete"], false);
    let reason = scan["unscanned"][0]["reason"].as_str().unwrap();
    assert!(
        reason.contains(&format!("cannot read object {blob} at byte {offset}")),
        "{reason}"
    );
    assert_eq!(scan["unscanned"].as_array().unwrap().len(), 1);
    let missing: Vec<_> = all
        .difference(&found(&scan))
        .map(|(object, _)| object.clone())
        .collect();
    assert_eq!(missing, [blob]);
    // A sound copy elsewhere is as good.
    sandbox.git(&["clone", "-q", "--bare", ".", "copy.git"]);
}

#[test]
fn a_damaged_entry_is_read_from_a_sound_copy() {
    let sandbox = repository();
    hundred_versions(&sandbox);
    repack(&sandbox, "50");
    let all = found(&history(&sandbox));
    sandbox.git(&["clone", "-q", "--bare", "--no-hardlinks", ".", "copy.git"]);
    let alternates = sandbox.path().join("copy.git/objects");
    sandbox.file(
        ".git/objects/info/alternates",
        format!("{}\n", alternates.display()),
    );
    let file = pack(&sandbox, "pack");
    let length = fs::read(&file).unwrap().len();
    for part in 1..8 {
        damage(Path::new(&file), length * part / 8);
    }
    let scan = report(&sandbox, &[]);
    assert_eq!(scan["unscanned"], json!([]));
    assert_eq!(found(&scan), all);
}

#[test]
fn truncated_packs_and_broken_indexes_are_named() {
    let sandbox = repository();
    hundred_versions(&sandbox);
    repack(&sandbox, "50");
    let file = pack(&sandbox, "pack");
    let bytes = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let run = sandbox.hfleaks(&["--history"]);
    assert_ne!(run.status, 0, "{run:?}");
    assert!(run.stderr.contains("cannot read object"), "{run:?}");
    // Half of a header, then no index, then a broken one.
    fs::write(&file, &bytes[..6]).unwrap();
    let run = sandbox.hfleaks(&["--history"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.stderr.contains(".pack: "), "{run:?}");
    fs::write(&file, &bytes).unwrap();
    let index = pack(&sandbox, "idx");
    let good = fs::read(&index).unwrap();
    fs::remove_file(&index).unwrap();
    let run = sandbox.hfleaks(&["--history"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.stderr.contains("git index-pack"), "{run:?}");
    fs::write(&index, &good[..good.len() - 100]).unwrap();
    let run = sandbox.hfleaks(&["--history"]);
    assert_eq!(run.status, 2, "{run:?}");
}

#[test]
fn unreadable_loose_objects_are_named() {
    let sandbox = repository();
    commit(&sandbox, "a", leak(1), "a");
    commit(&sandbox, "b", leak(2), "b");
    let blob = git_output(&sandbox, &["rev-parse", "HEAD:a"]);
    let file = sandbox
        .path()
        .join(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]));
    fs::remove_file(&file).unwrap();
    fs::write(&file, "nonsense").unwrap();
    let scan = report(&sandbox, &[]);
    let reason = scan["unscanned"][0]["reason"].as_str().unwrap();
    assert!(
        reason.contains(&format!("cannot read object {blob}")),
        "{reason}"
    );
    assert_eq!(introduced(&scan, "b"), ["b"]);
}

#[test]
fn submodules_modes_and_links_are_no_trouble() {
    let sandbox = repository();
    sandbox.git(&["clone", "-q", ".", "../library"]);
    sandbox
        .git(&["submodule", "--quiet", "add", "../library", "library"])
        .git(&["commit", "-q", "-m", "submodule"]);
    commit(&sandbox, "run.sh", leak(1), "leak");
    sandbox
        .git(&["update-index", "--chmod=+x", "run.sh"])
        .git(&["commit", "-q", "-m", "executable"]);
    let report = history(&sandbox);
    assert_eq!(introduced(&report, "run.sh"), ["leak"]);
    assert_eq!(at(&report, "run.sh")["history"]["objects_total"], 1);
    assert_eq!(report["skipped"], json!({"submodule": 1}));
}

#[test]
fn pointers_of_lfs_are_counted_and_listed() {
    let sandbox = repository();
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";
    commit(&sandbox, "models/model.bin", pointer, "lfs");
    let run = sandbox.hfleaks(&["--history"]);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(run.stdout.contains("Skipped 1 Git LFS file."), "{run:?}");
    let run = sandbox.hfleaks(&["--history", "-v"]);
    assert!(
        run.stdout
            .contains("Skipped: models/model.bin (Git LFS file)"),
        "{run:?}"
    );
}

#[test]
fn an_empty_repository_is_not_called_clean() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q"]);
    let run = sandbox.hfleaks(&["--history"]);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(
        run.stdout
            .contains("Nothing was scanned: the repository holds no objects."),
        "{run:?}"
    );
}

#[test]
fn no_repository_is_an_error() {
    let sandbox = Sandbox::new();
    for option in ["--history", "--staged", "--range=HEAD", "--since=yesterday"] {
        let run = sandbox.hfleaks(&[option]);
        assert_eq!(run.status, 2, "{run:?}");
        assert!(run.stderr.contains("is not in a git repository"), "{run:?}");
        assert_eq!(run.stdout, "", "{run:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_need_not_be_utf8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let sandbox = repository();
    let name = OsStr::from_bytes(b"caf\xe9.py");
    sandbox.file(Path::new(name), leak(1)).git(&["add", "."]);
    let status = sandbox
        .command("git")
        .args(["commit", "-q", "-m", "latin"])
        .env("GIT_AUTHOR_NAME", OsStr::from_bytes(b"Ren\xe9"))
        .status()
        .unwrap();
    assert!(status.success());
    let report = history(&sandbox);
    let finding = at(&report, "caf\\xe9.py");
    assert!(
        finding["history"]["introduced"][0]["author"]
            .as_str()
            .unwrap()
            .starts_with("Ren")
    );
}

#[test]
fn large_blobs_are_read_piece_by_piece() {
    let sandbox = repository();
    let mut text = letters(1, 60).repeat(100_000).into_bytes();
    text.extend_from_slice(b"\n\n");
    text.extend_from_slice(leak(1).as_bytes());
    commit(&sandbox, "big.txt", &text, "big");
    let loose = history(&sandbox);
    assert_eq!(at(&loose, "big.txt")["line"], 3);
    sandbox.git(&["gc", "-q"]);
    assert_eq!(history(&sandbox)["findings"], loose["findings"]);
}

#[test]
fn every_thread_count_finds_the_same_in_every_format() {
    let sandbox = repository();
    hundred_versions(&sandbox);
    repack(&sandbox, "50");
    for format in ["text", "json", "sarif", "github"] {
        let run = |jobs: &str| -> Run { sandbox.hfleaks(&["--history", "-f", format, "-j", jobs]) };
        let (one, four) = (run("1"), run("4"));
        let timeless = |run: &Run| {
            let lines = run
                .stdout
                .lines()
                .filter(|line| !line.starts_with("Scanned "));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(timeless(&one), timeless(&four), "{format}");
        assert!(one.stdout.contains("version 3"), "{format}: {}", one.stdout);
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_scan_with_a_report() {
    use std::time::{Duration, Instant};
    let sandbox = repository();
    commit(&sandbox, "small.txt", leak(1), "small");
    sandbox.git(&["gc", "-q"]);
    // As many bytes as take a while, in no space; a larger file would be a pack.
    let zeros = fs::File::create(sandbox.path().join("zeros")).unwrap();
    zeros.set_len(500 << 20).unwrap();
    sandbox.git(&["-c", "core.compression=1", "hash-object", "-w", "zeros"]);
    let child = sandbox
        .command(env!("CARGO_BIN_EXE_hfleaks"))
        .args(["--history", "-j", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(150));
    let interrupted = Instant::now();
    let id = child.id().to_string();
    let status = sandbox
        .command("kill")
        .args(["-INT", &id])
        .status()
        .unwrap();
    let run = Run::from(child.wait_with_output().unwrap());
    assert!(
        interrupted.elapsed() < Duration::from_secs(1),
        "{:?}",
        interrupted.elapsed()
    );
    // A machine may be so fast that it was done before.
    if status.success() && !run.stdout.contains("small.txt") {
        assert!(run.stderr.contains("the scan was stopped"), "{run:?}");
        assert!(run.stdout.contains("The scan is incomplete"), "{run:?}");
        assert_eq!(run.status, 1, "{run:?}");
        assert!(!run.stdout.contains(&token(1)[..12]), "{run:?}");
    }
}

#[test]
fn progress_is_for_terminals() {
    let sandbox = repository();
    hundred_versions(&sandbox);
    let run = sandbox.hfleaks(&["--history"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
}

#[test]
fn references_to_what_is_missing_are_named() {
    let sandbox = repository();
    sandbox
        .git(&["tag", "-a", "-m", "tag", "v1"])
        .git(&["checkout", "-q", "-b", "other"]);
    commit(&sandbox, "a", "a\n", "a");
    sandbox
        .git(&["checkout", "-q", "main"])
        .file("staged", "s\n")
        .git(&["add", "staged"]);
    for (revision, named_by) in [
        ("v1", "which refs/tags/v1 names, is missing"),
        ("other", "which refs/heads/other names, is missing"),
        (":staged", "(staged) is missing"),
    ] {
        let object = git_output(&sandbox, &["rev-parse", revision]);
        let file = sandbox
            .path()
            .join(format!(".git/objects/{}/{}", &object[..2], &object[2..]));
        let bytes = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        let run = sandbox.hfleaks(&["--history"]);
        assert_eq!(run.status, 2, "{revision}: {run:?}");
        assert!(run.stderr.contains(named_by), "{revision}: {run:?}");
        fs::write(&file, bytes).unwrap();
    }
    assert_eq!(sandbox.hfleaks(&["--history"]).status, 0);
}

#[test]
fn what_tags_and_other_working_trees_hold_is_reachable() {
    let sandbox = repository();
    // A tag of a tree, and a tag of a tag.
    sandbox.file("sub/q", leak(1)).git(&["add", "."]);
    let tree = git_output(&sandbox, &["write-tree"]);
    sandbox
        .git(&["tag", "-a", "-m", "tree", "tree", &tree])
        .git(&["reset", "-q", "--hard"])
        .git(&["tag", "-a", "-m", &token(2), "inner"])
        .git(&["tag", "-a", "-m", "outer", "outer", "inner"])
        .git(&["tag", "-d", "inner"])
        .git(&["worktree", "add", "-q", "--detach", "linked"])
        .file("linked/staged", leak(3))
        .git(&["-C", "linked", "add", "staged"]);
    let report = history(&sandbox);
    let references = |path: &str| at(&report, path)["history"]["references"].clone();
    assert_eq!(references("sub/q"), json!(["refs/tags/tree"]));
    assert_eq!(reach(&report, "sub/q"), "reference");
    assert_eq!(references("<tag>"), json!(["refs/tags/outer"]));
    assert_eq!(reach(&report, "staged"), "index");
    sandbox.git(&["-C", "linked", "commit", "-q", "-m", "detached"]);
    fs::remove_dir_all(sandbox.path().join(".git/logs")).unwrap();
    let report = history(&sandbox);
    let references = &at(&report, "staged")["history"]["references"];
    assert_eq!(*references, json!(["worktrees/linked/HEAD"]));
}

#[test]
fn a_folder_s_name_may_be_a_token() {
    let sandbox = Sandbox::new();
    let name = token(1);
    sandbox
        .git(&["init", "-q", &name])
        .file(format!("{name}/a"), leak(2));
    sandbox
        .git(&["-C", &name, "add", "."])
        .git(&["-C", &name, "commit", "-q", "-m", "a"]);
    for format in ["text", "json", "jsonl", "sarif", "github"] {
        for part in ["--history", "--staged", "--range=HEAD"] {
            let run = sandbox.hfleaks(&[part, "-f", format, "-v", &name]);
            assert!(!run.stdout.contains(&name), "{format} {part}");
            assert!(!run.stderr.contains(&name), "{format} {part}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_pipe_is_waited_for() {
    for name in [
        "HEAD",
        "packed-refs",
        "shallow",
        "objects/info/alternates",
        "objects/pack/pack-1.idx",
        "objects/pack/pack-1.pack",
    ] {
        let sandbox = repository();
        let path = sandbox.path().join(".git").join(name);
        let _ = fs::remove_file(&path);
        let status = sandbox.command("mkfifo").arg(&path).status().unwrap();
        assert!(status.success());
        let output = sandbox
            .command("timeout")
            .args(["10", env!("CARGO_BIN_EXE_hfleaks"), "--history"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {output:?}");
    }
}

#[test]
fn dangling_commits_come_in_the_same_order_for_every_thread_count() {
    let sandbox = repository();
    for lines in 0..6 {
        sandbox.git(&["checkout", "-q", "--detach", "main"]);
        commit(
            &sandbox,
            "f",
            "\n".repeat(lines) + &leak(1),
            &format!("d{lines}"),
        );
    }
    sandbox.git(&["checkout", "-q", "main"]);
    fs::remove_dir_all(sandbox.path().join(".git/logs")).unwrap();
    let one = report(&sandbox, &["-j", "1"]);
    for _ in 0..10 {
        assert_eq!(report(&sandbox, &["-j", "4"])["findings"], one["findings"]);
    }
}

#[test]
fn a_note_on_two_commits_is_no_trouble() {
    let sandbox = repository();
    commit(&sandbox, "a", "a\n", "a");
    let note = token(1);
    sandbox
        .git(&["notes", "add", "-m", &note, "HEAD"])
        .git(&["notes", "add", "-m", &note, "HEAD~1"]);
    let report = history(&sandbox);
    for finding in report["findings"].as_array().unwrap() {
        assert_eq!(finding["path"], "<note>");
    }
}

#[test]
fn a_blob_with_many_tokens_may_have_two_paths() {
    let sandbox = repository();
    let tokens: String = (0..50).map(leak).collect();
    sandbox.file("one.txt", &tokens);
    commit(&sandbox, "two.txt", &tokens, "two");
    commit(&sandbox, "one.txt", &tokens, "one");
    let report = history(&sandbox);
    assert_eq!(report["findings"].as_array().unwrap().len(), 100);
}
