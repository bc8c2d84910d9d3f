//! The folder of the login, where git would take it.

use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use crate::policy::File;
use crate::policy::breaches::Breaches;
use crate::policy::env_file::EnvFile;
use crate::policy::practice::{Look, Practice};
use crate::policy::shell::Script;
use crate::standing::Standing;

pub(crate) const PRACTICE: Practice = Practice {
    name: "hf-home-in-tree",
    looks: &[Look::ScriptFile(script), Look::EnvFile(env_file)],
};

fn script(script: &Script, file: &File<'_>, breaches: &mut Breaches<'_>) {
    for command in &script.commands {
        // Where a path leads to behind this is not known.
        if matches!(command.name(), Some("cd" | "pushd")) {
            return;
        }
        for set in &command.assignments {
            judge(&set.name, &set.value.raw, &set.value.span, file, breaches);
        }
    }
}

fn env_file(variables: &EnvFile, file: &File<'_>, breaches: &mut Breaches<'_>) {
    for set in &variables.entries {
        judge(&set.key, &set.value, &set.value_span, file, breaches);
    }
}

fn judge(
    name: &str,
    value: &str,
    span: &Range<usize>,
    file: &File<'_>,
    breaches: &mut Breaches<'_>,
) {
    let Some(path) = in_tree(value) else { return };
    let token = match name {
        "HF_HOME" => path.join("token"),
        "HF_TOKEN_PATH" => path,
        _ => return,
    };
    // It is relative to the folder where it is run: this one, or more often the project's.
    let is_open = |path: &Path| {
        let standing = (file.standing)(path);
        matches!(standing, Standing::Tracked | Standing::Untracked)
    };
    if is_open(&token) && is_open(&file.root().join(&token)) {
        let what = "a folder of the project that git does not ignore";
        let message = format!("{name} has the login written to {what}");
        breaches.add(span.clone(), message);
    }
}

/// The path below the working directory that a value is.
fn in_tree(value: &str) -> Option<PathBuf> {
    let value = value.trim_matches(['"', '\'']);
    let here = ["$PWD/", "${PWD}/", "$(pwd)/", "`pwd`/"];
    let value = here
        .iter()
        .find_map(|it| value.strip_prefix(it))
        .unwrap_or(value);
    let is_plain = !value.contains(['$', '`', '~', '%', '{', '<', '"', '\\', ':', '*', ' ']);
    let mut path = PathBuf::new();
    for component in Path::new(value).components() {
        match component {
            Component::CurDir => {}
            Component::Normal(name) => path.push(name),
            _ => return None,
        }
    }
    // Dots stand in the place of expressions.
    (is_plain && !value.contains("..") && path.components().next().is_some()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::policy::testing::breaches_where;

    #[test]
    fn it_depends_on_what_the_folder_is_to_git() {
        let text = "export HF_HOME=./hf_home\n";
        for (standing, expected) in [
            (Standing::Untracked, 1),
            (Standing::Tracked, 1),
            (Standing::Ignored, 0),
            (Standing::NoRepository, 0),
        ] {
            let found = breaches_where(PRACTICE.name, "run.sh", text, standing);
            assert_eq!(found.len(), expected, "{standing:?}");
        }
    }

    #[test]
    fn it_is_looked_for_from_both_folders() {
        let policy = Policy::new(vec![(0, &PRACTICE)]);
        let text = b"HF_HOME=$PWD/cache/hf python train.py\n";
        let asked = std::cell::RefCell::new(Vec::new());
        let examined = policy.examine(&File {
            path: Path::new("a/b/run.sh"),
            bytes: text,
            texts: None,
            standing: &|path| {
                asked.borrow_mut().push(path.to_owned());
                Standing::Untracked
            },
        });
        assert_eq!(examined.breaches.len(), 1);
        let paths = ["cache/hf/token", "../../cache/hf/token"].map(PathBuf::from);
        assert_eq!(*asked.borrow(), paths);
    }

    #[test]
    fn only_paths_below_are_in_the_tree() {
        for value in ["./a", "a/b", "\"$PWD/a\"", "$(pwd)/a", ".cache/huggingface"] {
            assert!(in_tree(value).is_some(), "{value}");
        }
        for value in [
            "",
            ".",
            "/data/hf",
            "~/.cache",
            "$HOME/.cache",
            "../a",
            "${{ x }}/a",
            "a/$B",
            "C:\\a",
            "<path>",
            "........./a",
        ] {
            assert_eq!(in_tree(value), None, "{value}");
        }
    }
}
