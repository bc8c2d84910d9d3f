//! An excerpt: the part of a line around a match, fit to be seen.
//!
//! Its text is masked and escaped when it is made; there is nothing to forget
//! later. It has no position: that is the finding's.

use std::ops::Range;

use crate::mask::{self, Mask};

/// The most bytes that are kept on either side.
const REACH: usize = 160;

/// The part of a line around a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// What stands before the match: from the first character of the line that
    /// is not white space, or from `…` on.
    pub before: String,
    /// The match, masked.
    pub token: String,
    /// What stands after it, to the end of the line or to `…`.
    pub after: String,
}

impl Excerpt {
    /// The excerpt of `bytes` around the match at `span`.
    #[must_use]
    pub fn new(bytes: &[u8], span: &Range<usize>, literal: &str, mask: &Mask) -> Self {
        let (before, after) = (&bytes[..span.start], &bytes[span.end..]);
        Self {
            before: text_before(before, mask),
            token: mask::printable(&mask::stars(&bytes[span.clone()], literal)),
            after: text_after(after, mask),
        }
    }
}

fn text_before(bytes: &[u8], mask: &Mask) -> String {
    let from = bytes.len().saturating_sub(REACH);
    let near = &bytes[from..];
    if let Some(newline) = memchr::memrchr(b'\n', near) {
        return line_text(&near[newline + 1..], mask)
            .trim_start()
            .to_owned();
    }
    if from == 0 {
        return line_text(near, mask).trim_start().to_owned();
    }
    // What is cut off may be the start of a token: its rest must not be shown.
    let whole = near.iter().position(|&byte| !is_of_a_word(byte));
    format!("…{}", line_text(&near[whole.unwrap_or(near.len())..], mask))
}

fn text_after(bytes: &[u8], mask: &Mask) -> String {
    let near = &bytes[..bytes.len().min(REACH)];
    if let Some(newline) = memchr::memchr(b'\n', near) {
        let line = &near[..newline];
        return line_text(line.strip_suffix(b"\r").unwrap_or(line), mask);
    }
    if near.len() == bytes.len() {
        return line_text(near, mask);
    }
    let whole = near.iter().rposition(|&byte| !is_of_a_word(byte));
    format!(
        "{}…",
        line_text(&near[..whole.map_or(0, |last| last + 1)], mask)
    )
}

/// The text of a part of a line. A tab is as wide as a space, so that a mark
/// below the line stands where it should.
fn line_text(bytes: &[u8], mask: &Mask) -> String {
    let tabless: Vec<u8> = bytes
        .iter()
        .map(|&byte| if byte == b'\t' { b' ' } else { byte })
        .collect();
    mask.text(&tabless)
}

/// Whether a byte may be part of a token or of a character of several bytes.
fn is_of_a_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.+/=".contains(&byte) || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule_set::RuleSet;

    fn token() -> String {
        format!("hf_{}wxyz", "Ab".repeat(15))
    }

    fn excerpt(before: &str, after: &str) -> Excerpt {
        let mask = Mask::new(&RuleSet::embedded());
        let text = format!("{before}{}{after}", token());
        let span = before.len()..before.len() + token().len();
        Excerpt::new(text.as_bytes(), &span, "hf_", &mask)
    }

    #[test]
    fn it_is_the_line_of_the_match() {
        let found = excerpt("one\n\t a =\t'", "' # \x1b[0m\r\nnext");
        assert_eq!(found.before, "a = '");
        assert_eq!(found.token, format!("hf_{}wxyz", "*".repeat(30)));
        assert_eq!(found.after, "' # \\x1b[0m");
    }

    #[test]
    fn other_tokens_of_the_line_are_masked_wherever_they_are_cut() {
        for gap in 0..200 {
            let gap = " ".repeat(gap);
            let found = excerpt(
                &format!("{}{gap}", token()),
                &format!("{gap}{}{gap}", token()),
            );
            let shown = format!("{}{}", found.before, found.after);
            assert!(!shown.contains("AbAb"), "{shown}");
        }
    }
}
