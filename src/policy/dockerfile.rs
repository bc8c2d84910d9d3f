//! A container's recipe: its instructions, with what they set, copy and run.
//!
//! Lines that are continued are one text, without the comments between them, and so the
//! builder reads them. Variables are not expanded, and stages are not told apart.

mod lines;
mod run;

use std::ops::Range;

use self::lines::Lines;
use super::shell::is_shell;
use crate::source_map::Mapped;

/// A recipe.
#[derive(Debug)]
pub(crate) struct Dockerfile {
    /// Its instructions, in order.
    pub(crate) instructions: Vec<Instruction>,
}

/// An instruction.
#[derive(Debug)]
pub(crate) struct Instruction {
    /// `RUN`, `COPY`, …, in upper case. What `ONBUILD` puts off is an instruction, too.
    pub(crate) keyword: String,
    /// Its words: of `RUN` only the flags.
    pub(crate) words: Vec<Word>,
    /// What it runs in a shell, if it does.
    pub(crate) script: Option<Mapped>,
}

/// A word of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Where it stands in the file, with its quotes.
    pub(crate) span: Range<usize>,
    /// What it says, without quotes.
    pub(crate) text: String,
}

/// A variable that `ENV` or `ARG` sets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    /// Where its name stands.
    pub(crate) key_span: Range<usize>,
    /// The name.
    pub(crate) key: String,
    /// Where the value stands, with its quotes.
    pub(crate) value_span: Range<usize>,
    /// The value, without quotes; `ARG` may have none.
    pub(crate) value: Option<String>,
}

impl Dockerfile {
    /// Reads a recipe.
    pub(crate) fn read(text: &[u8]) -> Self {
        let mut lines = Lines::new(text);
        let mut instructions = Vec::new();
        let mut shell_is_posix = true;
        while let Some(line) = lines.next_instruction() {
            let Some(mut instruction) = Instruction::read(&line, &mut lines) else {
                continue;
            };
            if instruction.keyword == "SHELL" {
                let first = instruction.words.first();
                shell_is_posix = first.is_some_and(|it| is_shell(it.text.as_bytes()));
            }
            if !shell_is_posix {
                instruction.script = None;
            }
            instructions.push(instruction);
        }
        Self { instructions }
    }

    /// What is run in a shell, in order.
    pub(crate) fn scripts(&self) -> impl Iterator<Item = &Mapped> {
        self.instructions.iter().filter_map(|it| it.script.as_ref())
    }
}

impl Instruction {
    fn read(line: &Mapped, lines: &mut Lines<'_>) -> Option<Self> {
        let mut start = 0;
        let mut keyword = lines::word_at(&line.bytes, &mut start)?;
        if keyword.eq_ignore_ascii_case("ONBUILD") {
            keyword = lines::word_at(&line.bytes, &mut start)?;
        }
        keyword.make_ascii_uppercase();
        let bodies = match &*keyword {
            "RUN" | "COPY" | "ADD" => lines.here_documents(&line.bytes[start..]),
            _ => Vec::new(),
        };
        let escape = lines.escape();
        let (words, script) = match &*keyword {
            "RUN" | "CMD" | "ENTRYPOINT" => {
                let (flags, behind) = lines::flags(line, start, escape);
                (flags, run::script(line, behind, &bodies))
            }
            "HEALTHCHECK" => {
                let (flags, behind) = lines::flags(line, start, escape);
                let mut at = behind;
                let is_cmd = lines::word_at(&line.bytes, &mut at).is_some_and(|it| it == "CMD");
                let script = is_cmd.then(|| run::script(line, at, &[])).flatten();
                (flags, script)
            }
            _ => (lines::words(line, start, escape), None),
        };
        Some(Self {
            keyword,
            words,
            script,
        })
    }

    /// The variables that it sets, if it is `ENV` or `ARG`.
    pub(crate) fn settings(&self) -> Vec<Setting> {
        let has_value = |word: &Word| word.text.contains('=');
        match (&*self.keyword, &*self.words) {
            ("ENV", [first, rest @ ..]) if !has_value(first) => {
                let values: Vec<_> = rest.iter().map(|it| &*it.text).collect();
                let end = |it: &Word| it.span.end;
                vec![Setting {
                    value_span: end(first)..rest.last().map_or(end(first), end),
                    key_span: first.span.clone(),
                    key: first.text.clone(),
                    value: Some(values.join(" ")),
                }]
            }
            ("ENV" | "ARG", words) => words.iter().map(Setting::of).collect(),
            _ => Vec::new(),
        }
    }

    /// What it copies out of the folder that is built, if it is `COPY` or `ADD`.
    pub(crate) fn sources(&self) -> &[Word] {
        if !matches!(&*self.keyword, "COPY" | "ADD") {
            return &[];
        }
        let flags = self.words.iter().take_while(|it| it.text.starts_with("--"));
        let (flags, rest) = self.words.split_at(flags.count());
        if flags.iter().any(|it| it.text.starts_with("--from=")) {
            return &[];
        }
        rest.split_last().map_or(&[], |(_, sources)| sources)
    }
}

impl Setting {
    fn of(word: &Word) -> Self {
        let (key, value) = match word.text.split_once('=') {
            Some((key, value)) => (key, Some(value.to_owned())),
            None => (&*word.text, None),
        };
        let end = (word.span.start + key.len()).min(word.span.end);
        Self {
            value_span: (end + 1).min(word.span.end)..word.span.end,
            key_span: word.span.start..end,
            key: key.to_owned(),
            value,
        }
    }
}

#[cfg(test)]
mod tests;
