//! A token is written as what an argument is if nobody gives it.

use crate::policy::breaches::Breaches;
use crate::policy::names;
use crate::policy::practice::{Look, Practice};
use crate::policy::python::{Call, Expression, Python};
use crate::policy::value::{self, Value};

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-default-argument",
    looks: &[Look::Python(look)],
};

fn look(python: &Python<'_>, breaches: &mut Breaches<'_>) {
    for parameter in python.parameters() {
        let Some(default) = parameter.default else {
            continue;
        };
        let (name, function) = (&parameter.name, &parameter.function);
        if is_hardcoded(python, name, default) {
            let message =
                format!("parameter `{name}` of `{function}` has a token written as its default");
            breaches.add_with_secret(default.span(), default.span(), message);
        }
    }
    for call in python.calls() {
        let Some(option) = option(python, call) else {
            continue;
        };
        let default = call.keyword("default").map(|it| it.value);
        if let Some(default) = default.filter(|it| is_hardcoded(python, &option, *it)) {
            let message = format!("option `{option}` has a token written as its default");
            breaches.add_with_secret(default.span(), default.span(), message);
        }
    }
}

/// The option that a call of argparse or click adds.
fn option(python: &Python<'_>, call: &Call<'_>) -> Option<String> {
    let is_option = matches!(call.name(), "add_argument" | "option" | "add_option");
    let names = call.positional().filter(|_| is_option);
    let mut names = names.filter_map(|it| python.literal(it.value));
    names.find(|it| it.starts_with("--"))
}

fn is_hardcoded<'t>(python: &Python<'t>, name: &str, default: Expression<'t>) -> bool {
    let value = python.literal(default).unwrap_or_default();
    let name = name.trim_start_matches('-');
    Value::of(&value) == Value::Literal
        && (names::is_token_name(name) || value::begins_like_token(&value) && is_secret(name))
}

/// Whether something of this name is a secret of somebody's.
fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase().replace('-', "_");
    [
        "token", "api_key", "apikey", "key", "secret", "auth", "password",
    ]
    .iter()
    .any(|it| name == *it || name.ends_with(&format!("_{it}")))
}
