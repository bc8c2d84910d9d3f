//! An excerpt: the part of a line around a match, fit to be seen.
//!
//! Its text is masked and escaped when it is made; there is nothing to forget
//! later. It has no position: that is the finding's.

use std::collections::HashSet;
use std::ops::Range;

use crate::mask::{self, Mask};
use crate::near_miss::{self, TELLING};
use crate::secret::Secret;

/// The most bytes that are kept on either side.
const REACH: usize = 160;

/// So many more are looked at: what is kept may be the rest of something that begins there.
const MARGIN: usize = 96;

/// The part of a line around a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// What stands before the match: from the first character of the line that
    /// is not white space, or from `…` on.
    pub before: String,
    /// The match, masked; up to the end of its first line.
    pub token: String,
    /// What stands after it, to the end of the line or to `…`.
    pub after: String,
}

impl Excerpt {
    /// How far before and behind an encoded match what the excerpt of its text `bytes` shows
    /// may reach in the file: what is encoded takes more bytes than it shows.
    pub(crate) fn source(bytes: &[u8], span: &Range<usize>) -> (usize, usize) {
        const MOST_BYTES: usize = 8;
        let shown = |length: usize| length.min(REACH + MARGIN) * MOST_BYTES;
        (shown(span.start), shown(bytes.len() - span.end))
    }

    /// The excerpt of `bytes` around the match at `span`, which is a token of
    /// the mask. `encoded` says where tokens stand that the mask cannot know, as they are
    /// encoded, and `others` are such tokens, wherever they stand.
    #[must_use]
    pub fn new(
        bytes: &[u8],
        span: &Range<usize>,
        encoded: &[Range<usize>],
        others: &[&[u8]],
        mask: &Mask,
    ) -> Self {
        let mut line = Line::around(bytes, span, mask);
        let own = (span.clone(), mask.prefix_of(&bytes[span.clone()]));
        let (start, end) = (span.start - line.near.start, span.end - line.near.start);
        if line.masked[start..end] == bytes[span.clone()] {
            // A pattern may match only where it sees more than is near.
            let (_, shown) = Secret::shown(span.len(), 0);
            line.masked[start..end - shown].fill(b'*');
        }
        let others = others.iter().map(|token| (*token, mask.prefix_of(token)));
        line.hide_echoes(bytes, Some(own), others);
        near_miss::hide(&mut line.masked, mask);
        // What is before the match may be an escape of its first letter.
        let others = encoded.iter();
        let others = others.filter(|it| !(it.start <= span.start && span.end <= it.end));
        line.hide(others);
        line.excerpt(bytes, span)
    }

    /// The excerpt of `bytes` around a breach at `span`, where `secrets` may be secret
    /// without being tokens of the mask.
    #[must_use]
    pub(crate) fn of_breach(
        bytes: &[u8],
        span: &Range<usize>,
        secrets: &[Range<usize>],
        mask: &Mask,
    ) -> Self {
        let mut line = Line::around(bytes, span, mask);
        line.hide_echoes(bytes, secrets.iter().map(|it| (it.clone(), 0)), []);
        near_miss::hide(&mut line.masked, mask);
        hide_likely_secrets(&mut line.masked);
        line.hide(secrets);
        line.excerpt(bytes, span)
    }
}

/// The bytes around a match, with the tokens in them hidden.
struct Line {
    /// Where they stand.
    near: Range<usize>,
    masked: Vec<u8>,
    /// The tokens, by where they stand in the whole, and how long their prefixes are.
    tokens: Vec<(Range<usize>, usize)>,
}

impl Line {
    /// The whole is masked before it is divided: tokens may run into one another, and half
    /// of one is not known for a token any more.
    fn around(bytes: &[u8], span: &Range<usize>, mask: &Mask) -> Self {
        let near = near(bytes, span);
        let tokens = mask.spans(&bytes[near.clone()]);
        let mut masked = bytes[near.clone()].to_vec();
        mask::hide(&mut masked, &tokens);
        for span in mask.in_disguise(&bytes[near.clone()]) {
            masked[span].fill(b'*');
        }
        let tokens = tokens.into_iter();
        let tokens =
            tokens.map(|(it, prefix)| (it.start + near.start..it.end + near.start, prefix));
        Self {
            tokens: tokens.collect(),
            near,
            masked,
        }
    }

    /// Hides parts of the tokens, of these, and of others, which are told as they read.
    fn hide_echoes<'t>(
        &mut self,
        bytes: &'t [u8],
        own: impl IntoIterator<Item = (Range<usize>, usize)>,
        others: impl IntoIterator<Item = (&'t [u8], usize)>,
    ) {
        let tokens = own.into_iter().chain(self.tokens.iter().cloned());
        let tokens = tokens.map(|(token, prefix)| (&bytes[token], prefix));
        hide_echoes(&mut self.masked, tokens.chain(others));
    }

    /// Hides all of some places.
    fn hide<'r>(&mut self, places: impl IntoIterator<Item = &'r Range<usize>>) {
        for place in places {
            let start = place.start.max(self.near.start);
            let end = place.end.min(self.near.end);
            if start < end {
                self.masked[start - self.near.start..end - self.near.start].fill(b'*');
            }
        }
    }

    fn excerpt(&self, bytes: &[u8], span: &Range<usize>) -> Excerpt {
        let (start, end) = (span.start - self.near.start, span.end - self.near.start);
        let first = start.saturating_sub(REACH);
        let last = self.masked.len().min(end + REACH);
        Excerpt {
            before: text_before(&self.masked[first..start], span.start <= REACH),
            token: text_of_token(&self.masked[start..end]),
            after: text_after(&self.masked[end..last], span.end + REACH >= bytes.len()),
        }
    }
}

/// What is looked at around a match: its line, and those before and behind it, with which a
/// token may begin or go on. More would cost more, and is not shown.
fn near(bytes: &[u8], span: &Range<usize>) -> Range<usize> {
    let start = span.start.saturating_sub(REACH + MARGIN);
    let end = bytes.len().min(span.end + REACH + MARGIN);
    let mut before = memchr::memrchr_iter(b'\n', &bytes[start..span.start]);
    let mut after = memchr::memchr_iter(b'\n', &bytes[span.end..end]);
    let first = before.nth(1).map_or(start, |it| start + it + 1);
    let last = after.nth(1).map_or(end, |it| span.end + it);
    first..last
}

/// Hides parts of tokens that stand in the line without their prefixes. The tokens
/// are told with how long their prefixes are.
fn hide_echoes<'t>(masked: &mut [u8], tokens: impl Iterator<Item = (&'t [u8], usize)>) {
    /// Of what is longer than any credential, parts are not looked for.
    const LONGEST: usize = 8 << 10;
    let mut parts: HashSet<&[u8]> = HashSet::new();
    for (token, prefix) in tokens.filter(|(token, _)| token.len() <= LONGEST) {
        parts.extend(token.windows(TELLING).skip(prefix));
    }
    // Of words alone: to look up every window would cost more than all else.
    let mut word = 0;
    let mut echoes: Vec<usize> = Vec::new();
    for (end, byte) in masked.iter().enumerate() {
        word = if byte.is_ascii_alphanumeric() {
            word + 1
        } else {
            0
        };
        if word >= TELLING && parts.contains(&masked[end + 1 - TELLING..=end]) {
            echoes.push(end + 1 - TELLING);
        }
    }
    for echo in echoes {
        masked[echo..echo + TELLING].fill(b'*');
    }
}

/// Hides words that may be secrets of no form that is known: those of letters and digits, and
/// those in which capital and small letters mix as they do not in names. What stands around a
/// breach may be a password.
fn hide_likely_secrets(masked: &mut [u8]) {
    /// Of letters and digits, shorter ones are versions and names.
    const MIXED: usize = 12;
    /// And of letters, shorter ones are names of classes.
    const LETTERS: usize = 16;
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let mut start = 0;
    while start < masked.len() {
        let length = masked[start..]
            .iter()
            .take_while(|byte| is_of_word(byte))
            .count();
        let word = &mut masked[start..start + length];
        start += length + 1;
        let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
        let is_turn = |pair: &&[u8]| pair[0].is_ascii_lowercase() != pair[1].is_ascii_lowercase();
        let turns = word.windows(2).filter(is_turn).count();
        let has_letters = word.iter().any(u8::is_ascii_alphabetic);
        let is_likely = length >= MIXED && digits > 1 && has_letters
            || length >= LETTERS && turns * 4 >= length;
        if is_likely || digits >= LETTERS {
            word.fill(b'*');
        }
    }
}

fn text_of_token(masked: &[u8]) -> String {
    /// Of a longer one, only the ends are shown.
    const LONGEST: usize = 60;
    if masked.len() <= LONGEST {
        return line_text(masked);
    }
    let (start, end) = (
        &masked[..LONGEST / 2],
        &masked[masked.len() - LONGEST / 2..],
    );
    format!("{}…{}", line_text(start), line_text(end))
}

fn text_before(masked: &[u8], is_all: bool) -> String {
    if let Some(newline) = memchr::memrchr(b'\n', masked) {
        return line_text(&masked[newline + 1..]).trim_start().to_owned();
    }
    if is_all {
        return line_text(masked).trim_start().to_owned();
    }
    // What is cut off may be the start of a token: its rest must not be shown.
    let whole = masked.iter().position(|&byte| !is_of_a_word(byte));
    format!("…{}", line_text(&masked[whole.unwrap_or(masked.len())..]))
}

fn text_after(masked: &[u8], is_all: bool) -> String {
    if let Some(newline) = memchr::memchr(b'\n', masked) {
        let line = &masked[..newline];
        return line_text(line.strip_suffix(b"\r").unwrap_or(line));
    }
    if is_all {
        return line_text(masked);
    }
    let whole = masked.iter().rposition(|&byte| !is_of_a_word(byte));
    format!(
        "{}…",
        line_text(&masked[..whole.map_or(0, |last| last + 1)])
    )
}

/// The text of a part of a line. A tab is as wide as a space, so that a mark
/// below the line stands where it should.
fn line_text(masked: &[u8]) -> String {
    let tabless: Vec<u8> = masked
        .iter()
        .map(|&byte| if byte == b'\t' { b' ' } else { byte })
        .collect();
    mask::printable(&tabless)
}

/// Whether a byte may be part of a token or of a character of several bytes.
fn is_of_a_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.+/=*".contains(&byte) || !byte.is_ascii()
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
        Excerpt::new(text.as_bytes(), &span, &[], &[], &mask)
    }

    #[test]
    fn it_is_the_line_of_the_match() {
        let found = excerpt("one\n\t a =\t'", "' # \x1b[0m\r\nnext");
        assert_eq!(found.before, "a = '");
        assert_eq!(found.token, format!("hf_{}wxyz", "*".repeat(30)));
        assert_eq!(found.after, "' # \\x1b[0m");
    }

    #[test]
    fn parts_of_the_token_are_hidden_too() {
        let random = &token()[3..];
        let found = excerpt(
            &format!("{random} {} ", &random[5..20]),
            &format!(" hf_{}", &random[..33]),
        );
        let shown = format!("{}{}", found.before, found.after);
        assert!(!shown.contains("AbAb"), "{shown}");
        assert_eq!(
            excerpt("tokenizer = ", " # huggingface").before,
            "tokenizer = "
        );
    }

    #[test]
    fn parts_of_other_tokens_of_the_line_are_hidden_too() {
        let other = format!("hf_app_{}", "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeF");
        let found = excerpt(&format!("{other} {} ", &other[9..25]), "");
        assert!(!found.before.contains(&other[9..17]), "{}", found.before);
    }

    #[test]
    fn what_is_nearly_a_token_is_hidden_too() {
        let random = "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH";
        for near in [
            format!("hf_{}", &random[..33]),
            format!("hf_{}-{}", &random[..17], &random[17..]),
            format!("hf_{} ", &random[..20]),
            format!("HF_{random}"),
            format!("{}HF_{random}", token()),
            format!("hf_{}' + f(b) + '{}", &random[..24], &random[24..]),
            format!(
                "hf_{}' +{}'{}",
                &random[..20],
                " ".repeat(150),
                &random[20..]
            ),
            format!("hf_oauth_refresh_{random}"),
            format!("hf_oauth_{}.{}.{random}", &random[..20], &random[..9]),
            format!("hf_s3_{}.{}.{random}", &random[..10], &random[..10]),
            format!("hf_jwt_{random}"),
        ] {
            let shown = excerpt(&format!("a {near}, "), &format!(" b {near}"));
            let shown = format!("{}{}", shown.before, shown.after);
            for part in random.as_bytes().windows(8) {
                let part = String::from_utf8_lossy(part);
                assert!(!shown.contains(&*part), "{shown}");
            }
        }
        let names = "hf_hub_download(), hf_tokenizer_config.json, HF_HUB_ENABLE_X = ";
        assert_eq!(excerpt(names, "").before, names);
    }

    #[test]
    fn a_match_that_the_mask_does_not_know_is_hidden_too() {
        let mask = Mask::new(&RuleSet::embedded());
        let found = Excerpt::new(b"key=abcdefghijklmnopqrst;", &(4..24), &[], &[], &mask);
        assert_eq!(found.token, format!("{}qrst", "*".repeat(16)));
    }

    #[test]
    fn other_tokens_of_the_line_are_masked_wherever_they_are_cut() {
        for gap in 0..200 {
            let gap = if gap == 199 {
                String::new()
            } else {
                " ".repeat(gap)
            };
            let found = excerpt(
                &format!("{}{gap}", token()),
                &format!("{gap}{}{gap}", token()),
            );
            let shown = format!("{}{}", found.before, found.after);
            assert!(!shown.contains("AbAb"), "{shown}");
        }
    }
}
