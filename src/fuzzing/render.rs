//! Rendering: what a scan of bytes reports, in every format. A format that a program reads
//! can be read, and no token is in it.

use std::path::Path;
use std::sync::LazyLock;

use super::Kind;
use crate::config::{Config, Detail, Details};
use crate::limits::Limits;
use crate::report::Report;
use crate::report::format::{Delivery, FORMATS, Format, Presentation, Secrets, Verbosity};
use crate::rule_set::RuleSet;
use crate::scan::Scanner;

pub(super) const KIND: Kind = Kind {
    name: "render",
    subjects: || FORMATS.iter().map(|format| format.name).collect(),
    run,
};

/// All rules, and all that a report can tell.
static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    let rules = RuleSet::embedded().with(&RuleSet::policy());
    Scanner::new(Config {
        known_rules: rules.clone(),
        rules,
        details: Details {
            excerpts: Detail::Keep,
            line_hashes: Detail::Keep,
            skipped_paths: Detail::Keep,
        },
        limits: Limits {
            bytes: 4 << 20,
            ..Limits::default()
        }
        .into(),
        ..Config::default()
    })
});

/// The first line names the file, behind a character that says how much is told.
fn run(subject: &str, bytes: &[u8]) {
    let format = Format::named(subject).expect("it is one of the subjects");
    let line = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let (verbosity, name) = bytes[..line].split_first().unwrap_or((&b'v', b""));
    let shown = Presentation {
        mask: SCANNER.config().mask.clone(),
        secrets: Secrets::Redact,
        verbosity: match verbosity {
            b'q' => Verbosity::Quiet,
            b'n' => Verbosity::Normal,
            _ => Verbosity::Verbose,
        },
        width: 80,
    };
    let report = SCANNER.scan_bytes(path(name), bytes.get(line + 1..).unwrap_or_default());
    let mut written = Vec::new();
    match format.delivery {
        Delivery::AtEnd(write) => write(&report, &shown, &mut written),
        Delivery::AsFound(write) => report
            .findings
            .iter()
            .try_for_each(|finding| write(finding, &shown, &mut written)),
    }
    .expect("memory takes everything");
    holds_no_token(&report, &shown, &written);
    can_be_read(format.name, &written);
}

#[cfg(unix)]
fn path(name: &[u8]) -> &Path {
    use std::os::unix::ffi::OsStrExt;
    Path::new(std::ffi::OsStr::from_bytes(name))
}

#[cfg(not(unix))]
fn path(name: &[u8]) -> &Path {
    Path::new(str::from_utf8(name).unwrap_or("file"))
}

fn holds_no_token(report: &Report, shown: &Presentation, written: &[u8]) {
    let spans = shown.mask.spans(written);
    assert!(spans.is_empty(), "a token can be read at {spans:?}");
    let suppressed = report.suppressed.iter().map(|it| &it.finding);
    for finding in report.findings.iter().chain(suppressed) {
        if let Some(token) = finding.token() {
            let secret = token.secret.expose();
            let place = memchr::memmem::find(written, secret.as_bytes());
            assert_eq!(place, None, "the secret of {finding:?} can be read");
        }
    }
}

fn can_be_read(format: &str, written: &[u8]) {
    let text = str::from_utf8(written).expect("every format is UTF-8");
    let json = |text: &str| {
        let read = serde_json::from_str::<serde_json::Value>(text);
        read.expect("it is JSON");
    };
    match format {
        "json" | "sarif" | "gitlab" | "rdjson" => json(text),
        "jsonl" => text.lines().for_each(json),
        "junit" => {
            let mut reader = quick_xml::Reader::from_str(text);
            while reader.read_event().expect("it is XML") != quick_xml::events::Event::Eof {}
        }
        "csv" => {
            for row in csv::Reader::from_reader(written).records() {
                row.expect("it is CSV, and every row has all columns");
            }
        }
        _ => {}
    }
}
