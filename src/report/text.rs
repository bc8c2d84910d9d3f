//! `text`: for people, in a terminal or a log.
//!
//! Grouped by file: each finding with its line, masked, and a mark below the
//! token; then what to do about those of the file; at the end what to do first,
//! and what was scanned and what was not.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Report;
use super::claims::ClaimsRecord;
use super::first_steps::{Step, first_steps};
use super::format::{Delivery, Format, Presentation, SecretPolicy, Secrets, Verbosity};
use super::history_text;
use super::level::Level;
use super::same_token::SameToken;
use super::summary::summary;
use crate::confidence::Confidence;
use crate::config::{Detail, Details};
use crate::encoding::Encoding;
use crate::excerpt::Excerpt;
use crate::finding::{Finding, Subject};
use crate::history::History;
use crate::mask;
use crate::reason::Reason;
use crate::remedy::Remedy;
use crate::suppression::Suppression;

pub(super) const FORMAT: Format = Format {
    name: "text",
    about: "for people",
    notes: "Grouped by file, with the line of each finding, masked. `-q` leaves the remedies and \
        the summary out, `-v` adds reasons, and what was left out and suppressed.",
    secrets: SecretPolicy::OnRequest,
    details: Details {
        excerpts: Detail::Keep,
        line_hashes: Detail::Omit,
        skipped_paths: Detail::Omit,
    },
    delivery: Delivery::AtEnd(write),
};

const PATH: Style = Style::new().bold();
const PLACE: Style = AnsiColor::Cyan.on_default();
const SURE: Style = AnsiColor::Red.on_default().bold();
const LIKELY: Style = AnsiColor::Yellow.on_default().bold();
const DOUBTFUL: Style = Style::new().bold();
const GUTTER: Style = AnsiColor::Cyan.on_default();
const LABEL: Style = AnsiColor::Green.on_default().bold();

fn write(report: &Report, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    let same = SameToken::new(&report.findings);
    for of_file in report
        .findings
        .chunk_by(|a, b| a.origin.path() == b.origin.path())
    {
        file(of_file, &same, shown, out)?;
    }
    if shown.verbosity == Verbosity::Verbose {
        left_out(report, shown, out)?;
    }
    if shown.verbosity > Verbosity::Quiet {
        to_do_first(report, shown, out)?;
        write!(out, "{}", summary(report))?;
    }
    Ok(())
}

/// The findings of one file, and the remedies for them.
fn file(
    findings: &[Finding],
    same: &SameToken<'_>,
    shown: &Presentation,
    out: &mut dyn Write,
) -> io::Result<()> {
    let path = findings[0].origin.path().as_os_str().as_encoded_bytes();
    writeln!(out, "{PATH}{}{PATH:#}", shown.mask.text(path))?;
    let mut remedies: Vec<(String, &Remedy)> = Vec::new();
    for finding in findings {
        header(finding, out)?;
        if let Some(excerpt) = &finding.excerpt {
            excerpt_of(finding, excerpt, shown, out)?;
        }
        details(finding, same, shown, out)?;
        let remedy = finding.remedy();
        let label = match finding.subject {
            Subject::Token(_) => "Once revoked: ".to_owned(),
            Subject::Practice(_) => format!("Instead ({}): ", finding.rule.id),
        };
        // Rules that share their remedies say the same.
        if remedies.iter().all(|(_, told)| told.text != remedy.text) {
            remedies.push((label, remedy));
        }
    }
    if shown.verbosity > Verbosity::Quiet {
        for (label, remedy) in remedies {
            hanging(&label, &remedy.text, HANGING, shown, out)?;
            for line in remedy.paste.iter().flat_map(|paste| paste.lines()) {
                writeln!(out, "      {line}")?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

fn header(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let tone = tone(finding);
    let weight = match &finding.subject {
        Subject::Token(token) => format!(
            "{} confidence{}",
            finding.confidence.name(),
            match &token.claims {
                Some(claims) if claims.has_expired() => ", expired",
                _ => "",
            }
        ),
        Subject::Practice(_) => Level::of(finding).name().to_owned(),
    };
    writeln!(
        out,
        "  {PLACE}{}:{}{PLACE:#}  {tone}{}{tone:#} ({}, {weight})",
        finding.location.line, finding.location.column, finding.rule.title, finding.rule.id,
    )
}

fn tone(finding: &Finding) -> Style {
    match (&finding.subject, finding.confidence) {
        (Subject::Token(_), Confidence::High) => SURE,
        (Subject::Token(_), Confidence::Medium) => LIKELY,
        (Subject::Practice(_), _) if Level::of(finding) == Level::Warning => LIKELY,
        _ => DOUBTFUL,
    }
}

/// The line of a finding, cut to the width there is, and a mark below the token.
fn excerpt_of(
    finding: &Finding,
    excerpt: &Excerpt,
    shown: &Presentation,
    out: &mut dyn Write,
) -> io::Result<()> {
    let token = match shown.secrets {
        Secrets::Redact => excerpt.token.clone(),
        Secrets::Show => match finding.token() {
            Some(token) => mask::printable(token.secret.expose().as_bytes()),
            None => excerpt.token.clone(),
        },
    };
    let number = finding.location.line.to_string();
    let room = shown.width.saturating_sub(number.len() + 7 + token.width());
    let before = last_columns(&excerpt.before, room.saturating_sub(room / 4));
    let after = first_columns(&excerpt.after, room.saturating_sub(before.width()));
    let indent = " ".repeat(number.len());
    let space = " ".repeat(before.width());
    let mark = "^".repeat(token.width());
    let tone = tone(finding);
    writeln!(
        out,
        "    {GUTTER}{number} |{GUTTER:#} {before}{token}{after}"
    )?;
    writeln!(
        out,
        "    {GUTTER}{indent} |{GUTTER:#} {space}{tone}{mark}{tone:#}"
    )
}

/// What is known of a finding beside where it is.
fn details(
    finding: &Finding,
    same: &SameToken<'_>,
    shown: &Presentation,
    out: &mut dyn Write,
) -> io::Result<()> {
    if let Some(clause) = finding.practice() {
        paragraph("  Here: ", &format!("{clause}."), shown, out)?;
    }
    if let Some(within) = &finding.within {
        paragraph("  In: ", &within.to_string(), shown, out)?;
    }
    if !finding.encodings.is_empty() {
        paragraph(
            "  Encoded: ",
            &Encoding::phrase(&finding.encodings),
            shown,
            out,
        )?;
    }
    if let Some(claims) = finding.claims() {
        let claims = ClaimsRecord::new(claims, &shown.mask).phrase();
        paragraph("  It says: ", &claims, shown, out)?;
    }
    if shown.verbosity == Verbosity::Verbose && !finding.reasons.is_empty() {
        let reasons: Vec<_> = finding.reasons.iter().map(Reason::to_string).collect();
        paragraph("  Why: ", &reasons.join("; "), shown, out)?;
    }
    if let Some((label, others)) = same.phrase(finding, &shown.mask) {
        hanging(&format!("  {label}: "), &others, HANGING + 2, shown, out)?;
    }
    match finding.history.as_deref() {
        Some(history) => history_of(history, shown, out),
        None => Ok(()),
    }
}

/// When a finding came and went, and where it is now.
fn history_of(history: &History, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    if let Some(added) = history_text::added(history, &shown.mask) {
        paragraph("  Added: ", &added, shown, out)?;
    }
    if let Some(removed) = history_text::removed(history, &shown.mask) {
        paragraph("  Removed: ", &removed, shown, out)?;
    }
    paragraph(
        "  Now: ",
        &history_text::now(history, &shown.mask),
        shown,
        out,
    )
}

/// The last columns of a text, with `…` for what is cut off.
fn last_columns(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut room = columns.saturating_sub(1);
    let kept = text.char_indices().rev().take_while(|(_, character)| {
        let width = character.width().unwrap_or(0);
        let fits = width <= room;
        room = room.saturating_sub(width);
        fits
    });
    let start = kept.last().map_or(text.len(), |(start, _)| start);
    format!("…{}", &text[start..])
}

/// The first columns of a text, with `…` for what is cut off.
fn first_columns(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut room = columns.saturating_sub(1);
    let kept = text.chars().take_while(|character| {
        let width = character.width().unwrap_or(0);
        let fits = width <= room;
        room = room.saturating_sub(width);
        fits
    });
    format!("{}…", kept.collect::<String>())
}

/// The columns before all lines but the first, where a label is too long to write
/// them under its text.
const HANGING: usize = 6;

/// A label and a text, wrapped and indented.
fn paragraph(label: &str, text: &str, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    hanging(label, text, 2 + label.len(), shown, out)
}

/// The same with so many columns before all lines but the first.
fn hanging(
    label: &str,
    text: &str,
    columns: usize,
    shown: &Presentation,
    out: &mut dyn Write,
) -> io::Result<()> {
    let indent = " ".repeat(columns);
    let options = textwrap::Options::new(shown.width.clamp(40, 100))
        .initial_indent("  ")
        .subsequent_indent(&indent)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let wrapped = textwrap::fill(&format!("{label}{text}"), options);
    let rest = wrapped.strip_prefix("  ").unwrap_or(&wrapped);
    let rest = rest.strip_prefix(label).unwrap_or(rest);
    writeln!(out, "  {LABEL}{label}{LABEL:#}{rest}")
}

/// What to do first, once for all findings.
fn to_do_first(report: &Report, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    let steps = first_steps(&report.findings);
    if steps.is_empty() {
        return Ok(());
    }
    writeln!(out, "{PATH}What to do first{PATH:#}")?;
    for Step { label, text } in steps {
        let label = label.map_or_else(String::new, |label| format!("{label}: "));
        hanging(&label, &text, HANGING, shown, out)?;
    }
    writeln!(out)
}

/// What was suppressed and left out, one by one.
fn left_out(report: &Report, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    for suppressed in &report.suppressed {
        let finding = &suppressed.finding;
        let why = match &suppressed.suppression {
            Suppression::Baseline => "known to the baseline".to_owned(),
            Suppression::Inline { marker, reason } => match reason {
                Some(reason) => format!("{marker}: {reason}"),
                None => marker.clone(),
            },
        };
        let path = finding.origin.path().as_os_str().as_encoded_bytes();
        writeln!(
            out,
            "Suppressed: {}:{}:{} {} ({why})",
            shown.mask.text(path),
            finding.location.line,
            finding.location.column,
            finding.rule.id,
        )?;
    }
    for skipped in &report.skipped_paths {
        let path = skipped.path.as_os_str().as_encoded_bytes();
        let noun = skipped.reason.noun();
        writeln!(out, "Skipped: {} ({noun})", shown.mask.text(path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_by_columns() {
        assert_eq!(last_columns("abc", 3), "abc");
        assert_eq!(last_columns("abcd", 3), "…cd");
        assert_eq!(last_columns("a日本", 3), "…本");
        assert_eq!(first_columns("日本a", 4), "日…");
        assert_eq!(first_columns("abcd", 0), "…");
    }
}
