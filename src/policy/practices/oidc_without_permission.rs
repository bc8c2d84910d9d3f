//! A job that asks the Hub for a token by its identity, and has no identity to show.

use std::collections::HashSet;

use crate::policy::breaches::Breaches;
use crate::policy::pipeline::{Pipeline, Said};
use crate::policy::practice::{Look, Practice};
use crate::policy::workflow::{Form, Job, RESOURCE, Workflow};

pub(crate) const PRACTICE: Practice = Practice {
    name: "oidc-without-permission",
    looks: &[Look::Workflow(look), Look::Pipeline(look_at_pipeline)],
};

fn look(workflow: &Workflow<'_>, breaches: &mut Breaches<'_>) {
    if workflow.form == Form::Action {
        return;
    }
    let mut seen = HashSet::new();
    for job in workflow.jobs.iter().filter(|it| lacks(workflow, it)) {
        let mut places: Vec<_> = job
            .env
            .iter()
            .filter(|it| it.name == RESOURCE && it.is_set())
            .map(|it| it.key.span.clone())
            .collect();
        for step in &job.steps {
            let own = step
                .env
                .iter()
                .filter(|it| it.name == RESOURCE && it.is_set());
            places.extend(own.map(|it| it.key.span.clone()));
            places.extend(workflow.resource_in_script(step));
        }
        for place in places {
            if seen.insert(place.start) {
                let message = format!(
                    "job `{}` sets {RESOURCE} and may not ask for an identity",
                    job.id
                );
                breaches.add(place, message);
            }
        }
    }
    // What a workflow sets is meant for the job that may, if there is one.
    let with_steps = || workflow.jobs.iter().filter(|it| !it.steps.is_empty());
    let of_all = workflow
        .env
        .iter()
        .filter(|it| it.name == RESOURCE && it.is_set());
    for it in of_all {
        if with_steps().next().is_some() && with_steps().all(|job| lacks(workflow, job)) {
            let message =
                format!("the workflow sets {RESOURCE}, and no job may ask for an identity");
            breaches.add(it.key.span.clone(), message);
        }
    }
}

/// Whether a job surely has no identity. One that another workflow calls may have what the
/// caller's job has, unless it says what it has.
fn lacks(workflow: &Workflow<'_>, job: &Job) -> bool {
    match workflow.permissions_of(job) {
        Some(permissions) => permissions.id_token().is_none(),
        None => !workflow.is_only_called(),
    }
}

fn look_at_pipeline(pipeline: &Pipeline<'_>, breaches: &mut Breaches<'_>) {
    let mut seen = HashSet::new();
    for job in pipeline.jobs.iter().filter(|it| it.runs()) {
        let variables = pipeline.variables_of(job);
        let resource = variables
            .iter()
            .find(|it| it.name == RESOURCE && it.is_set());
        let Some(resource) = resource else { continue };
        if variables.iter().any(|it| it.name == IDENTITY) {
            continue;
        }
        let lacks = match pipeline.said(job, "id_tokens") {
            Said::Value(tokens) => tokens.get(IDENTITY).is_none(),
            Said::Nothing => true,
            Said::Unknown => false,
        };
        let is_own = job.variables.iter().any(|it| it.name == RESOURCE);
        let uses_it = is_own || !pipeline.publications(job).is_empty();
        let exports =
            String::from_utf8_lossy(&pipeline.main_script(job).text.bytes).contains(IDENTITY);
        if lacks && uses_it && !exports && seen.insert(resource.key.span.start) {
            let message = format!(
                "job `{}` has {RESOURCE} and no id token {IDENTITY}",
                job.name
            );
            breaches.add(resource.key.span.clone(), message);
        }
    }
}

/// The variable by which `huggingface_hub` is given an identity where GitHub gives none.
const IDENTITY: &str = "HF_OIDC_ID_TOKEN";
