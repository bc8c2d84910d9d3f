//! Detection: the engine finds in a text what the rules' expressions find, and in views of
//! it, wherever they end, what it finds in the whole.

use std::iter;
use std::ops::Range;
use std::sync::LazyLock;

use super::Kind;
use crate::detect::Engine;
use crate::detect::overlap;
use crate::hit::Hit;
use crate::rule_set::RuleSet;
use crate::view::{End, View};

pub(super) const KIND: Kind = Kind {
    name: "detect",
    subjects: || vec!["expressions", "views"],
    run,
};

/// Longer texts are cut: a match that begins further before the end of a view than this is
/// given up on purpose.
const LONGEST: usize = 100 << 10;

static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::embedded);
static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(&RULES));

fn run(subject: &str, bytes: &[u8]) {
    let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let text = expanded(rest);
    let mut whole = Vec::new();
    ENGINE.find(&View::whole(&text), &mut whole);
    if subject == "expressions" {
        assert_eq!(whole, of_expressions(&text));
        return;
    }
    let found: Vec<_> = whole.into_iter().map(|hit| (hit.rule, hit.span)).collect();
    assert_eq!(in_views(&text, (usize::from(*first) + 1) * 97), found);
}

/// A text in which `\xff`, a character and a number stand for many such characters: a view
/// is longer than what a fuzzer comes up with.
fn expanded(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (0xff, [character, count, after @ ..]) => {
                text.extend(iter::repeat_n(*character, usize::from(*count) * 64));
                rest = after;
            }
            _ => text.push(*first),
        }
        if text.len() > LONGEST {
            break;
        }
    }
    text.truncate(LONGEST);
    text
}

fn of_expressions(text: &[u8]) -> Vec<Hit> {
    let mut found = Vec::new();
    for (rule, it) in RULES.iter().enumerate() {
        let credential = it.credential().expect("these rules are of credentials");
        let regex = credential.pattern.regex();
        let spans = regex.find_iter(text).map(|it| it.range());
        found.extend(spans.map(|span| Hit::new(span, rule)));
    }
    let rules: Vec<_> = RULES.iter().cloned().collect();
    overlap::resolve(&rules, &mut found, 0);
    found
}

/// What is found in views each of which ends `step` bytes behind the one before.
fn in_views(text: &[u8], step: usize) -> Vec<(usize, Range<usize>)> {
    let mut all = Vec::new();
    let (mut decided, mut stop) = (0, 0);
    while stop < text.len() || all.is_empty() && stop == 0 {
        stop = text.len().min(stop + step);
        let is_last = stop == text.len();
        let start = decided - decided.min(View::MARGIN);
        let view = View {
            bytes: &text[start..stop],
            offset: start as u64,
            decided: decided - start,
            end: if is_last { End::OfBlob } else { End::OfView },
        };
        let mut found = Vec::new();
        decided = start + ENGINE.find(&view, &mut found);
        let moved = |hit: Hit| (hit.rule, hit.span.start + start..hit.span.end + start);
        all.extend(found.into_iter().map(moved));
        if is_last {
            break;
        }
    }
    all
}
