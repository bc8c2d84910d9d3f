//! What the fuzz targets in `fuzz/` call. A target is a kind, which is a binary, and one of
//! its subjects: `decode-zip` is the subject `zip` of the kind `decode`.
//!
//! It holds no seeds and knows no fuzzer: every kind is a function of a subject and bytes,
//! which a test calls with the seeds, too.

mod decode;
mod detect;
mod examine;
mod parse;
mod render;
mod repository;

/// A kind of target.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// The name of its binary.
    pub name: &'static str,
    /// What it can be run for.
    pub subjects: fn() -> Vec<&'static str>,
    /// Runs one of the subjects on bytes. It panics where something does not hold.
    pub run: fn(&str, &[u8]),
}

/// All kinds.
pub const KINDS: &[Kind] = &[
    decode::KIND,
    detect::KIND,
    examine::KIND,
    parse::KIND,
    render::KIND,
    repository::KIND,
];

/// The kind of a name.
///
/// # Panics
/// Where there is none, and where it has no subject of that name.
pub fn kind(name: &str, subject: &str) -> Kind {
    let kind = KINDS.iter().find(|kind| kind.name == name);
    let kind = *kind.expect("a binary is named after its kind");
    let subjects = (kind.subjects)();
    assert!(
        subjects.contains(&subject),
        "{subject:?} is none of {subjects:?}"
    );
    kind
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    fn seeds() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds")
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("seeds are checked in");
        let name = |entry: std::io::Result<fs::DirEntry>| {
            let name = entry.expect("seeds are checked in").file_name();
            name.into_string().expect("names are ASCII")
        };
        entries.map(name).collect()
    }

    #[test]
    fn every_kind_has_a_binary() {
        let manifest = include_str!("../fuzz/Cargo.toml");
        let manifest: toml::Table = manifest.parse().expect("it is TOML");
        let binaries = manifest["bin"].as_array().expect("it has binaries").iter();
        let binaries: BTreeSet<_> = binaries.filter_map(|it| it["name"].as_str()).collect();
        assert_eq!(binaries, KINDS.iter().map(|kind| kind.name).collect());
    }

    #[test]
    fn every_target_has_seeds() {
        let of_kind = |kind: &Kind| {
            let name = kind.name;
            (kind.subjects)()
                .into_iter()
                .map(move |it| format!("{name}-{it}"))
        };
        let targets: BTreeSet<_> = KINDS.iter().flat_map(of_kind).collect();
        assert_eq!(
            names(&seeds()).into_iter().collect::<BTreeSet<_>>(),
            targets
        );
        for target in targets {
            let seeds = names(&seeds().join(&target));
            assert!((1..=8).contains(&seeds.len()), "{target}: {seeds:?}");
        }
    }

    #[test]
    fn no_seed_breaks_anything() {
        for target in names(&seeds()) {
            let (name, subject) = target.split_once('-').expect("a target has a kind");
            let kind = kind(name, subject);
            for seed in names(&seeds().join(&target)) {
                let bytes = fs::read(seeds().join(&target).join(&seed));
                let bytes = bytes.expect("seeds are checked in");
                assert!(bytes.len() <= 2048, "{target}/{seed} is small");
                eprintln!("{target}/{seed}");
                (kind.run)(subject, &bytes);
            }
        }
    }
}
