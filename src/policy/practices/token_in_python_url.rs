//! A token is put into a URL.

use crate::policy::breaches::Breaches;
use crate::policy::practice::{Look, Practice};
use crate::policy::python::{Expression, Python, parts_as_shown};

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-in-python-url",
    looks: &[Look::Python(look)],
};

/// Arguments of a URL that are a token.
const ARGUMENTS: &[&str] = &[
    "token",
    "access_token",
    "api_key",
    "apikey",
    "key",
    "auth",
    "auth_token",
    "hf_token",
    "api_token",
    "authorization",
    "__sign",
];

/// How far around a value a URL is looked for.
const FAR: usize = 512;

fn look(python: &Python<'_>, breaches: &mut Breaches<'_>) {
    for text in python.texts() {
        let (shown, values) = parts_as_shown(&python.parts(*text));
        for (at, value) in values {
            let start = shown.floor_char_boundary(at.saturating_sub(FAR));
            let end = shown.floor_char_boundary((at + 1 + FAR).min(shown.len()));
            let (before, behind) = (&shown[start..at], &shown[at + 1..end]);
            let Some(part) = part_of_url(before, behind) else {
                continue;
            };
            let is_token = python.is_token(value)
                || part == UrlPart::Password && is_hub(behind) && is_named_token(python, value);
            if is_token {
                let name = python.name_of(value);
                let part = match part {
                    UrlPart::Password => "login",
                    UrlPart::Query => "query",
                    UrlPart::Path => "path",
                };
                let message = format!("the token in {name} is put into the {part} of a URL");
                breaches.add(value.span(), message);
            }
        }
    }
}

/// Where in a URL a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UrlPart {
    Password,
    Query,
    Path,
}

/// Where in a URL a value is that stands between two texts, if it is in one.
fn part_of_url(before: &str, behind: &str) -> Option<UrlPart> {
    let is_end = |it: char| it.is_whitespace() || matches!(it, '"' | '\'' | '<' | '>' | '`' | '|');
    let start = before.rfind(is_end).map_or(0, |at| at + 1);
    let url = &before[start..];
    let end = behind.find(is_end).unwrap_or(behind.len());
    let behind = &behind[..end];
    if let Some((_, key)) = url.rsplit_once(['?', '&']) {
        let key = key.strip_suffix('=')?.to_lowercase();
        let is_url = url.contains("://") || url.contains('\0') || url.starts_with(['/', '?']);
        return (is_url && ARGUMENTS.contains(&key.as_str())).then_some(UrlPart::Query);
    }
    let (_, rest) = url.split_once("://")?;
    if rest.contains('@') {
        return None;
    }
    if !rest.contains('/') && behind.split('/').next()?.contains('@') {
        return Some(UrlPart::Password);
    }
    rest.contains('/').then_some(UrlPart::Path)
}

/// Whether a URL goes on with the Hub's host.
fn is_hub(behind: &str) -> bool {
    let host = behind.strip_prefix('@').unwrap_or_default();
    let ends = |it: &str| it.is_empty() || it.starts_with(['/', ':', '"', '\'', ' ', '\0']);
    ["huggingface.co", "hf.co"]
        .iter()
        .any(|it| host.strip_prefix(it).is_some_and(ends))
}

/// Whether a value is called a token, of whatever kind.
fn is_named_token<'t>(python: &Python<'t>, value: Expression<'t>) -> bool {
    let name = python.dotted(value.bare()).to_lowercase();
    let last = name.rsplit('.').next().unwrap_or_default();
    matches!(
        last,
        "token" | "access_token" | "api_token" | "auth_token" | "_token" | "api_key"
    )
}
