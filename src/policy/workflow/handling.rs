//! Handling: what the steps of a workflow do with a token, and when.

use std::collections::HashSet;
use std::ops::Range;

use super::{Job, Step, Workflow};
use crate::context::Context;
use crate::policy::expression::{Reference, Scope, Store, references};
use crate::policy::names::is_secret_name;
use crate::policy::publishing::{Means, Publication, is_publishing_action, publications};
use crate::policy::shell::Script;
use crate::policy::variables::Variable;
use crate::policy::yaml::Yaml;

/// The variable that says what an identity is exchanged for.
pub(crate) const RESOURCE: &str = "HF_OIDC_RESOURCE";

/// How many jobs are followed that a job waits for.
const MOST_WAITED_FOR: usize = 64;

/// What logs in with a token, for later steps too.
const LOGINS: &[&str] = &["hf auth login", "huggingface-cli login", "login(token"];

/// A secret that a step is given.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    /// The secret's name.
    pub(crate) secret: String,
    /// Where it is given: the variable's name, or the expression.
    pub(crate) span: Range<usize>,
}

impl Given {
    fn by(variable: &Variable) -> Option<Self> {
        Some(Self {
            secret: variable.secret()?.name.clone(),
            span: variable.key.span.clone(),
        })
    }
}

impl Workflow<'_> {
    /// Every expression in the values of a step, its condition aside.
    pub(crate) fn references_of(&self, step: &Step) -> Vec<Reference> {
        let scalars = step.node.scalars();
        let named = scalars.iter();
        named
            .flat_map(|it| references(it, self.bytes, Scope::Templates))
            .collect()
    }

    /// What the script of a step names by an expression.
    pub(crate) fn references_in_script(&self, step: &Step) -> Vec<Reference> {
        let run = step.run.as_ref();
        run.map(|it| references(it, self.bytes, Scope::Templates))
            .unwrap_or_default()
    }

    /// The secrets with a token that a step is given, those for it alone first.
    pub(crate) fn given(&self, job: &Job, step: &Step) -> Vec<Given> {
        let is_token = |it: &Reference| it.store == Store::Secrets && is_secret_name(&it.name);
        let expanded = self.references_in_script(step).into_iter();
        let expanded = expanded.filter(is_token).map(|it| Given {
            secret: it.name,
            span: it.span,
        });
        let env = self.env_of(job, step);
        let with = step.with.iter().chain(env.into_iter().rev());
        let mut given: Vec<Given> = with.filter_map(Given::by).collect();
        given.extend(expanded);
        given
    }

    /// The secret with a token that a step of a job publishes with: one that it is given, or
    /// that a step before has logged in with.
    pub(crate) fn given_to_publish(&self, job: &Job, step: &Step) -> Option<Given> {
        let is_before = |it: &&Step| it.node.span.start < step.node.span.start;
        let before = job.steps.iter().filter(is_before);
        let logged_in = before.filter(|it| LOGINS.iter().any(|login| it.script().contains(login)));
        let mut steps = std::iter::once(step).chain(logged_in);
        steps.find_map(|it| self.given(job, it).into_iter().next())
    }

    /// What a step publishes, each where it stands in the file.
    pub(crate) fn publications(&self, step: &Step) -> Vec<Publication> {
        if let Some(uses) = &step.uses {
            let name = step.action().unwrap_or_default();
            let is_ours =
                is_publishing_action(name) && step.with.iter().any(|it| it.token.is_some());
            let publication = is_ours.then(|| Publication {
                span: uses.span.clone(),
                what: name.to_owned(),
                means: Means::Action,
            });
            return publication.into_iter().collect();
        }
        let mut found = publications(step.script());
        if let Some(run) = step.run.as_ref().filter(|_| !found.is_empty()) {
            let text = run.passage(self.bytes);
            for it in &mut found {
                it.span = text.source_of(&it.span);
            }
        }
        found
    }

    /// Steps of a job that publish, with what they do first.
    pub(crate) fn publishing<'w>(
        &'w self,
        job: &'w Job,
    ) -> impl Iterator<Item = (&'w Step, Publication)> {
        let first = |step| Some((step, self.publications(step).into_iter().next()?));
        job.steps.iter().filter_map(first)
    }

    /// What must be the case for a step to run: its condition, the job's, and those of the
    /// jobs that it waits for. Those that always hold are left out.
    pub(crate) fn gates<'w>(&'w self, job: &'w Job, step: Option<&'w Step>) -> Vec<&'w str> {
        let mut gates = Vec::new();
        gates.extend(step.and_then(|it| it.condition.as_ref()));
        let mut seen = HashSet::new();
        let mut open = vec![job];
        while let Some(next) = open.pop().filter(|_| seen.len() < MOST_WAITED_FOR) {
            if seen.insert(next.id.as_str()) {
                gates.extend(&next.condition);
                open.extend(next.needs.iter().filter_map(|id| self.job(id)));
            }
        }
        let texts = gates.into_iter().filter_map(Yaml::as_str);
        texts.filter(|it| !always_holds(it)).collect()
    }

    /// Whether a job asks the Hub for a token by its identity.
    pub(crate) fn sets_resource(&self, job: &Job) -> bool {
        let is_set = |step: &Step| {
            self.variable(job, step, RESOURCE).is_some() || self.resource_in_script(step).is_some()
        };
        job.steps.iter().any(is_set)
    }

    /// Where the script of a step asks the Hub for a token by the job's identity.
    pub(crate) fn resource_in_script(&self, step: &Step) -> Option<Range<usize>> {
        if !step.script().contains(RESOURCE) {
            return None;
        }
        let text = step.run.as_ref()?.passage(self.bytes);
        let script = Script::read(&text.bytes, Context::GithubWorkflow)?;
        let mut set = script.commands.iter().flat_map(|it| &it.assignments);
        let place = set.find(|it| it.name == RESOURCE)?.name_span.clone();
        Some(text.source_of(&place))
    }

    /// The variable of this name in the environment of a step, if it is set.
    pub(crate) fn variable<'w>(
        &'w self,
        job: &'w Job,
        step: &'w Step,
        name: &str,
    ) -> Option<&'w Variable> {
        let levels = [&step.env, &job.env, &self.env];
        let mut named = levels.into_iter().flatten().filter(|it| it.name == name);
        named.next().filter(|it| it.is_set())
    }
}

/// Whether a condition says nothing of the event.
fn always_holds(condition: &str) -> bool {
    let inner = condition.trim();
    let inner = inner.strip_prefix("${{").unwrap_or(inner);
    let inner = inner.strip_suffix("}}").unwrap_or(inner).trim();
    matches!(
        inner,
        "always()" | "success()" | "failure()" | "cancelled()" | "!cancelled()" | "true"
    )
}
