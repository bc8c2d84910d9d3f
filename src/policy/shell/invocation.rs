//! What a command calls: the program, behind whatever runs it, and its subcommand.

use super::command::{Command, Kind};
use super::word::{Part, Word};

/// Programs that run the program that stands among their arguments.
const RUNNERS: &[&str] = &[
    "sudo",
    "doas",
    "env",
    "command",
    "exec",
    "builtin",
    "nohup",
    "time",
    "timeout",
    "nice",
    "ionice",
    "stdbuf",
    "unbuffer",
    "xargs",
    "retry",
    "uvx",
    "uv",
    "pipx",
    "poetry",
    "pipenv",
    "pdm",
    "hatch",
    "rye",
    "pixi",
    "conda",
    "mamba",
    "micromamba",
    "srun",
    "xvfb-run",
    "docker",
    "podman",
    "kubectl",
    "yes",
    "tox",
    "npx",
    "dotenv",
    "infisical",
    "doppler",
    "op",
    "chronic",
];

/// Programs and the modules by which Python runs them.
const MODULES: &[(&str, &str)] = &[
    ("hf", "huggingface_hub.cli.hf"),
    (
        "huggingface-cli",
        "huggingface_hub.commands.huggingface_cli",
    ),
    ("pip", "pip"),
];

impl Command {
    /// The arguments of a program, behind a subcommand of it, if the command calls that:
    /// `hf`, [`auth`, `login`] of `sudo uvx hf --quiet auth login --token x` gives the last
    /// two.
    pub(crate) fn call(&self, program: &str, subcommand: &[&str]) -> Option<&[Word]> {
        let mut rest = self.arguments_of(program)?;
        for name in subcommand {
            rest = behind_positional(rest, name)?;
        }
        Some(rest)
    }

    /// The arguments of a program, if the command calls it.
    pub(crate) fn arguments_of(&self, program: &str) -> Option<&[Word]> {
        if self.kind != Kind::Simple {
            return None;
        }
        let name = self.words.first()?.file_name()?;
        if name == program {
            return Some(self.arguments());
        }
        if name.starts_with("python") {
            let module = MODULES.iter().find(|(it, _)| *it == program)?.1;
            let at = self.words.iter().position(|word| word.is("-m"))?;
            let runs = self.words.get(at + 1)?.is(module);
            return runs.then(|| &self.words[at + 2..]);
        }
        if !RUNNERS.contains(&name) {
            return None;
        }
        let is_program = |word: &Word| {
            let name = word.file_name().unwrap_or_default();
            name.split('@').next() == Some(program)
        };
        let at = self.words.iter().position(is_program)?;
        Some(&self.words[at + 1..])
    }
}

impl Word {
    /// The last name of a path, if it is text.
    pub(crate) fn file_name(&self) -> Option<&str> {
        let Some(Part::Text(_, text)) = self.parts.last() else {
            return None;
        };
        match text.rsplit_once('/') {
            Some((_, name)) => Some(name),
            None if self.parts.len() == 1 => Some(text),
            None => None,
        }
    }
}

/// The words behind a name, if only options, each with a value or none, stand before it.
fn behind_positional<'w>(words: &'w [Word], name: &str) -> Option<&'w [Word]> {
    let mut follows_option = false;
    for (place, word) in words.iter().enumerate() {
        if word.is(name) {
            return Some(&words[place + 1..]);
        }
        let is_option = word.beginning().starts_with('-');
        if !is_option && !follows_option {
            return None;
        }
        follows_option = is_option && !word.beginning().contains('=');
    }
    None
}
