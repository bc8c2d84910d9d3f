//! Name classes: kinds of generated file that are told by their names alone
//! and that a rule may leave out.
//!
//! Names are compared as they are, upper and lower case apart, and only the
//! base name counts, except where a pattern has a folder in it. What a user
//! excludes is not a class; see [`exclusion`](crate::exclusion).

use std::path::Path;

use globset::{Candidate, Glob, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Serialize};

/// A kind of generated file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum NameClass {
    /// What a package manager writes down after resolving.
    Lock,
    /// Lists of checksums.
    Checksum,
    /// Minified JavaScript and CSS.
    Minified,
}

impl NameClass {
    /// Every class.
    pub const ALL: [Self; 3] = [Self::Lock, Self::Checksum, Self::Minified];

    /// The name, as rules and reports write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Checksum => "checksum",
            Self::Minified => "minified",
        }
    }

    /// The globs of the names in this class.
    #[must_use]
    pub fn globs(self) -> &'static [&'static str] {
        match self {
            Self::Lock => &[
                "*.lock",
                "*.lockb",
                "*.lockfile",
                "package-lock.json",
                ".package-lock.json",
                "npm-shrinkwrap.json",
                "pnpm-lock.yaml",
                "packages.lock.json",
                "conda-lock.yml",
                "pylock.toml",
                ".terraform.lock.hcl",
                "Package.resolved",
            ],
            Self::Checksum => &[
                "*.sum",
                "*.md5",
                "*.md5sum",
                "*.sha1",
                "*.sha1sum",
                "*.sha224",
                "*.sha224sum",
                "*.sha256",
                "*.sha256sum",
                "*.sha384",
                "*.sha384sum",
                "*.sha512",
                "*.sha512sum",
                "MD5SUMS",
                "SHA1SUMS",
                "SHA224SUMS",
                "SHA256SUMS",
                "SHA384SUMS",
                "SHA512SUMS",
                "checksums.txt",
                "*_checksums.txt",
                "*.dist-info/RECORD",
            ],
            Self::Minified => &["*.min.js", "*.min.mjs", "*.min.cjs", "*.min.css"],
        }
    }
}

/// Tells the class of a path by its name.
#[derive(Debug)]
pub struct NameClasses {
    names: GlobSet,
    class_of_glob: Vec<NameClass>,
    /// The last bytes of every glob. Most names end in none of them, and are
    /// told apart ten times as fast as by the globs.
    endings: Vec<Ending>,
}

/// The last bytes of a name.
type Ending = [u8; 3];

impl NameClasses {
    /// All classes, compiled.
    #[must_use]
    pub fn new() -> Self {
        let mut names = GlobSetBuilder::new();
        let mut class_of_glob = Vec::new();
        let mut endings = Vec::new();
        for class in NameClass::ALL {
            for glob in class.globs() {
                let ending = glob.as_bytes().last_chunk();
                endings.push(*ending.expect("every glob ends in three bytes that are no star"));
                // A glob without a folder is for the base name; `**/` lets it
                // match at any depth.
                let anywhere = Glob::new(&format!("**/{glob}"));
                names.add(anywhere.expect("the table's globs are valid, as a test checks"));
                class_of_glob.push(class);
            }
        }
        endings.sort_unstable();
        endings.dedup();
        Self {
            names: names
                .build()
                .expect("the table's globs are valid, as a test checks"),
            class_of_glob,
            endings,
        }
    }

    /// The class of `path`, if its name is in one.
    #[must_use]
    pub fn class_of(&self, path: &Path) -> Option<NameClass> {
        let ending: &Ending = path.as_os_str().as_encoded_bytes().last_chunk()?;
        if !self.endings.contains(ending) {
            return None;
        }
        let candidate = Candidate::new(path);
        // Nearly no name is in a class, and only `matches` allocates.
        if !self.names.is_match_candidate(&candidate) {
            return None;
        }
        let glob = *self.names.matches_candidate(&candidate).first()?;
        Some(self.class_of_glob[glob])
    }
}

impl Default for NameClasses {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(path: &str) -> Option<NameClass> {
        NameClasses::new().class_of(Path::new(path))
    }

    #[test]
    fn every_glob_ends_in_plain_bytes() {
        for ending in NameClasses::new().endings {
            let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'.';
            assert!(ending.iter().all(is_plain), "{ending:?}");
        }
    }

    #[test]
    fn every_glob_of_the_table_names_its_class() {
        for expected in NameClass::ALL {
            for glob in expected.globs() {
                let name = glob.replace('*', "some");
                assert_eq!(class(&name), Some(expected), "{name}");
                assert_eq!(class(&format!("a/b/{name}")), Some(expected), "a/b/{name}");
            }
        }
    }

    #[test]
    fn names_that_only_look_alike_have_no_class() {
        for name in [
            "requirements.txt",
            "Cargo.lock.bak",
            "lockfile.js",
            "CARGO.LOCK",
            "RECORD",
            "notes/RECORD",
            "app.js",
            "app.min.js.map",
            "min.js",
            "checksums.txt.py",
            "package-lock.json/readme",
            "x.lock/config",
        ] {
            assert_eq!(class(name), None, "{name}");
        }
    }
}
