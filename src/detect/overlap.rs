//! Overlaps: two rules that match the same credential report it once.
//!
//! A hit within another one says nothing new. The one whose rule has the longer
//! literal knows more about it and stays. Hits that only touch are two
//! credentials, glued together, and both stay.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::hit::Hit;
use crate::rule::Rule;

/// Sorts the hits from `first` on by position, and takes out those that another
/// one stands for.
pub(crate) fn resolve(rules: &[Arc<Rule>], hits: &mut Vec<Hit>, first: usize) {
    hits[first..].sort_by_key(|hit| (hit.span.start, Reverse(hit.span.end), hit.rule));
    // Each hit within another one.
    let mut within: Vec<(usize, usize)> = Vec::new();
    // The hits before that reach furthest: never more than there are rules.
    let mut open: Vec<usize> = Vec::new();
    for place in 0..hits.len() - first {
        let hit = &hits[first + place];
        open.retain(|other| hits[first + other].span.end > hit.span.start);
        let holds = |other: &&usize| hit.span.end <= hits[first + **other].span.end;
        within.extend(open.iter().filter(holds).map(|other| (place, *other)));
        open.push(place);
    }
    if within.is_empty() {
        return;
    }
    let rule = |place: usize| &rules[hits[first + place].rule];
    let mut lost = vec![false; hits.len() - first];
    for &(inner, outer) in &within {
        lost[outer] |= yields(rule(outer), rule(inner));
    }
    // What is lost stands for nothing within it.
    for &(inner, outer) in &within {
        lost[inner] |= !lost[outer] && yields(rule(inner), rule(outer));
    }
    let mut lost = lost.into_iter();
    let mut place = 0;
    hits.retain(|_| {
        place += 1;
        place <= first || !lost.next().unwrap_or(false)
    });
}

/// Whether a rule's hit is not worth telling where `other` matches too. A rule
/// never yields to one that does not hold in all files in which it holds itself:
/// the hit would be lost there.
fn yields(rule: &Rule, other: &Rule) -> bool {
    let holds_everywhere = other.exclude.iter().all(|class| rule.excludes(*class));
    let literal = |rule: &Rule| {
        let length = rule.credential().map(|it| it.literal.len());
        (length, Reverse(rule.id.clone()))
    };
    holds_everywhere && literal(rule) < literal(other)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn rule(id: &str, literal: &str, exclude: &str) -> Arc<Rule> {
        let text = format!(
            "id = '{id}'\nname = 'x'\ntitle = 'x'\nseverity = 'low'\ndescription = 'x'\n\
             literal = '{literal}'\npattern = '{literal}[a-z]+'\nexclude = [{exclude}]\n\
             revoke = 'x'\nremedies = {{ other = 'x' }}\n\
             examples = [{{ path = 'a', text = '{literal}a' }}]\n"
        );
        Arc::new(Rule::parse(Path::new("r.toml"), &text).expect("the rule is right"))
    }

    fn left(rules: &[Arc<Rule>], spans: &[(usize, usize, usize)]) -> Vec<(usize, usize)> {
        let hit = |(rule, start, end): &(usize, usize, usize)| Hit::new(*start..*end, *rule);
        let mut hits: Vec<Hit> = spans.iter().map(hit).collect();
        resolve(rules, &mut hits, 0);
        hits.iter().map(|hit| (hit.rule, hit.span.start)).collect()
    }

    #[test]
    fn the_longer_literal_stays() {
        let rules = [rule("A-1", "k_", ""), rule("A-2", "k_x_", "")];
        assert_eq!(left(&rules, &[(0, 5, 9), (1, 0, 20)]), [(1, 0)]);
        assert_eq!(left(&rules, &[(0, 0, 20), (1, 5, 9)]), [(1, 5)]);
        assert_eq!(left(&rules, &[(0, 0, 20), (1, 0, 20)]), [(1, 0)]);
    }

    #[test]
    fn what_is_lost_stands_for_nothing() {
        let rules = [
            rule("A-1", "k_", ""),
            rule("A-2", "k_x_", ""),
            rule("A-3", "k_x_y_", ""),
        ];
        let spans = [(1, 0, 50), (0, 5, 9), (2, 20, 30)];
        assert_eq!(left(&rules, &spans), [(0, 5), (2, 20)]);
    }

    #[test]
    fn credentials_that_are_glued_together_both_stay() {
        let rules = [rule("A-1", "k_", ""), rule("A-2", "k_x_", "")];
        let spans = [(0, 0, 10), (1, 8, 20), (0, 18, 30)];
        assert_eq!(left(&rules, &spans), [(0, 0), (1, 8), (0, 18)]);
        assert_eq!(left(&rules, &[(0, 0, 5), (0, 6, 9)]).len(), 2);
    }

    #[test]
    fn nothing_yields_to_a_rule_that_holds_in_fewer_files() {
        let rules = [rule("A-1", "k_", ""), rule("A-2", "k_x_", "'lock'")];
        assert_eq!(left(&rules, &[(0, 5, 9), (1, 0, 20)]).len(), 2);
        let rules = [rule("A-1", "k_", "'lock'"), rule("A-2", "k_x_", "")];
        assert_eq!(left(&rules, &[(0, 5, 9), (1, 0, 20)]), [(1, 0)]);
    }
}
