//! A value that looks like a token in a file that shows what is to be set.

use crate::policy::File;
use crate::policy::breaches::Breaches;
use crate::policy::env_file::{EnvFile, is_example};
use crate::policy::names::is_token_name;
use crate::policy::practice::{Look, Practice};
use crate::policy::value::Value;

pub(crate) const PRACTICE: Practice = Practice {
    name: "env-example-with-value",
    looks: &[Look::EnvFile(look)],
};

fn look(variables: &EnvFile, file: &File<'_>, breaches: &mut Breaches<'_>) {
    let name = file.path.file_name().unwrap_or_default();
    if !is_example(&name.to_string_lossy()) {
        return;
    }
    let entries = variables.entries.iter();
    for entry in entries.filter(|it| is_token_name(&it.key)) {
        if Value::of(&entry.value) == Value::Literal {
            let message = format!("{} has a value that looks like a token", entry.key);
            // All of it: if a rule of tokens finds the value, that is told instead.
            breaches.add_with_secret(
                entry.key_span.start..entry.value_span.end,
                entry.value_span.clone(),
                message,
            );
        }
    }
}
