//! A token that a command is given while `set -x` writes every command to the log.

use std::ops::Range;

use crate::policy::breaches::Breaches;
use crate::policy::names::is_token_name;
use crate::policy::practice::{Look, Practice};
use crate::policy::shell::{Command, Part, Script};

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-under-trace",
    looks: &[Look::Script(look)],
};

fn look(script: &Script, breaches: &mut Breaches<'_>) {
    for command in script.commands.iter().filter(|it| it.traced) {
        if let Some((span, name)) = expanded(command).or_else(|| assigned(command)) {
            let message = format!("`set -x` is on, and writes {name} to the log with this command");
            breaches.add(span, message);
        }
    }
}

fn expanded(command: &Command) -> Option<(Range<usize>, &str)> {
    command.expanded().find_map(|word| word.tokens().next())
}

/// A token that is set to what is not in the script.
fn assigned(command: &Command) -> Option<(Range<usize>, &str)> {
    let is_put = |part: &Part| match part {
        Part::Text(..) => false,
        Part::Variable(variable) => variable.is_whole(),
        Part::Substitution(_) | Part::Expression(_) => true,
    };
    let mut tokens = command
        .assignments
        .iter()
        .filter(|it| is_token_name(&it.name));
    let token = tokens.find(|it| it.value.parts.iter().any(is_put))?;
    Some((token.name_span.clone(), &token.name))
}
