//! A token that is an argument of a program, where the list of processes shows it.

use crate::policy::breaches::Breaches;
use crate::policy::practice::{Look, Practice};
use crate::policy::shell::{Command, Kind, Part, Script, Word};

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-as-argument",
    looks: &[Look::Script(look)],
};

/// What the shell does itself, without a process.
const BUILTINS: &[&str] = &[
    "echo", "printf", "print", "read", "set", "test", ":", "return", "exit", "eval", "true",
    "false", "source", ".", "alias", "trap",
];

/// Programs that give variables to containers.
const CONTAINERS: &[&str] = &[
    "docker",
    "podman",
    "nerdctl",
    "buildah",
    "docker-compose",
    "sudo",
];

fn look(script: &Script, breaches: &mut Breaches<'_>) {
    let is_program = |it: &&Command| {
        let is_builtin = it.name().is_some_and(|name| BUILTINS.contains(&name));
        it.kind == Kind::Simple && !is_builtin && !script.is_function(it)
    };
    for command in script.commands.iter().filter(is_program) {
        if let Some((part, name)) = given(command) {
            let program = command.words.first().and_then(Word::file_name);
            let program = program.unwrap_or("a program");
            let message = format!(
                "`{program}` gets {name} as an argument, which the list of processes shows"
            );
            breaches.add(part.span().clone(), message);
        }
    }
}

/// The token that a command gets as the value of an option.
fn given(command: &Command) -> Option<(&Part, String)> {
    let is_hub = ["hf", "huggingface-cli"]
        .into_iter()
        .any(|it| command.arguments_of(it).is_some());
    let mut option = None;
    for word in command.arguments() {
        let text = word.beginning();
        let (name, value) = match text.split_once('=') {
            Some((name, before)) if name.starts_with('-') => (Some(name), Some(before)),
            _ if text.starts_with('-') && word.parts.len() == 1 => (Some(text), None),
            _ => (option, Some(text)),
        };
        option = if value.is_none() { name } else { None };
        let (Some(name), Some(before)) = (name, value) else {
            continue;
        };
        let Some(part) = word.parts.iter().find(|it| !matches!(it, Part::Text(..))) else {
            continue;
        };
        if is_hub && name == "--token" {
            return Some((part, name_of(part)));
        }
        let (_, token) = part.token().unzip();
        if let Some(token) = token
            && is_given(command, name, before)
            && matches!(word.parts.last(), Some(last) if last.span() == part.span())
        {
            return Some((part, token.to_owned()));
        }
    }
    None
}

/// Whether a token behind some text is a value of the option: all of it, a setting, or a
/// header.
fn is_given(command: &Command, option: &str, before: &str) -> bool {
    let name = command.name().unwrap_or_default();
    let is_value = before.is_empty() || before.ends_with('=');
    let is_header = matches!(option, "-H" | "--header")
        && before.to_ascii_lowercase().starts_with("authorization:");
    match option {
        _ if is_header => true,
        "-e" => is_value && CONTAINERS.contains(&name),
        _ => is_value && option.starts_with("--"),
    }
}

/// What a value is called in a message.
fn name_of(part: &Part) -> String {
    match part {
        // `$1` and `$@` say nothing to who reads the message.
        Part::Variable(it) if it.name.starts_with(char::is_alphabetic) => it.name.clone(),
        Part::Expression(it) => it.token().or(it.secret()).unwrap_or("a token").to_owned(),
        _ => "a token".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{breaches_of_script, places_in_script};

    #[test]
    fn options_are_told_from_other_words() {
        for (text, place) in [
            (
                "hf upload a . --token=${{ secrets.HF_TOKEN }}",
                "${{ secrets.HF_TOKEN }}",
            ),
            (
                "hf upload a . --token ${{ secrets.WRITE }}",
                "${{ secrets.WRITE }}",
            ),
            (
                "hf auth login --token \"$(cat token)\" --add-to-git-credential",
                "$(cat token)",
            ),
            (
                "python -m train --hf_token '${{ secrets.HF_TOKEN }}'",
                "${{ secrets.HF_TOKEN }}",
            ),
            ("python train.py --hub-token=$HF_TOKEN", "$HF_TOKEN"),
            (
                "kubectl create secret generic a --from-literal=token=$HF_TOKEN",
                "$HF_TOKEN",
            ),
            ("sudo docker run --env HF_TOKEN=$HF_TOKEN a", "$HF_TOKEN"),
            (
                "wget --header=\"Authorization: Bearer $HF_TOKEN\" a",
                "$HF_TOKEN",
            ),
        ] {
            assert_eq!(places_in_script(&PRACTICE, text), [place], "{text}");
        }
        for text in [
            "hf auth login --token --stdin <<< \"$HF_TOKEN\"",
            "hf upload $REPO . --revision $SHA",
            "python train.py --token ${{ github.token }}",
            "python train.py --token $TOKEN",
            "python train.py \"$HF_TOKEN\"",
            "python train.py --check ${HF_TOKEN:+yes} -v $HF_TOKEN",
            "grep -e HF_TOKEN=$HF_TOKEN .env",
            "python a.py --message \"the token is $HF_TOKEN, and more\"",
            "if [ --token $HF_TOKEN ]; then a; fi",
        ] {
            assert_eq!(places_in_script(&PRACTICE, text), [""; 0], "{text}");
        }
    }

    #[test]
    fn what_has_no_name_is_called_a_token() {
        let told = breaches_of_script(&PRACTICE, "huggingface-cli login --token $1");
        let message =
            "`huggingface-cli` gets a token as an argument, which the list of processes shows";
        assert_eq!(told, [("$1".to_owned(), message.to_owned())]);
    }
}
