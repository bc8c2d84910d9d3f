//! A stored token beside the identity that is used in its place.

use std::collections::HashSet;

use crate::policy::breaches::Breaches;
use crate::policy::pipeline::Pipeline;
use crate::policy::practice::{Look, Practice};
use crate::policy::variables::Variable;
use crate::policy::workflow::{RESOURCE, Workflow};

pub(crate) const PRACTICE: Practice = Practice {
    name: "oidc-beside-token",
    looks: &[Look::Workflow(look), Look::Pipeline(look_at_pipeline)],
};

/// The variables that are not read where a resource is set.
const IGNORED: &[&str] = &["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"];

fn look(workflow: &Workflow<'_>, breaches: &mut Breaches<'_>) {
    let mut seen = HashSet::new();
    for (job, step) in workflow.steps() {
        // An action does what it wants with its environment; a script's programs read it.
        if step.run.is_some()
            && let Some(token) = ignored(&workflow.env_of(job, step))
            && seen.insert(token.key.span.start)
        {
            let message = format!(
                "{} has {} and {RESOURCE}, and the token is not read",
                step.label, token.name
            );
            breaches.add(token.key.span.clone(), message);
        }
    }
}

fn look_at_pipeline(pipeline: &Pipeline<'_>, breaches: &mut Breaches<'_>) {
    let mut seen = HashSet::new();
    for job in pipeline.jobs.iter().filter(|it| it.runs()) {
        if let Some(token) = ignored(&pipeline.variables_of(job))
            && seen.insert(token.key.span.start)
        {
            let message = format!(
                "job `{}` has {} and {RESOURCE}, and the token is not read",
                job.name, token.name
            );
            breaches.add(token.key.span.clone(), message);
        }
    }
}

/// The token in an environment that is not read there.
fn ignored<'v>(env: &[&'v Variable]) -> Option<&'v Variable> {
    let is_set = |name: &str| {
        env.iter()
            .find(|it| it.name == name && it.is_set())
            .copied()
    };
    is_set(RESOURCE)?;
    IGNORED.iter().find_map(|it| is_set(it))
}
