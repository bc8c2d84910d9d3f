//! `gitlab`: a report of secret detection, as GitLab's security dashboard, merge
//! requests and policies read it.
//!
//! Its schema is `secret-detection-report-format.json` of GitLab's
//! security-report-schemas. A finding outside the history has no commit to name, but
//! the schema asks for one: seven zeros say so, as in GitLab's own analyzer.

use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::format::{Delivery, Format, Presentation, SecretPolicy};
use super::message;
use super::same_token::SameToken;
use super::{Report, Unscanned};
use crate::confidence::Confidence;
use crate::config::Details;
use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use crate::mask::Mask;
use crate::reason::Reason;
use crate::severity::Severity;

pub(super) const FORMAT: Format = Format {
    name: "gitlab",
    about: "GitLab's report of secret detection",
    notes: "For `artifacts: reports: secret_detection`, of schema 15.0.7. What could not be \
        scanned is a message, and the status is `failure` then. A finding outside the \
        history has the commit `0000000`, as the schema asks for one. Findings of low \
        confidence are `Info`, and flagged as likely false.",
    secrets: SecretPolicy::Never,
    details: Details::NONE,
    delivery: Delivery::AtEnd(write),
};

/// The version of the schema: old enough that every GitLab of today takes it.
const SCHEMA: &str = "15.0.7";

const NO_COMMIT: &str = "0000000";

#[derive(Serialize)]
struct Envelope<'r> {
    version: &'static str,
    scan: Scan,
    vulnerabilities: Vec<Vulnerability<'r>>,
}

#[derive(Serialize)]
struct Scan {
    analyzer: Tool,
    scanner: Tool,
    r#type: &'static str,
    start_time: String,
    end_time: String,
    status: Status,
    messages: Vec<Message>,
}

#[derive(Serialize)]
struct Tool {
    id: &'static str,
    name: &'static str,
    version: &'static str,
    vendor: Vendor,
}

#[derive(Serialize)]
struct Vendor {
    name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Success,
    Failure,
}

#[derive(Serialize)]
struct Message {
    level: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Vulnerability<'r> {
    id: String,
    name: &'r str,
    description: String,
    severity: &'static str,
    solution: String,
    identifiers: Vec<Identifier>,
    location: Location,
    tracking: Tracking,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<Flag>,
}

#[derive(Serialize)]
struct Identifier {
    r#type: &'static str,
    name: String,
    value: String,
}

#[derive(Serialize)]
struct Location {
    file: String,
    start_line: u64,
    end_line: u64,
    commit: Commit,
}

#[derive(Serialize)]
struct Commit {
    sha: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// What GitLab knows a finding by when lines have moved.
#[derive(Serialize)]
struct Tracking {
    r#type: &'static str,
    items: [Tracked; 1],
}

#[derive(Serialize)]
struct Tracked {
    file: String,
    start_line: u64,
    end_line: u64,
    signatures: [Signature; 1],
}

#[derive(Serialize)]
struct Signature {
    algorithm: &'static str,
    value: Fingerprint,
}

#[derive(Serialize)]
struct Flag {
    r#type: &'static str,
    origin: &'static str,
    description: String,
}

fn write(report: &Report, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    let same = SameToken::new(&report.findings);
    let found = report.findings.iter();
    let envelope = Envelope {
        version: SCHEMA,
        scan: scan(report, &shown.mask),
        vulnerabilities: found
            .map(|finding| vulnerability(finding, &same, &shown.mask))
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &envelope)?;
    out.write_all(b"\n")
}

fn scan(report: &Report, mask: &Mask) -> Scan {
    let tool = || Tool {
        id: env!("CARGO_PKG_NAME"),
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        vendor: Vendor {
            name: env!("CARGO_PKG_NAME"),
        },
    };
    let now = SystemTime::now();
    let missed = report.unscanned.iter();
    Scan {
        analyzer: tool(),
        scanner: tool(),
        r#type: "secret_detection",
        start_time: time(now.checked_sub(report.elapsed).unwrap_or(now)),
        end_time: time(now),
        status: if report.is_complete() {
            Status::Success
        } else {
            Status::Failure
        },
        messages: missed.map(|missed| not_scanned(missed, mask)).collect(),
    }
}

/// A time as the schema has it: UTC, to the second, without a zone.
fn time(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    gix::date::Time::new(seconds, 0)
        .format(gix::date::time::format::ISO8601_STRICT)
        .ok()
        .and_then(|time| time.get(..19).map(str::to_owned))
        .unwrap_or_else(|| "1970-01-01T00:00:00".to_owned())
}

fn not_scanned(missed: &Unscanned, mask: &Mask) -> Message {
    Message {
        level: "warn",
        value: format!("Not scanned: {}", message::unscanned(missed, mask)),
    }
}

fn vulnerability<'r>(finding: &'r Finding, same: &SameToken<'_>, mask: &Mask) -> Vulnerability<'r> {
    let (path, place) = finding.site();
    let file = mask.text(path.bytes());
    let remedies = finding.remedies().join("\n");
    Vulnerability {
        // The same token may stand twice in a file.
        id: format!("{}-{}", finding.fingerprint, finding.location.offset),
        name: &finding.rule.title,
        description: message::text(finding, same, mask),
        severity: severity(finding),
        solution: first(&remedies, LONGEST_SOLUTION).to_owned(),
        identifiers: identifiers(finding),
        tracking: Tracking {
            r#type: "source",
            items: [Tracked {
                file: file.clone(),
                start_line: place.line,
                end_line: place.line,
                signatures: [Signature {
                    algorithm: "rule_value",
                    value: finding.fingerprint,
                }],
            }],
        },
        location: Location {
            file,
            start_line: place.line,
            end_line: place.line,
            commit: commit(finding, mask),
        },
        flags: flags(finding),
    }
}

/// The most characters that the schema lets a solution have.
const LONGEST_SOLUTION: usize = 7000;

/// The first characters of a text.
fn first(text: &str, most: usize) -> &str {
    match text.char_indices().nth(most) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// How bad it is, but `Info` where it is doubtful.
fn severity(finding: &Finding) -> &'static str {
    match (finding.confidence, finding.severity) {
        (Confidence::Low, _) => "Info",
        (_, Severity::Critical) => "Critical",
        (_, Severity::High) => "High",
        (_, Severity::Medium) => "Medium",
        (_, Severity::Low) => "Low",
    }
}

/// The rule, by which GitLab groups findings, and its weaknesses.
fn identifiers(finding: &Finding) -> Vec<Identifier> {
    let id = &finding.rule.id;
    let rule = Identifier {
        r#type: "hfleaks_rule",
        name: format!("hfleaks rule {id}"),
        value: id.clone(),
    };
    let weaknesses = finding.rule.cwe.iter().map(|cwe| Identifier {
        r#type: "cwe",
        name: cwe.clone(),
        value: cwe.trim_start_matches("CWE-").to_owned(),
    });
    std::iter::once(rule).chain(weaknesses).collect()
}

fn commit(finding: &Finding, mask: &Mask) -> Commit {
    let change = finding.introduced_by();
    Commit {
        sha: change.map_or_else(|| NO_COMMIT.to_owned(), |change| change.id.clone()),
        author: change.map(|change| mask.words(&change.author)),
        date: change.and_then(|change| change.date.clone()),
        message: change.map(|change| mask.words(&change.subject)),
    }
}

fn flags(finding: &Finding) -> Vec<Flag> {
    if finding.confidence > Confidence::Low {
        return Vec::new();
    }
    let reasons: Vec<_> = finding.reasons.iter().map(Reason::to_string).collect();
    vec![Flag {
        r#type: "flagged-as-likely-false-positive",
        origin: env!("CARGO_PKG_NAME"),
        description: reasons.join("; "),
    }]
}
