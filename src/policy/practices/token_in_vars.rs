//! A token among the variables of a repository, which are not encrypted.

use std::collections::HashSet;

use crate::policy::breaches::Breaches;
use crate::policy::expression::{Scope, Store, references};
use crate::policy::names::is_token_name;
use crate::policy::practice::{Look, Practice};
use crate::policy::workflow::Workflow;

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-in-vars",
    looks: &[Look::Workflow(look)],
};

fn look(workflow: &Workflow<'_>, breaches: &mut Breaches<'_>) {
    let mut seen = HashSet::new();
    let scalars = workflow.root.scalars().into_iter();
    let scalars = scalars.map(|it| (it, Scope::Templates));
    let steps = workflow.steps().map(|(_, step)| &step.condition);
    let conditions = workflow.jobs.iter().map(|it| &it.condition).chain(steps);
    let conditions = conditions.flatten().map(|it| (it, Scope::Condition));
    for (scalar, scope) in scalars.chain(conditions) {
        for it in references(scalar, workflow.bytes, scope) {
            let is_token = it.store == Store::Vars && is_token_name(&it.name);
            // A variable that is named twice is set once.
            if is_token && seen.insert(it.name.to_uppercase()) {
                let message = format!("{} is read from `vars`, which is not encrypted", it.name);
                breaches.add(it.span, message);
            }
        }
    }
}
