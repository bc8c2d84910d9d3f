//! `text`: for people, in a terminal or a log.
//!
//! Grouped by file: each finding with its line, masked, and a mark below the
//! token; then what to do about those of the file; at the end what to do first,
//! and what was scanned and what was not.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::format::{Delivery, Format, Presentation, SecretPolicy, Secrets, Verbosity};
use super::{Outcome, Report};
use crate::confidence::Confidence;
use crate::config::{Detail, Details};
use crate::excerpt::Excerpt;
use crate::finding::Finding;
use crate::mask;
use crate::suppression::Suppression;

pub(super) const FORMAT: Format = Format {
    name: "text",
    about: "for people",
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
    for of_file in report
        .findings
        .chunk_by(|a, b| a.origin.path() == b.origin.path())
    {
        file(of_file, shown, out)?;
    }
    if shown.verbosity == Verbosity::Verbose {
        left_out(report, shown, out)?;
    }
    if shown.verbosity > Verbosity::Quiet {
        first_steps(report, shown, out)?;
        write!(out, "{}", summary(report))?;
    }
    Ok(())
}

/// The findings of one file, and the remedies for them.
fn file(findings: &[Finding], shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    let path = findings[0].origin.path().as_os_str().as_encoded_bytes();
    writeln!(out, "{PATH}{}{PATH:#}", shown.mask.text(path))?;
    let mut remedies: BTreeSet<&str> = BTreeSet::new();
    for finding in findings {
        header(finding, out)?;
        if let Some(excerpt) = &finding.excerpt {
            excerpt_of(finding, excerpt, shown, out)?;
        }
        remedies.insert(finding.remedy());
    }
    if shown.verbosity > Verbosity::Quiet {
        for remedy in remedies {
            paragraph("Fix: ", remedy, shown, out)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn header(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let tone = tone(finding.confidence);
    writeln!(
        out,
        "  {PLACE}{}:{}{PLACE:#}  {tone}{}{tone:#} ({}, {} confidence)",
        finding.location.line,
        finding.location.column,
        finding.rule.title,
        finding.rule.id,
        finding.confidence.name(),
    )
}

fn tone(confidence: Confidence) -> Style {
    match confidence {
        Confidence::High => SURE,
        Confidence::Medium => LIKELY,
        Confidence::Low => DOUBTFUL,
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
        Secrets::Show => mask::printable(finding.secret.expose().as_bytes()),
    };
    let number = finding.location.line.to_string();
    let room = shown.width.saturating_sub(number.len() + 7 + token.width());
    let before = last_columns(&excerpt.before, room.saturating_sub(room / 4));
    let after = first_columns(&excerpt.after, room.saturating_sub(before.width()));
    let indent = " ".repeat(number.len());
    let space = " ".repeat(before.width());
    let mark = "^".repeat(token.width());
    let tone = tone(finding.confidence);
    writeln!(
        out,
        "    {GUTTER}{number} |{GUTTER:#} {before}{token}{after}"
    )?;
    writeln!(
        out,
        "    {GUTTER}{indent} |{GUTTER:#} {space}{tone}{mark}{tone:#}"
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

/// A label and a text, wrapped and indented.
fn paragraph(label: &str, text: &str, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    let indent = " ".repeat(2 + label.len());
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

/// What to do first, once for each rule that found something.
fn first_steps(report: &Report, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    let steps: BTreeSet<&str> = report
        .findings
        .iter()
        .map(|finding| finding.rule.revoke.as_str())
        .collect();
    if steps.is_empty() {
        return Ok(());
    }
    writeln!(out, "{PATH}What to do first{PATH:#}")?;
    for step in steps {
        paragraph("", step, shown, out)?;
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

/// The last lines: what was found, what was scanned, and what was not.
#[must_use]
pub(crate) fn summary(report: &Report) -> String {
    let files: BTreeSet<_> = report
        .findings
        .iter()
        .map(|finding| finding.origin.path())
        .collect();
    let found = counted(report.findings.len() as u64, "finding");
    let failed = counted(report.unscanned.len() as u64, "path");
    let mut lines = match report.outcome() {
        Outcome::Findings => {
            let kinds = confidences(&report.findings);
            let mut line = format!(
                "{found} in {}, {kinds} confidence.\n",
                counted(files.len() as u64, "file")
            );
            if !report.is_complete() {
                line.push_str(&format!(
                    "The scan is incomplete: {failed} could not be scanned.\n"
                ));
            }
            line
        }
        Outcome::Incomplete => format!(
            "The scan is incomplete: {failed} could not be scanned. Nothing was found in the rest.\n"
        ),
        Outcome::Clean if report.files == 0 => {
            "Nothing was scanned: there was no file to scan.\n".to_owned()
        }
        Outcome::Clean => "No findings.\n".to_owned(),
    };
    lines.push_str(&scanned(report));
    let stale = report.stale_baseline.len() as u64;
    if stale > 0 {
        lines.push_str(&format!(
            "{} of the baseline {} nothing any more; write it anew with --write-baseline:\n",
            match stale {
                1 => "1 entry".to_owned(),
                _ => format!("{} entries", thousands(stale)),
            },
            if stale == 1 { "matches" } else { "match" }
        ));
        for entry in &report.stale_baseline {
            lines.push_str(&format!(
                "  {} {}\n",
                mask::printable(entry.path.as_bytes()),
                entry.rule
            ));
        }
    }
    lines
}

/// `1 of high, 2 of low`, or `all of low`.
fn confidences(findings: &[Finding]) -> String {
    let levels = [Confidence::High, Confidence::Medium, Confidence::Low];
    let of_level = |level| {
        findings
            .iter()
            .filter(move |finding| finding.confidence == level)
    };
    let counts: Vec<_> = levels
        .into_iter()
        .map(|level| (level.name(), of_level(level).count() as u64))
        .filter(|(_, count)| *count > 0)
        .collect();
    match counts.as_slice() {
        [(level, 1)] => format!("of {level}"),
        [(level, _)] => format!("all of {level}"),
        several => several
            .iter()
            .map(|(level, count)| format!("{} of {level}", thousands(*count)))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn scanned(report: &Report) -> String {
    let mut line = format!(
        "Scanned {}, {}, in {}.",
        counted(report.files, "file"),
        size(report.bytes),
        duration(report.elapsed)
    );
    let mut others: Vec<String> = report
        .skipped
        .iter()
        .map(|(reason, count)| counted(*count, reason.noun()))
        .collect();
    if !others.is_empty() {
        line.push_str(&format!("\nSkipped {}.", others.join(", ")));
    }
    others.clear();
    let (inline, baseline): (Vec<_>, Vec<_>) = report
        .suppressed
        .iter()
        .partition(|suppressed| suppressed.suppression != Suppression::Baseline);
    for (count, how) in [
        (inline.len() as u64, "suppressed by comments"),
        (baseline.len() as u64, "known to the baseline"),
        (report.below_min_confidence, "below the minimum confidence"),
    ] {
        if count > 0 {
            others.push(format!("{} {how}", thousands(count)));
        }
    }
    if !others.is_empty() {
        line.push_str(&format!("\nNot reported: {}.", others.join(", ")));
    }
    line.push('\n');
    line
}

/// `1 file`, `2 files`.
fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(count))
}

/// `1,234,567`.
fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes in the decimal units that file managers use.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return counted(bytes, "byte");
    }
    // Only one decimal is shown.
    #[expect(clippy::cast_precision_loss)]
    let mut value = bytes as f64;
    let mut unit = "";
    for next in UNITS {
        if value < 999.95 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    format!("{value:.1} {unit}")
}

fn duration(elapsed: Duration) -> String {
    if elapsed < Duration::from_secs(1) {
        format!("{} ms", elapsed.as_millis().max(1))
    } else {
        format!("{:.2} s", elapsed.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(counted(1, "file"), "1 file");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1000), "1.0 kB");
        assert_eq!(size(999_960), "1.0 MB");
        assert_eq!(size(2_345_000_000), "2.3 GB");
        assert_eq!(duration(Duration::from_micros(3)), "1 ms");
        assert_eq!(duration(Duration::from_millis(1234)), "1.23 s");
    }

    #[test]
    fn lines_are_cut_by_columns() {
        assert_eq!(last_columns("abc", 3), "abc");
        assert_eq!(last_columns("abcd", 3), "…cd");
        assert_eq!(last_columns("a日本", 3), "…本");
        assert_eq!(first_columns("日本a", 4), "日…");
        assert_eq!(first_columns("abcd", 0), "…");
    }
}
