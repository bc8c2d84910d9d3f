//! The right to an identity, given to more than the job that shows it to the Hub.

use crate::policy::breaches::Breaches;
use crate::policy::practice::{Look, Practice};
use crate::policy::workflow::{Form, Grant, Job, Step, Workflow};

pub(crate) const PRACTICE: Practice = Practice {
    name: "id-token-too-wide",
    looks: &[Look::Workflow(look)],
};

fn look(workflow: &Workflow<'_>, breaches: &mut Breaches<'_>) {
    let jobs = || workflow.jobs.iter();
    let publisher = jobs().find(|it| workflow.sets_resource(it));
    let Some(publisher) = publisher.filter(|_| workflow.form == Form::Workflow) else {
        return;
    };
    for job in jobs().filter(|it| workflow.sets_resource(it)) {
        let own = job.permissions.as_ref();
        if let Some(own) = own
            && matches!(own.id_token(), Some(Grant::WithAll))
        {
            let message = format!(
                "job `{}` may do everything, and needs an identity only",
                job.id
            );
            breaches.add(own.value.span.clone(), message);
        }
    }
    let Some(permissions) = &workflow.permissions else {
        return;
    };
    match permissions.id_token() {
        Some(Grant::WithAll) => {
            let message = format!(
                "every job may do everything, and `{}` needs an identity only",
                publisher.id
            );
            breaches.add(permissions.value.span.clone(), message);
        }
        Some(Grant::Named(key)) => {
            let other = jobs().find(|it| it.permissions.is_none() && needs_none(workflow, it));
            if let Some(other) = other {
                let message = format!(
                    "every job may ask for an identity, also `{}`, and `{}` is the one that needs it",
                    other.id, publisher.id
                );
                breaches.add(key.span.clone(), message);
            }
        }
        None => {}
    }
}

/// Whether a job surely needs no identity: it uses no action but such as prepare it, and
/// its scripts name nothing that asks for one.
fn needs_none(workflow: &Workflow<'_>, job: &Job) -> bool {
    let is_plain = |step: &Step| match step.action() {
        Some(action) => PREPARING.iter().any(|it| action.starts_with(it)),
        None => !ASKING.iter().any(|it| step.script().contains(it)),
    };
    !workflow.sets_resource(job) && !job.steps.is_empty() && job.steps.iter().all(is_plain)
}

/// Actions that prepare a job.
const PREPARING: &[&str] = &[
    "actions/checkout",
    "actions/setup-",
    "actions/cache",
    "actions/upload-artifact",
    "actions/download-artifact",
    "astral-sh/",
    "pre-commit/",
    "conda-incubator/",
];

/// What names programs that show an identity to others.
const ASKING: &[&str] = &[
    "ID_TOKEN",
    "OIDC",
    "oidc",
    "aws",
    "az ",
    "cosign",
    "gcloud",
    "gitsign",
    "provenance",
    "publish",
    "sigstore",
    "twine",
    "vault",
];
