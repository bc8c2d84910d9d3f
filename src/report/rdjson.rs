//! `rdjson`: the diagnostic format of reviewdog, which comments on pull requests of
//! many platforms.
//!
//! Its definition is `proto/rdf` of reviewdog: lines and columns are 1-based, columns
//! count bytes of UTF-8, and an end is exclusive. What could not be scanned is an
//! error about its whole file.

use std::io::{self, Write};

use serde::Serialize;

use super::format::{Delivery, Format, Presentation, SecretPolicy};
use super::level::Level;
use super::message;
use super::same_token::SameToken;
use super::{Report, Unscanned};
use crate::config::Details;
use crate::finding::Finding;

pub(super) const FORMAT: Format = Format {
    name: "rdjson",
    about: "diagnostics for reviewdog",
    notes: "For `reviewdog -f=rdjson`. What could not be scanned is an error about its whole \
        file.",
    secrets: SecretPolicy::Never,
    details: Details::NONE,
    delivery: Delivery::AtEnd(write),
};

#[derive(Serialize)]
struct DiagnosticResult<'r> {
    source: Source,
    diagnostics: Vec<Diagnostic<'r>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'r> {
    message: String,
    location: Location,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code<'r>>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u64,
    column: u64,
}

#[derive(Serialize)]
struct Code<'r> {
    value: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'r str>,
}

fn write(report: &Report, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    let same = SameToken::new(&report.findings);
    let found = report.findings.iter();
    let found = found.map(|finding| diagnostic(finding, &same, shown));
    let missed = report.unscanned.iter();
    let missed = missed.map(|unscanned| not_scanned(unscanned, report, shown));
    let result = DiagnosticResult {
        source: Source {
            name: env!("CARGO_PKG_NAME"),
        },
        diagnostics: found.chain(missed).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &result)?;
    out.write_all(b"\n")
}

fn diagnostic<'r>(
    finding: &'r Finding,
    same: &SameToken<'_>,
    shown: &Presentation,
) -> Diagnostic<'r> {
    let (path, place) = finding.site();
    let position = |column| Position {
        line: place.line,
        column,
    };
    Diagnostic {
        message: message::text(finding, same, &shown.mask),
        location: Location {
            path: shown.mask.text(path.bytes()),
            range: Some(Range {
                start: position(place.column),
                end: position(place.column + place.length),
            }),
        },
        severity: severity(Level::of(finding)),
        code: Some(Code {
            value: &finding.rule.id,
            url: finding.rule.references.first().map(String::as_str),
        }),
    }
}

fn not_scanned(
    unscanned: &Unscanned,
    report: &Report,
    shown: &Presentation,
) -> Diagnostic<'static> {
    let path = report.project.path_of(&unscanned.path);
    Diagnostic {
        message: format!(
            "Not scanned: {}.",
            message::unscanned(unscanned, &shown.mask)
        ),
        location: Location {
            path: shown.mask.text(path.bytes()),
            range: None,
        },
        severity: severity(Level::Error),
        code: None,
    }
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "ERROR",
        Level::Warning => "WARNING",
        Level::Note => "INFO",
    }
}
