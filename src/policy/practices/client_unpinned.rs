//! The client library of the Hub is asked for in any version.

use crate::policy::breaches::Breaches;
use crate::policy::practice::{Look, Practice};
use crate::policy::requirements::{Requirements, Versions};

pub(crate) const PRACTICE: Practice = Practice {
    name: "client-unpinned",
    looks: &[Look::Requirements(look)],
};

fn look(requirements: &Requirements, breaches: &mut Breaches<'_>) {
    if requirements.versions == Versions::Elsewhere {
        return;
    }
    let is_client = |name: &str| name == "huggingface-hub";
    for requirement in requirements.list.iter().filter(|it| is_client(&it.name)) {
        if requirement.is_unbounded() {
            let message = "huggingface_hub is asked for in any version";
            breaches.add(requirement.span.clone(), message);
        }
    }
}
