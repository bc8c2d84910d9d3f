//! Requirements: which packages a project asks for, and in which versions.
//!
//! They are read from pip's files, `pyproject.toml` and environments of conda. What was
//! resolved from them, such as a lock file, is not asked for here.

mod conda;
mod pip;
mod project;

use std::ops::Range;
use std::path::Path;

/// The packages that a file asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Requirements {
    /// Each, in order.
    pub(crate) list: Vec<Requirement>,
    /// What decides the versions.
    pub(crate) versions: Versions,
}

/// What decides which versions are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Versions {
    /// What the file says.
    Here,
    /// Another file, or a tool that wrote this one.
    Elsewhere,
}

/// A package that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// Its name in lower case, with dashes (PEP 503).
    pub(crate) name: String,
    /// Which versions, as it is written; nothing if it is not said.
    pub(crate) specifier: String,
    /// Where it is written, in one line.
    pub(crate) span: Range<usize>,
}

/// A kind of file that asks for packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequirementsFile {
    /// pip's.
    Pip,
    /// `pyproject.toml`.
    Project,
    /// An environment of conda.
    Conda,
}

impl RequirementsFile {
    /// What a file of this path is, if it asks for packages.
    pub(crate) fn of_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let folder = path.parent().and_then(Path::file_name);
        let is_in = folder.is_some_and(|it| it == "requirements" || it == "reqs");
        let (stem, extension) = name.rsplit_once('.')?;
        match extension {
            "toml" => (stem == "pyproject").then_some(Self::Project),
            "yml" | "yaml" => {
                let is_conda = stem.starts_with("environment") || stem.starts_with("conda");
                (is_conda && !stem.contains("lock")).then_some(Self::Conda)
            }
            "txt" | "in" => {
                let is_pip = stem.contains("requirements") || is_in;
                let is_other = stem.contains("constraints") || stem.contains("lock");
                (is_pip && !is_other).then_some(Self::Pip)
            }
            _ => None,
        }
    }

    /// Reads a file of the kind. There is nothing to read if it is not what its name says.
    pub(crate) fn read(self, bytes: &[u8]) -> Option<Requirements> {
        match self {
            Self::Pip => pip::read(bytes),
            Self::Project => project::read(bytes),
            Self::Conda => conda::read(bytes),
        }
    }
}

impl Requirement {
    /// Reads what PEP 508 says, which stands in the file at `start`.
    fn read(text: &str, start: usize) -> Option<Self> {
        let lead = text.len() - text.trim_start().len();
        let text = text.trim();
        let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
        let name_end = text.find(|it| !is_name(it)).unwrap_or(text.len());
        let (name, rest) = text.split_at(name_end);
        if !name.starts_with(|it: char| it.is_ascii_alphanumeric()) {
            return None;
        }
        let rest = rest.trim_start();
        let behind_extras = match rest.strip_prefix('[') {
            Some(extras) => extras.split_once(']')?.1,
            None => rest,
        };
        let specifier = behind_extras.split(';').next().unwrap_or_default();
        let length = text.len() - behind_extras.len() + specifier.trim_end().len();
        let specifier = specifier.trim().trim_matches(['(', ')']).to_owned();
        let begins = ['=', '<', '>', '!', '~', '@'];
        if !specifier.is_empty() && !specifier.starts_with(begins) {
            return None;
        }
        let end = if specifier.is_empty() {
            text.len() - behind_extras.len()
        } else {
            length
        };
        Some(Self {
            name: normal(name),
            specifier,
            span: start + lead..start + lead + text[..end].trim_end().len(),
        })
    }

    /// Whether any version will do.
    pub(crate) fn is_unbounded(&self) -> bool {
        matches!(self.specifier.as_str(), "" | "*")
    }
}

/// A name as PEP 503 compares it.
fn normal(name: &str) -> String {
    let words = name.split(['-', '_', '.']).filter(|it| !it.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn told(kind: RequirementsFile, text: &str) -> Vec<(String, String, String)> {
        let requirements = kind.read(text.as_bytes()).expect("it is what it says");
        let told = |it: Requirement| (it.name, it.specifier, text[it.span].to_owned());
        requirements.list.into_iter().map(told).collect()
    }

    fn triple(name: &str, specifier: &str, text: &str) -> (String, String, String) {
        (name.to_owned(), specifier.to_owned(), text.to_owned())
    }

    #[test]
    fn files_are_told_by_their_names() {
        use RequirementsFile::{Conda, Pip, Project};
        for (path, kind) in [
            ("requirements.txt", Some(Pip)),
            ("a/requirements-dev.txt", Some(Pip)),
            ("requirements/base.txt", Some(Pip)),
            ("dev-requirements.in", Some(Pip)),
            ("pyproject.toml", Some(Project)),
            ("environment.yml", Some(Conda)),
            ("environment-gpu.yaml", Some(Conda)),
            ("conda.yaml", Some(Conda)),
            ("constraints.txt", None),
            ("requirements.lock.txt", None),
            ("conda-lock.yml", None),
            ("notes.txt", None),
            ("requirements", None),
        ] {
            assert_eq!(RequirementsFile::of_path(Path::new(path)), kind, "{path}");
        }
    }

    #[test]
    fn pip_is_read() {
        let text = "\u{feff}# comment\r\nHuggingFace.Hub[cli, hf_xet] >=0.20,<1 ; python_version>'3.8' # why\r\n\
            torch\r\n-r base.txt\r\n--index-url https://x\r\ngit+https://github.com/a/b\r\n./local\r\n\
            datasets @ https://x/y.whl\r\nnumpy \\\r\n  ==1.0";
        assert_eq!(
            told(RequirementsFile::Pip, text),
            [
                triple(
                    "huggingface-hub",
                    ">=0.20,<1",
                    "HuggingFace.Hub[cli, hf_xet] >=0.20,<1"
                ),
                triple("torch", "", "torch"),
                triple(
                    "datasets",
                    "@ https://x/y.whl",
                    "datasets @ https://x/y.whl"
                ),
                triple("numpy", "==1.0", "numpy"),
            ]
        );
        for locked in [
            "# This file is autogenerated by pip-compile\ntorch",
            "torch --hash=sha256:0",
            "-c constraints.txt\ntorch",
        ] {
            let read = RequirementsFile::Pip.read(locked.as_bytes());
            assert_eq!(read.map(|it| it.versions), Some(Versions::Elsewhere));
        }
    }

    #[test]
    fn projects_are_read() {
        let text = r#"
[project]
dependencies = ["huggingface_hub", 'torch>=2 ; extra == "x"']
[project.optional-dependencies]
dev = ["datasets~=2.0"]
[dependency-groups]
test = ["pytest", {include-group = "dev"}]
[tool.poetry.dependencies]
python = "^3.9"
huggingface-hub = "*"
timm = {version = "*", extras = ["a"]}
peft = {git = "https://x/y"}
[tool.poetry.group.dev.dependencies]
trl = "^0.9"
"#;
        assert_eq!(
            told(RequirementsFile::Project, text),
            [
                triple("huggingface-hub", "", "huggingface_hub"),
                triple("torch", ">=2", "torch>=2"),
                triple("datasets", "~=2.0", "datasets~=2.0"),
                triple("pytest", "", "pytest"),
                triple("huggingface-hub", "*", "huggingface-hub"),
                triple("peft", "{}", "peft"),
                triple("python", "^3.9", "python"),
                triple("timm", "*", "timm"),
                triple("trl", "^0.9", "trl"),
            ]
        );
        assert_eq!(RequirementsFile::Project.read(b"[project\n"), None);
    }

    #[test]
    fn environments_are_read() {
        let text = "name: x\ndependencies:\n  - python=3.10\n  - conda-forge::huggingface_hub\n\
            \x20 - pip\n  - pip:\n    - huggingface_hub>=0.2\n    - -r requirements.txt\n";
        assert_eq!(
            told(RequirementsFile::Conda, text),
            [
                triple("python", "=3.10", "python=3.10"),
                triple("huggingface-hub", "", "conda-forge::huggingface_hub"),
                triple("pip", "", "pip"),
                triple("huggingface-hub", ">=0.2", "huggingface_hub>=0.2"),
            ]
        );
        assert_eq!(RequirementsFile::Conda.read(b"a: [\n"), None);
    }
}
