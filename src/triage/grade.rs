//! Grades a match: gathers the reasons for and against its being a live
//! credential, from its characters, from what is beside it, and from what it says
//! itself.

use std::ops::Range;

use super::extent::Extent;
use super::neighbours;
use super::statistics::{doubts, tenths_of_bits, word_in};
use crate::confidence::Confidence;
use crate::jwt::{Claims, Jwt, Kind};
use crate::pattern::Issued;
use crate::reason::{Characters, Reason};
use crate::rule::Credential;

/// What came of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grade {
    /// How sure it is.
    pub(crate) confidence: Confidence,
    /// Why.
    pub(crate) reasons: Vec<Reason>,
    /// What it says about itself.
    pub(crate) claims: Option<Claims>,
}

/// Grades the match of a rule at `span` of `bytes`.
pub(crate) fn grade(
    credential: &Credential,
    bytes: &[u8],
    span: &Range<usize>,
    extent: Extent,
) -> Grade {
    let token = &bytes[span.start..span.start + extent.length];
    let literal = credential.literal.as_bytes();
    let random = token.strip_prefix(literal).unwrap_or(token);
    let (mut reasons, claims) = match Jwt::read(random) {
        Some(jwt) => (of_jwt(&jwt, random), Some(jwt.claims)),
        None => (of_characters(credential, token, random), None),
    };
    match extent.tail {
        // What tells where the token ends tells that it is one.
        Some(tail) => reasons.push(Reason::Tail(tail)),
        // What decodes is no part of a name.
        None if claims.is_some() => {}
        None => reasons.extend(neighbours::reason(bytes, span)),
    }
    let confidence = reasons.iter().map(Reason::ceiling).min();
    Grade {
        confidence: confidence.unwrap_or(Confidence::Medium),
        reasons,
        claims,
    }
}

fn of_jwt(jwt: &Jwt, random: &[u8]) -> Vec<Reason> {
    let mut reasons = vec![Reason::Jwt];
    if jwt.kind == Kind::Documentation {
        reasons.push(Reason::Documentation);
    }
    let signature = random.rsplit(|byte| *byte == b'.').next();
    reasons.extend(signature.and_then(word_in));
    reasons
}

fn of_characters(credential: &Credential, token: &[u8], random: &[u8]) -> Vec<Reason> {
    if random.starts_with(b"eyJ") && memchr::memchr(b'.', random).is_some() {
        return vec![Reason::NoJwt];
    }
    let exact = credential.exact.as_ref();
    let is_exact = exact.is_some_and(|exact| exact.describes(token));
    let kind = Characters::of(random);
    let alphabet = match credential.issued {
        Some(issued) if is_exact => issued.alphabet,
        _ => kind.count(),
    };
    let mut reasons = doubts(random, alphabet);
    if reasons.is_empty() {
        reasons.push(Reason::Random {
            characters: random.len(),
            kind,
            tenths_of_bits: tenths_of_bits(random),
        });
    }
    if !is_exact {
        reasons.push(form(credential.issued, random));
    }
    reasons
}

/// What is different about a token that has not the form that is issued.
fn form(issued: Option<Issued>, random: &[u8]) -> Reason {
    match issued {
        Some(Issued { length, .. }) if random.len() != length => Reason::Length {
            found: random.len(),
            issued: length,
        },
        Some(_) if random.iter().any(u8::is_ascii_digit) => Reason::Digits,
        _ => Reason::OtherForm,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::rule_set::RuleSet;
    use crate::triage::extent::extent;

    static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::embedded);

    fn graded(rule: &str, random: &str) -> Grade {
        let rule = RULES.get(rule).expect("the rule is embedded");
        let credential = rule.credential().expect("it is a credential's");
        let token = format!("{}{random}", credential.literal);
        let span = 0..token.len();
        let extent = extent(credential, token.as_bytes(), &span);
        grade(credential, token.as_bytes(), &span, extent)
    }

    fn confidence(random: &str) -> Confidence {
        graded("VNX-SEC-027", random).confidence
    }

    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const DIGITS: &str = "0123456789";

    /// Characters drawn at random (splitmix64) from a fixed seed.
    struct Draws(u64);

    impl Draws {
        fn below(&mut self, count: usize) -> usize {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            usize::try_from((mixed ^ mixed >> 31) >> 1).expect("it fits") % count
        }

        fn text(&mut self, alphabet: &str, length: usize) -> String {
            let alphabet = alphabet.as_bytes();
            let drawn = (0..length).map(|_| alphabet[self.below(alphabet.len())]);
            drawn.map(char::from).collect()
        }
    }

    #[test]
    fn random_tokens_are_taken_for_what_they_are() {
        let both = format!("{LETTERS}{DIGITS}");
        for (rule, alphabet, length, draws) in [
            ("VNX-SEC-027", LETTERS, 34, 100_000),
            ("HFL-002", &both, 34, 20_000),
            ("HFL-005", &both, 32, 20_000),
        ] {
            let mut random = Draws(27);
            let missed = (0..draws)
                .map(|_| graded(rule, &random.text(alphabet, length)).confidence)
                .filter(|confidence| *confidence != Confidence::High)
                .count();
            println!("{rule}: {missed} of {draws} random tokens are not of high confidence");
            assert!(missed * 1000 <= draws, "{rule}: {missed} of {draws}");
        }
    }

    #[test]
    fn digits_and_other_lengths_are_of_less_confidence() {
        let mut draws = Draws(1);
        let letters = draws.text(LETTERS, 40);
        assert_eq!(confidence(&letters[..34]), Confidence::High);
        assert_eq!(
            confidence(&format!("{}7", &letters[..33])),
            Confidence::Medium
        );
        assert_eq!(confidence(&letters[..35]), Confidence::Low);
        assert_eq!(confidence(&letters), Confidence::Low);
    }

    /// What people type where a token should be, 34 characters and longer.
    fn placeholders(draws: &mut Draws) -> Vec<(&'static str, String)> {
        let cut = |text: &str| text.repeat(34)[..34].to_owned();
        let random = draws.text(LETTERS, 34);
        let both = format!("{LETTERS}{DIGITS}");
        let at = draws.below(20);
        let few = draws.text(&both[at..at + 9], 34);
        let pair = draws.text(&both, 2);
        let four = draws.text(&both, 4);
        let half = draws.text(LETTERS, 17);
        let start = draws.below(26);
        let alphabet: String = LETTERS[..26].repeat(3)[start..start + 34].to_owned();
        let mixed = |text: &str| {
            let case = |(place, letter): (usize, char)| match place % 2 {
                0 => letter.to_ascii_uppercase(),
                _ => letter,
            };
            text.chars().enumerate().map(case).collect::<String>()
        };
        vec![
            ("one character", cut(&random[..1])),
            ("two characters", cut(&pair)),
            ("four characters", cut(&four)),
            ("few characters", few),
            ("a part twice", half.repeat(2)),
            ("the alphabet", alphabet.clone()),
            ("the alphabet in capitals", alphabet.to_uppercase()),
            ("the alphabet in both cases", mixed(&alphabet)),
            ("the alphabet backwards", alphabet.chars().rev().collect()),
            ("digits", cut("1234567890")),
            (
                "the alphabet and digits",
                cut("abcdefghijklmnopqrstuvwxyz0123456789"),
            ),
            (
                "doubled letters",
                alphabet[..17].chars().flat_map(|c| [c, c]).collect(),
            ),
            ("a keyboard", cut("qwertyuiopasdfghjklzxcvbnm")),
            (
                "a keyboard in both cases",
                mixed(&cut("asdfghjklqwertyuiopzxcvbnm")),
            ),
            (
                "x in the middle",
                format!("{}{}{}", &random[..4], "x".repeat(26), &random[..4]),
            ),
            ("a word in front", format!("YourToken{}", &random[..25])),
            ("a word at the end", format!("{}Example", &random[..27])),
            ("your token here", cut("YourHuggingFaceTokenGoesHere")),
            (
                "a sentence",
                "PleasePutYourOwnKeyIntoThisPlaceXY".to_owned(),
            ),
            ("small letters", draws.text(&LETTERS[..26], 34)),
            ("capitals", draws.text(&LETTERS[26..], 34)),
            ("a checksum", draws.text("0123456789abcdef", 34)),
            ("fake", cut("FakeFakeToken")),
            (
                "a part backwards",
                half.chars().chain(half.chars().rev()).collect(),
            ),
            ("x at the end", format!("{}xxxx", &random[..30])),
            ("two sequences", cut("aZbYcXdWeVfUgThSiRjQkPlOmNnMoLpKqJ")),
            ("three sequences", cut("aA1bB2cC3dD4eE5fF6gG7hH8iI9jJ0kK1l")),
            ("digits in turns", cut("1a2b3c4d5e6f7g8h9i0j1k2l3m4n5o6p7q")),
            ("letters in turns", mixed(&draws.text(&LETTERS[..26], 34))),
            (
                "digits for letters",
                "Y0urHugg1ngF4c3T0k3nG03sH3r3Pl34s3".to_owned(),
            ),
            (
                "the documented example",
                "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789AB".to_owned(),
            ),
        ]
    }

    #[test]
    fn no_family_of_placeholders_reaches_medium() {
        let mut draws = Draws(3);
        for _ in 0..500 {
            for (family, placeholder) in placeholders(&mut draws) {
                let grade = graded("VNX-SEC-027", &placeholder);
                assert_eq!(grade.confidence, Confidence::Low, "{family}: {placeholder}");
                assert!(!grade.reasons.is_empty());
            }
        }
    }

    #[test]
    fn reasons_are_in_plain_words() {
        let told = |random: &str| {
            let reasons = graded("VNX-SEC-027", random).reasons;
            let reasons: Vec<_> = reasons.iter().map(Reason::to_string).collect();
            reasons.join("; ")
        };
        assert_eq!(told(&"x".repeat(34)), "one character repeated");
        let letters = Draws(1).text(LETTERS, 34);
        assert_eq!(told(&letters), "34 letters, 4.7 bits per character");
        assert!(
            told(&format!("{letters}abc"))
                .ends_with("37 characters behind the prefix, where 34 are issued")
        );
    }

    #[test]
    fn every_reason_has_an_example() {
        let names: std::collections::BTreeSet<_> = Reason::EXAMPLES
            .iter()
            .map(|reason| format!("{reason:?}"))
            .collect();
        assert_eq!(names.len(), Reason::EXAMPLES.len());
    }
}
