//! Runs: whether source runs in continuous integration, as far as it can be told.

use std::path::Path;

/// Where source runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runs {
    /// In a job of continuous integration.
    InCi,
    /// Nobody knows.
    Anywhere,
}

impl Runs {
    /// Where the source of a file runs.
    pub(crate) fn of_path(path: &Path) -> Self {
        /// Folders of what only a CI service runs.
        const FOLDERS: &[&str] = &[
            ".github",
            ".gitlab",
            ".circleci",
            ".buildkite",
            ".ci",
            "ci",
            "ci_scripts",
        ];
        let mut folders = path.iter().rev().skip(1);
        if folders.any(|it| it.to_str().is_some_and(|it| FOLDERS.contains(&it))) {
            Self::InCi
        } else {
            Self::Anywhere
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_ci_are_told() {
        for (path, runs) in [
            (".github/scripts/a.py", Runs::InCi),
            ("ci/a.py", Runs::InCi),
            ("src/a.py", Runs::Anywhere),
            ("ci.py", Runs::Anywhere),
            ("src/ci_tools/a.py", Runs::Anywhere),
        ] {
            assert_eq!(Runs::of_path(Path::new(path)), runs, "{path}");
        }
    }
}
