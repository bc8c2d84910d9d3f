//! A token that is written into a file that every shell reads when it starts.

use crate::policy::File;
use crate::policy::breaches::Breaches;
use crate::policy::names::is_token_name;
use crate::policy::practice::{Look, Practice};
use crate::policy::shell::{Assignment, Part, Script, files};
use crate::policy::value::Value;

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-in-profile",
    looks: &[Look::ScriptFile(look)],
};

fn look(script: &Script, file: &File<'_>, breaches: &mut Breaches<'_>) {
    if !files::is_profile(file.path) {
        return;
    }
    let assignments = script.commands.iter().flat_map(|it| &it.assignments);
    for token in assignments.filter(|it| is_token_name(&it.name) && is_literal(it)) {
        let message = format!(
            "{} is written into a file that every shell reads",
            token.name
        );
        // All of it: if a rule of tokens finds the value, that is told instead.
        breaches.add_with_secret(token.span.clone(), token.value.span.clone(), message);
    }
}

fn is_literal(assignment: &Assignment) -> bool {
    let text = match &*assignment.value.parts {
        [Part::Text(_, text)] => Some(&**text),
        [Part::Variable(variable)] => variable.default(),
        _ => None,
    };
    text.is_some_and(|it| Value::of(it.trim_matches('"')) == Value::Literal)
}
