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
use super::markup::{code, prose, text};
use super::message;
use super::summary::{self, counted, headline};
use crate::config::Details;
use crate::finding::{Finding, Subject};

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
    writeln!(out, "| where | what | confidence | found |")?;
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
        shown_of(finding),
    )
}

/// The token, redacted, or what is done with one.
fn shown_of(finding: &Finding) -> String {
    match &finding.subject {
        Subject::Token(token) => code(&token.secret.to_string()),
        Subject::Practice(clause) => text(clause),
    }
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
