//! Grades a match by its shape alone: placeholder, exact shape, or other.

use crate::confidence::Confidence;
use crate::rule::Rule;

/// A random token of 34 letters has 25 different ones on average, and fewer
/// than 15 in less than one of a million; what people type to fill the space
/// has fewer.
const FEWEST_DIFFERENT: usize = 13;

/// Letters or digits in the order of the alphabet, whatever their case. A
/// random token has five such in a row in about one of 60,000.
const LONGEST_SEQUENCE: usize = 5;

/// Words of placeholders, in lower case. None is shorter than five letters: a
/// random token holds a given one in less than one of 300,000.
const WORDS: [&str; 14] = [
    "access",
    "changeme",
    "dummy",
    "example",
    "fakefake",
    "huggingface",
    "insert",
    "placeholder",
    "qwerty",
    "redacted",
    "replace",
    "secret",
    "token",
    "xxxxx",
];

/// How sure it is that `found`, a match of `rule`, is a live kind of credential.
pub(crate) fn grade(rule: &Rule, found: &[u8]) -> Confidence {
    let literal = rule.literal.get_ref().as_bytes();
    let random = found.strip_prefix(literal).unwrap_or(found);
    if is_placeholder(random) {
        Confidence::Low
    } else if rule
        .exact
        .as_ref()
        .is_some_and(|exact| exact.describes(found))
    {
        Confidence::High
    } else {
        Confidence::Medium
    }
}

fn is_placeholder(random: &[u8]) -> bool {
    let lower = random.to_ascii_lowercase();
    different(random) < FEWEST_DIFFERENT.min(random.len())
        || longest_sequence(&lower) > LONGEST_SEQUENCE
        || WORDS
            .iter()
            .any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}

fn different(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    for &byte in bytes {
        seen[usize::from(byte)] = true;
    }
    seen.iter().filter(|&&seen| seen).count()
}

/// The most neighbours of `bytes` that each follow the one before.
fn longest_sequence(bytes: &[u8]) -> usize {
    let (mut longest, mut now) = (1, 1);
    for pair in bytes.windows(2) {
        now = if pair[1] == pair[0].wrapping_add(1) {
            now + 1
        } else {
            1
        };
        longest = longest.max(now);
    }
    longest
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::rule_set::RuleSet;

    static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::embedded);

    fn graded(random: &str) -> Confidence {
        let rule = RULES.get("VNX-SEC-027").expect("the rule is embedded");
        grade(rule, format!("hf_{random}").as_bytes())
    }

    /// Letters that look random, from a fixed seed.
    fn letters(seed: u64, count: usize) -> String {
        let alphabet: Vec<char> = ('a'..='z').chain('A'..='Z').collect();
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            alphabet[(state >> 33) as usize % alphabet.len()]
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn thirty_four_random_letters_are_of_high_confidence() {
        let missed = (0..20_000)
            .filter(|seed| graded(&letters(*seed, 34)) != Confidence::High)
            .count();
        assert!(missed <= 20, "{missed} of 20,000");
    }

    #[test]
    fn other_lengths_and_digits_are_of_medium_confidence() {
        assert_eq!(graded(&letters(1, 35)), Confidence::Medium);
        assert_eq!(graded(&format!("{}7", letters(1, 33))), Confidence::Medium);
    }

    #[test]
    fn placeholders_are_of_low_confidence() {
        for placeholder in [
            &"x".repeat(34),
            &"Ab1".repeat(12),
            "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789AB",
            &format!("YourTokenHere{}", letters(1, 21)),
            &format!("{}qwertyuiop", letters(1, 24)),
        ] {
            assert_eq!(graded(placeholder), Confidence::Low, "{placeholder}");
        }
    }
}
