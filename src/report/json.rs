//! `json`: the whole report as one object, for programs.
//!
//! Its schema is `docs/report.schema.json`, made from the types here by a test.
//! [`VERSION`] goes up when a member goes or changes its meaning; new members
//! may come at any time.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::claims::ClaimsRecord;
use super::format::{Delivery, Format, Presentation, SecretPolicy, Secrets};
use super::history_record::HistoryRecord;
use super::same_token::SameToken;
use super::{Report, Scope, SkipReason};
use crate::baseline;
use crate::blob::{Origin, Role};
use crate::confidence::Confidence;
use crate::config::Details;
use crate::context::Context;
use crate::encoding::Encoding;
use crate::finding::{Finding, Location};
use crate::fingerprint::{Fingerprint, TokenId};
use crate::mask::Mask;
use crate::reason::Reason;
use crate::severity::Severity;
use crate::suppression::Suppression;
use crate::within::Within;

pub(super) const FORMAT: Format = Format {
    name: "json",
    about: "one JSON object (docs/report.schema.json)",
    notes: "Its schema is [report.schema.json](report.schema.json). It has everything: reasons, \
        remedies, what was suppressed, left out and not scanned, and whether the scan is \
        `complete`.",
    secrets: SecretPolicy::OnRequest,
    details: Details::NONE,
    delivery: Delivery::AtEnd(write),
};

/// The version of the envelope.
const VERSION: u32 = 1;

/// A report of hfleaks.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Envelope<'a> {
    /// Version of this format.
    version: u32,
    /// What wrote it.
    tool: Tool,
    /// Whether everything that should have been scanned was. A report without
    /// findings is good news only if this is true.
    complete: bool,
    /// What was scanned.
    scope: Scope,
    /// What was found, in the order of path, position and rule.
    findings: Vec<Record<'a>>,
    /// What was found and is not reported, in the same order.
    suppressed: Vec<SuppressedRecord<'a>>,
    /// What could not be scanned, in the order of path.
    unscanned: Vec<UnscannedRecord>,
    /// How many files were left out on purpose, by reason.
    skipped: &'a BTreeMap<SkipReason, u64>,
    /// The paths that were left out, with -v.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skipped_paths: Vec<SkippedRecord>,
    /// Entries of the baseline that nothing matches any more.
    stale_baseline: &'a [baseline::Entry],
    /// Numbers.
    summary: Summary,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// A finding.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Record<'a> {
    /// Id of the rule.
    rule: &'a str,
    /// What the rule finds.
    title: &'a str,
    /// How much damage it can do; low if it has expired.
    severity: Severity,
    /// How sure it is.
    confidence: Confidence,
    /// Why it is as sure as that.
    reasons: Vec<String>,
    /// What it was found in.
    origin: OriginKind,
    /// Its path from the current folder. A member of a container stands behind its
    /// container and a `!`, and its offset, line and column are those in the member. Bytes
    /// that are not UTF-8 are written as `\xNN`, and a token in the name is masked.
    path: String,
    #[serde(flatten)]
    location: Location,
    /// How it is encoded there, the outermost encoding first.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    decoded: &'a [Encoding],
    /// Which part of a structured file it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<&'a Within>,
    /// What is done there, where a rule of the policy found it. It has no secret and no
    /// token.
    #[serde(skip_serializing_if = "Option::is_none")]
    practice: Option<&'a str>,
    /// The secret: its first and last characters, or with --show-secrets all
    /// of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// Names the finding across versions of the file: 64 hexadecimal digits.
    fingerprint: Fingerprint,
    /// Names the token wherever it stands: 64 hexadecimal digits. Findings with
    /// the same one are mended by revoking one token.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_id: Option<TokenId>,
    /// What it says about itself, if it is a JWT.
    #[serde(skip_serializing_if = "Option::is_none")]
    jwt: Option<ClaimsRecord>,
    /// The kind of place, which chooses the remedy.
    context: Context,
    /// What to do, in order.
    remedies: Vec<&'a str>,
    /// Lines to paste where the last remedy says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    paste: Option<&'a str>,
    /// How it came into the repository, where it is in a git object.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<HistoryRecord>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum OriginKind {
    File,
    Stdin,
    Memory,
    Blob,
    Commit,
    Tag,
    Note,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SuppressedRecord<'a> {
    /// Why it is not reported.
    suppression: &'a Suppression,
    #[serde(flatten)]
    finding: Record<'a>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct UnscannedRecord {
    path: String,
    /// Why, in words.
    reason: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SkippedRecord {
    path: String,
    reason: SkipReason,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Summary {
    /// Files that were scanned.
    files: u64,
    /// Bytes that were scanned.
    bytes: u64,
    /// Members of containers that were scanned, at whatever depth.
    members: u64,
    /// Bytes of those members.
    unpacked: u64,
    /// Findings in this report.
    findings: usize,
    /// Tokens that they are of.
    tokens: usize,
    /// Findings that were suppressed.
    suppressed: usize,
    /// Findings of less confidence than --min-confidence.
    below_min_confidence: u64,
}

fn write(report: &Report, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    let record = |finding| Record::new(finding, shown);
    let envelope = Envelope {
        version: VERSION,
        tool: Tool {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
        },
        complete: report.is_complete(),
        scope: report.scope,
        findings: report.findings.iter().map(record).collect(),
        suppressed: report
            .suppressed
            .iter()
            .map(|suppressed| SuppressedRecord {
                suppression: &suppressed.suppression,
                finding: Record::new(&suppressed.finding, shown),
            })
            .collect(),
        unscanned: report
            .unscanned
            .iter()
            .map(|unscanned| UnscannedRecord {
                path: path_text(&unscanned.path, &shown.mask),
                reason: shown.mask.text(unscanned.reason.as_bytes()),
            })
            .collect(),
        skipped: &report.skipped,
        skipped_paths: report
            .skipped_paths
            .iter()
            .map(|skipped| SkippedRecord {
                path: path_text(&skipped.path, &shown.mask),
                reason: skipped.reason,
            })
            .collect(),
        stale_baseline: &report.stale_baseline,
        summary: Summary {
            files: report.files,
            bytes: report.bytes,
            members: report.members,
            unpacked: report.unpacked,
            findings: report.findings.len(),
            tokens: SameToken::new(&report.findings).tokens(),
            suppressed: report.suppressed.len(),
            below_min_confidence: report.below_min_confidence,
        },
    };
    serde_json::to_writer_pretty(&mut *out, &envelope)?;
    out.write_all(b"\n")
}

impl<'a> Record<'a> {
    pub(super) fn new(finding: &'a Finding, shown: &Presentation) -> Self {
        let token = finding.token();
        Self {
            rule: &finding.rule.id,
            title: &finding.rule.title,
            severity: finding.severity,
            confidence: finding.confidence,
            reasons: finding.reasons.iter().map(Reason::to_string).collect(),
            origin: match *finding.origin.outermost() {
                Origin::File(_) => OriginKind::File,
                Origin::Stdin(_) => OriginKind::Stdin,
                Origin::Memory(_) | Origin::Member(_) => OriginKind::Memory,
                Origin::Git { ref role, .. } => match role {
                    Role::File(_) | Role::Blob => OriginKind::Blob,
                    Role::Commit => OriginKind::Commit,
                    Role::Tag => OriginKind::Tag,
                    Role::Note => OriginKind::Note,
                },
            },
            path: path_text(finding.origin.path(), &shown.mask),
            location: finding.location,
            decoded: &finding.encodings,
            within: finding.within.as_ref(),
            practice: finding.practice(),
            secret: token.map(|token| match shown.secrets {
                Secrets::Redact => token.secret.to_string(),
                Secrets::Show => token.secret.expose().into_owned(),
            }),
            fingerprint: finding.fingerprint,
            token_id: token.map(|token| token.id),
            jwt: finding
                .claims()
                .map(|claims| ClaimsRecord::new(claims, &shown.mask)),
            context: finding.context,
            remedies: finding.remedies(),
            paste: finding.remedy().paste.as_deref(),
            history: finding
                .history
                .as_deref()
                .map(|history| HistoryRecord::new(history, &shown.mask)),
        }
    }
}

/// A path as JSON says it: JSON escapes control characters by itself, so only
/// tokens and bytes that are not UTF-8 are replaced.
fn path_text(path: &Path, mask: &Mask) -> String {
    let mut text = String::new();
    for chunk in mask
        .tokens(path.as_os_str().as_encoded_bytes())
        .utf8_chunks()
    {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated;

    #[test]
    fn the_schema_in_docs_is_that_of_the_types() {
        let settings = schemars::generate::SchemaSettings::default().for_serialize();
        let generator = settings.into_generator();
        let mut schema = generator.into_root_schema_for::<Envelope<'static>>();
        let title = "Report of hfleaks, format json, version 1".into();
        schema.insert("title".to_owned(), title);
        let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
        text.push('\n');
        generated::check("docs/report.schema.json", &text);
    }
}
