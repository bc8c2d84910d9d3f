//! The checklist: what a team goes through in an audit, and which rules say how each item
//! stands.
//!
//! It is data, `rules/audit/checklist.toml`. It says nothing of what a scan has found.

use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::document;

/// Something to go through.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Item {
    /// What is to be true.
    pub(crate) title: String,
    /// What the ids of the rules begin with that tell whether it is.
    rules: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checklist {
    items: Vec<Item>,
}

static CHECKLIST: LazyLock<Checklist> = LazyLock::new(|| {
    let text = include_str!("../rules/audit/checklist.toml");
    let checklist = document::parse(Path::new("checklist.toml"), text);
    checklist.expect("the embedded checklist parses, as a test checks")
});

/// The items, in order.
pub(crate) fn items() -> &'static [Item] {
    &CHECKLIST.items
}

/// The item that a rule belongs to, by its place in the list; none for a rule of the user
/// that no item fits.
pub(crate) fn item_of(rule: &str) -> Option<usize> {
    let fits = items().iter().enumerate().flat_map(|(place, item)| {
        let fitting = item.rules.iter().filter(|prefix| rule.starts_with(*prefix));
        fitting.map(move |prefix| (prefix.len(), place))
    });
    fits.max_by_key(|(length, _)| *length)
        .map(|(_, place)| place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule_set::RuleSet;

    #[test]
    fn every_rule_has_an_item_and_every_item_rules() {
        let rules = RuleSet::embedded().with(&RuleSet::policy());
        let mut has_rules = vec![false; items().len()];
        for rule in rules.iter() {
            let item = item_of(&rule.id).expect(&rule.id);
            has_rules[item] = true;
        }
        for (item, has_rules) in items().iter().zip(has_rules) {
            assert!(has_rules, "{}", item.title);
        }
    }

    #[test]
    fn the_longest_fit_counts() {
        assert_eq!(
            item_of("HFP-105").map(|item| items()[item].rules.len()),
            Some(3)
        );
        assert_ne!(item_of("HFP-105"), item_of("HFP-101"));
        assert_eq!(item_of("ACME-001"), None);
    }
}
