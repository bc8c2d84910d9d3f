//! A token that a script puts into a URL.

use super::token_in_remote_url::is_of_hub;
use crate::policy::breaches::Breaches;
use crate::policy::practice::{Look, Practice};
use crate::policy::shell::{Command, Kind, Part, Script, Word};

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-in-url",
    looks: &[Look::Script(look)],
};

fn look(script: &Script, breaches: &mut Breaches<'_>) {
    let commands = script.commands.iter();
    // What is printed or tested is no URL that is opened.
    let opens = |it: &&Command| {
        it.kind != Kind::Test && !matches!(it.name(), Some("echo" | "printf" | "print" | "test"))
    };
    for command in commands.filter(opens) {
        for word in command.expanded() {
            if let Some((part, name, place)) = in_url(word) {
                breaches.add(
                    part.span().clone(),
                    format!("{name} is in {place} of a URL"),
                );
            }
        }
    }
}

/// The token in the URL of a word, its name and what it is there.
fn in_url(word: &Word) -> Option<(&Part, &str, &'static str)> {
    let mut before = String::new();
    for (place, part) in word.parts.iter().enumerate() {
        if let Part::Text(_, text) = part {
            before.push_str(text);
            continue;
        }
        let url = before.rfind("://").map(|at| &before[at + 3..]);
        let url = url.filter(|it| !it.contains(char::is_whitespace));
        let found = url.and_then(|url| {
            if url.contains(['/', '?', '#', '@']) {
                query(url, part)
            } else {
                login(url, part, &word.parts[place + 1..])
            }
        });
        if let Some((name, place)) = found {
            return Some((part, name, place));
        }
        // What stands in the place of a part is no end of anything.
        before.push('.');
    }
    None
}

/// A token of the query: `?token=$HF_TOKEN`.
fn query<'p>(url: &str, part: &'p Part) -> Option<(&'p str, &'static str)> {
    let (_, name) = part.token()?;
    let (_, query) = url.split_once('?')?;
    query.ends_with('=').then_some((name, "the query"))
}

/// A token before the host: as the password or in the user's place. On the Hub, every
/// password is a token.
fn login<'p>(url: &str, part: &'p Part, behind: &[Part]) -> Option<(&'p str, &'static str)> {
    let host = host_behind(behind)?;
    if let Some((_, name)) = part.token() {
        return Some((name, "the login"));
    }
    let is_password = url.contains(':') && is_of_hub(&host);
    let name = match part {
        Part::Variable(it) if it.is_whole() => &*it.name,
        Part::Expression(it) => it.secret()?,
        _ => return None,
    };
    is_password.then_some((name, "the login"))
}

/// The host behind `@`, if that comes before the path. Dots stand for what is not text.
fn host_behind(parts: &[Part]) -> Option<String> {
    let mut rest = String::new();
    for part in parts {
        match part {
            Part::Text(_, text) => rest.push_str(text),
            _ => rest.push('.'),
        }
    }
    let authority = rest.split(['/', '?', '#', ' ', '"']).next()?;
    let (_, host) = authority.rsplit_once('@')?;
    let host = host.split(':').next().unwrap_or(host);
    Some(host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::places_in_script;

    #[test]
    fn the_login_of_a_url_is_found_in_all_its_forms() {
        let token = "${{ secrets.HF_TOKEN }}";
        for (text, place) in [
            (
                "git push https://user:${{ secrets.HF_TOKEN }}@huggingface.co/spaces/a/b main",
                token,
            ),
            (
                "git remote add hf 'https://a:${{ secrets.HF_TOKEN }}@huggingface.co/a'",
                token,
            ),
            (
                "git push https://${{ secrets.HF_USERNAME }}:${{ secrets.HF_TOKEN }}@huggingface.co/a",
                token,
            ),
            (
                "git push --force https://HF:${{ secrets.HF }}@huggingface.co/a",
                "${{ secrets.HF }}",
            ),
            ("git clone https://$HF_TOKEN@hf.co/a", "$HF_TOKEN"),
            ("git clone https://x:$TOKEN@huggingface.co:443/a", "$TOKEN"),
            (
                "git config --global url.\"https://u:${HF_TOKEN}@huggingface.co/\".insteadOf x",
                "${HF_TOKEN}",
            ),
            ("HF_URL=https://u:$HF_TOKEN@$HOST/a cmd", "$HF_TOKEN"),
            (
                "x=$(curl \"https://a.b/?q=1&token=$HF_TOKEN\")",
                "$HF_TOKEN",
            ),
        ] {
            assert_eq!(places_in_script(&PRACTICE, text), [place], "{text}");
        }
        for text in [
            "git push https://${{ secrets.HF_USERNAME }}@huggingface.co/a",
            "git push https://huggingface.co/${{ github.repository }}@main",
            "git push https://x:${{ github.token }}@github.com/a",
            "git push https://x:${{ secrets.TOKEN }}@github.com/a",
            "git clone https://user:${TOKEN:+x}@huggingface.co/a",
            "python a.py --url https://huggingface.co --token $HF_TOKEN --to a@huggingface.co",
            "python a.py \"https://huggingface.co and $HF_TOKEN@x\"",
        ] {
            assert_eq!(places_in_script(&PRACTICE, text), [""; 0], "{text}");
        }
    }
}
