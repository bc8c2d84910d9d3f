//! Workflows: what GitHub Actions runs, as a workflow or a composite action says it.
//!
//! A composite action is read as a workflow of one job, which nothing triggers.

mod handling;
mod job;
mod need;
mod permissions;

use std::collections::HashMap;

pub(crate) use self::handling::RESOURCE;
use self::job::read_jobs;
pub(crate) use self::job::{Job, Step};
pub(crate) use self::need::Need;
pub(crate) use self::permissions::{Grant, Permissions};
use super::run_script::{RunScript, Shell};
use super::variables::{Variable, effective};
use super::yaml::{self, Fault, Yaml};
use crate::context::Context;

/// A workflow, and the bytes that it was read from.
#[derive(Debug)]
pub(crate) struct Workflow<'b> {
    /// The file.
    pub(crate) bytes: &'b [u8],
    /// All of it.
    pub(crate) root: Yaml,
    /// What it is.
    pub(crate) form: Form,
    /// What starts it, with what is said of it.
    pub(crate) triggers: Vec<Trigger>,
    /// What every job's environment holds.
    pub(crate) env: Vec<Variable>,
    /// What the jobs may do that do not say it themselves.
    pub(crate) permissions: Option<Permissions>,
    /// The jobs.
    pub(crate) jobs: Vec<Job>,
    /// Where each job stands among them.
    places: HashMap<String, usize>,
}

/// How many variables the environments of all steps may have together.
const MOST_WORK: usize = 1 << 16;

/// What is read as a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A workflow.
    Workflow,
    /// A composite action.
    Action,
}

/// What starts a workflow.
#[derive(Debug, Clone)]
pub(crate) struct Trigger {
    /// Its name, such as `push`.
    pub(crate) name: String,
}

impl<'b> Workflow<'b> {
    /// Reads a workflow or an action. There is none in a file that says neither.
    pub(crate) fn read(bytes: &'b [u8]) -> Result<Option<Self>, Fault> {
        let Some(root) = yaml::read(bytes)?.into_iter().next() else {
            return Ok(None);
        };
        let runs = root.get("runs").filter(|it| it.get("steps").is_some());
        let form = match (root.get("jobs"), runs) {
            (Some(jobs), _) if jobs.is_mapping() => Form::Workflow,
            (_, Some(_)) => Form::Action,
            _ => return Ok(None),
        };
        let jobs = read_jobs(&root, form, bytes);
        let workflow = Self {
            bytes,
            form,
            triggers: triggers(&root),
            env: Variable::read(root.get("env"), bytes),
            permissions: root.get("permissions").map(Permissions::read),
            places: jobs.iter().map(|it| it.id.clone()).zip(0..).collect(),
            jobs,
            root,
        };
        if workflow.work() > MOST_WORK {
            return Err(Fault::too_large());
        }
        Ok(Some(workflow))
    }

    /// How often something of the file is gone over, as far as it grows faster than the file.
    fn work(&self) -> usize {
        let of_job = |job: &Job| (self.env.len() + job.env.len() + 1) * job.steps.len();
        self.jobs.iter().map(of_job).sum()
    }

    /// The job of this name.
    pub(crate) fn job(&self, id: &str) -> Option<&Job> {
        self.jobs.get(*self.places.get(id)?)
    }

    /// Whether an event of this name starts it.
    pub(crate) fn is_triggered_by(&self, name: &str) -> bool {
        self.triggers.iter().any(|it| it.name == name)
    }

    /// Whether other workflows call it and nothing else starts it.
    pub(crate) fn is_only_called(&self) -> bool {
        let is_call = |it: &Trigger| it.name == "workflow_call";
        !self.triggers.is_empty() && self.triggers.iter().all(is_call)
    }

    /// What a job may do; nothing where neither it nor the workflow says it.
    pub(crate) fn permissions_of<'w>(&'w self, job: &'w Job) -> Option<&'w Permissions> {
        job.permissions.as_ref().or(self.permissions.as_ref())
    }

    /// What the environment of a step holds.
    pub(crate) fn env_of<'w>(&'w self, job: &'w Job, step: &'w Step) -> Vec<&'w Variable> {
        effective(&[&self.env, &job.env, &step.env])
    }

    /// Every job with every step of it.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (&Job, &Step)> {
        let steps = |job| std::iter::repeat(job).zip(job_steps(job));
        self.jobs.iter().flat_map(steps)
    }

    /// The scripts that its steps run.
    pub(crate) fn scripts(&self) -> impl Iterator<Item = RunScript> {
        self.steps().filter_map(|(job, step)| {
            let env = self.env_of(job, step);
            let tokens = env.iter().filter(|it| it.token.is_some());
            Some(RunScript {
                text: step.run.as_ref()?.passage(self.bytes),
                shell: self.shell_of(job, step),
                place: Context::GithubWorkflow,
                tokens: tokens.map(|it| it.name.clone()).collect(),
            })
        })
    }

    /// What runs a step's script.
    pub(crate) fn shell_of(&self, job: &Job, step: &Step) -> Shell {
        let of_all = default_shell(&self.root);
        let command = step.shell.as_deref().or(job.shell.as_deref()).or(of_all);
        match command {
            Some(command) => Shell::of_command(command),
            None if job.is_windows => Shell::Pwsh,
            None => Shell::Posix,
        }
    }
}

fn job_steps(job: &Job) -> impl Iterator<Item = &Step> {
    job.steps.iter()
}

/// The shell that scripts below a node run in.
fn default_shell(node: &Yaml) -> Option<&str> {
    node.get("defaults")?.get("run")?.get("shell")?.as_str()
}

/// What starts a workflow. YAML 1.1 reads the key `on` as a truth, and some write it so.
fn triggers(root: &Yaml) -> Vec<Trigger> {
    let Some(on) = root.get("on").or_else(|| root.get("true")) else {
        return Vec::new();
    };
    let names: Vec<&Yaml> = if on.is_mapping() {
        on.entries().iter().map(|(key, _)| *key).collect()
    } else {
        on.items_or_self().iter().collect()
    };
    let named = names.iter().filter_map(|it| it.as_str());
    named
        .map(|name| Trigger {
            name: name.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
