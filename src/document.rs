//! A TOML document that a person wrote: a configuration or a rule.
//!
//! It turns text into a typed value, and a mistake in it into an error that
//! names the file, the line and the way out. It knows nothing of what the
//! documents mean.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// Why a document could not be used: where the mistake is and what it is.
#[derive(Debug, thiserror::Error)]
#[error("{}:{line}:{column}: {reason}", .path.display())]
pub struct DocumentError {
    /// The file, as the user named it.
    pub path: PathBuf,
    /// 1-based line of the mistake.
    pub line: usize,
    /// 1-based column of the mistake, in bytes.
    pub column: usize,
    /// What is wrong, and where it helps what was probably meant.
    pub reason: String,
}

impl DocumentError {
    /// An error at a byte offset of `text`.
    pub(crate) fn at(path: &Path, text: &str, offset: usize, reason: String) -> Self {
        let before = &text.as_bytes()[..offset.min(text.len())];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        Self {
            path: path.to_path_buf(),
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            column: before.len() - line_start + 1,
            reason,
        }
    }
}

/// Parses `text`, the contents of `path`, as a `T`.
///
/// # Errors
/// A [`DocumentError`] for anything that is not TOML or not a `T`. A key that
/// `T` does not have is answered with the nearest one it has.
pub(crate) fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, DocumentError> {
    toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        DocumentError::at(path, text, offset, explain(error.message()))
    })
}

/// Rewrites serde's "unknown field `a`, expected one of `b`, `c`" so that the
/// nearest name comes first; any other message stays as it is.
fn explain(message: &str) -> String {
    let kind = match message {
        _ if message.starts_with("unknown field") => "key",
        _ if message.starts_with("unknown variant") => "value",
        _ => return message.to_owned(),
    };
    let mut names = message.split('`').skip(1).step_by(2);
    let Some(unknown) = names.next() else {
        return message.to_owned();
    };
    let known: Vec<&str> = names.collect();
    // What is so much longer than any key may be anything, and part of a token too: TOML
    // divides it at its dots.
    const LONGEST: usize = 24;
    if unknown.len() > LONGEST {
        return format!("unknown {kind}; known are: {}", known.join(", "));
    }
    match nearest(unknown, known.iter().copied()) {
        Some(near) => format!("unknown {kind} `{unknown}`; did you mean `{near}`?"),
        None => format!(
            "unknown {kind} `{unknown}`; known are: {}",
            known.join(", ")
        ),
    }
}

/// The candidate that is most like `word`, if one is like it at all.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        // Jaro-Winkler gives 0.8 and more to a slip of one or two letters and
        // less than 0.7 to words that only share some.
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case")]
    struct Sample {
        #[serde(rename = "min-confidence")]
        _min_confidence: Option<String>,
        #[serde(rename = "exclude")]
        _exclude: Option<Vec<String>>,
    }

    fn mistake(text: &str) -> DocumentError {
        parse::<Sample>(Path::new("hfleaks.toml"), text).expect_err("the text has a mistake")
    }

    #[test]
    fn an_unknown_key_is_answered_with_the_nearest_one() {
        assert_eq!(
            mistake("exclude = []\nmin-confidense = 'low'\n").to_string(),
            "hfleaks.toml:2:1: unknown key `min-confidense`; did you mean `min-confidence`?"
        );
    }

    #[test]
    fn a_key_like_no_other_is_answered_with_all() {
        assert_eq!(
            mistake("zzz = 1\n").to_string(),
            "hfleaks.toml:1:1: unknown key `zzz`; known are: min-confidence, exclude"
        );
    }

    #[test]
    fn an_unknown_key_that_may_be_part_of_a_token_is_not_repeated() {
        let key = format!("hf_s3_{}.b = 1", "aB".repeat(10));
        let error = mistake(&key).to_string();
        assert_eq!(
            error,
            "hfleaks.toml:1:1: unknown key; known are: min-confidence, exclude"
        );
    }

    #[test]
    fn broken_toml_names_its_line() {
        let error = mistake("exclude = []\nexclude = [\n");
        assert_eq!((error.line, error.path.to_str()), (2, Some("hfleaks.toml")));
    }
}
