//! A token that a script prints.

use std::cell::LazyCell;
use std::ops::Range;

use crate::context::Context;
use crate::policy::breaches::Breaches;
use crate::policy::names::is_token_name;
use crate::policy::practice::{Look, Practice};
use crate::policy::shell::{Command, Kind, Output, Part, Script, Word};

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-printed",
    looks: &[Look::Script(look)],
};

/// Programs that write what they read, or something that it can be made of.
const PASS_ON: &[&str] = &[
    "cat", "tee", "base64", "rev", "xxd", "od", "tac", "fold", "nl",
];

fn look(script: &Script, breaches: &mut Breaches<'_>) {
    // It goes through the whole script, so it is asked once.
    let answer = LazyCell::new(|| is_answer(script));
    for command in &script.commands {
        let Some(name) = command.name() else { continue };
        let Some((span, what)) = written(name, command, script, &|| *answer) else {
            continue;
        };
        if !is_shown(script, command) {
            continue;
        }
        let through = match script.reader_of(command).and_then(Command::name) {
            Some(reader) if name != "env" => format!(" through `{reader}`"),
            _ => String::new(),
        };
        breaches.add(span, format!("`{name}` prints {what}{through}"));
    }
}

/// The token that a command writes to its standard output.
fn written(
    name: &str,
    command: &Command,
    script: &Script,
    is_answer: &dyn Fn() -> bool,
) -> Option<(Range<usize>, String)> {
    let arguments = command.arguments();
    let told = |(span, name): (Range<usize>, &str)| (span, name.to_owned());
    match name {
        "echo" | "printf" | "print" if !is_no_output(arguments) => {
            let is_given_back = command.output == Output::Returned || is_answer();
            if is_given_back && is_value_only(arguments) {
                return None;
            }
            arguments.iter().find_map(|it| it.tokens().next()).map(told)
        }
        "cat" | "tee" => {
            let here = command.redirections.iter().filter(|it| it.is_here());
            let here = here.map(|it| &it.target).find_map(|it| it.tokens().next());
            here.map(told).or_else(|| token_file(name, arguments))
        }
        "printenv" => {
            let names = arguments.iter().filter_map(|it| Some((it, it.literal()?)));
            let mut tokens = names.filter(|(_, name)| is_token_name(name));
            tokens.next().map(|(word, name)| (word.span.clone(), name))
        }
        "env" if arguments.is_empty() => {
            let grep = script.reader_of(command)?;
            let is_grep = matches!(grep.name(), Some("grep" | "egrep" | "rg"));
            let is_counted = |it: &Word| {
                let flags = it.beginning();
                flags.starts_with('-') && flags.contains(['q', 'c', 'v', 'o', 'l'])
            };
            if !is_grep || grep.arguments().iter().any(is_counted) {
                return None;
            }
            let names = grep
                .arguments()
                .iter()
                .filter_map(|it| Some((it, it.literal()?)));
            let bare = |name: String| name.trim_matches(['^', '=']).to_owned();
            let mut names = names.map(|(word, name)| (word, bare(name)));
            let (word, name) = names.find(|(_, name)| is_token_name(name))?;
            Some((word.span.clone(), name))
        }
        _ => None,
    }
}

/// `cat ~/.cache/huggingface/token`
fn token_file(name: &str, arguments: &[Word]) -> Option<(Range<usize>, String)> {
    let is_token_file = |word: &&Word| match word.parts.last() {
        Some(Part::Text(_, text)) => {
            text.ends_with("huggingface/token") || text == "/token" && word.raw.contains("HF_HOME")
        }
        Some(Part::Variable(it)) => it.is_whole() && it.name == "HF_TOKEN_PATH",
        _ => false,
    };
    let file = arguments
        .iter()
        .find(is_token_file)
        .filter(|_| name == "cat")?;
    Some((
        file.span.clone(),
        "the file that the token is in".to_owned(),
    ))
}

/// Whether it is seen: on the terminal or in the log, at once or through other programs.
fn is_shown(script: &Script, command: &Command) -> bool {
    let is_summary =
        |part: &Part| matches!(part, Part::Variable(it) if it.name == "GITHUB_STEP_SUMMARY");
    let mut command = command;
    loop {
        match command.output {
            Output::Printed | Output::Returned => return true,
            Output::File => {
                let mut targets = command.redirections.iter().flat_map(|it| &it.target.parts);
                return targets.any(is_summary);
            }
            Output::Captured => return false,
            Output::Piped(_) => {}
        }
        // A pipe leads on to a later command, so this ends.
        match script.reader_of(command) {
            Some(reader) if passes_on(command, reader) => command = reader,
            _ => return false,
        }
    }
}

fn passes_on(writer: &Command, reader: &Command) -> bool {
    let name = reader.name().unwrap_or_default();
    let is_found = writer.name() == Some("env") && name.ends_with("grep");
    is_found || name == "rg" || PASS_ON.contains(&name)
}

/// Whether it is said to a runner, set as a variable, or cut short.
fn is_no_output(arguments: &[Word]) -> bool {
    let first = arguments.iter().find(|it| !it.is("-n") && !it.is("-e"));
    let Some(first) = first else { return true };
    let beginning = first.beginning();
    first.is("-v")
        || beginning.contains("%.")
        || ["::", "##"].iter().any(|it| beginning.starts_with(it))
}

/// Whether nothing but a variable's value is written, as a function does that gives it back.
fn is_value_only(arguments: &[Word]) -> bool {
    let mut parts = arguments.iter().flat_map(|it| &it.parts);
    parts.all(|part| match part {
        Part::Text(_, text) => matches!(&**text, "-n" | "-e" | "%s" | "%s\\n" | "\\n"),
        _ => true,
    })
}

/// Whether a file is there to write a value for who runs it, as `GIT_ASKPASS` does: it does
/// nothing else.
fn is_answer(script: &Script) -> bool {
    let mut commands = script.commands.iter();
    script.place == Context::Shell
        && commands.all(|it| {
            let says = ["echo", "printf", "cat", "exit", "set", "shift"];
            it.kind != Kind::Simple || it.name().is_some_and(|name| says.contains(&name))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::places_in_script;

    #[test]
    fn what_is_shown_is_told_from_what_is_handed_on() {
        for (text, place) in [
            ("echo '${{ secrets.HF_TOKEN }}'", "${{ secrets.HF_TOKEN }}"),
            (
                "echo \"${{ secrets.HF_TOKEN }}\" | rev | tee log",
                "${{ secrets.HF_TOKEN }}",
            ),
            ("echo token=$HF_TOKEN >> $GITHUB_STEP_SUMMARY", "$HF_TOKEN"),
            ("echo $HF_TOKEN >&2", "$HF_TOKEN"),
            ("echo ${HF_TOKEN:-none}", "${HF_TOKEN:-none}"),
            ("f() { echo \"using $HF_TOKEN\"; }", "$HF_TOKEN"),
            ("cat <<EOF\ntoken: $HF_TOKEN\nEOF\n", "$HF_TOKEN"),
            ("cat \"$HF_HOME/token\"", "\"$HF_HOME/token\""),
            ("echo $HF_TOKEN", "$HF_TOKEN"),
        ] {
            assert_eq!(places_in_script(&PRACTICE, text), [place], "{text}");
        }
        for text in [
            "echo \"${{ secrets.HF_TOKEN != '' }}\"",
            "echo \"$HF_TOKEN\" | hf auth login --token --stdin",
            "echo \"$HF_TOKEN\" | gh secret set HF_TOKEN",
            "echo \"$HF_TOKEN\" | base64 > file",
            "echo \"$HF_TOKEN\" | tee file > /dev/null",
            "echo \"$HF_TOKEN\" | wc -c",
            "echo \"token=$HF_TOKEN\" >> \"$GITHUB_OUTPUT\"",
            "echo \"::add-mask::${{ secrets.HF_TOKEN }}\"",
            "if [ -z \"$(echo $HF_TOKEN)\" ]; then exit 1; fi",
            "{ echo a; echo $HF_TOKEN; } > file",
            "cat <<'EOF'\n$HF_TOKEN\nEOF\n",
            "cat <<EOF | python\n$HF_TOKEN\nEOF\n",
            "printf '%.4s...' \"$HF_TOKEN\"",
        ] {
            assert_eq!(places_in_script(&PRACTICE, text), [""; 0], "{text}");
        }
    }
}
