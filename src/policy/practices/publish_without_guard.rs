//! A step that publishes where a pull request from a fork, which gets no secret, runs it.

use crate::context::Context;
use crate::policy::breaches::Breaches;
use crate::policy::expression::{Reference, Role, Scope, Store, references};
use crate::policy::practice::{Look, Practice};
use crate::policy::shell::{Kind, Part, Script};
use crate::policy::workflow::{Job, Step, Workflow};

pub(crate) const PRACTICE: Practice = Practice {
    name: "publish-without-guard",
    looks: &[Look::Workflow(look)],
};

fn look(workflow: &Workflow<'_>, breaches: &mut Breaches<'_>) {
    if !workflow.is_triggered_by("pull_request") {
        return;
    }
    for job in &workflow.jobs {
        let first = workflow.publishing(job).find_map(|(step, publication)| {
            let given = workflow.given_to_publish(job, step)?;
            let is_open = workflow.gates(job, Some(step)).is_empty();
            (is_open && !tolerates_failure(step)).then_some((publication, given))
        });
        let Some((publication, given)) = first else {
            continue;
        };
        if !job.steps.iter().any(|step| checks(workflow, job, step)) {
            let message = format!(
                "`{}` runs on pull requests, and nothing checks that the secret {} is set",
                publication.what, given.secret
            );
            breaches.add(publication.span, message);
        }
    }
}

fn tolerates_failure(step: &Step) -> bool {
    let on = step.node.get("continue-on-error");
    on.is_some_and(|it| it.as_str() != Some("false"))
}

/// Whether a step looks whether a token is set, in an expression or in its script.
fn checks(workflow: &Workflow<'_>, job: &Job, step: &Step) -> bool {
    let is_test = |it: &Reference| it.role == Role::Test && it.store == Store::Secrets;
    let is_tested = |it: &&crate::policy::variables::Variable| {
        references(&it.value, workflow.bytes, Scope::Templates)
            .iter()
            .any(is_test)
    };
    if workflow.references_of(step).iter().any(is_test)
        || workflow.env_of(job, step).iter().any(is_tested)
    {
        return true;
    }
    let env = workflow.env_of(job, step);
    let tokens: Vec<&str> = env
        .iter()
        .filter(|it| it.token.is_some())
        .map(|it| &*it.name)
        .collect();
    script_checks(step.script(), &tokens)
}

/// Whether a script tests a variable, or says what is to be if it is not set.
fn script_checks(text: &str, names: &[&str]) -> bool {
    if text.contains("environ") && names.iter().any(|it| text.contains(it)) {
        return true;
    }
    let Some(script) = Script::read(text.as_bytes(), Context::GithubWorkflow) else {
        return true;
    };
    script.commands.iter().any(|command| {
        let is_test = command.kind == Kind::Test || command.name() == Some("test");
        command.expanded().flat_map(|it| &it.parts).any(|part| {
            let Part::Variable(variable) = part else {
                return false;
            };
            names.contains(&&*variable.name) && (is_test || !variable.operator.is_empty())
        })
    })
}
