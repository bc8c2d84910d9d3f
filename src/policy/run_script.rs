//! Run scripts: the scripts that a workflow or a pipeline holds, as text.
//!
//! What the commands in one are is the shell's matter.

use crate::context::Context;
use crate::source_map::Mapped;

/// A script in a workflow or a pipeline.
#[derive(Debug)]
pub(crate) struct RunScript {
    /// What it says, and where that stands in the file.
    pub(crate) text: Mapped,
    /// What runs it.
    pub(crate) shell: Shell,
    /// What kind of file it stands in.
    pub(crate) place: Context,
    /// The variables of its environment that are set to a token of Hugging Face there.
    pub(crate) tokens: Vec<String>,
}

/// What runs a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shell {
    /// `sh`, `bash` and their kin.
    Posix,
    /// `pwsh` and `powershell`.
    Pwsh,
    /// Python.
    Python,
    /// Anything else.
    Other,
}

impl Shell {
    /// The shell that a command such as `bash -euo pipefail {0}` calls.
    pub(crate) fn of_command(command: &str) -> Self {
        let program = command.split_whitespace().next().unwrap_or_default();
        let program = program.rsplit(['/', '\\']).next().unwrap_or_default();
        match program.trim_end_matches(".exe") {
            "bash" | "sh" | "zsh" | "dash" | "ksh" | "ash" => Self::Posix,
            "pwsh" | "powershell" => Self::Pwsh,
            name if name.starts_with("python") => Self::Python,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells_are_told_by_their_commands() {
        assert_eq!(Shell::of_command("bash -euo pipefail {0}"), Shell::Posix);
        assert_eq!(Shell::of_command("/bin/sh"), Shell::Posix);
        assert_eq!(Shell::of_command("pwsh"), Shell::Pwsh);
        assert_eq!(Shell::of_command("python3 {0}"), Shell::Python);
        assert_eq!(Shell::of_command("cmd"), Shell::Other);
        assert_eq!(Shell::of_command(""), Shell::Other);
    }
}
