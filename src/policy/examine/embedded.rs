//! Embedded documents: scripts and Python source that stand in other files.

use std::ops::Range;

use super::super::breaches::{Passage, Place};
use super::super::ipython;
use super::super::names;
use super::super::notebook::NotebookText;
use super::super::practice::Look;
use super::super::python::{self, Known, Python, Runs};
use super::super::run_script::{RunScript, Shell};
use super::super::shell::{Command, Script, Word};
use super::super::{Examined, File, Looked, Policy};
use super::TOO_LONG;
use crate::context::Context;
use crate::source_map::Mapped;

/// Where a command of a script has source for Python: behind `-c`, or in a here-document.
fn python_of(command: &Command) -> Vec<Range<usize>> {
    let name = command.words.first().and_then(Word::file_name);
    if !name.is_some_and(|it| it.starts_with("python")) {
        return Vec::new();
    }
    let words = &command.words;
    let option = words.iter().position(|it| it.is("-c"));
    let word = option.and_then(|at| words.get(at + 1));
    let word = word.filter(|it| it.raw.starts_with(['"', '\'']) && it.span.len() > 1);
    let here = command.redirections.iter().filter(|it| it.is_here());
    let word = word.map(|it| it.span.start + 1..it.span.end - 1);
    word.into_iter()
        .chain(here.map(|it| it.target.span.clone()))
        .collect()
}

/// A text with `${name}` where it has `{name}`.
fn with_variables(text: &Mapped, names: &[Range<usize>]) -> Mapped {
    let mut variables = Mapped::default();
    let mut done = 0;
    for name in names {
        variables.append(&text.part(&(done..name.start)));
        let brace = name.start..name.start + 1;
        variables.push_escape(b"${", text.source_of(&brace));
        done = brace.end;
    }
    variables.append(&text.part(&(done..text.bytes.len())));
    variables
}

/// As long as `text`, without the escapes of a quoted word.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = text.to_vec();
    let escapes = memchr::memmem::find_iter(text, b"\\\"");
    for at in escapes {
        plain[at] = b' ';
    }
    plain
}

impl Policy {
    /// Looks at what a job runs.
    pub(super) fn run_script(&self, script: &RunScript, examined: &mut Examined) {
        let passage = Passage {
            text: &script.text,
            within: &|_| None,
        };
        match script.shell {
            Shell::Posix => self.script(&passage, script.place, examined),
            Shell::Python if python::can_matter(&script.text.bytes) => {
                let source = &script.text.bytes;
                let place = Place::Passage(&passage);
                self.python(place, source, &Known::default(), Runs::InCi, examined);
            }
            Shell::Python | Shell::Pwsh | Shell::Other => {}
        }
    }

    /// Looks at a script that stands in a file.
    pub(super) fn script(&self, passage: &Passage<'_>, context: Context, examined: &mut Examined) {
        let text = &passage.text.bytes;
        if !names::may_occur(text) {
            return;
        }
        let Some(script) = Script::read(text, context) else {
            let fault = "a script in it is too long or too tangled to be read";
            examined.faults.push(fault.to_owned());
            return;
        };
        let place = Place::Passage(passage);
        self.each(place, examined, |look, breaches| {
            let Look::Script(look) = look else {
                return Looked::No;
            };
            look(&script, breaches);
            Looked::Yes
        });
        self.python_in_script(passage, &script, examined);
    }

    /// Looks at the Python source that a script gives to an interpreter.
    pub(super) fn python_in_script(
        &self,
        passage: &Passage<'_>,
        script: &Script,
        examined: &mut Examined,
    ) {
        let runs = match script.place {
            Context::GithubWorkflow | Context::GitlabCi | Context::Ci => Runs::InCi,
            _ => Runs::Anywhere,
        };
        for span in script.commands.iter().flat_map(python_of) {
            let text = passage.text.part(&span);
            let text = text.with_bytes(unescaped(&text.bytes));
            if python::can_matter(&text.bytes) {
                let source = Passage {
                    text: &text,
                    within: &|at| (passage.within)(span.start + at),
                };
                let place = Place::Passage(&source);
                self.python(place, &text.bytes, &Known::default(), runs, examined);
            }
        }
    }

    /// Looks at Python source that comes after what is `known`, and says what is known
    /// behind it.
    pub(super) fn python(
        &self,
        place: Place<'_>,
        source: &[u8],
        known: &Known,
        runs: Runs,
        examined: &mut Examined,
    ) -> Option<Known> {
        let Some(tree) = python::parse(source) else {
            examined.faults.push(TOO_LONG.to_owned());
            return None;
        };
        let python = Python::read(&tree, source, known, runs);
        self.each(place, examined, |look, breaches| {
            let Look::Python(look) = look else {
                return Looked::No;
            };
            look(&python, breaches);
            Looked::Yes
        });
        Some(python.known())
    }

    /// Looks at the texts of a notebook, whose cells know what those before them do.
    pub(in super::super) fn notebook(&self, file: &File<'_>, examined: &mut Examined) {
        let Some(texts) = file.texts.filter(|_| names::may_occur(file.bytes)) else {
            return;
        };
        let json = file
            .bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(file.bytes);
        if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(json) {
            examined.faults.push(format!("not a notebook: {error}"));
            return;
        }
        let mut known = Known::default();
        texts(&mut |text, within| {
            let passage = Passage { text, within };
            match NotebookText::of(within(0).as_ref()) {
                NotebookText::Code => self.cell(&passage, &mut known, examined),
                NotebookText::Output => self.output(&passage, examined),
                NotebookText::Other => {}
            }
        });
    }

    fn cell(&self, cell: &Passage<'_>, known: &mut Known, examined: &mut Examined) {
        let languages = ipython::languages(&cell.text.bytes);
        let as_passage = |bytes: Vec<u8>| cell.text.with_bytes(bytes);
        if let Some(text) = languages.python.map(as_passage) {
            let passage = Passage {
                text: &text,
                within: cell.within,
            };
            let place = Place::Passage(&passage);
            let next = self.python(place, &text.bytes, known, Runs::Anywhere, examined);
            *known = next.unwrap_or_else(|| std::mem::take(known));
        }
        if let Some(text) = languages.shell.map(as_passage) {
            let text = with_variables(&text, &languages.names);
            // A name that has become a variable is one longer.
            let added = |at: usize| {
                let is_before = |(place, name): &(usize, &Range<usize>)| name.start + place < at;
                languages
                    .names
                    .iter()
                    .enumerate()
                    .take_while(is_before)
                    .count()
            };
            let passage = Passage {
                text: &text,
                within: &|at| (cell.within)(at - added(at)),
            };
            self.script(&passage, Context::Notebook, examined);
        }
    }

    fn output(&self, output: &Passage<'_>, examined: &mut Examined) {
        // What is no text has other places.
        let Ok(text) = std::str::from_utf8(&output.text.bytes) else {
            return;
        };
        let place = Place::Passage(output);
        self.each(place, examined, |look, breaches| {
            let Look::Output(look) = look else {
                return Looked::No;
            };
            look(text, breaches);
            Looked::Yes
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::testing::breaches;

    fn notebook(source: &str) -> String {
        let source = serde_json::to_string(source).expect("it is text");
        format!(
            "{{\"cells\": [{{\"cell_type\": \"code\", \"outputs\": [], \"source\": [{source}]}}], \
             \"nbformat\": 4}}"
        )
    }

    #[test]
    fn scripts_in_cells_are_looked_at() {
        for (source, text) in [
            ("x = 1\n!hf upload a . --token {hf_token}\n", "{hf_token}"),
            ("!a {b} {c}\n!hf upload a . --token $HF_TOKEN", "$HF_TOKEN"),
            ("%%bash\nhf upload a . --token \"$HF_TOKEN\"", "$HF_TOKEN"),
        ] {
            let found = breaches("token-as-argument", "a.ipynb", &notebook(source));
            assert_eq!(found.len(), 1, "{source}");
            assert_eq!(found[0].0, text);
        }
        let harmless = notebook("print('hf upload --token {hf_token}')\n!hf upload {repo} .");
        assert_eq!(breaches("token-as-argument", "a.ipynb", &harmless), []);
    }

    #[test]
    fn python_in_scripts_is_looked_at() {
        for (path, text) in [
            ("a.sh", "python - <<'EOF'\nprint(hf_token)\nEOF\n"),
            (
                "a.sh",
                "if x; then\n  python3 -u -c 'print(hf_token)'\nfi\n",
            ),
            ("a.sh", "python -c \"x = \\\"a\\\"; print(hf_token)\"\n"),
            (
                ".github/workflows/a.yml",
                "on: push\njobs:\n  a:\n    steps:\n      - shell: python\n        run: |\n          \
                 x = 1\n          print(hf_token)\n",
            ),
        ] {
            let found = breaches("token-logged", path, text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].0, "hf_token");
        }
        let harmless = "cat <<EOF\nprint(hf_token)\nEOF\necho 'print(hf_token)'\n";
        assert_eq!(breaches("token-logged", "a.sh", harmless), []);
    }
}
