//! `github-summary`: Markdown for the summary of a job on GitHub.
//!
//! A table of findings, the surest first, what could not be scanned, what to do
//! first, and the numbers. Everything that a stranger may have written stands in
//! `<code>` with its punctuation as character references, so that nothing of it is
//! markup, a link or a mention.

use std::io::{self, Write};

use super::Report;
use super::first_steps::first_steps;
use super::format::{Delivery, Format, Presentation, SecretPolicy};
use super::level::loudest_first;
use super::message;
use super::summary::{self, counted, headline};
use crate::config::Details;
use crate::finding::Finding;

pub(super) const FORMAT: Format = Format {
    name: "github-summary",
    about: "Markdown for the summary of a GitHub job",
    notes: "For `$GITHUB_STEP_SUMMARY`: a table of up to 100 findings, what could not be \
        scanned, what to do first, and the numbers.",
    secrets: SecretPolicy::Never,
    details: Details::NONE,
    delivery: Delivery::AtEnd(write),
};

/// How many findings, and how many paths that were not scanned, have a line at most.
const LISTED: usize = 100;

/// How many bytes such lines may have in all: names may be long, and GitHub drops a
/// summary of more than 1 MiB.
const ROOM: usize = 256 << 10;

fn write(report: &Report, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    let headline = headline(report).replace('\n', " ");
    writeln!(out, "### hfleaks: {headline}\n")?;
    if !report.findings.is_empty() {
        findings(report, shown, out)?;
    }
    if !report.is_complete() {
        unscanned(report, shown, out)?;
    }
    steps(report, out)?;
    for line in summary::scanned(report).lines() {
        writeln!(out, "{line}<br>")?;
    }
    Ok(())
}

fn findings(report: &Report, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| where | what | confidence | token |")?;
    writeln!(out, "|---|---|---|---|")?;
    let rows = loudest_first(&report.findings);
    let rows = rows.into_iter().map(|finding| row(finding, shown));
    let listed = list(rows, out)?;
    more(report.findings.len() - listed, "finding", out)
}

fn row(finding: &Finding, shown: &Presentation) -> String {
    let path = shown.mask.text(finding.project_path.bytes());
    let place = format!(
        "{path}:{}:{}",
        finding.location.line, finding.location.column
    );
    format!(
        "| {}{} | {} ({}) | {} | {} |",
        code(&place),
        since(finding),
        text(&finding.rule.title),
        finding.rule.id,
        finding.confidence.name(),
        code(&finding.secret.to_string()),
    )
}

/// The commit that brought it, where it came by one.
fn since(finding: &Finding) -> String {
    let change = finding.introduced_by();
    let id = change.and_then(|change| change.id.get(..12));
    id.map_or_else(String::new, |id| format!(" since {id}"))
}

fn unscanned(report: &Report, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "**Not scanned:**\n")?;
    let told = report.unscanned.iter();
    let told = told.map(|unscanned| message::unscanned(unscanned, &shown.mask));
    let listed = list(told.map(|told| format!("- {}", code(&told))), out)?;
    more(report.unscanned.len() - listed, "path", out)
}

/// Writes as many lines as there is room for, and an empty one. Gives back how many.
fn list(lines: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<usize> {
    let (mut listed, mut room) = (0, ROOM);
    for line in lines.take(LISTED) {
        if line.len() > room {
            break;
        }
        writeln!(out, "{line}")?;
        room -= line.len();
        listed += 1;
    }
    writeln!(out)?;
    Ok(listed)
}

/// Says how many are not listed.
fn more(left_out: usize, noun: &str, out: &mut dyn Write) -> io::Result<()> {
    if left_out > 0 {
        let count = counted(left_out as u64, &format!("more {noun}"));
        writeln!(
            out,
            "{count} not shown here; the log and the SARIF file have them.\n"
        )?;
    }
    Ok(())
}

fn steps(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let steps = first_steps(&report.findings);
    if steps.is_empty() {
        return Ok(());
    }
    writeln!(out, "**What to do first**\n")?;
    for step in &steps {
        let label = step.label.as_deref();
        let label = label.map_or_else(String::new, |label| format!("{label}: "));
        writeln!(out, "- {label}{}", prose(&step.text))?;
    }
    writeln!(out)
}

/// The text of a rule, in which code and addresses may stand, but no other markup: a
/// pull request may bring a rule of its own.
fn prose(rule: &str) -> String {
    let parts: Vec<&str> = rule.split('`').collect();
    // Between two of them is code, where nothing else is markup.
    let is_code = |place: usize| place % 2 == 1 && place + 1 < parts.len();
    let shown = parts.iter().enumerate().map(|(place, part)| {
        if is_code(place) {
            format!("`{part}`")
        } else {
            without_markup(part)
        }
    });
    shown.collect()
}

fn without_markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' | '>' | '&' | '[' | ']' | '!' | '|' | '*' | '~' | '@' | '\\' => {
                escaped.push_str(&format!("&#{};", u32::from(character)));
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

/// A stranger's text as code.
fn code(stranger: &str) -> String {
    format!("<code>{}</code>", text(stranger))
}

/// A text in which nothing is Markdown or HTML: all but letters, digits and what
/// never is markup are character references.
fn text(plain: &str) -> String {
    let mut escaped = String::with_capacity(plain.len());
    for character in plain.chars() {
        match character {
            ' ' | ',' | '/' => escaped.push(character),
            _ if character.is_alphanumeric() => escaped.push(character),
            _ => escaped.push_str(&format!("&#{};", u32::from(character))),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_strangers_text_is_markup() {
        assert_eq!(code("a|b"), "<code>a&#124;b</code>");
        assert_eq!(text("</code>@x"), "&#60;/code&#62;&#64;x");
        assert_eq!(
            text("[a](b) `c` *d* é"),
            "&#91;a&#93;&#40;b&#41; &#96;c&#96; &#42;d&#42; é"
        );
    }

    #[test]
    fn a_rule_may_have_code_and_nothing_else() {
        assert_eq!(prose("run `a[1] <b>` [x] `"), "run `a[1] <b>` &#91;x&#93; ");
        assert_eq!(prose("`"), "");
    }
}
