//! What `set` and a script's first line say about tracing.

use super::command::Command;

/// Whether a command turns tracing on or off, if it does either.
pub(super) fn change(command: &Command) -> Option<bool> {
    if command.name() != Some("set") {
        return None;
    }
    let mut change = None;
    let mut words = command.arguments().iter();
    while let Some(word) = words.next() {
        let flags = word.literal()?;
        let (on, letters) = match flags.split_at_checked(1)? {
            ("-", letters) => (true, letters),
            ("+", letters) => (false, letters),
            _ => break,
        };
        if letters.starts_with('-') {
            break;
        }
        if letters.contains('x') {
            change = Some(on);
        }
        if letters.ends_with('o') && words.next().is_some_and(|name| name.is("xtrace")) {
            change = Some(on);
        }
    }
    change
}

/// Whether the first line runs the script with tracing: `#!/bin/bash -ex`.
pub(super) fn is_on_from_the_start(text: &str) -> bool {
    let Some(line) = text.strip_prefix("#!").and_then(|it| it.lines().next()) else {
        return false;
    };
    let mut words = line.split_whitespace().skip_while(|it| !it.ends_with("sh"));
    words.next().is_some()
        && words.any(|it| it.starts_with('-') && !it.starts_with("--") && it.contains('x'))
}
