//! The detect stage: finds what the rules describe in a view's bytes.
//!
//! It judges nothing. One search for the literals of all rules reads every byte
//! once; nearly every view ends there. Where a literal stands, the rules that
//! begin with it look at the place and nowhere else.

mod family;
pub(crate) mod overlap;

use std::sync::Arc;

use regex::bytes::Regex;

use self::family::{Family, Member};
use crate::hit::Hit;
use crate::literals::{self, Literals};
use crate::rule::{Credential, Rule};
use crate::rule_set::RuleSet;
use crate::shape::{Outcome, Runs};
use crate::view::{End, View};

/// The rules, compiled.
#[derive(Debug)]
pub(crate) struct Engine {
    rules: Vec<Arc<Rule>>,
    literals: Literals,
    /// The shapes that begin with each of the literals.
    families: Vec<Family>,
    /// The patterns that are no shapes.
    expressions: Vec<(usize, Regex)>,
}

/// A match that the end of a view cuts before it is one is left to the next
/// view if it began this near to the end, which is half of a window: more, and a
/// text of beginnings would be read again and again. The headers and the payloads of
/// real credentials are shorter.
const LONGEST_UNFINISHED: usize = 128 << 10;

impl Engine {
    pub(crate) fn new(rules: &RuleSet) -> Self {
        let rules: Vec<Arc<Rule>> = rules.iter().cloned().collect();
        let mut shapes = Vec::new();
        let mut expressions = Vec::new();
        let mut literals: Vec<Vec<u8>> = Vec::new();
        let credentials = rules.iter().enumerate();
        let credentials = credentials.filter_map(|(place, it)| Some((place, it.credential()?)));
        for (
            place,
            Credential {
                pattern, literal, ..
            },
        ) in credentials
        {
            if let Some(shape) = pattern.shape() {
                shapes.push((place, Arc::clone(shape)));
            } else {
                expressions.push((place, pattern.regex().clone()));
                literals.push(literal.as_bytes().to_vec());
            }
        }
        literals.extend(shapes.iter().map(|(_, shape)| shape.literal().to_vec()));
        literals.sort_unstable();
        // What begins with another literal is found with it.
        literals.dedup_by(|longer, literal| longer.starts_with(literal));
        let mut families: Vec<_> = literals.iter().map(|it| Family::new(it)).collect();
        for (rule, shape) in shapes {
            let literal = literals
                .iter()
                .position(|literal| shape.literal().starts_with(literal));
            let literal = literal.expect("the literals are those of the shapes");
            families[literal].add(Member { rule, shape });
        }
        Self {
            rules,
            literals: Literals::new(literals),
            families,
            expressions,
        }
    }

    /// What the rules look for: every match begins with one of these, or holds one.
    pub(crate) fn literals(&self) -> &[Vec<u8>] {
        self.literals.texts()
    }

    /// What the rule of a hit says of credentials.
    pub(crate) fn credential(&self, hit: &Hit) -> &Credential {
        let credential = self.rules[hit.rule].credential();
        credential.expect("a hit is one of a credential's rule")
    }

    /// Finds the matches of a view, adds them to `found` in order, and gives
    /// back how many of the view's bytes are decided.
    ///
    /// Where the blob goes on, a match is left to the next view if it, or what
    /// belongs to its judgement, may reach past the end of this one.
    pub(crate) fn find(&self, view: &View<'_>, found: &mut Vec<Hit>) -> usize {
        let decidable = view.decidable();
        let all = view.decided..view.bytes.len();
        let Some(literal) = self.literals.first_in(view.bytes, all) else {
            return decidable;
        };
        let first = found.len();
        self.find_expressions(view, decidable, found);
        let unfinished = self.find_shapes(view, literal, decidable, found);
        let decided = undivided(&found[first..], decidable.min(unfinished), view.end);
        found.retain(|hit| hit.span.start < decided);
        overlap::resolve(&self.rules, found, first);
        decided
    }

    /// Finds the matches of expressions: their literals need not be the first
    /// things that match.
    fn find_expressions(&self, view: &View<'_>, decidable: usize, found: &mut Vec<Hit>) {
        for (rule, expression) in &self.expressions {
            let mut at = view.decided;
            while let Some(it) = expression.find_at(view.bytes, at) {
                if it.start() >= decidable {
                    break;
                }
                at = it.end().min(it.start() + View::LONGEST_MATCH);
                found.push(Hit::new(it.start()..at, *rule));
            }
        }
    }

    /// Finds the matches of shapes, from the first literal on, and gives back
    /// where the first one is that the end of the view cuts.
    fn find_shapes(
        &self,
        view: &View<'_>,
        first: literals::Found,
        decidable: usize,
        found: &mut Vec<Hit>,
    ) -> usize {
        let bytes = view.bytes;
        let mut unfinished = bytes.len();
        // What is known of each rule: its runs, and where its last match ends.
        let mut known = vec![(Runs::default(), 0); self.rules.len()];
        let mut next = Some(first);
        while let Some(literal) = next.filter(|literal| literal.start < decidable) {
            let start = literal.start;
            for Member { rule, shape } in self.families[literal.literal].at(bytes, start) {
                let (runs, end_of_last) = &mut known[*rule];
                if start < *end_of_last {
                    continue;
                }
                match shape.match_at(bytes, start, runs) {
                    Outcome::Match(end) => {
                        *end_of_last = end.min(start + View::LONGEST_MATCH);
                        found.push(Hit::new(start..*end_of_last, *rule));
                    }
                    Outcome::Unfinished
                        if view.end == End::OfView && bytes.len() - start < LONGEST_UNFINISHED =>
                    {
                        unfinished = unfinished.min(start);
                    }
                    Outcome::Refuted | Outcome::Unfinished => {}
                }
            }
            let from = self.skip(bytes, literal).unwrap_or(start + 1);
            next = self.literals.next_in(bytes, from..bytes.len());
        }
        unfinished
    }

    /// Where the next literal behind one is worth a look: a text of literals only
    /// costs not much more than any text.
    fn skip(&self, bytes: &[u8], literal: literals::Found) -> Option<usize> {
        let family = |literal: literals::Found| &self.families[literal.literal];
        let from = family(literal).skip(bytes, literal.start)?;
        let mut between = self.literals.near_in(bytes, literal.start + 1..from);
        let is_lost = |other: literals::Found| {
            other.literal == literal.literal && family(other).is_plain_at(bytes, other.start)
        };
        between.all(is_lost).then_some(from)
    }
}

/// The last place up to `cut` that does not go through a match, where the blob goes on.
pub(crate) fn undivided(matches: &[Hit], mut cut: usize, end: End) -> usize {
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
    use std::ops::Range;

    use proptest::prelude::*;

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

    /// What is found in windows of a few kilobytes that begin where the one
    /// before was decided.
    fn find_in_windows(bytes: &[u8], size: usize) -> Vec<Range<usize>> {
        let engine = Engine::new(&RuleSet::embedded());
        let (mut start, mut all) = (0, Vec::new());
        loop {
            let length = size.min(bytes.len() - start);
            let is_last = start + length == bytes.len();
            let view = View {
                end: if is_last { End::OfBlob } else { End::OfView },
                ..View::whole(&bytes[start..start + length])
            };
            let mut found = Vec::new();
            let decided = engine.find(&view, &mut found);
            let spans = found.into_iter().map(|hit| hit.span);
            all.extend(spans.map(|span| span.start + start..span.end + start));
            if is_last {
                return all;
            }
            assert!(decided > 0, "a window gets the scan further");
            start += decided;
        }
    }

    #[test]
    fn a_long_credential_is_found_wherever_a_window_ends() {
        let long = format!(
            "hf_oauth_eyJ{}.{}.{}",
            "Ab9-".repeat(20),
            "x_Y7".repeat(2000),
            "Z".repeat(43)
        );
        for before in (0..40_000).step_by(997) {
            let text = format!("{} {long} {}", " ".repeat(before), " ".repeat(30_000));
            let expected = before + 1..before + 1 + long.len();
            assert_eq!(
                find_in_windows(text.as_bytes(), 32 << 10),
                [expected],
                "{before}"
            );
        }
    }

    proptest! {
        #[test]
        fn it_finds_what_the_expressions_find(
            pieces in prop::collection::vec(
                prop_oneof![
                    Just("hf_".to_owned()),
                    Just("hf_oauth_".to_owned()),
                    Just("hf_oauth__refresh_".to_owned()),
                    Just("hf_jwt_eyJ".to_owned()),
                    Just("hf_s3_".to_owned()),
                    Just("hf_app_".to_owned()),
                    Just("oauth_app_secret_".to_owned()),
                    Just("api_org_".to_owned()),
                    Just(".".to_owned()),
                    "[A-Za-z]{30,40}",
                    "[A-Za-z0-9_-]{0,20}",
                    "[ a_.0-]{0,3}",
                ],
                0..30,
            ),
        ) {
            let rules = RuleSet::embedded();
            let text = pieces.concat();
            let engine = Engine::new(&rules);
            let mut found = Vec::new();
            engine.find(&View::whole(text.as_bytes()), &mut found);
            let mut expected = Vec::new();
            for (rule, it) in rules.iter().enumerate() {
                let credential = it.credential().expect("it is a credential's");
                let regex = credential.pattern.regex();
                let spans = regex.find_iter(text.as_bytes()).map(|it| it.range());
                expected.extend(spans.map(|span| Hit::new(span, rule)));
            }
            overlap::resolve(&engine.rules, &mut expected, 0);
            prop_assert_eq!(found, expected);
        }
    }
}
