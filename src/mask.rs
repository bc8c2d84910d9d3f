//! The mask: takes every token out of a text before a person sees it.
//!
//! A [`Secret`] is masked by its type. This is for the texts around it: a line
//! of a file, a file's name, a message of the system. It also makes a text from
//! a stranger harmless for a terminal, by escaping what a terminal would obey.

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;

use crate::disguise;
use crate::near_miss;
use crate::pattern::Pattern;
use crate::rule::Credential;
use crate::rule_set::RuleSet;
use crate::secret::Secret;

/// What every rule's tokens look like.
#[derive(Debug, Clone)]
pub struct Mask {
    tokens: Vec<(String, Pattern)>,
}

impl Mask {
    /// A mask for the tokens of `rules` and of every embedded rule.
    ///
    /// The embedded ones count whatever the user selected: a token that was
    /// not asked for is no less secret.
    #[must_use]
    pub fn new(rules: &RuleSet) -> Self {
        let embedded = RuleSet::embedded();
        let mut tokens: Vec<(String, Pattern)> = Vec::new();
        let all = embedded.iter().chain(rules.iter());
        for Credential {
            pattern, literal, ..
        } in all.filter_map(|rule| rule.credential())
        {
            let text = pattern.regex().as_str();
            if tokens
                .iter()
                .all(|(_, known)| known.regex().as_str() != text)
            {
                tokens.push((literal.clone(), pattern.clone()));
            }
        }
        Self { tokens }
    }

    /// The text of `bytes` for a person: tokens masked, control characters and
    /// bytes that are not UTF-8 escaped.
    #[must_use]
    pub fn text(&self, bytes: &[u8]) -> String {
        printable(&self.tokens(bytes))
    }

    /// The same where the text is somebody's words, of which none has to be exact: what
    /// is nearly a token is hidden too.
    #[must_use]
    pub(crate) fn words(&self, bytes: &[u8]) -> String {
        let mut masked = self.tokens(bytes).into_owned();
        near_miss::hide(&mut masked, self);
        printable(&masked)
    }

    /// `bytes` with every token hidden behind stars, all but its prefix and its
    /// last characters; one in disguise, all but its prefix. Nothing moves: the length
    /// stays the same.
    #[must_use]
    pub fn tokens<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let spans = self.spans(bytes);
        let in_disguise = self.in_disguise(bytes);
        if spans.is_empty() && in_disguise.is_empty() {
            return Cow::Borrowed(bytes);
        }
        let mut masked = bytes.to_vec();
        hide(&mut masked, &spans);
        // What is hidden already may be part of a longer one that can be seen through.
        for span in in_disguise {
            masked[span].fill(b'*');
        }
        Cow::Owned(masked)
    }

    /// Where tokens in disguise are.
    pub(crate) fn in_disguise(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        disguise::spans(bytes, |text| {
            let spans = self.spans(text).into_iter();
            spans
                .map(|(it, prefix)| it.start + prefix..it.end)
                .collect()
        })
    }

    /// What tokens begin with, or hold.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().map(|(literal, _)| literal.as_str())
    }

    /// How long the public prefix of a token is.
    pub(crate) fn prefix_of(&self, token: &[u8]) -> usize {
        let is_prefix = |literal: &&str| token.starts_with(literal.as_bytes());
        let prefixes = self.literals().filter(is_prefix);
        prefixes.map(str::len).max().unwrap_or(0)
    }

    /// Where the tokens are, and how long the public prefix of each is.
    ///
    /// Tokens that run into one another are one span: `hf_Ahf_B`, where the
    /// second `hf_` begins in the run of the first.
    pub(crate) fn spans(&self, bytes: &[u8]) -> Vec<(Range<usize>, usize)> {
        let mut spans = Vec::new();
        for (literal, pattern) in &self.tokens {
            for span in pattern.all_in(bytes, literal) {
                let prefix = self.prefix_of(&bytes[span.clone()]);
                spans.push((span, prefix));
            }
        }
        spans.sort_by_key(|(span, _)| (span.start, span.end));
        let mut merged: Vec<(Range<usize>, usize)> = Vec::new();
        for (span, prefix) in spans {
            match merged.last_mut() {
                Some((last, _)) if span.start < last.end => last.end = last.end.max(span.end),
                _ => merged.push((span, prefix)),
            }
        }
        merged
    }
}

/// Hides tokens behind stars, all but their prefixes and their last characters. They
/// are told by where they are and how long their prefixes are.
pub(crate) fn hide(bytes: &mut [u8], tokens: &[(Range<usize>, usize)]) {
    for (token, prefix) in tokens {
        let (start, end) = Secret::shown(token.len(), *prefix);
        bytes[token.start + start..token.end - end].fill(b'*');
    }
}

/// The text of `bytes`, lossless but harmless: control characters, characters
/// that change the direction of text, and bytes that are not UTF-8 are written
/// as escapes.
#[must_use]
pub fn printable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\t' => text.push_str("\\t"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\0'..='\x1f' | '\x7f' => {
                    // Writing to a String cannot fail.
                    let _ = write!(text, "\\x{:02x}", u32::from(character));
                }
                _ if is_obeyed(character) => {
                    let _ = write!(text, "\\u{{{:x}}}", u32::from(character));
                }
                _ => text.push(character),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Whether a terminal would obey a character instead of showing it: controls,
/// and the format characters with which a text hides or turns around its parts.
pub(crate) fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask() -> Mask {
        Mask::new(&RuleSet::embedded())
    }

    fn token() -> String {
        format!("hf_{}wxyz", "Ab".repeat(15))
    }

    #[test]
    fn every_token_of_a_text_is_masked() {
        let text = format!("a {0} b {0}/c", token());
        let stars = "*".repeat(30);
        assert_eq!(
            mask().text(text.as_bytes()),
            format!("a hf_{stars}wxyz b hf_{stars}wxyz/c")
        );
    }

    #[test]
    fn tokens_that_run_into_one_another_are_masked_as_one() {
        let text = format!("{0}{0}", token());
        let masked = format!("hf_{}wxyz", "*".repeat(67));
        assert_eq!(mask().text(text.as_bytes()), masked);
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        assert_eq!(
            mask().text(b"a\x1b[31m\r\n\xff\xe2\x80\xae\xc3\xa9"),
            "a\\x1b[31m\\r\\n\\xff\\u{202e}é"
        );
    }
}
