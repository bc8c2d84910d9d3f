//! Need: which steps can need a token that their environment holds.
//!
//! A program reads its environment without a word of it in the workflow, so that only of a
//! step whose every command is known can be said that it needs none.

use super::{Job, Step, Workflow};
use crate::context::Context;
use crate::policy::run_script::Shell;
use crate::policy::shell::{Command, Kind, Script};

/// Whether a step needs a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// It does not, and runs nothing of others.
    Harmless,
    /// It does not, and runs what others wrote, which can read it.
    Exposed,
    /// It may.
    Possible,
}

/// Actions of GitHub's that prepare a job or keep its files.
const OWN_ACTIONS: &[&str] = &["actions/", "github/"];

/// Commands that only say, look or move.
const PLAIN: &[&str] = &[
    "[",
    "awk",
    "cat",
    "cd",
    "chmod",
    "chown",
    "command",
    "cp",
    "cut",
    "date",
    "df",
    "du",
    "echo",
    "exit",
    "false",
    "find",
    "free",
    "git",
    "grep",
    "gunzip",
    "gzip",
    "head",
    "jq",
    "xargs",
    "dirname",
    "basename",
    "realpath",
    "id",
    "whoami",
    "hostname",
    "ls",
    "ln",
    "lscpu",
    "mkdir",
    "mv",
    "nproc",
    "nvidia-smi",
    "pip-list",
    "printf",
    "pwd",
    "return",
    "rm",
    "sed",
    "set",
    "shopt",
    "sleep",
    "sort",
    "source",
    "tail",
    "tar",
    "tee",
    "test",
    "touch",
    "tr",
    "true",
    "type",
    "ulimit",
    "uname",
    "uniq",
    "unzip",
    "wc",
    "which",
    "zip",
];

/// Programs, and the first of their arguments, that fetch what others wrote and run it, or
/// check sources.
const FETCHING: &[(&str, &[&str])] = &[
    ("pip", &["install", "download", "list", "freeze"]),
    ("pip3", &["install", "download", "list", "freeze"]),
    ("uv", &["pip", "sync", "venv", "lock", "python", "add"]),
    ("poetry", &["install", "lock", "config"]),
    ("npm", &["ci", "install", "i"]),
    ("pnpm", &["install", "i"]),
    ("yarn", &["install"]),
    ("apt", &["update", "install", "upgrade", "remove"]),
    (
        "apt-get",
        &["update", "install", "upgrade", "remove", "clean"],
    ),
    ("apk", &["add", "update"]),
    ("brew", &["install", "update"]),
    ("conda", &["install", "create", "update", "config", "env"]),
    ("mamba", &["install", "create", "update"]),
    ("ruff", &["check", "format"]),
    ("pre-commit", &["run"]),
];

/// Programs that check sources, whatever their arguments are.
const CHECKING: &[&str] = &[
    "black",
    "flake8",
    "isort",
    "mypy",
    "pylint",
    "eslint",
    "codespell",
];

impl Workflow<'_> {
    /// Whether a step can need the variable of this name that a wider level sets.
    pub(crate) fn need(&self, job: &Job, step: &Step, name: &str) -> Need {
        if step.env.iter().any(|it| it.name == name) {
            return Need::Harmless;
        }
        if names(step, name) {
            return Need::Possible;
        }
        if let Some(action) = step.action() {
            let is_own = OWN_ACTIONS.iter().any(|it| action.starts_with(it));
            let lower = action.to_lowercase();
            let is_near = lower.starts_with('.') || lower.contains("hugging");
            return match (is_own, is_near) {
                (true, _) => Need::Harmless,
                (_, true) => Need::Possible,
                _ => Need::Exposed,
            };
        }
        match self.shell_of(job, step) {
            Shell::Posix => need_of_script(step.script()),
            Shell::Pwsh | Shell::Python | Shell::Other => Need::Possible,
        }
    }
}

/// Whether a step says the name of a variable.
fn names(step: &Step, name: &str) -> bool {
    let entries = step.node.entries();
    let entries = entries
        .iter()
        .filter(|(key, _)| key.as_str() != Some("name"));
    let mut scalars = entries.flat_map(|(_, value)| value.scalars());
    scalars.any(|it| it.as_str().is_some_and(|text| has_word(text, name)))
}

fn has_word(text: &str, word: &str) -> bool {
    let is_of_word = |it: char| it.is_ascii_alphanumeric() || it == '_';
    text.match_indices(word).any(|(place, _)| {
        let before = text[..place].chars().next_back();
        let after = text[place + word.len()..].chars().next();
        !before.is_some_and(is_of_word) && !after.is_some_and(is_of_word)
    })
}

fn need_of_script(text: &str) -> Need {
    let Some(script) = Script::read(text.as_bytes(), Context::GithubWorkflow) else {
        return Need::Possible;
    };
    let commands = script.commands.iter();
    let needs = commands.map(need_of_command);
    needs.max().unwrap_or(Need::Harmless)
}

fn need_of_command(command: &Command) -> Need {
    if command.kind != Kind::Simple || command.words.is_empty() {
        return Need::Harmless;
    }
    let name = command.words[0].file_name().unwrap_or_default();
    if PLAIN.contains(&name) {
        return Need::Harmless;
    }
    let is_fetching = FETCHING.iter().any(|(program, subcommands)| {
        subcommands
            .iter()
            .any(|it| command.call(program, &[it]).is_some())
    });
    if is_fetching || matches!(name, "curl" | "wget") || CHECKING.contains(&name) {
        return Need::Exposed;
    }
    Need::Possible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_commands_need_none() {
        for (script, need) in [
            ("echo hi\nmkdir -p x && cd x", Need::Harmless),
            (
                "python -m pip install -U pip\npip install -r requirements.txt",
                Need::Exposed,
            ),
            (
                "sudo apt-get update && sudo apt-get install -y git-lfs",
                Need::Exposed,
            ),
            ("uv pip install --system .", Need::Exposed),
            ("pip install .\npython train.py", Need::Possible),
            ("make test", Need::Possible),
            ("uv run pytest", Need::Possible),
            ("./run.sh", Need::Possible),
            ("X=$(python x.py)", Need::Possible),
            ("", Need::Harmless),
        ] {
            assert_eq!(need_of_script(script), need, "{script}");
        }
        assert!(has_word("a $HF_TOKEN b", "HF_TOKEN"));
        assert!(!has_word("a $HF_TOKEN_2 MY_HF_TOKEN", "HF_TOKEN"));
    }
}
