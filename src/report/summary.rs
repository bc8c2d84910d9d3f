//! The summary: what was found, what was scanned, and what was not, in a few
//! lines for people.

use std::collections::BTreeSet;
use std::time::Duration;

use super::level::Level;
use super::same_token::SameToken;
use super::{Outcome, Report};
use crate::confidence::Confidence;
use crate::finding::Finding;
use crate::mask;
use crate::suppression::Suppression;

/// The last lines: what was found, what was scanned, and what was not.
#[must_use]
pub(crate) fn summary(report: &Report) -> String {
    let mut lines = headline(report);
    lines.push('\n');
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

/// What the scan comes to, in a sentence or two.
pub(super) fn headline(report: &Report) -> String {
    let failed = counted(report.unscanned.len() as u64, "path");
    match report.outcome() {
        Outcome::Findings => {
            let mut text = found(&report.findings);
            if !report.is_complete() {
                text.push_str(&format!(
                    "\nThe scan is incomplete: {failed} could not be scanned."
                ));
            }
            text
        }
        Outcome::Incomplete => format!(
            "The scan is incomplete: {failed} could not be scanned. Nothing was found in the rest."
        ),
        Outcome::Clean if report.files == 0 => {
            format!("Nothing was scanned: {}.", report.scope.nothing())
        }
        Outcome::Clean => "No findings.".to_owned(),
    }
}

/// `4 findings of 1 token in 2 files, all of low confidence.` and, in a line of its own,
/// `7 findings of 3 rules of the policy in 2 files: 2 warnings, 5 notes.`
fn found(findings: &[Finding]) -> String {
    let (practices, tokens): (Vec<&Finding>, Vec<&Finding>) = findings
        .iter()
        .partition(|finding| finding.practice().is_some());
    let mut lines = Vec::new();
    if !tokens.is_empty() {
        lines.push(format!(
            "{} of {} in {}, {} confidence.",
            counted(tokens.len() as u64, "finding"),
            counted(SameToken::new(findings).tokens() as u64, "token"),
            counted(files(&tokens), "file"),
            confidences(&tokens)
        ));
    }
    if !practices.is_empty() {
        let rules: BTreeSet<_> = practices.iter().map(|found| &found.rule.id).collect();
        let levels = [Level::Error, Level::Warning, Level::Note];
        let of_level = |level| practices.iter().filter(move |it| Level::of(it) == level);
        let counts = levels.map(|level| (of_level(level).count() as u64, level.name()));
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let counts: Vec<_> = counts.map(|(count, noun)| counted(count, noun)).collect();
        lines.push(format!(
            "{} of {} of the policy in {}: {}.",
            counted(practices.len() as u64, "finding"),
            counted(rules.len() as u64, "rule"),
            counted(files(&practices), "file"),
            counts.join(", ")
        ));
    }
    lines.join("\n")
}

fn files(findings: &[&Finding]) -> u64 {
    let files: BTreeSet<_> = findings.iter().map(|found| found.origin.path()).collect();
    files.len() as u64
}

/// `1 of high, 2 of low`, or `all of low`.
fn confidences(findings: &[&Finding]) -> String {
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

/// What was scanned, left out and not reported, a line each.
pub(super) fn scanned(report: &Report) -> String {
    let mut line = format!(
        "Scanned {}, {}, in {}.",
        counted(report.files, report.scope.noun()),
        size(report.bytes),
        duration(report.elapsed)
    );
    if report.members > 0 {
        line.push_str(&format!(
            "\nLooked into {} of containers, {}.",
            counted(report.members, "member"),
            size(report.unpacked)
        ));
    }
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
pub(super) fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(count))
}

/// `1,234,567`.
pub(super) fn thousands(count: u64) -> String {
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
}
