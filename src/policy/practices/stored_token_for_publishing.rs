//! A stored token where the Hub would take the workflow's own identity.

use crate::policy::breaches::Breaches;
use crate::policy::practice::{Look, Practice};
use crate::policy::publishing::Means;
use crate::policy::workflow::{Form, Job, Step, Workflow};

pub(crate) const PRACTICE: Practice = Practice {
    name: "stored-token-for-publishing",
    looks: &[Look::Workflow(look)],
};

fn look(workflow: &Workflow<'_>, breaches: &mut Breaches<'_>) {
    if workflow.form == Form::Action {
        return;
    }
    for job in &workflow.jobs {
        let Some(step) = uploads(workflow, job) else {
            continue;
        };
        if workflow.sets_resource(job) {
            continue;
        }
        if let Some(given) = workflow.given_to_publish(job, step) {
            let message = format!(
                "job `{}` uploads with the stored secret {}, and could do without",
                job.id, given.secret
            );
            breaches.add(given.span, message);
        }
    }
}

/// The step that uploads, where nothing else is done with the Hub's repositories: what a
/// Trusted Publisher gets cannot create one, and git cannot use it.
fn uploads<'w>(workflow: &Workflow<'_>, job: &'w Job) -> Option<&'w Step> {
    let mut uploading = None;
    for step in &job.steps {
        for it in workflow.publications(step) {
            match it.means {
                Means::Upload => uploading = uploading.or(Some(step)),
                Means::Repository | Means::Git | Means::Action => return None,
            }
        }
    }
    uploading
}
