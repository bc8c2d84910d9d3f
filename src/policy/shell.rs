//! A shell script, as the grammar of bash reads it: its commands in order, with their
//! words, and for each where its output goes and whether `set -x` shows it.
//!
//! Nothing is expanded, and no file is followed. What stands in a here-document or in the
//! string of `bash -c` is text. `${{ … }}` of GitHub, which stands in a script before the
//! shell sees it, is a part of a word as a variable is.

mod command;
mod expression;
pub(crate) mod files;
mod invocation;
mod prepared;
mod reader;
mod redirection;
mod single;
mod spelling;
mod syntax;
mod trace;
mod word;

use std::collections::BTreeSet;

pub(crate) use self::command::{Assignment, Command, Kind, Output};
use self::prepared::Prepared;
use self::reader::Reader;
pub(crate) use self::redirection::Redirection;
pub(crate) use self::word::{Part, Word};
use crate::context::Context;

/// A script.
#[derive(Debug)]
pub(crate) struct Script {
    /// Its commands, also those of functions and of substitutions, each before those that
    /// stand in it.
    pub(crate) commands: Vec<Command>,
    /// Names of the functions that it defines.
    functions: BTreeSet<String>,
    /// The kind of file that it stands in.
    pub(crate) place: Context,
}

impl Script {
    /// The longest text that is read, in bytes.
    const LONGEST: usize = 1 << 20;

    /// Reads a script. There is none if the text is too long or too tangled; a text with
    /// errors is read around them.
    pub(crate) fn read(text: &[u8], place: Context) -> Option<Self> {
        if text.len() > Self::LONGEST {
            return None;
        }
        let prepared = Prepared::new(text);
        let tree = syntax::parse(prepared.text.as_bytes())?;
        let mut reader = Reader::new(&prepared);
        reader.read(tree.root_node());
        if reader.is_cut {
            return None;
        }
        let (commands, functions) = reader.finish();
        Some(Self {
            commands,
            functions: functions.into_iter().collect(),
            place,
        })
    }

    /// The command that reads what a command writes, if that is sure.
    pub(crate) fn reader_of(&self, command: &Command) -> Option<&Command> {
        match command.output {
            Output::Piped(Some(reader)) => self.commands.get(reader),
            _ => None,
        }
    }

    /// Whether a command calls a function of the script.
    pub(crate) fn is_function(&self, command: &Command) -> bool {
        let name = command.name();
        name.is_some_and(|name| self.functions.contains(name))
    }
}

/// Whether the first line of a text has it run by a shell that is read.
pub(crate) fn is_run_by_shell(text: &[u8]) -> bool {
    let Some(line) = text.strip_prefix(b"#!") else {
        return false;
    };
    let line = line.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut words = line.split(u8::is_ascii_whitespace);
    words.any(is_shell)
}

/// Whether a program is a shell that is read, by its path.
pub(crate) fn is_shell(program: &[u8]) -> bool {
    let name = program.rsplit(|byte| *byte == b'/').next();
    let name = name.unwrap_or_default();
    matches!(name, b"sh" | b"bash" | b"zsh" | b"ksh" | b"dash" | b"ash")
}

#[cfg(test)]
mod tests;
