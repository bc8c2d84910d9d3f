//! A value: what stands where a token is to stand, judged by its text.
//!
//! It tells what is surely no token from what may be one. That it is one is for the rules
//! of credentials to say.

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    /// Nothing, or a word for nothing.
    Empty,
    /// It says where the value comes from: `$OTHER`, `{{ x }}`, `op://vault/item`.
    Reference,
    /// It says what belongs there, or is too short or too plain to be a token.
    Placeholder,
    /// It may be a token.
    Literal,
}

/// Words for nothing, in lower case.
const NOTHING: &[&str] = &["", "none", "null", "nil", "undefined", "false", "true", "~"];

/// What references hold: a variable, a template, a path, an address.
const REFERS: &[&str] = &["$", "{{", "<%", "%(", "`", "/", ":"];

/// Words of placeholders, in lower case. A random token of 34 letters holds a given one of
/// four letters less than once in ten thousand.
const STANDS_IN: &[&str] = &[
    "your",
    "xxxx",
    "token",
    "secret",
    "change",
    "replace",
    "example",
    "placeholder",
    "dummy",
    "fake",
    "todo",
    "insert",
    "paste",
    "redacted",
    "here",
    "sample",
    "password",
    "fill",
    "mock",
    "invalid",
    "hugging",
];

/// The fewest characters of a token. Those that the Hub gives have 37 and more.
const SHORTEST: usize = 20;

/// The fewest characters of a token that differ from one another: a random one of its
/// length has about twenty.
const FEWEST: usize = 10;

impl Value {
    /// What a text without its quotes is.
    pub(crate) fn of(text: &str) -> Self {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        if NOTHING.contains(&&*lower) {
            Self::Empty
        } else if is_percent_name(text) || REFERS.iter().any(|it| text.contains(it)) {
            Self::Reference
        } else if STANDS_IN.iter().any(|it| lower.contains(it)) || !is_random(text) {
            Self::Placeholder
        } else {
            Self::Literal
        }
    }
}

/// Whether a text begins as the tokens of Hugging Face do.
pub(crate) fn begins_like_token(text: &str) -> bool {
    text.starts_with("hf_") || text.starts_with("api_org_")
}

/// `%NAME%`
fn is_percent_name(text: &str) -> bool {
    text.len() > 2 && text.starts_with('%') && text.ends_with('%')
}

/// Whether a text looks drawn by chance.
fn is_random(text: &str) -> bool {
    let is_of_token = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'.');
    let has = |is: fn(&u8) -> bool| text.bytes().any(|byte| is(&byte));
    let mut seen = [false; 256];
    text.bytes().for_each(|byte| seen[usize::from(byte)] = true);
    let kinds = [
        u8::is_ascii_lowercase,
        u8::is_ascii_uppercase,
        u8::is_ascii_digit,
    ];
    text.len() >= SHORTEST
        && text.bytes().all(is_of_token)
        && !text.contains("..")
        && seen.iter().filter(|it| **it).count() >= FEWEST
        && kinds.into_iter().filter(|kind| has(*kind)).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_apart() {
        let made: String = ["hf", "_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789AB"].concat();
        let letters: String = ["hf", "_qWbReYtUiZoPlKjHgFdSaMnBvCxQwErTyAz"].concat();
        for text in [&*made, &*letters, "aZ3kd92LmQp0xYw7TbNc"] {
            assert_eq!(Value::of(text), Value::Literal, "{text}");
        }
        for text in ["", " ", "None", "null", "false"] {
            assert_eq!(Value::of(text), Value::Empty, "{text}");
        }
        for text in [
            "$OTHER",
            "${HF_TOKEN:-}",
            "{{ hf_token }}",
            "%HF_TOKEN%",
            "%(hf)s",
            "op://vault/item/token",
            "/run/secrets/hf_token",
            "encrypted:BD7aZ3kd92LmQp0xYw7TbNc",
            "$(cat ~/.cache/huggingface/token)",
            "arn:aws:secretsmanager:us-east-1:1:secret",
        ] {
            assert_eq!(Value::of(text), Value::Reference, "{text}");
        }
        for text in [
            "hf_xxx",
            "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", // hfleaks:allow a placeholder
            "hf_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", // hfleaks:allow a placeholder
            "hf_...",
            "hf_",
            "your-token-here",
            "your_huggingface_api_token_v1",
            "<token>",
            "<put it in, 1 Token of 37 characters>",
            "changeme",
            "hf_YourTokenGoesHere1234567890",
            "hf_*********************************",
            "hf_abcabcabcabcabcabcabcabcabcabcabc1", // hfleaks:allow a placeholder
            "my-read-only-key-for-the-hub",
            "dummy",
            "abc123",
        ] {
            assert_eq!(Value::of(text), Value::Placeholder, "{text}");
        }
    }
}
