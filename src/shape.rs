//! A shape: a literal and then runs of bytes, each of one class, with
//! separators between them. That is what credentials look like, and this finds
//! them without a regular expression: `hf_[A-Za-z0-9]{34,}`, or the three dotted
//! parts of a JWT.
//!
//! It is what a rule's pattern is compiled to, if it is of that form. Whatever an
//! attacker writes, no byte is read more than once for each run: what is known of a
//! run is kept while candidates lie in it.

use std::ops::Range;

use memchr::memmem;
use regex_syntax::hir::{Class, Hir, HirKind};

/// `literal[class]{least,}`, and then any number of `separator[class]{least,}`,
/// where no separator begins with a byte of the run before it.
#[derive(Debug)]
pub(crate) struct Shape {
    literal: Box<[u8]>,
    parts: Box<[Part]>,
}

/// A run and what stands before it.
#[derive(Debug)]
struct Part {
    /// Empty before the first run: the literal stands there.
    separator: Box<[u8]>,
    class: Box<[bool; 256]>,
    least: usize,
}

/// What is known of the runs of a shape in some bytes: for each part, the last
/// run that was read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runs(Vec<Range<usize>>);

/// What came of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It matches up to this place.
    Match(usize),
    /// It does not match.
    Refuted,
    /// The bytes end before that can be told.
    Unfinished,
}

impl Shape {
    /// The shape that a pattern describes, if that is what it describes.
    pub(crate) fn of(pattern: &Hir) -> Option<Self> {
        let HirKind::Concat(pieces) = pattern.kind() else {
            return None;
        };
        let (pairs, rest) = pieces.as_chunks::<2>();
        let mut literal = None;
        let mut parts: Vec<Part> = Vec::new();
        for [text, run] in pairs {
            let HirKind::Literal(text) = text.kind() else {
                return None;
            };
            let follows = parts.last().is_none_or(|last| !last.has(text.0[0]));
            let separator = match literal {
                None => {
                    literal = Some(text.0.clone());
                    Box::default()
                }
                Some(_) => text.0.clone(),
            };
            parts.push(Part::of(separator, run).filter(|_| follows)?);
        }
        let literal = literal.filter(|_| rest.is_empty())?;
        Some(Self {
            literal,
            parts: parts.into(),
        })
    }

    /// What every match begins with.
    pub(crate) fn literal(&self) -> &[u8] {
        &self.literal
    }

    /// Whether a match may have `byte` at `place`, which is within its literal or
    /// right behind it.
    pub(crate) fn may_have(&self, byte: u8, place: usize) -> bool {
        match self.literal.get(place) {
            Some(of_literal) => *of_literal == byte,
            None => self.parts[0].has(byte),
        }
    }

    /// The last byte for which there is no match at `start`, where the shape is one
    /// run that needs it: none is a match before whose run it stands, either.
    pub(crate) fn refuting(&self, bytes: &[u8], start: usize) -> Option<usize> {
        let [part] = &*self.parts else {
            return None;
        };
        let run = start + self.literal.len();
        let needed = bytes.get(run..run + part.least)?;
        let last = needed.iter().rposition(|&byte| !part.has(byte))?;
        Some(run + last)
    }

    /// All matches from `first` on, also those that begin within another one.
    pub(crate) fn all_in(&self, bytes: &[u8], first: usize) -> Vec<Range<usize>> {
        let mut runs = Runs::default();
        let mut matches = Vec::new();
        let mut at = first;
        while let Some(start) = memmem::find(&bytes[at..], &self.literal) {
            let start = at + start;
            if let Outcome::Match(end) = self.match_at(bytes, start, &mut runs) {
                matches.push(start..end);
            }
            at = start + 1;
        }
        matches
    }

    /// Whether there is a match that begins at `start`: the same that the
    /// expression finds there.
    pub(crate) fn match_at(&self, bytes: &[u8], start: usize, runs: &mut Runs) -> Outcome {
        if !stands_at(&self.literal, bytes, start) {
            return Outcome::Refuted;
        }
        if runs.0.is_empty() {
            runs.0.resize(self.parts.len(), 0..0);
        }
        let mut at = start + self.literal.len();
        for (part, known) in self.parts.iter().zip(&mut runs.0) {
            if !stands_at(&part.separator, bytes, at) {
                return if part.separator.starts_with(&bytes[at..]) {
                    Outcome::Unfinished
                } else {
                    Outcome::Refuted
                };
            }
            at += part.separator.len();
            if !known.contains(&at) {
                *known = at..part.end_of_run(bytes, at);
            }
            if known.end - at < part.least {
                return if known.end == bytes.len() {
                    Outcome::Unfinished
                } else {
                    Outcome::Refuted
                };
            }
            at = known.end;
        }
        Outcome::Match(at)
    }
}

impl Part {
    fn of(separator: Box<[u8]>, run: &Hir) -> Option<Self> {
        let HirKind::Repetition(run) = run.kind() else {
            return None;
        };
        let least = usize::try_from(run.min).ok()?;
        let is_run = run.max.is_none() && run.greedy && least > 0;
        let class = bytes_of(&run.sub).filter(|_| is_run)?;
        Some(Self {
            separator,
            class,
            least,
        })
    }

    fn has(&self, byte: u8) -> bool {
        self.class[usize::from(byte)]
    }

    fn end_of_run(&self, bytes: &[u8], start: usize) -> usize {
        let run = bytes[start..].iter();
        let length = run.take_while(|&&byte| self.has(byte)).count();
        start + length
    }
}

/// Whether a literal stands at a place. Literals are so short, and asked for so
/// often, that byte by byte is faster than a call of `memcmp`, much faster for the
/// empty one.
pub(crate) fn stands_at(literal: &[u8], bytes: &[u8], start: usize) -> bool {
    let Some(there) = bytes.get(start..start + literal.len()) else {
        return false;
    };
    there.iter().zip(literal).all(|(there, byte)| there == byte)
}

/// The bytes of a class.
fn bytes_of(class: &Hir) -> Option<Box<[bool; 256]>> {
    let HirKind::Class(Class::Bytes(class)) = class.kind() else {
        return None;
    };
    let mut bytes = Box::new([false; 256]);
    for range in class.ranges() {
        for byte in range.start()..=range.end() {
            bytes[usize::from(byte)] = true;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::bytes::{Regex, RegexBuilder};

    use super::*;

    fn both(pattern: &str) -> (Regex, Option<Shape>) {
        let mut builder = regex_syntax::ParserBuilder::new();
        let parsed = builder.unicode(false).utf8(false).build().parse(pattern);
        let regex = RegexBuilder::new(pattern).unicode(false).build();
        let shape = Shape::of(&parsed.expect("the pattern parses"));
        (regex.expect("the pattern compiles"), shape)
    }

    #[test]
    fn only_what_is_a_shape_is_taken_for_one() {
        for pattern in [
            "hf_[A-Za-z0-9]{34,}",
            "key=[a-f]+",
            r"x-\d{3,}",
            "hf_[a-z_]{3,}",
            r"jwt_[a-z_]{3,}\.[a-z]{4,}--[0-9]+",
        ] {
            assert!(both(pattern).1.is_some(), "{pattern}");
        }
        for pattern in [
            "hf_[a-z]{34}",
            "hf_[a-z]*",
            "hf_[a-z]{3,}?",
            "[a-z]{3,}",
            "hf_[a-z]{3,}x",
            "hf_[a-z.]{3,}\\.[a-z]+",
            "(hf_[a-z]{3,})",
            "a|b",
        ] {
            assert!(both(pattern).1.is_none(), "{pattern}");
        }
    }

    #[test]
    fn what_may_go_on_is_unfinished() {
        let (_, shape) = both(r"k_[a-z]{2,}\.[a-z]{2,}");
        let shape = shape.expect("the pattern is a shape");
        let outcome = |text: &str| shape.match_at(text.as_bytes(), 0, &mut Runs::default());
        for text in ["k_", "k_a", "k_ab", "k_ab.", "k_ab.c"] {
            assert_eq!(outcome(text), Outcome::Unfinished, "{text}");
        }
        for text in ["k", "k_a.", "k_ab-", "k_ab.-", "k_ab.c."] {
            assert_eq!(outcome(text), Outcome::Refuted, "{text}");
        }
        assert_eq!(outcome("k_ab.cde-"), Outcome::Match(8));
    }

    proptest! {
        #[test]
        fn it_finds_what_the_expression_finds(
            text in "[hf_aB0. \n]{0,200}",
            least in 1..6_usize,
            dotted in any::<bool>(),
        ) {
            let pattern = if dotted {
                format!(r"hf_[hf_aB]{{{least},}}\.[hf_aB]{{{least},}}\.[a-z]+")
            } else {
                format!("hf_[A-Za-z0-9]{{{least},}}")
            };
            let (regex, shape) = both(&pattern);
            let shape = shape.expect("the pattern is a shape");
            let bytes = text.as_bytes();
            let expected: Vec<_> = regex.find_iter(bytes).map(|found| found.range()).collect();
            let mut found = Vec::new();
            let mut runs = Runs::default();
            let mut at = 0;
            while at < bytes.len() {
                match shape.match_at(bytes, at, &mut runs) {
                    Outcome::Match(end) => {
                        found.push(at..end);
                        at = end;
                    }
                    Outcome::Refuted | Outcome::Unfinished => at += 1,
                }
            }
            prop_assert_eq!(found, expected);
        }
    }
}
