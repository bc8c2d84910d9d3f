//! The login command that `huggingface_hub` 1.0 took away.

use crate::policy::breaches::Breaches;
use crate::policy::practice::{Look, Practice};
use crate::policy::shell::{Script, Word};

pub(crate) const PRACTICE: Practice = Practice {
    name: "removed-login",
    looks: &[Look::Script(look)],
};

fn look(script: &Script, breaches: &mut Breaches<'_>) {
    if has_it_yet(script) {
        return;
    }
    for command in &script.commands {
        let Some(rest) = command.call("huggingface-cli", &["login"]) else {
            continue;
        };
        if rest.iter().any(|it| it.is("--help") || it.is("-h")) {
            continue;
        }
        let called = &command.words[..command.words.len() - rest.len()];
        let is_program = |word: &&Word| word.raw.contains("huggingface");
        let (Some(program), Some(login)) = (called.iter().rfind(is_program), called.last()) else {
            continue;
        };
        let message = "`huggingface-cli login` was removed in huggingface_hub 1.0";
        breaches.add(program.span.start..login.span.end, message);
    }
}

/// Whether the script itself installs a version that has the command.
fn has_it_yet(script: &Script) -> bool {
    let words = script.commands.iter().flat_map(|it| &it.words);
    words.filter_map(Word::literal).any(|word| {
        let name = word.to_ascii_lowercase().replace('-', "_");
        let version = name.strip_prefix("huggingface_hub");
        let version = version.map(|it| match it.split_once(']') {
            Some((_, version)) => version.replace(' ', ""),
            None => it.replace(' ', ""),
        });
        let is_old = |it: String| {
            let bounds = ["==0.", "~=0.", "<1", "<=0.", "<0."];
            it.split(',')
                .any(|bound| bounds.iter().any(|it| bound.starts_with(it)))
        };
        version.is_some_and(is_old)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::places_in_script;

    #[test]
    fn it_is_found_however_it_is_run() {
        for (text, place) in [
            ("sudo huggingface-cli login", "huggingface-cli login"),
            (
                "./venv/bin/huggingface-cli login --token $T",
                "./venv/bin/huggingface-cli login",
            ),
            (
                "python -m huggingface_hub.commands.huggingface_cli login",
                "huggingface_hub.commands.huggingface_cli login",
            ),
            (
                "pip install 'huggingface_hub>=0.23' && huggingface-cli login",
                "huggingface-cli login",
            ),
        ] {
            assert_eq!(places_in_script(&PRACTICE, text), [place], "{text}");
        }
        for text in [
            "pip install huggingface-hub==0.36.0\nhuggingface-cli login",
            "pip install 'huggingface_hub[cli] ~= 0.30'\nhuggingface-cli login",
            "huggingface-cli whoami login",
            "which huggingface-cli && echo login",
        ] {
            assert_eq!(places_in_script(&PRACTICE, text), [""; 0], "{text}");
        }
    }
}
