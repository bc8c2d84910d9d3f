//! A token in a job that runs what a stranger proposes, with the rights of the repository.
//!
//! A job that an event of the repository itself starts with the secrets is looked at where
//! it gets the code of a pull request. Whatever decides who may start it counts as a guard.
//! An environment may ask for a review, or may not, so that it makes a breach less sure.

use crate::confidence::Confidence;
use crate::policy::breaches::Breaches;
use crate::policy::practice::{Look, Practice};
use crate::policy::workflow::{Form, Job, Step, Workflow};

pub(crate) const PRACTICE: Practice = Practice {
    name: "write-token-for-strangers",
    looks: &[Look::Workflow(look)],
};

/// What starts a job with secrets though a stranger caused it.
const TRIGGERS: &[&str] = &["pull_request_target", "issue_comment", "workflow_run"];

/// What names the code of a pull request.
const HEADS: &[&str] = &[
    "github.event.pull_request.head",
    "github.head_ref",
    "refs/pull/",
    "github.event.workflow_run.pull_requests",
    "github.event.workflow_run.head_repository",
    "github.event.issue.number",
];

/// What a condition says that is about who started it, or which event did.
const GUARDS: &[&str] = &[
    "event_name",
    "head.repo",
    "head_repository",
    "workflow_run.event",
    "author_association",
    "github.actor",
    "triggering_actor",
    "user.login",
    "sender",
    "label",
    "needs.",
    "steps.",
    "inputs.",
    "secrets",
    "env.",
    "vars.",
    "github.repository_owner",
    "merged",
];

fn look(workflow: &Workflow<'_>, breaches: &mut Breaches<'_>) {
    let trigger = TRIGGERS.iter().find(|it| workflow.is_triggered_by(it));
    let Some(trigger) = trigger.filter(|_| workflow.form == Form::Workflow) else {
        return;
    };
    for job in &workflow.jobs {
        let Some(place) = checkout(job) else { continue };
        let (before, after) = job.steps.split_at(place);
        let checkout = &after[0];
        let is_guarded = |step: &Step| workflow.gates(job, Some(step)).iter().any(|it| guards(it));
        let gates = before.iter().any(stops);
        if is_guarded(checkout) || gates {
            continue;
        }
        let runs = after.iter().skip(1).filter(|it| !is_guarded(it));
        let mut given = runs.flat_map(|step| workflow.given(job, step));
        let Some(given) = given.next() else { continue };
        let message = format!(
            "job `{}` checks out the code of a pull request on {trigger}, and is given the secret {}",
            job.id, given.secret
        );
        if job.environment.is_some() {
            let message = format!("{message}, unless its environment asks for a review");
            breaches.add_unsure(given.span, Confidence::Medium, message);
        } else {
            breaches.add(given.span, message);
        }
    }
}

/// The step that gets the code of a pull request.
fn checkout(job: &Job) -> Option<usize> {
    job.steps.iter().position(|step| {
        let by_action = step.action() == Some("actions/checkout")
            && step.with.iter().any(|it| {
                matches!(&*it.name, "ref" | "repository")
                    && it
                        .value
                        .as_str()
                        .is_some_and(|value| HEADS.iter().any(|head| value.contains(head)))
            });
        by_action || step.script().lines().any(gets_code)
    })
}

fn gets_code(line: &str) -> bool {
    let line = line.trim_start();
    !line.starts_with('#')
        && (line.contains("gh pr checkout")
            || line.contains("git fetch") && line.contains("pull/")
            || line.contains("git checkout") && line.contains("github.event.pull_request.head"))
}

fn guards(condition: &str) -> bool {
    GUARDS.iter().any(|it| condition.contains(it))
}

/// Whether a step can end the job for want of a right.
fn stops(step: &Step) -> bool {
    let action = step.action().unwrap_or_default().to_lowercase();
    let asks = ["permission", "member", "team", "authoriz", "collaborator"];
    let script = step.script();
    asks.iter()
        .any(|it| action.contains(it) || script.contains(it))
}
