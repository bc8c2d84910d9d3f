//! The catalogue: tells of the rules themselves, for `--list-rules`,
//! `--explain`, `docs/rules.md` and `docs/policy.md`.

use std::fmt::Write;
use std::sync::Arc;

use toml::Spanned;

use super::level::Level;
use crate::confidence::Confidence;
use crate::mask;
use crate::name_class::NameClass;
use crate::reason::{Reason, Tail};
use crate::remedy::RemedySet;
use crate::rule::{Credential, Rule, Target};
use crate::rule_set::RuleSet;

/// A line for each rule: id, severity, title. Those that are not selected stand below.
#[must_use]
pub fn list(known: &RuleSet, selected: &RuleSet) -> String {
    let width = known.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let line = |rule: &Arc<Rule>| {
        let (id, severity) = (&rule.id, rule.severity.name());
        format!("{id:width$}  {severity:8}  {}\n", rule.title)
    };
    let others = known.iter();
    let others = others.filter(|rule| selected.get(&rule.id).is_err());
    let others: String = others.map(line).collect();
    let mut text: String = selected.iter().map(line).collect();
    if !others.is_empty() {
        text.push_str("\nNot selected (--select, --policy):\n");
        text.push_str(&others);
    }
    text
}

/// The page of `docs/` on the rules for practices.
#[must_use]
pub fn policy_page(rules: &RuleSet) -> String {
    let mut text = String::from(
        "# Policy\n\n\
         This page is made from the files in `rules/` by a test. The rules `HFP` say where a\n\
         repository handles a token so that it may leak, though none is written down. They are\n\
         off by default: `--policy` (in hfleaks.toml `policy = true`) adds them to the others,\n\
         `--select HFP` looks for nothing else, `--select HFP-105` for one, `--ignore HFP-205`\n\
         leaves one out. `hfleaks:allow HFP-105 why` in a comment on the line, and the\n\
         baseline, accept what they find, as with tokens.\n\n\
         Files are looked at as they are now: `--history` and `--range` look at the newest\n\
         commit, `--staged` at what is staged. What stands in archives is not looked at. Where\n\
         a token is found at the place, the token is reported, and the practice is not.\n\n\
         `hfleaks --select ALL --history -f markdown=audit.md` writes the page of an audit.\n\n\
         Of each rule one example and one near miss are shown; `hfleaks --explain RULE` has all,\n\
         and a test finds exactly those. Files of the shapes of public repositories, with what a\n\
         person expects of them, are in `tests/policy/`.\n\n\
         | rule | | |\n|---|---|---|\n",
    );
    for rule in rules.iter() {
        let (id, title) = (&rule.id, &rule.title);
        let level = Level::of_severity(rule.severity).name();
        let anchor: String = format!("{id}: {title}")
            .to_lowercase()
            .chars()
            .filter(|it| it.is_alphanumeric() || " -_".contains(*it))
            .map(|it| if it == ' ' { '-' } else { it })
            .collect();
        let _ = writeln!(text, "| [{id}](#{anchor}) | {title} | {level} |");
    }
    entries(rules, &mut text);
    text
}

/// The page of `docs/` on the rules for credentials.
#[must_use]
pub fn page(rules: &RuleSet) -> String {
    let mut text = String::from(
        "# Rules\n\n\
         This page is made from the files in `rules/` by a test. `hfleaks --list-rules`\n\
         lists the rules and `hfleaks --explain RULE` shows one, with all its remedies. The\n\
         rules `HFP`, which are off by default, have [a page of their own](policy.md).\n",
    );
    entries(rules, &mut text);
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

/// All there is on some rules.
fn entries(rules: &RuleSet, text: &mut String) {
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
            remedies(&own, "###", text);
            if !own.places.is_empty() {
                text.push('\n');
            }
            let _ = writeln!(
                text,
                "Where it was found: {otherwise}[as below](#remedies-{name})."
            );
        } else {
            remedies(&rule.remedies, "###", text);
        }
        text.push_str(&examples(rule, MostBlocks(1)));
    }
}

/// Everything about one rule, in Markdown that reads well as it is.
#[must_use]
pub fn explain(rule: &Rule) -> String {
    let mut text = about(rule);
    remedies(&rule.remedies, "###", &mut text);
    if let Some(credential) = rule.credential() {
        text.push_str("\n### Confidence\n\n");
        reasons(&mut text, |reason| concerns(reason, credential));
    }
    text + &examples(rule, MostBlocks(usize::MAX))
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

/// Whether a finding of the credential may have a reason.
fn concerns(reason: &Reason, credential: &Credential) -> bool {
    let Credential { issued, exact, .. } = credential;
    match reason {
        Reason::Digits => issued.is_some_and(|issued| issued.alphabet < 62),
        Reason::Length { .. } => issued.is_some(),
        Reason::Jwt | Reason::NoJwt | Reason::Documentation | Reason::Tail(Tail::Signature) => {
            issued.is_none()
        }
        Reason::OtherForm => exact.is_some() && issued.is_none(),
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
    if let Some(credential) = rule.credential() {
        line("Matches", &format!("`{}`", credential.pattern.regex()));
        let exact = credential.exact.as_ref();
        let exact = exact.map(|exact| format!("`{}`", exact.regex()));
        line("Issued today", &exact.unwrap_or_default());
    }
    line("Not in files of these classes", &classes.join(", "));
    let _ = write!(text, "\n{}\n\n", filled(&rule.description));
    text.push_str("### What to do\n\n");
    if let Some(credential) = rule.credential() {
        let _ = write!(text, "{}\n\n", filled(&credential.revoke));
    }
    text
}

/// How many examples of a practice, and as many near misses, are shown: they are parts of
/// files.
#[derive(Clone, Copy)]
struct MostBlocks(usize);

/// What a rule finds and what not, and where to read on.
fn examples(rule: &Rule, most: MostBlocks) -> String {
    let most = match rule.target {
        Target::Credential(_) => usize::MAX,
        Target::Practice(_) => most.0,
    };
    let found = rule.examples.iter().take(most).map(Spanned::get_ref);
    let found = found.map(|it| Shown {
        path: &it.path,
        text: &it.text,
        reason: None,
    });
    let passed_over = rule.counterexamples.iter().take(most);
    let passed_over = passed_over.map(Spanned::get_ref);
    let passed_over = passed_over.map(|it| Shown {
        path: &it.path,
        text: &it.text,
        reason: Some(&it.reason),
    });
    let write = match rule.target {
        Target::Credential(_) => lines,
        Target::Practice(_) => blocks,
    };
    let mut text = String::from("\n### Found\n\n");
    write(&found.collect::<Vec<_>>(), &mut text);
    if !rule.counterexamples.is_empty() {
        text.push_str("\n### Not found\n\n");
        write(&passed_over.collect::<Vec<_>>(), &mut text);
    }
    if !rule.references.is_empty() {
        text.push_str("\n### References\n\n");
        for reference in &rule.references {
            let _ = writeln!(text, "- <{reference}>");
        }
    }
    text
}

/// An example or a counterexample.
struct Shown<'e> {
    path: &'e str,
    text: &'e str,
    reason: Option<&'e str>,
}

/// Examples of credentials, a line each.
fn lines(examples: &[Shown<'_>], text: &mut String) {
    text.push_str("```text\n");
    for example in examples {
        let shown = mask::printable(example.text.as_bytes());
        let _ = writeln!(text, "{}: {shown}", example.path);
        if let Some(reason) = example.reason {
            let _ = writeln!(text, "    {reason}");
        }
    }
    text.push_str("```\n");
}

/// Examples of practices, which are parts of files.
fn blocks(examples: &[Shown<'_>], text: &mut String) {
    for (place, example) in examples.iter().enumerate() {
        let gap = if place == 0 { "" } else { "\n" };
        let reason = example.reason.map(|reason| format!(", {reason}"));
        let _ = writeln!(
            text,
            "{gap}{}\n\n```text",
            item_filled(&format!(
                "`{}`{}:",
                example.path,
                reason.unwrap_or_default()
            ))
        );
        for line in example.text.trim_end().split('\n') {
            let _ = writeln!(text, "{}", mask::printable(line.as_bytes()).trim_end());
        }
        text.push_str("```\n");
    }
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

    #[test]
    fn the_page_in_docs_is_that_of_the_policy() {
        generated::check("docs/policy.md", &policy_page(&RuleSet::policy()));
    }
}
