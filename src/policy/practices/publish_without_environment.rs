//! A job that publishes with a stored token, and is not deployed to an environment.

use crate::policy::breaches::Breaches;
use crate::policy::practice::{Look, Practice};
use crate::policy::workflow::{Form, Workflow};

pub(crate) const PRACTICE: Practice = Practice {
    name: "publish-without-environment",
    looks: &[Look::Workflow(look)],
};

fn look(workflow: &Workflow<'_>, breaches: &mut Breaches<'_>) {
    if workflow.form == Form::Action {
        return;
    }
    for job in workflow.jobs.iter().filter(|it| it.environment.is_none()) {
        let with_token = workflow.publishing(job).find_map(|(step, publication)| {
            let given = workflow.given_to_publish(job, step)?;
            Some((publication, given))
        });
        if let Some((publication, given)) = with_token {
            let message = format!(
                "job `{}` publishes by `{}` with the secret {} and without an environment",
                job.id, publication.what, given.secret
            );
            breaches.add(publication.span, message);
        }
    }
}
