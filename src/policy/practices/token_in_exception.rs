//! A token is put into what an exception or an assertion says.

use crate::policy::breaches::Breaches;
use crate::policy::practice::{Look, Practice};
use crate::policy::python::{Complaint, Expression, Python};

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-in-exception",
    looks: &[Look::Python(look)],
};

/// Keywords of what an exception says; others may be for code that handles it.
const SAID: &[&str] = &["detail", "message", "msg", "reason", "description", "error"];

fn look(python: &Python<'_>, breaches: &mut Breaches<'_>) {
    for complaint in python.complaints() {
        let how = match complaint {
            Complaint::Raised(_) => "the exception that is raised",
            Complaint::Asserted(_) => "the failing assertion",
        };
        for token in said(complaint).flat_map(|it| python.shown(it)) {
            let name = python.name_of(token);
            breaches.add(token.span(), format!("{how} says the token in {name}"));
        }
    }
}

fn said<'c, 't>(complaint: &'c Complaint<'t>) -> Box<dyn Iterator<Item = Expression<'t>> + 'c> {
    let is_said = |keyword: Option<&str>| keyword.is_none_or(|it| SAID.contains(&it));
    match complaint {
        Complaint::Asserted(said) => Box::new(std::iter::once(*said)),
        Complaint::Raised(call) => {
            let arguments = call.arguments.iter().filter(|_| is_class(call.name()));
            let said = arguments.filter(move |it| is_said(it.keyword.as_deref()));
            Box::new(said.map(|it| it.value))
        }
    }
}

fn is_class(name: &str) -> bool {
    let first = name.trim_start_matches('_').chars().next();
    first.is_some_and(char::is_uppercase)
}
