//! `sarif`: SARIF 2.1.0, as GitHub code scanning reads it.
//!
//! It never holds a secret, a snippet or a line of a file, and no suppressed
//! finding: GitHub would open an alert for it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Location, Message, MultiformatMessageString, Notification,
    PhysicalLocation, PropertyBag, Region, ReportingConfiguration, ReportingDescriptor, Result,
    ResultColumnKind, ResultLevel, Run, SCHEMA_URL, Sarif, Tool, ToolComponent, Version,
};

use super::claims::ClaimsRecord;
use super::format::{Delivery, Format, Presentation, SecretPolicy};
use super::history_record::HistoryRecord;
use super::level::{Level, loudest_first};
use super::message::{self, Others};
use super::same_token::SameToken;
use super::{Report, Unscanned, catalogue};
use crate::config::{Detail, Details};
use crate::finding::{Finding, Subject};
use crate::project::ProjectPath;
use crate::reason::Reason;
use crate::rule::{Rule, Target};
use crate::severity::Severity;

pub(super) const FORMAT: Format = Format {
    name: "sarif",
    about: "SARIF 2.1.0 for code scanning",
    notes: "Capped at what GitHub takes, the surest findings first. Suppressed findings are left \
        out, since GitHub would open them again. What could not be scanned is a \
        notification, and `executionSuccessful` is false then.",
    secrets: SecretPolicy::Never,
    details: Details {
        excerpts: Detail::Omit,
        line_hashes: Detail::Keep,
        skipped_paths: Detail::Omit,
    },
    delivery: Delivery::AtEnd(write),
};

/// How many results GitHub takes; it rejects a file with more.
const MOST_RESULTS: usize = 25_000;

/// How many characters of a description GitHub takes.
const LONGEST_DESCRIPTION: usize = 1024;

/// How many other places of the same token a result tells. GitHub takes 1,000 of
/// one result, but a token in thousands of places must not fill the file.
const MOST_RELATED: usize = 3;

/// The name of the base that relative paths start from.
const BASE: &str = "%SRCROOT%";

fn write(report: &Report, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    let mut findings = loudest_first(&report.findings);
    let left_out = findings.len().saturating_sub(MOST_RESULTS);
    findings.truncate(MOST_RESULTS);
    let rules: Vec<&Arc<Rule>> = report.rules.iter().collect();
    let same = SameToken::new(&report.findings);
    let results: Vec<Result> = findings
        .iter()
        .map(|finding| result(finding, &rules, &same, shown))
        .collect();
    let driver = ToolComponent::builder()
        .name(env!("CARGO_PKG_NAME"))
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .information_uri("https://huggingface.co/docs/hub/security-tokens")
        .rules(
            rules
                .iter()
                .map(|rule| descriptor(rule))
                .collect::<Vec<_>>(),
        )
        .build();
    let base = ArtifactLocation::builder()
        .uri(report.project.uri(&shown.mask))
        .build();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .column_kind(json!(ResultColumnKind::Utf16CodeUnits))
        .original_uri_base_ids(BTreeMap::from([(BASE.to_owned(), base)]))
        .invocations(vec![invocation(report, left_out, shown)])
        .results(results)
        .build();
    let sarif = Sarif::builder()
        .schema(SCHEMA_URL)
        .version(json!(Version::V2_1_0.to_string()))
        .runs(vec![run])
        .build();
    serde_json::to_writer_pretty(&mut *out, &sarif)?;
    out.write_all(b"\n")
}

fn descriptor(rule: &Rule) -> ReportingDescriptor {
    let level = ResultLevel::from(Level::of_severity(rule.severity));
    let kind = match rule.target {
        Target::Credential(_) => "secret",
        Target::Practice(_) => "policy",
    };
    let tags = ["security".to_owned(), kind.to_owned()]
        .into_iter()
        .chain(
            rule.cwe
                .iter()
                .map(|id| format!("external/cwe/{}", id.to_lowercase())),
        )
        .chain(
            rule.capec
                .iter()
                .map(|id| format!("external/capec/{}", id.to_lowercase())),
        )
        .chain(
            rule.attack
                .iter()
                .map(|id| format!("external/attack/{}", id.to_lowercase())),
        )
        // GitHub keeps ten.
        .take(10);
    let properties = PropertyBag::builder()
        .tags(tags.collect::<Vec<_>>())
        .additional_properties(BTreeMap::from([
            ("precision".to_owned(), json!("high")),
            ("problem.severity".to_owned(), json!(level)),
            ("security-severity".to_owned(), json!(score(rule.severity))),
        ]))
        .build();
    let description: String = rule.description.chars().take(LONGEST_DESCRIPTION).collect();
    let mut descriptor = ReportingDescriptor::builder()
        .id(&rule.id)
        .name(pascal_case(&rule.name))
        .short_description(plain(&sentence(&rule.title)))
        .full_description(plain(&description))
        .help(help(rule))
        .default_configuration(
            ReportingConfiguration::builder()
                .level(json!(level))
                .build(),
        )
        .properties(properties)
        .build();
    descriptor.help_uri = rule.references.first().cloned();
    descriptor
}

fn help(rule: &Rule) -> MultiformatMessageString {
    let revoke = rule.credential();
    let revoke = revoke.map_or_else(String::new, |it| format!("{}\n\n", it.revoke));
    let mut markdown = format!("{}\n\n## What to do\n\n{revoke}", rule.description);
    catalogue::remedies(&rule.remedies, "##", &mut markdown);
    if !rule.references.is_empty() {
        markdown.push_str("\n## References\n\n");
        for reference in &rule.references {
            markdown.push_str(&format!("- <{reference}>\n"));
        }
    }
    // Our Markdown is meant to be read as it is, too.
    MultiformatMessageString::builder()
        .text(markdown.clone())
        .markdown(markdown)
        .build()
}

fn result(
    finding: &Finding,
    rules: &[&Arc<Rule>],
    same: &SameToken<'_>,
    shown: &Presentation,
) -> Result {
    let index = rules.iter().position(|rule| rule.id == finding.rule.id);
    let index = index.expect("a finding's rule is one of the scan's");
    let message = message(finding, same, shown);
    let mut result = Result::builder()
        .rule_id(&finding.rule.id)
        .rule_index(number(index as u64))
        .level(ResultLevel::from(Level::of(finding)))
        .message(Message::builder().text(message).build())
        .locations(vec![location(finding, shown)])
        .partial_fingerprints(fingerprints(finding))
        .properties(
            PropertyBag::builder()
                .additional_properties(properties(finding, shown))
                .build(),
        )
        .build();
    let related: Vec<Location> = same
        .others(finding, MOST_RELATED)
        .map(|other| {
            let mut location = location(other, shown);
            location.message = Some(Message::builder().text("the same token").build());
            location
        })
        .collect();
    if !related.is_empty() {
        result.related_locations = Some(related);
    }
    result
}

/// What was found, where else it is, and what to do.
fn message(finding: &Finding, same: &SameToken<'_>, shown: &Presentation) -> String {
    let found = match &finding.subject {
        Subject::Token(token) => format!(
            "{} {}, {} confidence.",
            finding.rule.title,
            token.secret,
            finding.confidence.name()
        ),
        Subject::Practice(clause) => format!("{}: {clause}.", finding.rule.title),
    };
    let more = message::paragraphs(finding, same, Others::Apart, &shown.mask);
    format!("{found} {}", more.join(" "))
}

fn fingerprints(finding: &Finding) -> BTreeMap<String, String> {
    let own = ("hfleaks/v1", finding.fingerprint.to_string());
    let of_line = finding.line_hash;
    let of_line = of_line.map(|hash| ("primaryLocationLineHash", hash.to_string()));
    let all = std::iter::once(own).chain(of_line);
    all.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What else is known of a finding, under the names of the JSON report.
fn properties(finding: &Finding, shown: &Presentation) -> BTreeMap<String, serde_json::Value> {
    let reasons: Vec<_> = finding.reasons.iter().map(Reason::to_string).collect();
    let claims = finding.claims();
    let claims = claims.map(|claims| ClaimsRecord::new(claims, &shown.mask));
    let history = finding.history.as_deref();
    let history = history.map(|history| HistoryRecord::new(history, &shown.mask));
    let encodings = Some(&finding.encodings).filter(|encodings| !encodings.is_empty());
    let all = [
        ("confidence", Some(json!(finding.confidence))),
        ("reasons", Some(json!(reasons))),
        ("tokenId", finding.token().map(|token| json!(token.id))),
        ("decoded", encodings.map(|encodings| json!(encodings))),
        ("within", finding.within.as_ref().map(|it| json!(it))),
        ("jwt", claims.map(|claims| json!(claims))),
        ("history", history.map(|history| json!(history))),
    ];
    let known = all
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    known
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn location(finding: &Finding, shown: &Presentation) -> Location {
    let (path, place) = finding.site();
    let region = Region::builder()
        .start_line(number(place.line))
        .start_column(number(place.utf16_column))
        .end_line(number(place.line))
        .end_column(number(place.utf16_end_column))
        .build();
    let place = PhysicalLocation::builder()
        .artifact_location(artifact(&path, shown))
        .region(region)
        .build();
    Location::builder().physical_location(place).build()
}

/// Where a finding is, relative to the project. A name that holds a token is
/// masked: the link is lost, the secret is not.
fn artifact(path: &ProjectPath, shown: &Presentation) -> ArtifactLocation {
    let masked = path.masked(&shown.mask);
    let mut location = ArtifactLocation::builder().uri(masked.uri()).build();
    if masked.is_inside() {
        location.uri_base_id = Some(BASE.to_owned());
    }
    location
}

fn invocation(report: &Report, left_out: usize, shown: &Presentation) -> Invocation {
    let mut notifications: Vec<_> = report
        .unscanned
        .iter()
        .map(|unscanned| notification(unscanned, report, shown))
        .collect();
    if left_out > 0 {
        let text = format!(
            "{left_out} findings of less severity or confidence are left out: \
             code scanning takes {MOST_RESULTS}."
        );
        notifications.push(
            Notification::builder()
                .message(text.as_str())
                .level(json!(ResultLevel::Warning))
                .build(),
        );
    }
    let mut invocation = Invocation::builder()
        .execution_successful(report.is_complete())
        .build();
    if !notifications.is_empty() {
        invocation.tool_execution_notifications = Some(notifications);
    }
    invocation
}

fn notification(unscanned: &Unscanned, report: &Report, shown: &Presentation) -> Notification {
    let mut notification = Notification::builder()
        .message(
            format!(
                "Not scanned: {}.",
                message::unscanned(unscanned, &shown.mask)
            )
            .as_str(),
        )
        .level(json!(ResultLevel::Error))
        .build();
    let path = report.project.path_of(&unscanned.path);
    // The project itself has no name in the project.
    if !path.bytes().is_empty() {
        let place = PhysicalLocation::builder()
            .artifact_location(artifact(&path, shown))
            .build();
        let place = Location::builder().physical_location(place).build();
        notification.locations = Some(vec![place]);
    }
    notification
}

fn plain(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}

fn sentence(title: &str) -> String {
    format!("{}.", title.trim_end_matches('.'))
}

/// A rule's name as SARIF wants it: `HardcodedToken` for `hardcoded-token`.
fn pascal_case(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(capital).collect()
}

/// GitHub's score of a severity: from 9.0 critical, from 7.0 high, from 4.0
/// medium.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}

/// A count as SARIF's signed integers.
fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
