//! The detect stage: finds what the rules describe in a view's bytes.
//!
//! It judges nothing. One search for the rules' literals decides whether any
//! pattern runs at all: nearly every view ends there.

mod run;

use std::ops::Range;

use aho_corasick::AhoCorasick;
use memchr::memmem;
use regex::bytes::Regex;

use self::run::Run;

use crate::hit::Hit;
use crate::rule::Rule;
use crate::rule_set::RuleSet;
use crate::view::{End, View};

/// The rules, compiled.
#[derive(Debug)]
pub(crate) struct Engine {
    matchers: Vec<Matcher>,
    literals: Literals,
}

/// What finds the matches of one rule.
#[derive(Debug)]
enum Matcher {
    /// Finds a run.
    Run(Box<Run>),
    /// Finds anything.
    Regex(Regex),
}

/// The search that decides whether a pattern runs.
#[derive(Debug)]
enum Literals {
    One(Box<memmem::Finder<'static>>),
    Several(AhoCorasick),
}

impl Engine {
    pub(crate) fn new(rules: &RuleSet) -> Self {
        let mut literals: Vec<&[u8]> = rules
            .iter()
            .map(|rule| rule.literal.get_ref().as_bytes())
            .collect();
        literals.sort_unstable();
        literals.dedup();
        let literals = match literals.as_slice() {
            [one] => Literals::One(Box::new(memmem::Finder::new(one).into_owned())),
            several => Literals::Several(
                AhoCorasick::new(several).expect("a few literals are no large automaton"),
            ),
        };
        let matchers = rules.iter().map(|rule| Matcher::new(rule)).collect();
        Self { matchers, literals }
    }

    /// Finds the matches of a view, adds them to `found` in order, and gives
    /// back how many of the view's bytes are decided.
    ///
    /// Where the blob goes on, a match is left to the next view if it, or what
    /// belongs to its judgement, may reach past the end of this one.
    pub(crate) fn find(&self, view: &View<'_>, found: &mut Vec<Hit>) -> usize {
        let decidable = match view.end {
            End::OfBlob => view.bytes.len(),
            End::OfView => view.bytes.len().saturating_sub(View::MARGIN),
        }
        .max(view.decided);
        let Some(literal) = self.literals.first_in(&view.bytes[view.decided..]) else {
            return decidable;
        };
        let first = found.len();
        for (rule, matcher) in self.matchers.iter().enumerate() {
            let mut at = match matcher {
                Matcher::Run(_) => view.decided + literal,
                // The literal need not be the first thing that matches.
                Matcher::Regex(_) => view.decided,
            };
            while let Some(span) = matcher.find_at(view.bytes, at) {
                if span.start >= decidable {
                    break;
                }
                at = span.end.min(span.start + View::LONGEST_MATCH);
                let span = span.start..at;
                found.push(Hit { span, rule });
            }
        }
        let decided = undivided(&found[first..], decidable, view.end);
        found.retain(|hit| hit.span.start < decided);
        found[first..].sort_by_key(|hit| (hit.span.start, hit.rule));
        decided
    }
}

impl Literals {
    /// Where the first of them is.
    fn first_in(&self, bytes: &[u8]) -> Option<usize> {
        match self {
            Self::One(finder) => finder.find(bytes),
            Self::Several(automaton) => automaton.find(bytes).map(|found| found.start()),
        }
    }
}

impl Matcher {
    fn new(rule: &Rule) -> Self {
        let pattern = rule.pattern.get_ref();
        match Run::of(&pattern.parsed()) {
            Some(run) => Self::Run(Box::new(run)),
            None => Self::Regex(pattern.regex().clone()),
        }
    }

    /// The first match at or after `at`.
    fn find_at(&self, bytes: &[u8], at: usize) -> Option<Range<usize>> {
        match self {
            Self::Run(run) => run.find_at(bytes, at),
            Self::Regex(regex) => regex.find_at(bytes, at).map(|found| found.range()),
        }
    }
}

/// The last place up to `cut` that does not go through a match.
fn undivided(matches: &[Hit], mut cut: usize, end: End) -> usize {
    if end == End::OfBlob {
        return cut;
    }
    while let Some(divided) = matches
        .iter()
        .find(|hit| hit.span.start < cut && cut < hit.span.end)
    {
        cut = divided.span.start;
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(length: usize) -> String {
        format!("hf_{}", "Ab".repeat(length)[..length].to_owned())
    }

    fn find(bytes: &str, end: End) -> (Vec<Range<usize>>, usize) {
        let view = View {
            end,
            ..View::whole(bytes.as_bytes())
        };
        let mut found = Vec::new();
        let decided = Engine::new(&RuleSet::embedded()).find(&view, &mut found);
        (found.into_iter().map(|hit| hit.span).collect(), decided)
    }

    #[test]
    fn every_match_of_a_line_is_found() {
        let text = format!("{} {}{}", token(34), token(40), token(33));
        assert_eq!(find(&text, End::OfBlob).0, [0..37, 38..83]);
    }

    #[test]
    fn what_may_go_on_is_left_to_the_next_view() {
        let text = format!("{}{}", " ".repeat(5000), token(34));
        assert_eq!(find(&text, End::OfView), (vec![], 5037 - View::MARGIN));
        let text = format!("{} {}", token(34), token(9000));
        let (first, decided) = find(&text, End::OfView);
        assert_eq!(
            (first.first(), first.len(), decided),
            (Some(&(0..37)), 1, 38)
        );
    }

    #[test]
    fn an_endless_match_is_cut() {
        let text = token(View::LONGEST_MATCH + 2 * View::MARGIN);
        let (found, decided) = find(&text, End::OfView);
        assert_eq!(
            found,
            std::iter::once(0..View::LONGEST_MATCH).collect::<Vec<_>>()
        );
        assert_eq!(decided, text.len() - View::MARGIN);
    }
}
