//! A token that GitHub writes into a script before the shell sees it.

use crate::policy::breaches::Breaches;
use crate::policy::expression::{Reference, Role, Scope, Store, references};
use crate::policy::names::{is_secret_name, is_token_name};
use crate::policy::practice::{Look, Practice};
use crate::policy::workflow::{Job, Step, Workflow};

pub(crate) const PRACTICE: Practice = Practice {
    name: "secret-in-script",
    looks: &[Look::Workflow(look)],
};

fn look(workflow: &Workflow<'_>, breaches: &mut Breaches<'_>) {
    for (job, step) in workflow.steps() {
        let mut found = workflow.references_in_script(step);
        found.extend(in_program(workflow, step));
        for it in found {
            if it.role == Role::Value && is_token(workflow, job, step, &it) {
                let message = format!(
                    "the value of {} is written into the script of {}",
                    it.name, step.label
                );
                breaches.add(it.span, message);
            }
        }
    }
}

/// What the program of `actions/github-script` names.
fn in_program(workflow: &Workflow<'_>, step: &Step) -> Vec<Reference> {
    if step.action() != Some("actions/github-script") {
        return Vec::new();
    }
    let script = step.with.iter().filter(|it| it.name == "script");
    script
        .flat_map(|it| references(&it.value, workflow.bytes, Scope::Templates))
        .collect()
}

fn is_token(workflow: &Workflow<'_>, job: &Job, step: &Step, reference: &Reference) -> bool {
    let is_set_to_one = || {
        let variable = workflow.variable(job, step, &reference.name);
        variable.is_some_and(|it| it.token.is_some())
    };
    is_token_name(&reference.name)
        || reference.store == Store::Secrets && is_secret_name(&reference.name)
        || reference.store == Store::Env && is_set_to_one()
}
