//! A command: words that run something, or variables that are set.

use std::ops::Range;

use super::redirection::Redirection;
use super::word::{Part, Word};

/// A command.
#[derive(Debug)]
pub(crate) struct Command {
    /// What it is.
    pub(crate) kind: Kind,
    /// The name first, then the arguments. Of a test, what stands in its brackets.
    pub(crate) words: Vec<Word>,
    /// Variables that are set before the name, or by a declaration.
    pub(crate) assignments: Vec<Assignment>,
    /// Its redirections, or those of all that it is the only part of.
    pub(crate) redirections: Vec<Redirection>,
    /// Where its standard output goes.
    pub(crate) output: Output,
    /// Whether `set -x` shows it.
    pub(crate) traced: bool,
}

/// What a command is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A program, a function or a builtin.
    Simple,
    /// `export`, `declare`, `local`, `readonly`, `typeset`, `unset`.
    Declaration,
    /// Variables are set, and nothing is run.
    Assignment,
    /// `[ … ]` or `[[ … ]]`.
    Test,
}

/// Where standard output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// To who runs the script: a terminal, a log.
    Printed,
    /// To who calls the function, which may be the same.
    Returned,
    /// Into a word or a variable: `$(…)`.
    Captured,
    /// To another command, by its place in the script's commands.
    Piped(Option<usize>),
    /// To a file or nowhere.
    File,
}

/// A variable that is set.
#[derive(Debug)]
pub(crate) struct Assignment {
    /// Where it stands, with the value.
    pub(crate) span: Range<usize>,
    /// Where the name stands.
    pub(crate) name_span: Range<usize>,
    /// The name.
    pub(crate) name: String,
    /// The value. An array's is all of its values.
    pub(crate) value: Word,
}

impl Command {
    /// The name, if it is text.
    pub(crate) fn name(&self) -> Option<&str> {
        match &*self.words.first()?.parts {
            [Part::Text(_, name)] => Some(name),
            _ => None,
        }
    }

    /// The words behind the name.
    pub(crate) fn arguments(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// All words that the shell expands before it runs the command: values and arguments.
    pub(crate) fn expanded(&self) -> impl Iterator<Item = &Word> {
        let values = self.assignments.iter().map(|it| &it.value);
        values.chain(&self.words)
    }
}
