//! What a finding says in words, for the formats that know no more of it than a
//! text: a headline, and what else is known and to be done, a paragraph each.

use super::Unscanned;
use super::claims::ClaimsRecord;
use super::history_text;
use super::same_token::SameToken;
use crate::finding::Finding;
use crate::mask::Mask;

/// `Hardcoded Hugging Face token hf_…89AB (low confidence)`.
pub(super) fn headline(finding: &Finding) -> String {
    format!(
        "{} {} ({} confidence)",
        finding.rule.title,
        finding.secret,
        finding.confidence.name()
    )
}

/// What is known of a finding beside where it is, and what to do, in order.
pub(super) fn paragraphs(finding: &Finding, same: &SameToken<'_>, mask: &Mask) -> Vec<String> {
    let mut paragraphs = Vec::new();
    if let Some(claims) = finding.claims.as_deref() {
        let claims = ClaimsRecord::new(claims, mask).phrase();
        paragraphs.push(format!("It says: {claims}."));
    }
    if let Some((places, also)) = same.phrase(finding, mask) {
        paragraphs.push(format!("{places}: {also}."));
    }
    if let Some(history) = finding.history.as_deref() {
        let sentence = history_text::sentence(history, mask);
        paragraphs.push(sentence.trim_end().to_owned());
    }
    paragraphs.extend(finding.remedies().into_iter().map(str::to_owned));
    paragraphs
}

/// All of it: the headline as a sentence, and a line for each paragraph.
pub(super) fn text(finding: &Finding, same: &SameToken<'_>, mask: &Mask) -> String {
    let paragraphs = paragraphs(finding, same, mask).join("\n");
    format!("{}.\n{paragraphs}", headline(finding))
}

/// What could not be scanned, and why: `a/b.txt: permission denied`.
pub(super) fn unscanned(unscanned: &Unscanned, mask: &Mask) -> String {
    let path = mask.text(unscanned.path.as_os_str().as_encoded_bytes());
    let reason = mask.text(unscanned.reason.as_bytes());
    format!("{path}: {reason}")
}
