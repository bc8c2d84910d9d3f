//! What the tests of practices share.

use std::path::Path;

use super::breaches::{Breach, Breaches, Place};
use super::notebook::TakeText;
use super::practice::{Look, Practice};
use super::shell::Script;
use super::{File, PRACTICES, Policy};
use crate::container::format::{FORMATS, Open};
use crate::context::Context;
use crate::standing::Standing;

/// What a practice finds in a file that nobody has added to git: the texts, and what is
/// said of them.
pub(crate) fn breaches(practice: &str, path: &str, text: &str) -> Vec<(String, String)> {
    breaches_where(practice, path, text, Standing::Untracked)
}

/// The same where every file is something else to git.
pub(crate) fn breaches_where(
    practice: &str,
    path: &str,
    text: &str,
    standing: Standing,
) -> Vec<(String, String)> {
    let practice = PRACTICES.iter().find(|it| it.name == practice);
    let practice = practice.expect("a practice of this name is in the list");
    let policy = Policy::new(vec![(0, practice)]);
    assert!(Policy::concerns(Path::new(path)), "{path} is looked at");
    let texts = |take: TakeText<'_>| {
        let notebook = FORMATS.iter().find(|it| it.name == "notebook");
        if let Some(Open::Pieces(pieces)) = notebook.map(|it| &it.open) {
            pieces(text.as_bytes(), take);
        }
    };
    let is_notebook = Path::new(path).extension().is_some_and(|it| it == "ipynb");
    let examined = policy.examine(&File {
        path: Path::new(path),
        bytes: text.as_bytes(),
        texts: is_notebook.then_some(&texts),
        standing: &|_| standing,
    });
    assert_eq!(examined.faults, [""; 0], "{path}");
    let told = |it: &Breach| (text[it.span.clone()].to_owned(), it.message.clone());
    examined.breaches.iter().map(told).collect()
}

/// What a practice finds in a script of a workflow.
pub(crate) fn breaches_of_script(practice: &Practice, text: &str) -> Vec<(String, String)> {
    let script = Script::read(text.as_bytes(), Context::GithubWorkflow);
    let script = script.expect("it is short");
    let mut found = Vec::new();
    for look in practice.looks {
        if let Look::Script(look) = look {
            look(&script, &mut Breaches::new(0, Place::File, &mut found));
        }
    }
    let told = |it: &Breach| (text[it.span.clone()].to_owned(), it.message.clone());
    found.iter().map(told).collect()
}

/// Where a practice finds something in a script of a workflow.
pub(crate) fn places_in_script(practice: &Practice, text: &str) -> Vec<String> {
    let found = breaches_of_script(practice, text).into_iter();
    found.map(|(place, _)| place).collect()
}
