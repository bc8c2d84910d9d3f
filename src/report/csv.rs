//! `csv`: a table for spreadsheets and scripts, as RFC 4180 has it.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula,
//! and a stranger chooses names of files and authors, so such a cell begins with
//! `'` here. What could not be scanned has a line of its own, of another kind.

use std::io::{self, Write};

use ::csv::{Terminator, WriterBuilder};

use super::format::{Delivery, Format, Presentation, SecretPolicy};
use super::{Report, Unscanned};
use crate::config::Details;
use crate::finding::Finding;
use crate::history::Change;
use crate::mask::Mask;

pub(super) const FORMAT: Format = Format {
    name: "csv",
    about: "a table with a line for each finding",
    notes: "RFC 4180. What could not be scanned has a line of its own, of the kind `unscanned`. \
        A cell that a spreadsheet would take for a formula begins with `'`. The commit is \
        the first one that introduced the token.",
    secrets: SecretPolicy::Never,
    details: Details::NONE,
    delivery: Delivery::AtEnd(write),
};

/// The columns; the members of the JSON report with the same names tell more of
/// them. `commit`, `author` and `date` are of the first commit that introduced it.
const COLUMNS: [&str; 15] = [
    "kind",
    "path",
    "line",
    "column",
    "rule",
    "title",
    "severity",
    "confidence",
    "secret",
    "token_id",
    "fingerprint",
    "commit",
    "author",
    "date",
    "message",
];

fn write(report: &Report, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    let mut table = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(out);
    table.write_record(COLUMNS)?;
    for finding in &report.findings {
        table.write_record(found(finding, &shown.mask).map(harmless))?;
    }
    for unscanned in &report.unscanned {
        table.write_record(missed(unscanned, &shown.mask).map(harmless))?;
    }
    table.flush()
}

fn found(finding: &Finding, mask: &Mask) -> [String; COLUMNS.len()] {
    let change = finding.introduced_by();
    let of_change = |text: fn(&Change) -> Vec<u8>| {
        change.map_or_else(String::new, |change| mask.words(&text(change)))
    };
    let token = finding.token();
    let practice = finding.practice().map(|clause| format!("{clause}."));
    let message = practice.as_deref().into_iter();
    [
        "finding".to_owned(),
        mask.text(finding.origin.path().as_os_str().as_encoded_bytes()),
        finding.location.line.to_string(),
        finding.location.column.to_string(),
        finding.rule.id.clone(),
        finding.rule.title.clone(),
        finding.severity.name().to_owned(),
        finding.confidence.name().to_owned(),
        token.map_or_else(String::new, |token| token.secret.to_string()),
        token.map_or_else(String::new, |token| token.id.to_string()),
        finding.fingerprint.to_string(),
        of_change(|change| change.id.clone().into_bytes()),
        of_change(|change| change.author.clone()),
        of_change(|change| change.date.clone().unwrap_or_default().into_bytes()),
        message
            .chain(finding.remedies())
            .collect::<Vec<_>>()
            .join(" "),
    ]
}

/// A line with a path and a reason only.
fn missed(unscanned: &Unscanned, mask: &Mask) -> [String; COLUMNS.len()] {
    COLUMNS.map(|column| match column {
        "kind" => "unscanned".to_owned(),
        "path" => mask.text(unscanned.path.as_os_str().as_encoded_bytes()),
        "message" => mask.text(unscanned.reason.as_bytes()),
        _ => String::new(),
    })
}

/// A cell that no spreadsheet takes for a formula. Some look behind spaces, and some
/// read the full-width forms, too.
fn harmless(cell: String) -> String {
    const BEGINNINGS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    if cell.trim_start().starts_with(BEGINNINGS) {
        format!("'{cell}")
    } else {
        cell
    }
}
