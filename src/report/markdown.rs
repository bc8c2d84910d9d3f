//! `markdown`: the page of an audit, for people who sign it.
//!
//! It goes through the checklist and through every rule, and says of each whether it
//! passed, failed, or had nothing to look at; then what is accepted, what was not scanned,
//! what to do after an exposure, and when to rotate. Everything that a stranger may have
//! written is no markup, as in the summary of a job.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::format::{Delivery, Format, Presentation, SecretPolicy};
use super::level::Level;
use super::markup::{code, prose, text};
use super::summary::{self, counted};
use super::{Report, Scope, message};
use crate::checklist;
use crate::config::Details;
use crate::finding::Finding;
use crate::remedy::RemedySet;
use crate::rule::{Rule, Target};
use crate::suppression::Suppression;

pub(super) const FORMAT: Format = Format {
    name: "markdown",
    about: "the page of an audit",
    notes: "`hfleaks --select ALL --history -f markdown=audit.md` is a team's audit in one \
        command: a checklist, every rule with what it found (passed, failed, not applicable), \
        what is accepted by comments and by the baseline, what could not be scanned, what to \
        go through after an exposure, and the dates to rotate tokens by. Of a rule, up to 200 \
        findings are listed and the rest is counted. An item passes only where the scan is \
        complete.",
    secrets: SecretPolicy::Never,
    details: Details::NONE,
    delivery: Delivery::AtEnd(write),
};

/// How many findings of a rule, and how many paths, are listed.
const LISTED: usize = 200;

const DAY: Duration = Duration::from_hours(24);

/// When tokens are to be rotated: what kind, and after how many days at the latest.
const ROTATION: [(&str, u32, &str); 2] = [
    ("Tokens that may write, and those of CI", 90, "90 days"),
    ("Tokens that only read", 365, "12 months"),
];

/// How a rule or an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It found so much.
    Failed(usize),
    /// What it found is accepted.
    Accepted(usize),
    /// It found nothing, but not everything was scanned.
    Open,
    /// It looked and found nothing.
    Passed,
    /// There was nothing for it to look at.
    NotApplicable,
    /// Nobody asked for it.
    NotChecked,
}

impl Standing {
    fn phrase(self) -> String {
        match self {
            Self::Failed(count) => format!("**failed**: {}", counted(count as u64, "finding")),
            Self::Accepted(count) => format!("accepted: {}", counted(count as u64, "finding")),
            Self::Open => "open: the scan is incomplete".to_owned(),
            Self::Passed => "passed".to_owned(),
            Self::NotApplicable => "not applicable".to_owned(),
            Self::NotChecked => "not checked".to_owned(),
        }
    }

    /// How several stand together.
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Failed(one), Self::Failed(other)) => Self::Failed(one + other),
            (failed @ Self::Failed(_), _) | (_, failed @ Self::Failed(_)) => failed,
            (Self::Open, _) | (_, Self::Open) => Self::Open,
            (Self::Accepted(one), Self::Accepted(other)) => Self::Accepted(one + other),
            (accepted @ Self::Accepted(_), _) | (_, accepted @ Self::Accepted(_)) => accepted,
            (Self::Passed, _) | (_, Self::Passed) => Self::Passed,
            (Self::NotApplicable, _) | (_, Self::NotApplicable) => Self::NotApplicable,
            (Self::NotChecked, Self::NotChecked) => Self::NotChecked,
        }
    }
}

/// A report by rule.
struct Audit<'r> {
    report: &'r Report,
    shown: &'r Presentation,
    of_rule: BTreeMap<&'r str, Vec<&'r Finding>>,
}

fn write(report: &Report, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    let mut of_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        of_rule.entry(&finding.rule.id).or_default().push(finding);
    }
    let audit = Audit {
        report,
        shown,
        of_rule,
    };
    let now = SystemTime::now();
    audit.head(now, out)?;
    audit.checklist(out)?;
    audit.rules(out)?;
    audit.accepted(out)?;
    audit.not_scanned(out)?;
    exposure(out)?;
    rotation(now, out)
}

impl Audit<'_> {
    fn head(&self, now: SystemTime, out: &mut dyn Write) -> io::Result<()> {
        let scope = match self.report.scope {
            Scope::Files => "files, as they are on disk",
            Scope::History => {
                "everything the repository holds; the rules of the policy, the newest commit"
            }
            Scope::Staged => "what the next commit would change",
            Scope::Range => "what some commits introduced",
        };
        writeln!(out, "# Audit of Hugging Face credentials\n")?;
        writeln!(out, "- Date: {} (UTC)", date(now))?;
        writeln!(out, "- Scanned: {scope}")?;
        writeln!(out, "- With: hfleaks {}", env!("CARGO_PKG_VERSION"))?;
        let headline = summary::headline(self.report).replace('\n', " ");
        writeln!(out, "- Result: {headline}\n")?;
        for line in summary::scanned(self.report).lines() {
            writeln!(out, "{line}  ")?;
        }
        writeln!(out)
    }

    fn checklist(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "## Checklist\n\n| | item | result | rules |\n|---|---|---|---|"
        )?;
        for (place, item) in checklist::items().iter().enumerate() {
            let rules = self.report.rules.iter().enumerate();
            let rules = rules.filter(|(_, rule)| checklist::item_of(&rule.id) == Some(place));
            let (mut standing, mut ids) = (Standing::NotChecked, Vec::new());
            for (number, rule) in rules {
                standing = standing.with(self.standing(number, rule));
                ids.push(rule.id.as_str());
            }
            let row = [&item.title, &standing.phrase(), &ids.join(", ")];
            let [item, result, rules] = row;
            writeln!(out, "| {} | {item} | {result} | {rules} |", place + 1)?;
        }
        writeln!(out)?;
        let has_policy = |rule: &Rule| matches!(rule.target, Target::Practice(_));
        if !self.report.rules.iter().any(|rule| has_policy(rule)) {
            writeln!(out, "`--select ALL` checks the other items, too.\n")?;
        }
        Ok(())
    }

    fn standing(&self, number: usize, rule: &Rule) -> Standing {
        let findings = self.of_rule.get(rule.id.as_str());
        let has_looked = match rule.target {
            Target::Credential(_) => self.report.files > 0,
            Target::Practice(_) => self.report.looked_at.contains_key(&number),
        };
        let accepted = self.report.suppressed.iter();
        let accepted = accepted.filter(|it| it.finding.rule.id == rule.id).count();
        match findings {
            Some(findings) => Standing::Failed(findings.len()),
            None if !self.report.is_complete() => Standing::Open,
            None if accepted > 0 => Standing::Accepted(accepted),
            None if has_looked => Standing::Passed,
            None => Standing::NotApplicable,
        }
    }

    fn rules(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "## Rules\n\n| rule | | result |\n|---|---|---|")?;
        for (number, rule) in self.report.rules.iter().enumerate() {
            let result = self.standing(number, rule).phrase();
            writeln!(out, "| {} | {} | {result} |", rule.id, prose(&rule.title))?;
        }
        writeln!(out)?;
        for rule in self.report.rules.iter() {
            if let Some(findings) = self.of_rule.get(rule.id.as_str()) {
                self.failed(rule, findings, out)?;
            }
        }
        Ok(())
    }

    /// What a rule found, and what to do about it.
    fn failed(&self, rule: &Rule, findings: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
        let level = Level::of_severity(rule.severity).name();
        writeln!(out, "### {}: {} ({level})\n", rule.id, prose(&rule.title))?;
        writeln!(out, "{}\n", prose(&rule.description))?;
        for finding in findings.iter().take(LISTED) {
            writeln!(out, "- [ ] {}", self.finding(finding))?;
        }
        more(findings.len(), out)?;
        writeln!(out)?;
        if let Some(credential) = rule.credential() {
            writeln!(out, "{}\n", prose(&credential.revoke))?;
        }
        let mut told: Vec<&str> = Vec::new();
        for finding in findings {
            let remedy = finding.remedy();
            if !told.contains(&remedy.text.as_str()) {
                told.push(&remedy.text);
                writeln!(out, "{}\n", prose(&remedy.text))?;
                if let Some(paste) = &remedy.paste {
                    writeln!(out, "```\n{}\n```\n", paste.trim_matches('\n'))?;
                }
            }
        }
        Ok(())
    }

    fn finding(&self, finding: &Finding) -> String {
        let mask = &self.shown.mask;
        let path = mask.text(finding.project_path.bytes());
        let at = finding.location;
        let place = code(&format!("{path}:{}:{}", at.line, at.column));
        let what = match finding.practice() {
            Some(clause) => prose(clause),
            None => format!(
                "{}, {} confidence",
                code(&finding.shown()),
                finding.confidence.name()
            ),
        };
        let change = finding.introduced_by();
        let id = change.and_then(|change| change.id.get(..12));
        let since = id.map_or_else(String::new, |id| format!(", since {id}"));
        format!("{place}: {what}{since}")
    }

    fn accepted(&self, out: &mut dyn Write) -> io::Result<()> {
        let accepted = &self.report.suppressed;
        if accepted.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "## Accepted\n\nFound, and not reported as somebody said so.\n"
        )?;
        for suppressed in accepted.iter().take(LISTED) {
            let why = match &suppressed.suppression {
                Suppression::Baseline => "in the baseline".to_owned(),
                Suppression::Inline {
                    reason: Some(reason),
                    ..
                } => format!("a comment: {}", text(reason)),
                Suppression::Inline { reason: None, .. } => "a comment without a reason".to_owned(),
            };
            let (id, finding) = (
                &suppressed.finding.rule.id,
                self.finding(&suppressed.finding),
            );
            writeln!(out, "- {id}: {finding} ({why})")?;
        }
        more(accepted.len(), out)?;
        writeln!(out)
    }

    fn not_scanned(&self, out: &mut dyn Write) -> io::Result<()> {
        let missed = &self.report.unscanned;
        if missed.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "## Not scanned\n\nNot at all, not to its end, or not by the rules of the policy.\n"
        )?;
        for unscanned in missed.iter().take(LISTED) {
            let told = message::unscanned(unscanned, &self.shown.mask);
            writeln!(out, "- {}", code(&told))?;
        }
        more(missed.len(), out)?;
        writeln!(out)
    }
}

fn more(all: usize, out: &mut dyn Write) -> io::Result<()> {
    match all.saturating_sub(LISTED) {
        0 => Ok(()),
        more => writeln!(out, "- and {} more", summary::thousands(more as u64)),
    }
}

/// What to go through where a token that could write was exposed.
fn exposure(out: &mut dyn Write) -> io::Result<()> {
    let mut sets: Vec<_> = RemedySet::all().map(|(_, set)| set).collect();
    // What most of a team's credentials are comes first.
    sets.sort_by_key(|set| Reverse(set.after_exposure.len()));
    for set in sets.into_iter().filter(|it| !it.after_exposure.is_empty()) {
        writeln!(out, "## After an exposure: {}\n", set.title)?;
        for step in &set.after_exposure {
            writeln!(out, "- [ ] {}", prose(step))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// A table to fill in: which tokens there are, and when they are due.
fn rotation(now: SystemTime, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "## Rotation\n\n\
         | tokens | at least every | due, if rotated today | name, owner | last rotated |\n\
         |---|---|---|---|---|"
    )?;
    for (tokens, days, every) in ROTATION {
        let due = date(now + DAY * days);
        writeln!(out, "| {tokens} | {every} | {due} | | |")?;
    }
    Ok(())
}

/// A day, as in `2026-03-01`.
fn date(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    gix::date::Time::new(seconds, 0)
        .format(gix::date::time::format::SHORT)
        .unwrap_or_else(|_| "1970-01-01".to_owned())
}
