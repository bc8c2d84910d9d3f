//! Pipelines: what GitLab runs, as `.gitlab-ci.yml` says it.
//!
//! One file of it: what `include` brings in is not seen, so that of a job which may have it
//! from there little can be said.

use std::collections::{HashMap, HashSet};

use super::names::is_token_name;
use super::publishing::{Publication, publications};
use super::run_script::{RunScript, Shell};
use super::variables::{Variable, effective};
use super::yaml::{self, Fault, Yaml};
use crate::context::Context;
use crate::source_map::Mapped;

/// A pipeline, and the bytes that it was read from.
#[derive(Debug)]
pub(crate) struct Pipeline<'b> {
    /// The file.
    pub(crate) bytes: &'b [u8],
    /// All of it.
    pub(crate) root: Yaml,
    /// What every job's environment holds.
    pub(crate) variables: Vec<Variable>,
    /// The jobs, and what jobs extend.
    pub(crate) jobs: Vec<Job>,
    /// Where each stands among them.
    places: HashMap<String, usize>,
}

/// A job, or what jobs extend.
#[derive(Debug)]
pub(crate) struct Job {
    /// What it is called.
    pub(crate) name: String,
    /// All of it.
    pub(crate) node: Yaml,
    /// What its environment holds, by itself.
    pub(crate) variables: Vec<Variable>,
}

/// Keys of a pipeline that are no jobs.
const RESERVED: &[&str] = &[
    "after_script",
    "before_script",
    "cache",
    "default",
    "image",
    "include",
    "services",
    "spec",
    "stages",
    "types",
    "variables",
    "workflow",
];

/// How often the bytes of a file may be gone over, once for each job.
const MOST_WORK: usize = 1 << 26;

/// How many jobs one may extend, those that they extend included. GitLab allows less.
const MOST_EXTENDED: usize = 64;

/// How long a script may be that many jobs share and each is looked at with.
const MOST_SHARED: usize = 4096;

/// What a job says, or what it extends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Said<'p> {
    /// This.
    Value(&'p Yaml),
    /// Nothing.
    Nothing,
    /// It extends something that stands in another file.
    Unknown,
}

impl Job {
    /// Whether it runs, and is not only there to be extended.
    pub(crate) fn runs(&self) -> bool {
        !self.name.starts_with('.')
    }
}

impl<'b> Pipeline<'b> {
    /// Reads a pipeline. There is none in a file without a job.
    pub(crate) fn read(bytes: &'b [u8]) -> Result<Option<Self>, Fault> {
        let documents = yaml::read(bytes)?;
        let Some(root) = documents.into_iter().rfind(Yaml::is_mapping) else {
            return Ok(None);
        };
        let is_job = |(key, value): &(&Yaml, &Yaml)| {
            let name = key.as_str().unwrap_or_default();
            value.is_mapping() && !RESERVED.contains(&name)
        };
        let jobs = root.entries().into_iter().filter(is_job);
        let read = |(key, node): (&Yaml, &Yaml)| {
            Some(Job {
                name: key.as_str()?.to_owned(),
                node: node.clone(),
                variables: Variable::read(node.get("variables"), bytes),
            })
        };
        let jobs: Vec<Job> = jobs.filter_map(read).collect();
        if jobs.len().saturating_mul(bytes.len()) > MOST_WORK {
            return Err(Fault::too_large());
        }
        Ok(Some(Self {
            bytes,
            variables: Variable::read(root.get("variables"), bytes),
            places: jobs.iter().map(|it| it.name.clone()).zip(0..).collect(),
            jobs,
            root,
        }))
    }

    /// A job and what it extends, the nearest first, and whether that is all.
    fn lineage<'p>(&'p self, job: &'p Job) -> (Vec<&'p Job>, bool) {
        let mut found: Vec<&Job> = Vec::new();
        let mut seen = HashSet::new();
        let mut open = vec![job];
        let mut is_whole = true;
        while let Some(next) = open.pop() {
            if !seen.insert(next.name.as_str()) {
                continue;
            }
            if seen.len() > MOST_EXTENDED {
                return (found, false);
            }
            found.push(next);
            let parents = next.node.get("extends").map(Yaml::items_or_self);
            for parent in parents.unwrap_or_default() {
                let place = parent.as_str().and_then(|name| self.places.get(name));
                let known = place.and_then(|place| self.jobs.get(*place));
                is_whole &= known.is_some();
                open.extend(known);
            }
        }
        (found, is_whole)
    }

    /// What is said of a key by a job, what it extends, or the defaults of all jobs.
    pub(crate) fn said<'p>(&'p self, job: &'p Job, key: &str) -> Said<'p> {
        let (lineage, is_whole) = self.lineage(job);
        let own = lineage.iter().find_map(|it| it.node.get(key));
        let default = || self.root.get("default").and_then(|it| it.get(key));
        match own {
            Some(value) => Said::Value(value),
            None if !is_whole => Said::Unknown,
            None => match default().or_else(|| self.root.get(key)) {
                Some(value) => Said::Value(value),
                None if self.root.get("include").is_some() => Said::Unknown,
                None => Said::Nothing,
            },
        }
    }

    /// What the environment of a job holds, as far as this file says it.
    pub(crate) fn variables_of<'p>(&'p self, job: &'p Job) -> Vec<&'p Variable> {
        let (lineage, _) = self.lineage(job);
        let mut levels: Vec<&[Variable]> = vec![&self.variables];
        levels.extend(lineage.iter().rev().map(|it| &it.variables[..]));
        effective(&levels)
    }

    /// The scripts of the jobs, and those that stand for all jobs.
    pub(crate) fn scripts(&self) -> impl Iterator<Item = RunScript> {
        let of_all = [Some(&self.root), self.root.get("default")];
        let of_all = of_all.into_iter().flatten();
        let shared = of_all
            .flat_map(|node| {
                [
                    vec![node.get("before_script")],
                    vec![node.get("after_script")],
                ]
            })
            .map(|parts| self.script(&parts, &tokens(&[])));
        let own = self.jobs.iter().flat_map(|job| {
            let of_job = tokens(&self.variables_of(job));
            let main = vec![job.node.get("before_script"), job.node.get("script")];
            let after = vec![job.node.get("after_script")];
            [main, after].map(|parts| self.script(&parts, &of_job))
        });
        let has_text = |it: &RunScript| !it.text.bytes.is_empty();
        shared.chain(own).filter(has_text)
    }

    /// The lines that a job runs before and in its script, as one. A long script that it
    /// shares with others is left out.
    pub(crate) fn main_script(&self, job: &Job) -> RunScript {
        let parts = ["before_script", "script"].map(|key| match self.said(job, key) {
            Said::Value(value) => {
                let is_own = job.node.get(key).is_some();
                Some(value).filter(|it| is_own || it.span.len() <= MOST_SHARED)
            }
            Said::Nothing | Said::Unknown => None,
        });
        self.script(&parts, &tokens(&self.variables_of(job)))
    }

    /// What the main script of a job publishes.
    pub(crate) fn publications(&self, job: &Job) -> Vec<Publication> {
        let text = self.main_script(job).text;
        let mut found = publications(&String::from_utf8_lossy(&text.bytes));
        for it in &mut found {
            it.span = text.source_of(&it.span);
        }
        found
    }

    fn script(&self, parts: &[Option<&Yaml>], tokens: &[String]) -> RunScript {
        let mut text = Mapped::default();
        let lines = parts.iter().flatten().flat_map(|it| it.lines());
        for line in lines {
            text.append(&line.passage(self.bytes));
            if !text.bytes.ends_with(b"\n") {
                text.push_escape(b"\n", line.span.end..line.span.end);
            }
        }
        RunScript {
            text,
            shell: Shell::Posix,
            place: Context::GitlabCi,
            tokens: tokens.to_vec(),
        }
    }
}

/// The variables that are set to a token.
fn tokens(variables: &[&Variable]) -> Vec<String> {
    let is_token = |it: &&&Variable| it.value.as_str().is_some_and(names_a_token);
    let tokens = variables.iter().filter(is_token);
    tokens.map(|it| it.name.clone()).collect()
}

impl Yaml {
    /// The commands of a script: a text, or a list of them, which may hold lists.
    fn lines(&self) -> Vec<&Yaml> {
        let mut lines = self.scalars();
        lines.retain(|it| !it.is_empty());
        lines
    }
}

/// Whether the value of a variable is another one, which is a token by its name.
fn names_a_token(value: &str) -> bool {
    let name = value.trim().strip_prefix('$');
    let name = name.map(|it| it.trim_start_matches('{').trim_end_matches('}'));
    name.is_some_and(is_token_name)
}

#[cfg(test)]
mod tests;
