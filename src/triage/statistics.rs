//! Statistics of a token's characters: is it as random as what a provider draws,
//! or did a person type it?
//!
//! Every threshold says how often tokens that are drawn at random fall on the wrong
//! side of it, measured with 300,000 draws of 34 letters and of 32 letters and digits;
//! a test holds all of them together.

// Counts of characters are far below what a float cannot hold.
#![expect(clippy::cast_precision_loss)]

use std::sync::LazyLock;

use crate::reason::Reason;

/// Of a longer text only so many characters are looked at: it is no token whatever
/// they are like, and must not cost more than its bytes.
const MOST_LOOKED_AT: usize = 256;

/// Where an alphabet has fewer characters, case and hexadecimal digits tell nothing.
const LETTERS_OF_BOTH_CASES: usize = 52;

/// Of the different characters that random draws have on average, at least this
/// share: 17 of 25 for 34 letters. Fewer are drawn once in 100,000 times.
const LEAST_DIFFERENT: f64 = 2.0 / 3.0;

/// Of two characters beside each other, or one or two apart, this share may follow
/// one another in the alphabet or on a keyboard, or be the same. More than half do
/// once in 20,000 draws of letters.
const MOST_STEPS: f64 = 0.5;

/// Of two letters beside each other, at least this share is of different case.
/// Random letters change in half of the pairs; in fewer than this share in no draw
/// of letters, and once in 4,500 with digits, which leave fewer pairs.
const LEAST_CASE_CHANGES: f64 = 0.125;

/// And at most this share: more change once in 150,000 draws of letters, and once in
/// 3,700 with digits.
const MOST_CASE_CHANGES: f64 = 0.875;

/// The same whatever the case, for words that are capitals or change case at
/// random: once in 15,000 draws of 32 letters and digits, in none of letters.
const MOST_LIKE_WORDS_IN_ANY_CASE: f64 = 0.42;

/// The likeness to words above which letters are taken for words: once in 37,000
/// draws of 34 letters, once in 3,000 of 32 letters and digits. Of 20,000 names of
/// 34 letters made of programmers' words, 48 have less.
const MOST_LIKE_WORDS: f64 = 0.49;

/// A part of so many characters, whatever their case, does not come twice in any
/// draw.
const SHORTEST_REPEAT: usize = 6;

/// The same backwards, where a part may be its own mirror.
const SHORTEST_MIRRORED: usize = 10;

/// Words of placeholders, in lower case. A random token holds a given one of five
/// letters once in 400,000 draws, and the four x once in 12,000.
const WORDS: [&str; 16] = [
    "access",
    "changeme",
    "deadbeef",
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
    "testtest",
    "token",
    "xxxx",
];

/// The rows of keyboards, on which neighbours are near.
const ROWS: [&str; 6] = [
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1234567890",
    "qwertz",
    "azerty",
];

/// How much more often a letter stands in English words than among random ones,
/// in bits, from a to z; rare letters count as if they were less rare.
const LIKENESS: [f64; 26] = [
    1.1, -1.6, -0.5, 0.1, 1.7, -0.8, -0.9, 0.7, 0.9, -3.0, -2.3, 0.1, -0.7, 0.8, 1.0, -1.0, -3.0,
    0.6, 0.7, 1.2, -0.5, -2.0, -0.7, -3.0, -1.0, -3.0,
];

/// The fifty most frequent pairs of letters in English words: every second pair
/// there, one of thirteen among random ones.
const PAIRS: &[u8] = b"thheineranreonatenndtiesorteofedisitalarsttontngsehaasouioleve\
comedehiriroicneearacelichllbemasiomur";

/// What speaks against `characters` having been drawn at random from an alphabet of
/// `size`.
pub(super) fn doubts(characters: &[u8], size: usize) -> Vec<Reason> {
    let characters = &characters[..characters.len().min(MOST_LOOKED_AT)];
    if let [first, rest @ ..] = characters
        && rest.iter().all(|character| character == first)
    {
        return vec![Reason::OneCharacter];
    }
    let lower = characters.to_ascii_lowercase();
    let mut doubts = Vec::new();
    let different = different(characters);
    if (different as f64) < LEAST_DIFFERENT * expected_different(characters.len(), size) {
        doubts.push(Reason::FewDifferent(different));
    }
    if has_repeat(&lower) {
        doubts.push(Reason::Repeats);
    }
    // Sequences that take turns are as much of one.
    let is_sequence = |apart: usize| {
        let pairs = lower.windows(apart + 1);
        share(pairs, |of: &[u8]| is_step(of[0], of[apart])) > MOST_STEPS
    };
    if (1..=3).any(is_sequence) {
        doubts.push(Reason::Sequence);
    }
    doubts.extend(word_in(characters));
    if size < LETTERS_OF_BOTH_CASES {
        return doubts;
    }
    if is_hexadecimal(characters) {
        doubts.push(Reason::Hexadecimal);
    } else if case_changes(characters) < LEAST_CASE_CHANGES {
        doubts.push(Reason::OneCase);
    } else if case_changes(characters) > MOST_CASE_CHANGES {
        doubts.push(Reason::CaseTakesTurns);
    }
    if is_like_words(characters) {
        doubts.push(Reason::Words);
    }
    doubts
}

/// The first word of placeholders in some characters, also where digits stand for
/// letters.
pub(super) fn word_in(characters: &[u8]) -> Option<Reason> {
    let letter = |character: &u8| match character.to_ascii_lowercase() {
        b'0' => b'o',
        b'1' => b'i',
        b'3' => b'e',
        b'4' => b'a',
        b'5' => b's',
        b'7' => b't',
        other => other,
    };
    let letters: Vec<u8> = characters.iter().map(letter).collect();
    let is_in = |word: &&&str| memchr::memmem::find(&letters, word.as_bytes()).is_some();
    WORDS.iter().find(is_in).map(|word| Reason::Word(word))
}

/// Shannon's entropy of some characters, in tenths of a bit for each.
// At most eight bits, so nothing is cut off.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn tenths_of_bits(characters: &[u8]) -> usize {
    let mut counts = [0_usize; 256];
    for &character in characters {
        counts[usize::from(character)] += 1;
    }
    let all = characters.len() as f64;
    let shares = counts.iter().filter(|count| **count > 0);
    let bits: f64 = shares
        .map(|count| *count as f64 / all)
        .map(|share| -share * share.log2())
        .sum();
    (bits * 10.0).round() as usize
}

fn different(characters: &[u8]) -> usize {
    let mut seen = [false; 256];
    for &character in characters {
        seen[usize::from(character)] = true;
    }
    seen.iter().filter(|&&seen| seen).count()
}

/// How many different characters `length` draws have on average.
fn expected_different(length: usize, size: usize) -> f64 {
    let size = size as f64;
    size * (1.0 - (1.0 - 1.0 / size).powf(length as f64))
}

/// Whether a part comes twice, or once more backwards.
fn has_repeat(lower: &[u8]) -> bool {
    let backwards: Vec<u8> = lower.iter().rev().copied().collect();
    let mut parts = numbers(lower, SHORTEST_REPEAT);
    parts.sort_unstable();
    let mut mirrored = numbers(&backwards, SHORTEST_MIRRORED);
    mirrored.sort_unstable();
    let mut forwards = numbers(lower, SHORTEST_MIRRORED).into_iter();
    parts.windows(2).any(|pair| pair[0] == pair[1])
        || forwards.any(|part| mirrored.binary_search(&part).is_ok())
}

/// The parts of `length` characters, at most sixteen, as numbers: those are compared
/// at once.
fn numbers(characters: &[u8], length: usize) -> Vec<u128> {
    let number = |part: &[u8]| {
        part.iter()
            .fold(0, |sum, byte| sum << 8 | u128::from(*byte))
    };
    characters.windows(length).map(number).collect()
}

/// Whether two characters, in lower case, are the same, or neighbours in the
/// alphabet, among the digits, or on a keyboard.
fn is_step(first: u8, second: u8) -> bool {
    static BESIDE: LazyLock<PairSet> = LazyLock::new(|| {
        let rows = ROWS.iter().flat_map(|row| row.as_bytes().windows(2));
        PairSet::new(rows.flat_map(|pair| [[pair[0], pair[1]], [pair[1], pair[0]]]))
    });
    first.abs_diff(second) <= 1 || BESIDE.has([first, second])
}

/// A set of pairs of ASCII characters.
struct PairSet(Box<[bool; 128 * 128]>);

impl PairSet {
    fn new(pairs: impl Iterator<Item = [u8; 2]>) -> Self {
        let mut set = Self(Box::new([false; 128 * 128]));
        for pair in pairs {
            if let Some(place) = Self::place(pair) {
                set.0[place] = true;
            }
        }
        set
    }

    fn has(&self, pair: [u8; 2]) -> bool {
        Self::place(pair).is_some_and(|place| self.0[place])
    }

    fn place([first, second]: [u8; 2]) -> Option<usize> {
        let are_ascii = first.is_ascii() && second.is_ascii();
        are_ascii.then_some(usize::from(first) << 7 | usize::from(second))
    }
}

fn is_hexadecimal(characters: &[u8]) -> bool {
    let is_of = |case: fn(&u8) -> bool| characters.iter().all(|c| c.is_ascii_digit() || case(c));
    is_of(|c| matches!(c, b'a'..=b'f')) || is_of(|c| matches!(c, b'A'..=b'F'))
}

/// The share of letters beside each other that are of different case; half where
/// there are none.
fn case_changes(characters: &[u8]) -> f64 {
    let pairs = letter_pairs(characters);
    if pairs.is_empty() {
        return 0.5;
    }
    share(pairs.into_iter(), |pair| {
        pair[0].is_ascii_uppercase() != pair[1].is_ascii_uppercase()
    })
}

/// Whether the letters are like those of words written together: by their frequent
/// pairs, and for less by which letters they are, how seldom the case changes, and
/// how few capitals stand beside one another.
fn is_like_words(characters: &[u8]) -> bool {
    // Weights under which random letters and names differ most.
    const WEIGHT_OF_LETTERS: f64 = 0.1;
    const WEIGHT_OF_CASE: f64 = 0.3;
    const WEIGHT_OF_CAPITALS: f64 = 0.9;
    let letters = characters.iter().filter(|c| c.is_ascii_alphabetic());
    let letters: Vec<f64> = letters
        .map(|letter| LIKENESS[usize::from(letter.to_ascii_lowercase() - b'a')])
        .collect();
    let mean = letters.iter().sum::<f64>() / (letters.len().max(1) as f64);
    static FREQUENT: LazyLock<PairSet> = LazyLock::new(|| {
        let (pairs, _) = PAIRS.as_chunks::<2>();
        PairSet::new(pairs.iter().copied())
    });
    let lower = |pair: &[u8]| [pair[0], pair[1]].map(|letter| letter.to_ascii_lowercase());
    let are_capitals = |pair: &[u8]| pair.iter().all(u8::is_ascii_uppercase);
    let pairs = letter_pairs(characters);
    let frequent = share(pairs.iter().copied(), |pair| FREQUENT.has(lower(pair)));
    let capitals = share(pairs.iter().copied(), are_capitals);
    let likeness = frequent + mean * WEIGHT_OF_LETTERS;
    let likeness_of_case = (1.0 - 2.0 * case_changes(characters)) * WEIGHT_OF_CASE
        + (0.25 - capitals) * WEIGHT_OF_CAPITALS;
    likeness > MOST_LIKE_WORDS_IN_ANY_CASE || likeness + likeness_of_case > MOST_LIKE_WORDS
}

/// The letters that stand beside one another.
fn letter_pairs(characters: &[u8]) -> Vec<&[u8]> {
    let are_letters = |pair: &&[u8]| pair.iter().all(u8::is_ascii_alphabetic);
    characters.windows(2).filter(are_letters).collect()
}

fn share<T>(all: impl ExactSizeIterator<Item = T>, is: impl Fn(T) -> bool) -> f64 {
    let count = all.len().max(1);
    all.filter_map(|one| is(one).then_some(())).count() as f64 / count as f64
}
