//! What a finding says in words, for the formats that know no more of it than a
//! text: a headline, and what else is known and to be done, a paragraph each.

use super::Unscanned;
use super::claims::ClaimsRecord;
use super::history_text;
use super::same_token::SameToken;
use crate::blob::Origin;
use crate::encoding::Encoding;
use crate::finding::{Finding, Subject};
use crate::mask::Mask;
use crate::within::Within;

/// `Hardcoded Hugging Face token hf_…89AB (low confidence)`, or `Token in an argument: what
/// is done`.
pub(super) fn headline(finding: &Finding) -> String {
    let title = &finding.rule.title;
    match &finding.subject {
        Subject::Token(token) => format!(
            "{title} {} ({} confidence)",
            token.secret,
            finding.confidence.name()
        ),
        Subject::Practice(clause) => format!("{title}: {clause}"),
    }
}

/// Where the other places of the same token are told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    /// In the text.
    Here,
    /// In a list beside it, which the text counts.
    Apart,
}

/// What is known of a finding beside where it is, and what to do, in order.
pub(super) fn paragraphs(
    finding: &Finding,
    same: &SameToken<'_>,
    others: Others,
    mask: &Mask,
) -> Vec<String> {
    let mut paragraphs = Vec::new();
    if let Some(inside) = whereabouts(finding, mask) {
        paragraphs.push(format!("{inside}."));
    }
    if let Some(claims) = finding.claims() {
        let claims = ClaimsRecord::new(claims, mask).phrase();
        paragraphs.push(format!("It says: {claims}."));
    }
    if let Some((places, also)) = same.phrase(finding, mask) {
        paragraphs.push(match others {
            Others::Here => format!("{places}: {also}."),
            Others::Apart => format!("{places}."),
        });
    }
    if let Some(history) = finding.history.as_deref() {
        paragraphs.push(history_text::sentence(history, mask));
    }
    paragraphs.extend(finding.remedies().into_iter().map(str::to_owned));
    paragraphs
}

/// Where in its file a finding is, beside a line of it: in which member, in which part,
/// in which encoding. `Inside: app/.env:3:5; base64 of utf-16`.
pub(super) fn whereabouts(finding: &Finding, mask: &Mask) -> Option<String> {
    let path = finding.project_path.bytes();
    let member = path.get(finding.project_path.file().bytes().len() + 1..);
    let member = member.filter(|_| matches!(*finding.origin, Origin::Member(_)));
    let member = member.map(|member| {
        let place = finding.location;
        format!("{}:{}:{}", mask.text(member), place.line, place.column)
    });
    let within = finding.within.as_ref().map(Within::to_string);
    let encoding = (!finding.encodings.is_empty()).then(|| Encoding::phrase(&finding.encodings));
    let parts: Vec<_> = [member, within, encoding].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("Inside: {}", parts.join("; ")))
}

/// All of it: the headline as a sentence, and a line for each paragraph.
pub(super) fn text(finding: &Finding, same: &SameToken<'_>, mask: &Mask) -> String {
    let paragraphs = paragraphs(finding, same, Others::Here, mask).join("\n");
    format!("{}.\n{paragraphs}", headline(finding))
}

/// What could not be scanned, and why: `a/b.txt: permission denied`.
pub(super) fn unscanned(unscanned: &Unscanned, mask: &Mask) -> String {
    let path = mask.text(unscanned.path.as_os_str().as_encoded_bytes());
    let reason = mask.text(unscanned.reason.as_bytes());
    format!("{path}: {reason}")
}
