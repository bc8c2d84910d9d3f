//! The catalogue: tells of the rules themselves, for `--list-rules`,
//! `--explain` and `docs/rules.md`.

use std::fmt::Write;

use crate::confidence::Confidence;
use crate::mask;
use crate::name_class::NameClass;
use crate::reason::{Reason, Tail};
use crate::remedy::RemedySet;
use crate::rule::Rule;
use crate::rule_set::RuleSet;

/// A line for each rule: id, severity, title.
#[must_use]
pub fn list(rules: &RuleSet) -> String {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in rules.iter() {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:width$}  {:8}  {}",
            rule.id,
            rule.severity.name(),
            rule.title
        );
    }
    text
}

/// The page of `docs/` on all rules.
#[must_use]
pub fn page(rules: &RuleSet) -> String {
    let mut text = String::from(
        "# Rules\n\n\
         This page is made from the files in `rules/` by a test. `hfleaks --list-rules`\n\
         lists the rules and `hfleaks --explain RULE` shows one, with all its remedies.\n",
    );
    for rule in rules.iter() {
        text.push_str("\n## ");
        text.push_str(&about(rule));
        if let Some(name) = rule.shared_remedies() {
            let own = rule.own_remedies();
            let otherwise = if own.places.is_empty() {
                ""
            } else {
                "otherwise "
            };
            remedies(&own, "###", &mut text);
            if !own.places.is_empty() {
                text.push('\n');
            }
            let _ = writeln!(
                text,
                "Where it was found: {otherwise}[as below](#remedies-{name})."
            );
        } else {
            remedies(&rule.remedies, "###", &mut text);
        }
        text.push_str(&examples(rule));
    }
    for (name, set) in RemedySet::all() {
        let _ = writeln!(text, "\n## Remedies: {name}\n");
        remedies(set, "###", &mut text);
    }
    text.push_str("\n## Confidence\n\n");
    reasons(&mut text, |_| true);
    text.push_str("\n## Excluded classes of names\n\nUpper and lower case count.\n");
    for class in NameClass::ALL {
        let globs: Vec<_> = class
            .globs()
            .iter()
            .map(|glob| format!("`{glob}`"))
            .collect();
        let _ = write!(text, "\n- {}: {}", class.name(), globs.join(", "));
    }
    text.push('\n');
    text
}

/// Everything about one rule, in Markdown that reads well as it is.
#[must_use]
pub fn explain(rule: &Rule) -> String {
    let mut text = about(rule);
    remedies(&rule.remedies, "###", &mut text);
    text.push_str("\n### Confidence\n\n");
    reasons(&mut text, |reason| concerns(reason, rule));
    text + &examples(rule)
}

/// The reasons that a finding may have, by what they leave of its confidence.
fn reasons(text: &mut String, is_told: impl Fn(&Reason) -> bool) {
    let ceilings = [Confidence::High, Confidence::Medium, Confidence::Low];
    text.push_str("A finding is as sure as the lowest of its reasons, such as these:\n\n");
    for ceiling in ceilings {
        let reasons = Reason::EXAMPLES.iter().filter(|reason| is_told(reason));
        let reasons = reasons.filter(|reason| reason.ceiling() == ceiling);
        let reasons: Vec<_> = reasons.map(Reason::to_string).collect();
        let item = format!("- {}: {}", ceiling.name(), reasons.join("; "));
        let _ = writeln!(text, "{}", item_filled(&item));
    }
}

/// Whether a finding of the rule may have a reason.
fn concerns(reason: &Reason, rule: &Rule) -> bool {
    match reason {
        Reason::Digits => rule.issued().is_some_and(|issued| issued.alphabet < 62),
        Reason::Length { .. } => rule.issued().is_some(),
        Reason::Jwt | Reason::NoJwt | Reason::Documentation | Reason::Tail(Tail::Signature) => {
            rule.issued().is_none()
        }
        Reason::OtherForm => rule.exact.is_some() && rule.issued().is_none(),
        _ => true,
    }
}

/// What a rule finds, why it matters, and what to do first.
fn about(rule: &Rule) -> String {
    let mut text = format!("{}: {}\n\n", rule.id, rule.title);
    let mut line = |label: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "- {label}: {value}");
        }
    };
    let weaknesses = [&rule.cwe[..], &rule.capec[..], &rule.attack[..]].concat();
    let classes: Vec<_> = rule.exclude.iter().map(|class| class.name()).collect();
    line("Severity", rule.severity.name());
    line("Classified as", &weaknesses.join(", "));
    line("Matches", &format!("`{}`", rule.pattern.get_ref().regex()));
    if let Some(exact) = &rule.exact {
        line("Issued today", &format!("`{}`", exact.regex()));
    }
    line("Not in files of these classes", &classes.join(", "));
    let _ = write!(text, "\n{}\n\n", filled(&rule.description));
    let _ = write!(text, "### What to do\n\n{}\n\n", filled(&rule.revoke));
    text
}

/// What a rule finds and what not, and where to read on.
fn examples(rule: &Rule) -> String {
    let mut text = String::from("\n### Found\n\n```text\n");
    for example in &rule.examples {
        let example = example.get_ref();
        let shown = mask::printable(example.text.as_bytes());
        let _ = writeln!(text, "{}: {shown}", example.path);
    }
    text.push_str("```\n");
    if !rule.counterexamples.is_empty() {
        text.push_str("\n### Not found\n\n```text\n");
        for counterexample in &rule.counterexamples {
            let example = counterexample.get_ref();
            let shown = mask::printable(example.text.as_bytes());
            let _ = writeln!(text, "{}: {shown}", example.path);
            let _ = writeln!(text, "    {}", example.reason);
        }
        text.push_str("```\n");
    }
    if !rule.references.is_empty() {
        text.push_str("\n### References\n\n");
        for reference in &rule.references {
            let _ = writeln!(text, "- <{reference}>");
        }
    }
    text
}

/// What to do in each kind of place, in the history and after the exposure, as
/// Markdown with headings of this level.
pub(super) fn remedies(remedies: &RemedySet, heading: &str, text: &mut String) {
    for (context, remedy) in &remedies.places {
        let item = format!("- In {}: {}", context.phrase(), remedy.text);
        let _ = writeln!(text, "{}", item_filled(&item));
        if let Some(paste) = &remedy.paste {
            let _ = writeln!(
                text,
                "\n  ```text\n{}  ```\n",
                textwrap::indent(paste, "  ")
            );
        }
    }
    if let Some(history) = &remedies.history {
        let item = format!("- In the history of a repository: {history}");
        let _ = writeln!(text, "{}", item_filled(&item));
    }
    let checklist = &remedies.after_exposure;
    if !checklist.is_empty() {
        let _ = writeln!(text, "\n{heading} If it could write\n");
        for step in checklist {
            let _ = writeln!(text, "{}", item_filled(&format!("- [ ] {step}")));
        }
    }
}

fn item_filled(item: &str) -> String {
    textwrap::fill(item, options().subsequent_indent("  "))
}

fn filled(text: &str) -> String {
    textwrap::fill(text, options())
}

fn options() -> textwrap::Options<'static> {
    textwrap::Options::new(80)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated;

    #[test]
    fn the_page_in_docs_is_that_of_the_rules() {
        generated::check("docs/rules.md", &page(&RuleSet::embedded()));
    }
}
