//! Expressions of GitHub Actions: what `${{ … }}` in a text refers to.
//!
//! They are not evaluated. What counts is which secret or variable is named, and whether its
//! value goes on or is only compared with something.

use std::ops::Range;

use super::yaml::Yaml;
use crate::source_map::Mapped;

/// Where a value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    /// Encrypted, and masked in logs.
    Secrets,
    /// In plain text, for everyone who may read the settings.
    Vars,
    /// In the environment.
    Env,
    /// With the caller of a workflow or an action.
    Inputs,
}

/// What becomes of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It is put in.
    Value,
    /// It decides, and is not put in.
    Test,
}

/// Something that an expression names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// Where it is kept.
    pub(crate) store: Store,
    /// Its name there, as it is written.
    pub(crate) name: String,
    /// What becomes of it.
    pub(crate) role: Role,
    /// Where it is named, in the file.
    pub(crate) span: Range<usize>,
}

/// Which part of a text is an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// What stands between `${{` and `}}`.
    Templates,
    /// All of it where nothing stands between `${{` and `}}`, as in an `if`.
    Condition,
}

/// What the expressions in a scalar of a file name.
pub(crate) fn references(scalar: &Yaml, bytes: &[u8], scope: Scope) -> Vec<Reference> {
    let Some(value) = scalar.as_str() else {
        return Vec::new();
    };
    let is_template = memchr::memmem::find(value.as_bytes(), OPEN).is_some();
    if !is_template && scope == Scope::Templates {
        return Vec::new();
    }
    let text = scalar.passage(bytes);
    let mut found = Vec::new();
    if is_template {
        for inner in templates(&text.bytes) {
            read(&text, inner, &mut found);
        }
    } else {
        read(&text, 0..text.bytes.len(), &mut found);
    }
    found
}

const OPEN: &[u8] = b"${{";
const CLOSE: &[u8] = b"}}";

/// What stands between `${{` and `}}`, which may stand in a text of the expression too.
fn templates(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut place = 0;
    while let Some(open) = memchr::memmem::find(&text[place..], OPEN) {
        let start = place + open + OPEN.len();
        let Some(end) = end_of_expression(text, start) else {
            break;
        };
        found.push(start..end);
        place = end + CLOSE.len();
    }
    found
}

fn end_of_expression(text: &[u8], start: usize) -> Option<usize> {
    let mut in_text = false;
    for (place, byte) in text.iter().enumerate().skip(start) {
        match byte {
            b'\'' => in_text = !in_text,
            b'}' if !in_text && text[place..].starts_with(CLOSE) => return Some(place),
            _ => {}
        }
    }
    None
}

/// A part of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Name(&'t [u8]),
    Text(&'t [u8]),
    Sign(&'t [u8]),
}

/// Adds what the expression at `inner` names.
fn read(text: &Mapped, inner: Range<usize>, found: &mut Vec<Reference>) {
    let tokens = tokens(&text.bytes, inner);
    for (place, (token, span)) in tokens.iter().enumerate() {
        let before = place.checked_sub(1).map(|it| tokens[it].0);
        let Token::Name(store) = token else { continue };
        let Some(store) = store_of(store).filter(|_| before != Some(Token::Sign(b"."))) else {
            continue;
        };
        let rest: Vec<Token<'_>> = tokens[place + 1..].iter().take(3).map(|it| it.0).collect();
        let (name, length) = match rest[..] {
            [Token::Sign(b"."), Token::Name(name), ..] => (name, 2),
            [Token::Sign(b"["), Token::Text(name), Token::Sign(b"]")] => (name, 3),
            _ => continue,
        };
        let after = tokens.get(place + 1 + length).map(|it| it.0);
        let end = tokens[place + length].1.end;
        found.push(Reference {
            store,
            name: String::from_utf8_lossy(name).into_owned(),
            role: role(before, after),
            span: text.source_of(&(span.start..end)),
        });
    }
}

fn role(before: Option<Token<'_>>, after: Option<Token<'_>>) -> Role {
    let tests_before = matches!(before, Some(Token::Sign(b"!" | b"==" | b"!=")));
    let tests_after = matches!(after, Some(Token::Sign(b"==" | b"!=" | b"&&")));
    if tests_before || tests_after {
        Role::Test
    } else {
        Role::Value
    }
}

fn store_of(name: &[u8]) -> Option<Store> {
    [
        ("secrets", Store::Secrets),
        ("vars", Store::Vars),
        ("env", Store::Env),
        ("inputs", Store::Inputs),
    ]
    .into_iter()
    .find(|(it, _)| name.eq_ignore_ascii_case(it.as_bytes()))
    .map(|(_, store)| store)
}

fn tokens(text: &[u8], inner: Range<usize>) -> Vec<(Token<'_>, Range<usize>)> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let mut found = Vec::new();
    let mut place = inner.start;
    while place < inner.end {
        let rest = &text[place..inner.end];
        let length = match rest[0] {
            byte if byte.is_ascii_whitespace() => {
                place += 1;
                continue;
            }
            b'\'' => rest[1..]
                .iter()
                .position(|it| *it == b'\'')
                .map_or(rest.len(), |it| it + 2),
            byte if is_name(&byte) => rest.iter().take_while(|it| is_name(it)).count(),
            _ if [&b"=="[..], b"!=", b"&&", b"||", b"<=", b">="]
                .iter()
                .any(|sign| rest.starts_with(sign)) =>
            {
                2
            }
            _ => 1,
        };
        let token = match rest[0] {
            b'\'' => Token::Text(rest[1..length].strip_suffix(b"'").unwrap_or(b"")),
            byte if is_name(&byte) => Token::Name(&rest[..length]),
            _ => Token::Sign(&rest[..length]),
        };
        found.push((token, place..place + length));
        place += length;
    }
    found
}

#[cfg(test)]
mod tests;
