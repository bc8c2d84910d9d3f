//! A token is written where the environment's is asked for.

use crate::policy::breaches::Breaches;
use crate::policy::names;
use crate::policy::practice::{Look, Practice};
use crate::policy::python::{Call, Expression, Python};
use crate::policy::value::Value;

pub(crate) const PRACTICE: Practice = Practice {
    name: "hardcoded-fallback",
    looks: &[Look::Python(look)],
};

/// What asks the environment, and what decouple, environs and django-environ have for it.
const ASKED: &[&str] = &[
    "os.getenv",
    "os.environ.get",
    "os.environ.setdefault",
    "os.environ.pop",
    "decouple.config",
    "config",
    "env",
    "env.str",
];

fn look(python: &Python<'_>, breaches: &mut Breaches<'_>) {
    for call in python.calls() {
        let Some((name, value)) = fallback(python, call) else {
            continue;
        };
        if is_hardcoded(python, value) {
            let message = format!("a token is written as what {name} is if it is not set");
            breaches.add_with_secret(value.span(), value.span(), message);
        }
    }
    for choice in python.choices() {
        let Some((left, right)) = choice.choice() else {
            continue;
        };
        if python.is_token(left) && is_hardcoded(python, right) {
            let name = python.name_of(left);
            let message = format!("a token is written as what {name} is if it is not set");
            breaches.add_with_secret(right.span(), right.span(), message);
        }
    }
    for assignment in python.assignments() {
        let Some((object, key)) = assignment.target.item() else {
            continue;
        };
        let name = python.literal(key).filter(|it| names::is_token_name(it));
        let is_environment = python.in_full(&python.dotted(object)) == "os.environ";
        if let Some(name) =
            name.filter(|_| is_environment && is_hardcoded(python, assignment.value))
        {
            let message = format!("a token is written into the environment as {name}");
            breaches.add_with_secret(assignment.value.span(), assignment.value.span(), message);
        }
    }
}

/// The variable that a call asks for, and what it is if it is not set.
fn fallback<'t>(python: &Python<'t>, call: &Call<'t>) -> Option<(String, Expression<'t>)> {
    let is_asked = ASKED.contains(&python.in_full(&call.callee).as_str());
    let mut positional = call.positional().filter(|_| is_asked);
    let name = python.literal(positional.next()?.value)?;
    let by_keyword = call.keyword("default");
    let fallback = positional.next().or(by_keyword)?;
    names::is_token_name(&name).then_some((name, fallback.value))
}

fn is_hardcoded<'t>(python: &Python<'t>, value: Expression<'t>) -> bool {
    let literal = python.literal(value);
    literal.is_some_and(|it| Value::of(&it) == Value::Literal)
}
