//! Repositories: a small one is written, of which the bytes are one file, or from which its
//! objects are made, and scanned. It must end, and not in a panic.

mod files;

use std::cell::RefCell;
use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use super::Kind;
use crate::config::Config;
use crate::input::{Input, Part};
use crate::project::Project;
use crate::repository::delta;
use crate::repository::inflate::Buffer;
use crate::repository::{Repository, Surroundings};
use crate::scan::Scanner;

pub(super) const KIND: Kind = Kind {
    name: "repository",
    subjects: || {
        vec![
            "delta",
            "index",
            "loose",
            "objects",
            "pack",
            "packed",
            "references",
        ]
    },
    run,
};

fn run(subject: &str, bytes: &[u8]) {
    if subject == "delta" {
        let (base, delta) = parts(bytes);
        return apply(base, delta);
    }
    let folder = tempfile::tempdir().expect("there is room for a small folder");
    let git = folder.path().join(".git");
    let write = |path: &str, bytes: &[u8]| {
        let path = git.join(path);
        let parent = path.parent().expect("it is in the repository");
        fs::create_dir_all(parent).expect("there is room for a small folder");
        fs::write(path, bytes).expect("there is room for a small file");
    };
    write("config", b"[core]\n\trepositoryformatversion = 0\n");
    write("HEAD", format!("{}\n", files::id(0)).as_bytes());
    write("refs/heads/other", format!("{}\n", files::id(1)).as_bytes());
    let write_loose = |objects: &[files::Object]| {
        for (place, object) in objects.iter().enumerate() {
            write(&files::loose_path(place), &object.loose());
        }
    };
    match subject {
        "index" => {
            write_loose(&files::sample());
            write("index", bytes);
        }
        "loose" => write(&files::loose_path(0), bytes),
        "objects" => write_loose(&files::objects(bytes)),
        "pack" => {
            let (index, pack) = parts(bytes);
            write("objects/pack/pack-1.idx", index);
            write("objects/pack/pack-1.pack", pack);
        }
        "packed" => {
            let (index, pack) = files::pack(&files::objects(bytes));
            write("objects/pack/pack-1.idx", &index);
            write("objects/pack/pack-1.pack", &pack);
        }
        _ => {
            write_loose(&files::sample());
            let line = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
            let (head, packed) = bytes.split_at(line);
            write("HEAD", head);
            write("packed-refs", packed);
        }
    }
    for part in [
        Part::History,
        Part::Staged,
        Part::Range {
            revisions: None,
            since: None,
        },
    ] {
        scan(folder.path(), part);
    }
}

/// The first two bytes tell how long the first part is.
fn parts(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (length, rest) = bytes.split_first_chunk().unwrap_or((&[0; 2], &[]));
    rest.split_at(rest.len().min(usize::from(u16::from_le_bytes(*length))))
}

fn apply(base: &[u8], delta: &[u8]) {
    /// What makes more is no finding: a byte may stand for 64 KiB.
    const MOST: u64 = 16 << 20;
    let mut result = Buffer::default();
    if delta::result_length(delta).is_ok_and(|length| length <= MOST)
        && let Ok(common) = delta::apply(base, delta, &mut result)
    {
        let result = result.bytes();
        assert_eq!(base[..common.start], result[..common.start]);
        let end = |bytes: &[u8]| bytes[bytes.len() - common.end..].to_vec();
        assert_eq!(end(base), end(result));
        assert!(common.start + common.end <= base.len().min(result.len()));
    }
}

thread_local! {
    /// What is compiled once: that takes longer than to scan a small repository.
    static SCANNER: RefCell<Scanner> = RefCell::new(Scanner::new(Config {
        jobs: NonZeroUsize::MIN,
        ..Config::default()
    }));
}

fn scan(near: &Path, part: Part) {
    let found = Repository::find(near, Surroundings::AreIgnored, part.option());
    let Ok(repository) = found else { return };
    let revisions = repository.revisions(None, None);
    if revisions.is_err() && matches!(part, Part::Range { .. }) {
        return;
    }
    SCANNER.with_borrow_mut(|scanner| {
        let config = scanner.config_mut();
        config.project = Project::of_repository(&repository.root());
        config.revisions = revisions.ok();
        config.repository = Some(repository);
        config.inputs = vec![Input::Repository {
            near: near.to_path_buf(),
            surroundings: Surroundings::AreIgnored,
            part,
        }];
        let _ = scanner.scan();
    });
}
