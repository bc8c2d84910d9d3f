//! Jobs and their steps.

use super::{Form, Permissions, default_shell};
use crate::policy::variables::Variable;
use crate::policy::yaml::Yaml;

/// A job.
#[derive(Debug)]
pub(crate) struct Job {
    /// What it is called, by the workflow.
    pub(crate) id: String,
    /// What must be the case for it to run.
    pub(crate) condition: Option<Yaml>,
    /// The environment that it is deployed to, whose rules protect it.
    pub(crate) environment: Option<Yaml>,
    /// The jobs that it waits for.
    pub(crate) needs: Vec<String>,
    /// What it may do.
    pub(crate) permissions: Option<Permissions>,
    /// What every step's environment holds.
    pub(crate) env: Vec<Variable>,
    /// Its steps.
    pub(crate) steps: Vec<Step>,
    /// What runs its scripts, if it says so.
    pub(super) shell: Option<String>,
    /// Whether it runs on Windows.
    pub(super) is_windows: bool,
}

/// A step of a job.
#[derive(Debug)]
pub(crate) struct Step {
    /// All of it.
    pub(crate) node: Yaml,
    /// What it is called in a sentence, between backquotes if it has a name.
    pub(crate) label: String,
    /// What must be the case for it to run.
    pub(crate) condition: Option<Yaml>,
    /// The action that it uses.
    pub(crate) uses: Option<Yaml>,
    /// What it passes to the action.
    pub(crate) with: Vec<Variable>,
    /// What its environment holds.
    pub(crate) env: Vec<Variable>,
    /// The script that it runs.
    pub(crate) run: Option<Yaml>,
    /// What runs the script, if it says so.
    pub(super) shell: Option<String>,
}

impl Step {
    /// The action that it uses, without its version.
    pub(crate) fn action(&self) -> Option<&str> {
        let uses = self.uses.as_ref()?.as_str()?;
        Some(uses.split('@').next().unwrap_or(uses))
    }

    /// What its script says; nothing where it has none.
    pub(crate) fn script(&self) -> &str {
        self.run.as_ref().and_then(Yaml::as_str).unwrap_or_default()
    }
}

pub(super) fn read_jobs(root: &Yaml, form: Form, bytes: &[u8]) -> Vec<Job> {
    match form {
        Form::Workflow => {
            let jobs = root.get("jobs").map(Yaml::entries).unwrap_or_default();
            let read = |(key, job): (&Yaml, &Yaml)| read_job(key, job, bytes);
            jobs.into_iter().filter_map(read).collect()
        }
        Form::Action => {
            let runs = root.entry("runs");
            let job = runs.and_then(|(key, runs)| read_job(key, runs, bytes));
            job.into_iter().collect()
        }
    }
}

fn read_job(key: &Yaml, job: &Yaml, bytes: &[u8]) -> Option<Job> {
    let steps = job.get("steps").map(Yaml::items).unwrap_or_default();
    let steps = steps.iter().enumerate();
    let needs = job.get("needs").map(Yaml::items_or_self);
    let needs = needs.unwrap_or_default().iter();
    let runner = job.get("runs-on").map(Yaml::scalars).unwrap_or_default();
    let is_windows = |it: &&Yaml| it.as_str().is_some_and(|name| name.starts_with("windows"));
    Some(Job {
        id: key.as_str()?.to_owned(),
        condition: job.get("if").cloned(),
        environment: job.get("environment").filter(|it| !it.is_empty()).cloned(),
        needs: needs
            .filter_map(|it| Some(it.as_str()?.to_owned()))
            .collect(),
        permissions: job.get("permissions").map(Permissions::read),
        env: Variable::read(job.get("env"), bytes),
        steps: steps
            .map(|(place, it)| read_step(place, it, bytes))
            .collect(),
        shell: default_shell(job).map(str::to_owned),
        is_windows: runner.iter().any(is_windows),
    })
}

fn read_step(place: usize, step: &Yaml, bytes: &[u8]) -> Step {
    let text = |key| step.get(key).and_then(Yaml::as_str);
    let label = text("name").or_else(|| text("uses")).or_else(|| text("id"));
    let label = label.filter(|it| !it.trim().is_empty());
    Step {
        node: step.clone(),
        label: label.map_or_else(
            || format!("step {}", place + 1),
            |it| format!("`{}`", short(it)),
        ),
        condition: step.get("if").cloned(),
        uses: step.get("uses").filter(|it| it.as_str().is_some()).cloned(),
        with: Variable::read(step.get("with"), bytes),
        env: Variable::read(step.get("env"), bytes),
        run: step.get("run").filter(|it| it.as_str().is_some()).cloned(),
        shell: text("shell").map(str::to_owned),
    }
}

/// A name that is not too long to be read in a sentence.
fn short(name: &str) -> String {
    const LONGEST: usize = 60;
    let line = name.trim().lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}
