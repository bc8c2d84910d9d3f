//! The policy stage: finds where a file handles a token so that it may leak, though no
//! token is written in it.
//!
//! A file is read as what it is (a workflow, a script, Python, …), and every practice
//! that is asked for looks at it. What comes of it are breaches; triage makes findings of
//! them, as it does of hits. A practice is a file in `practices/`, which looks for it, and
//! a rule in `rules/`, which tells people of it.

pub(crate) mod breaches;
mod compose;
pub(crate) mod dockerfile;
pub(crate) mod env_file;
mod examine;
mod expression;
pub(crate) mod git_config;
mod ipython;
mod manifest;
mod names;
mod notebook;
mod pipeline;
pub(crate) mod practice;
mod practices;
mod publishing;
mod python;
mod requirements;
mod run_script;
pub(crate) mod shell;
#[cfg(test)]
mod testing;
pub(crate) mod value;
mod variables;
mod workflow;
mod yaml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use self::breaches::{Breaches, Place};
use self::notebook::Texts;
use self::practice::{Look, Practice};
pub(crate) use self::practices::PRACTICES;
use self::shell::files;
use crate::breach::Breach;
use crate::context::Context;
use crate::rule::Target;
use crate::rule_set::RuleSet;
use crate::standing::Standing;

/// The practice that a rule's `check` names.
pub(crate) fn practice(name: &str) -> Option<&'static Practice> {
    PRACTICES
        .iter()
        .copied()
        .find(|practice| practice.name == name)
}

/// The practices that a scan looks for.
#[derive(Debug)]
pub(crate) struct Policy {
    /// Each with its rule, by the rule's place in the set.
    practices: Vec<(usize, &'static Practice)>,
}

/// A file to be looked at.
pub(crate) struct File<'f> {
    /// Its path from the project's root, or as far as it is known.
    pub(crate) path: &'f Path,
    /// All of it.
    pub(crate) bytes: &'f [u8],
    /// What a file of a path, relative to this one's folder, is to git.
    pub(crate) standing: &'f dyn Fn(&Path) -> Standing,
    /// The texts inside of it, if it is of a kind that has some.
    pub(crate) texts: Option<Texts<'f>>,
}

impl File<'_> {
    /// The way from the file's folder to the project's root.
    pub(crate) fn root(&self) -> PathBuf {
        let folders = self.path.parent().map_or(0, |it| it.components().count());
        std::iter::repeat_n("..", folders).collect()
    }
}

/// What was seen in a file.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    /// The breaches, in order of position.
    pub(crate) breaches: Vec<Breach>,
    /// Why the file, or a part of it, could not be looked at, if so.
    pub(crate) faults: Vec<String>,
    /// How many documents each practice looked at, by its rule's place in the set.
    pub(crate) looked_at: BTreeMap<usize, u64>,
}

/// Whether a practice has looked at a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looked {
    Yes,
    /// It looks at documents of other kinds.
    No,
}

/// Whether a text begins with the mark of UTF-16 or UTF-32.
fn is_wide(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe")
        || bytes.starts_with(b"\xfe\xff")
        || bytes.starts_with(b"\0\0\xfe\xff")
}

impl Policy {
    /// The practices of these rules, each given by its place in the set.
    pub(crate) fn new(practices: Vec<(usize, &'static Practice)>) -> Self {
        Self { practices }
    }

    /// The practices that these rules look for.
    pub(crate) fn of(rules: &RuleSet) -> Self {
        let practices = rules.iter().enumerate();
        let practices = practices.filter_map(|(place, rule)| match &rule.target {
            Target::Practice(name) => Some((place, practice(name)?)),
            Target::Credential(_) => None,
        });
        Self::new(practices.collect())
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.practices.is_empty()
    }

    /// Whether a file of this path is one that practices look at.
    pub(crate) fn concerns(path: &Path) -> bool {
        Context::of_name(path) != Context::Other
            || examine::is_known(path)
            || files::may_be_script(path)
    }

    /// Looks at a file.
    pub(crate) fn examine(&self, file: &File<'_>) -> Examined {
        let mut examined = Examined::default();
        if is_wide(file.bytes) {
            let fault = "it is UTF-16 or UTF-32, and read as UTF-8 only";
            examined.faults.push(fault.to_owned());
            return examined;
        }
        match Context::of_name(file.path) {
            Context::Compose => self.compose(file, &mut examined),
            Context::Dockerfile => self.recipe(file, &mut examined),
            Context::EnvFile => self.env_file(file, &mut examined),
            Context::GithubWorkflow => self.workflow(file, &mut examined),
            Context::GitlabCi => self.pipeline(file, &mut examined),
            Context::GitRemote => self.git_config(file, &mut examined),
            Context::Kubernetes => self.manifests(file, &mut examined),
            Context::Notebook => self.notebook(file, &mut examined),
            Context::Python => self.python_file(file, &mut examined),
            Context::Other if examine::is_known(file.path) => {
                self.unnamed(file, &mut examined);
            }
            _ if files::is_script(file.path, file.bytes) => self.script_file(file, &mut examined),
            _ => {}
        }
        examined
            .breaches
            .sort_by_key(|it| (it.span.start, it.span.end, it.rule));
        examined.breaches.dedup();
        examined
    }

    /// Lets every practice look at a document. `look_at` says whether it is of the kind that
    /// a practice looks at.
    fn each(
        &self,
        place: Place<'_>,
        examined: &mut Examined,
        look_at: impl Fn(&Look, &mut Breaches<'_>) -> Looked,
    ) {
        for (rule, practice) in &self.practices {
            let mut breaches = Breaches::new(*rule, place, &mut examined.breaches);
            let looked = practice.looks.iter();
            let looked = looked.map(|look| look_at(look, &mut breaches));
            let count = looked.filter(|looked| *looked == Looked::Yes).count();
            if count > 0 {
                *examined.looked_at.entry(*rule).or_default() += 1;
            }
        }
    }
}
