//! A token in the environment of a whole job or workflow that only a part of it needs.
//!
//! It is not reported where nothing says what needs the token, nor where more steps or jobs
//! may need it than surely do not: what reads it everywhere is not made better by saying so.
//! Of a job's steps only those that run what others wrote are counted as such that do not.

use crate::policy::breaches::Breaches;
use crate::policy::practice::{Look, Practice};
use crate::policy::variables::Variable;
use crate::policy::workflow::{Form, Job, Need, Workflow};

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-for-every-step",
    looks: &[Look::Workflow(look)],
};

fn look(workflow: &Workflow<'_>, breaches: &mut Breaches<'_>) {
    if workflow.form == Form::Action {
        return;
    }
    for job in &workflow.jobs {
        for variable in tokens(&job.env) {
            look_at_job(workflow, job, variable, breaches);
        }
    }
    for variable in tokens(&workflow.env) {
        match &workflow.jobs[..] {
            [job] if !sets(job, variable) => look_at_job(workflow, job, variable, breaches),
            _ => look_at_workflow(workflow, variable, breaches),
        }
    }
}

fn tokens(env: &[Variable]) -> impl Iterator<Item = &Variable> {
    env.iter().filter(|it| it.secret().is_some())
}

fn sets(job: &Job, variable: &Variable) -> bool {
    job.env.iter().any(|it| it.name == variable.name)
}

fn look_at_job(
    workflow: &Workflow<'_>,
    job: &Job,
    variable: &Variable,
    breaches: &mut Breaches<'_>,
) {
    let steps = job.steps.iter();
    let needs: Vec<_> = steps
        .map(|step| (step, workflow.need(job, step, &variable.name)))
        .collect();
    let users: Vec<_> = needs.iter().filter(|it| it.1 == Need::Possible).collect();
    let exposed = needs.iter().filter(|it| it.1 == Need::Exposed).count();
    if users.is_empty() || exposed < users.len() {
        return;
    }
    let who = match users[..] {
        [(step, _)] => format!("only {} can need it", step.label),
        _ => format!("only {} of them can need it", users.len()),
    };
    let message = format!(
        "all {} steps of job `{}` get {}, and {who}",
        job.steps.len(),
        job.id,
        variable.name
    );
    breaches.add(variable.key.span.clone(), message);
}

fn look_at_workflow(workflow: &Workflow<'_>, variable: &Variable, breaches: &mut Breaches<'_>) {
    let with_steps = workflow.jobs.iter().filter(|it| !it.steps.is_empty());
    let given: Vec<&Job> = with_steps.filter(|it| !sets(it, variable)).collect();
    let need = |job: &Job| {
        let steps = job.steps.iter();
        steps
            .map(|step| workflow.need(job, step, &variable.name))
            .max()
    };
    let needs: Vec<_> = given.iter().map(|job| (job, need(job))).collect();
    let users: Vec<_> = needs
        .iter()
        .filter(|it| it.1 == Some(Need::Possible))
        .collect();
    if users.is_empty() || needs.len() - users.len() < users.len() {
        return;
    }
    let who = match users[..] {
        [(job, _)] => format!("only `{}` can need it", job.id),
        _ => format!("only {} of them can need it", users.len()),
    };
    let message = format!("all {} jobs get {}, and {who}", given.len(), variable.name);
    breaches.add(variable.key.span.clone(), message);
}
