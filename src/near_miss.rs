//! A near miss: what begins like a token and is none, as somebody cut it or broke it.
//!
//! No rule finds it. It matters in texts that are shown, where most of a token may stand.

use crate::mask::Mask;

/// So much of a token in a row is no accident.
pub(crate) const TELLING: usize = 8;

/// Hides what begins like a token and is none, as it is cut, broken or a little too
/// short: most of a token may be there, and any word near it may be the rest.
pub(crate) fn hide(masked: &mut [u8], mask: &Mask) {
    /// A run behind a prefix with so many letters and digits, small and capital, is
    /// much of a token; names are of one case mostly.
    const NEARLY: usize = 16;
    /// One without a gap, of whatever case, is too.
    const NEARLY_IN_ANY_CASE: usize = 20;
    let mut is_broken = false;
    for start in 1..masked.len() {
        // Prefixes end with an underscore, as a rule; no masked token is looked at.
        if masked[start - 1].is_ascii_alphanumeric() || masked[start] == b'*' {
            continue;
        }
        let begins = |literal: &str| {
            let before = start.checked_sub(literal.len());
            let before = before.map(|before| &masked[before..start]);
            let Some(before) = before.filter(|before| !before.ends_with(b"*")) else {
                return false;
            };
            // The first letters may be hidden, as a token ends with them.
            let mut pairs = before.iter().zip(literal.as_bytes());
            pairs.all(|(byte, of_literal)| *byte == b'*' || byte.eq_ignore_ascii_case(of_literal))
        };
        if mask.literals().any(begins) {
            let rest = masked[start..].iter();
            let is_of_run = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
            let run = start..start + rest.take_while(is_of_run).count();
            let bytes = &masked[run.clone()];
            let count = |kind: fn(&u8) -> bool| bytes.iter().filter(|byte| kind(byte)).count();
            let is_mixed = count(u8::is_ascii_uppercase) > 1 && count(u8::is_ascii_lowercase) > 1;
            let first = bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric());
            let nearly = if goes_on(&masked[run.end..]) {
                TELLING
            } else {
                NEARLY
            };
            if is_mixed && count(u8::is_ascii_alphanumeric) >= nearly
                || first.count() >= NEARLY_IN_ANY_CASE
            {
                let letters = masked[run].iter_mut();
                let letters = letters.filter(|byte| byte.is_ascii_alphanumeric());
                letters.for_each(|byte| *byte = b'*');
                is_broken = true;
            }
        }
    }
    if is_broken {
        let words = masked.split_mut(|byte| !byte.is_ascii_alphanumeric());
        let telling = words.filter(|word| word.len() >= TELLING);
        telling.for_each(|word| word.fill(b'*'));
    }
}

/// Whether what ends here, at the end of its line, may go on in the next.
fn goes_on(rest: &[u8]) -> bool {
    let rest = rest.strip_prefix(b"=").or(rest.strip_prefix(b"\\"));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"\n") || rest.starts_with(b"\r"))
}
