//! A run: a literal and then at least so many bytes of one class, which is what
//! credentials look like and what this finds without a regular expression.
//!
//! An expression reads every byte behind every literal. A run is refuted by one
//! byte, the last one that it needs, and by that byte the search goes on:
//! whatever an attacker writes, most of it is never looked at.

use std::ops::Range;

use memchr::memmem;
use regex_syntax::hir::{Class, Hir, HirKind};

/// `literal[class]{least,}`, where the literal's last byte is not of the class.
#[derive(Debug)]
pub(super) struct Run {
    literal: memmem::Finder<'static>,
    class: Box<[bool; 256]>,
    least: usize,
}

impl Run {
    /// The run that a pattern describes, if that is what it describes.
    pub(super) fn of(pattern: &Hir) -> Option<Self> {
        let HirKind::Concat(parts) = pattern.kind() else {
            return None;
        };
        let [first, second] = parts.as_slice() else {
            return None;
        };
        let (HirKind::Literal(literal), HirKind::Repetition(repetition)) =
            (first.kind(), second.kind())
        else {
            return None;
        };
        let class = bytes_of(&repetition.sub)?;
        let last = literal.0.last()?;
        let least = usize::try_from(repetition.min).ok()?;
        let is_run = repetition.max.is_none() && repetition.greedy && least > 0;
        (is_run && !class[usize::from(*last)]).then(|| Self {
            literal: memmem::Finder::new(&literal.0).into_owned(),
            class,
            least,
        })
    }

    /// The first match at or after `at`: the same that the expression finds.
    pub(super) fn find_at(&self, bytes: &[u8], mut at: usize) -> Option<Range<usize>> {
        let length = self.literal.needle().len();
        loop {
            let start = at + self.literal.find(bytes.get(at..)?)?;
            let run = start + length;
            let needed = bytes.get(run..run + self.least)?;
            match needed.iter().rposition(|&byte| !self.has(byte)) {
                None => {
                    let more = &bytes[run + self.least..];
                    let ends = more.iter().position(|&byte| !self.has(byte));
                    let end = ends.map_or(bytes.len(), |more| run + self.least + more);
                    return Some(start..end);
                }
                // A later match cannot have this byte in its run, so its
                // literal ends with this byte or behind it.
                Some(refuted) => at = (run + refuted + 1 - length).max(start + 1),
            }
        }
    }

    fn has(&self, byte: u8) -> bool {
        self.class[usize::from(byte)]
    }
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

    fn both(pattern: &str) -> (Regex, Option<Run>) {
        let mut builder = regex_syntax::ParserBuilder::new();
        let parsed = builder.unicode(false).utf8(false).build().parse(pattern);
        let regex = RegexBuilder::new(pattern).unicode(false).build();
        let run = Run::of(&parsed.expect("the pattern parses"));
        (regex.expect("the pattern compiles"), run)
    }

    #[test]
    fn only_what_is_a_run_is_taken_for_one() {
        for pattern in ["hf_[A-Za-z0-9]{34,}", "key=[a-f]+", r"x-\d{3,}"] {
            assert!(both(pattern).1.is_some(), "{pattern}");
        }
        for pattern in [
            "hf_[a-z]{34}",
            "hf_[a-z]*",
            "hf_[a-z_]{3,}",
            "hf_[a-z]{3,}?",
            "[a-z]{3,}",
            "hf_[a-z]{3,}x",
            "(hf_[a-z]{3,})",
            "a|b",
        ] {
            assert!(both(pattern).1.is_none(), "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn it_finds_what_the_expression_finds(text in "[hf_aB0 \n]{0,200}", least in 1..6_usize) {
            let (regex, run) = both(&format!("hf_[A-Za-z0-9]{{{least},}}"));
            let run = run.expect("the pattern is a run");
            let expected: Vec<_> = regex.find_iter(text.as_bytes()).map(|found| found.range()).collect();
            let mut found = Vec::new();
            let mut at = 0;
            while let Some(range) = run.find_at(text.as_bytes(), at) {
                at = range.end;
                found.push(range);
            }
            prop_assert_eq!(found, expected);
        }
    }
}
