//! What a notebook shows under a cell has a token's variable and its value.

use std::ops::Range;

use crate::policy::breaches::Breaches;
use crate::policy::names;
use crate::policy::practice::{Look, Practice};
use crate::policy::value::Value;

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-in-output",
    looks: &[Look::Output(look)],
};

fn look(output: &str, breaches: &mut Breaches<'_>) {
    for sign in memchr::memchr2_iter(b'=', b':', output.as_bytes()) {
        let name = name_before(output, sign);
        if !names::is_token_name(&output[name.clone()]) {
            continue;
        }
        let Some(span) = value_behind(output, sign + 1) else {
            continue;
        };
        let value = &output[span.clone()];
        if !is_known(value) && Value::of(value) == Value::Literal {
            let message = format!("the output shows the value of {}", &output[name.clone()]);
            breaches.add_with_secret(name, span, message);
        }
    }
}

/// The name that stands before a sign: `HF_TOKEN=`, `'hf_token': `.
fn name_before(output: &str, sign: usize) -> Range<usize> {
    /// Longer ones are no names.
    const LONGEST: usize = 64;
    let before = output[..sign].trim_end_matches(' ');
    let before = before.strip_suffix(['"', '\'']).unwrap_or(before);
    let is_of_name = |it: &u8| it.is_ascii_alphanumeric() || *it == b'_';
    let name = before.bytes().rev().take(LONGEST).take_while(is_of_name);
    before.len() - name.count()..before.len()
}

/// The value behind a sign, unless it is masked or goes on as no token does.
fn value_behind(output: &str, start: usize) -> Option<Range<usize>> {
    /// Far above what a token has.
    const LONGEST: usize = 4096;
    let rest = output[start..].trim_start_matches(' ');
    let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
    let is_of_value = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'.');
    let length = rest.bytes().take(LONGEST).take_while(is_of_value).count();
    let at = output.len() - rest.len();
    let behind = &rest[length..];
    let ends = ['"', '\'', ',', ';', ')', '}', ']', '\\', '\u{1b}'];
    let is_end = |it: char| it.is_whitespace() || ends.contains(&it);
    let is_whole = behind.chars().next().is_none_or(is_end);
    is_whole.then_some(at..at + length)
}

/// Whether the rules for credentials find a value themselves.
fn is_known(value: &str) -> bool {
    /// Letters and digits of a user access token.
    const LENGTH: usize = 34;
    let run = value.strip_prefix("hf_").unwrap_or_default();
    let run = run.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let others = ["hf_oauth_", "hf_jwt_", "hf_app_", "hf_s3_", "api_org_"];
    run >= LENGTH || others.iter().any(|it| value.starts_with(it))
}
