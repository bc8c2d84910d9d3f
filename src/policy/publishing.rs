//! Publishing: the commands and calls by which a script changes something on the Hub.
//!
//! A script of CI is one of shell, PowerShell or Python, or of one in the other, so that its
//! lines are looked at, and not its grammar. A program that a script calls may publish too;
//! that is not seen.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A place where something is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Publication {
    /// Where, in the script.
    pub(crate) span: Range<usize>,
    /// With what, such as `hf upload`.
    pub(crate) what: String,
    /// How.
    pub(crate) means: Means,
}

/// How something is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Means {
    /// `huggingface_hub` uploads to a repository that exists.
    Upload,
    /// `huggingface_hub` changes a repository as such: creates, deletes, moves it.
    Repository,
    /// Git pushes.
    Git,
    /// An action of somebody's.
    Action,
}

static COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    let programs = r"(?:hf|huggingface-cli)(?:\.exe)?";
    let repository = r"repos?\s+(?:create|delete|move|settings|duplicate)|repo-files\s+delete|repos?\s+(?:branch|tag)\s+(?:create|delete)";
    pattern(&format!(
        r#"(?:^|[\s;&|(`"'/])({programs}\s+(?:(upload-large-folder|upload)|{repository})) *(?:$|[\s;&|)`"'\\])"#
    ))
});

/// What asks for nothing but how a command is used.
static HELP: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s(?:--help|-h)(?:$|[\s;&|)])"));

static CALL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[^A-Za-z0-9_])((push[_-]to[_-]hub)|upload_large_folder|upload_folder|upload_file|create_commit)($|[^A-Za-z0-9_-])",
    )
});

static SWITCHED_OFF: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^["']?\s*[=: ]\s*["']?(?i:false|0|no|none)\b"#));

static PUSH: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[\s;&|(])(git\s+(?:-[cC]\s+\S+\s+)*push)(?:$|\s)"));

static REMOTE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"git\s+(?:-[cC]\s+\S+\s+)*remote\s+(?:add|set-url)\s+(?:-\S+\s+)*(\S+)\s")
});

static CLONE: LazyLock<Regex> = LazyLock::new(|| pattern(r"git\s+(?:-c\s+\S+\s+)*clone\s"));

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is valid, as a test checks")
}

/// What a script publishes.
pub(crate) fn publications(script: &str) -> Vec<Publication> {
    let mut found = Vec::new();
    let mut hub = Hub::default();
    let is_ours = ["huggingface", "HfApi", "HF_TOKEN"]
        .iter()
        .any(|word| script.contains(word));
    for (start, line) in lines(script) {
        let before = found.len();
        if !HELP.is_match(line) {
            commands(line, &mut found);
        }
        calls(line, is_ours, &mut found);
        hub.git(line, &mut found);
        for it in &mut found[before..] {
            it.span = start + it.span.start..start + it.span.end;
        }
    }
    found
}

/// The lines of a script that do something, without their comments. One that ends with a
/// backslash goes on with the next.
fn lines(script: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    let joined = std::iter::from_fn(move || {
        let rest = &script[start..];
        let mut lines = rest.split_inclusive('\n');
        let mut length = 0;
        for line in lines.by_ref() {
            length += line.len();
            if !line.trim_end().ends_with('\\') {
                break;
            }
        }
        let at = start;
        start += length;
        (length > 0).then(|| (at, &rest[..length]))
    });
    joined.filter_map(|(start, line)| {
        let line = match line.find(" #") {
            Some(comment) => &line[..comment],
            None => line.trim_end(),
        };
        let text = line.trim_start();
        let first = text.split_whitespace().next().unwrap_or_default();
        let only_says = matches!(first, "echo" | "printf" | "grep" | "print" | "Write-Host");
        let does = !text.starts_with('#') && !only_says && !line.contains("pytest");
        does.then_some((start, line))
    })
}

fn commands(line: &str, found: &mut Vec<Publication>) {
    for it in COMMAND.captures_iter(line) {
        let Some(command) = it.get(1) else { continue };
        let words: Vec<&str> = command.as_str().split_whitespace().collect();
        found.push(Publication {
            span: command.range(),
            what: words.join(" "),
            means: match it.get(2) {
                Some(_) => Means::Upload,
                None => Means::Repository,
            },
        });
    }
}

fn calls(line: &str, is_ours: bool, found: &mut Vec<Publication>) {
    for it in CALL.captures_iter(line) {
        let Some(call) = it.get(1) else { continue };
        let before = &line[..call.start()];
        let is_definition = before.ends_with("def ") || before.ends_with("no-");
        let is_off = SWITCHED_OFF.is_match(&line[call.end()..]);
        let is_known = it.get(2).is_some() || is_ours;
        if is_known && !is_definition && !is_off {
            found.push(Publication {
                span: call.range(),
                what: call.as_str().to_owned(),
                means: Means::Upload,
            });
        }
    }
}

/// What a script has told git of the Hub.
#[derive(Default)]
struct Hub {
    remotes: Vec<String>,
    is_cloned: bool,
}

impl Hub {
    fn git(&mut self, line: &str, found: &mut Vec<Publication>) {
        let is_hub = line.contains("huggingface.co/") || line.contains("hf.co/");
        if is_hub {
            let remote = REMOTE.captures(line).and_then(|it| it.get(1));
            self.remotes.extend(remote.map(|it| it.as_str().to_owned()));
            self.is_cloned |= CLONE.is_match(line);
        }
        for it in PUSH.captures_iter(line) {
            let Some(push) = it.get(1) else { continue };
            let mut words = line[push.end()..].split_whitespace();
            let to = words.find(|it| !it.starts_with(['-', '\\']));
            let to = to.unwrap_or("origin").trim_matches(['"', '\'']);
            let is_clone = self.is_cloned && to == "origin";
            if is_hub || is_clone || self.remotes.iter().any(|it| it == to) {
                found.push(Publication {
                    span: push.range(),
                    what: "git push".to_owned(),
                    means: Means::Git,
                });
            }
        }
    }
}

static ACTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:hugging-?face|(?:^|[/_-])hf[_-]|/hub-).*(?:sync|upload|push|deploy|publish)|huggingface/hub-sync",
    )
});

/// Whether an action of this name publishes to the Hub.
pub(crate) fn is_publishing_action(name: &str) -> bool {
    ACTION.is_match(name)
}

#[cfg(test)]
mod tests;
