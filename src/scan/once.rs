//! Once: a token that is seen in several ways at one place is one finding.
//!
//! A container's bytes may show what a member shows too, and a text what is encoded in
//! it: the finding that says most exactly where it is stays.

use std::collections::HashMap;

use crate::blob::Origin;
use crate::finding::Finding;
use crate::fingerprint::TokenId;
use crate::triage::judge::Verdict;

/// The findings of a blob and of what is in it, each token once at each place.
pub(super) fn once(findings: Vec<(Finding, Verdict)>) -> Vec<(Finding, Verdict)> {
    if findings.len() < 2 {
        return findings;
    }
    let mut of_token: HashMap<(&str, TokenId), Vec<usize>> = HashMap::new();
    for (place, (finding, _)) in findings.iter().enumerate() {
        if let Some(token) = finding.token() {
            let token = (finding.rule.id.as_str(), token.id);
            of_token.entry(token).or_default().push(place);
        }
    }
    let mut is_told = vec![false; findings.len()];
    for places in of_token.values().filter(|places| places.len() > 1) {
        let is_plain = |place: &usize| {
            let (finding, _) = &findings[*place];
            finding.encodings.is_empty() && finding.within.is_none()
        };
        let first = &findings[places[0]].0.origin;
        // Nearly always it just stands in one file several times.
        if places
            .iter()
            .all(|place| is_plain(place) && findings[*place].0.origin == *first)
        {
            continue;
        }
        for &place in places.iter().take(MOST_COMPARED) {
            let (finding, _) = &findings[place];
            let others = places
                .iter()
                .take(MOST_COMPARED)
                .filter(|other| **other != place);
            is_told[place] = others
                .into_iter()
                .any(|&other| is_better(&findings[other].0, other, finding, place));
        }
    }
    mark_glued(&findings, &mut is_told);
    let kept = findings.into_iter().zip(is_told).filter(|(_, told)| !told);
    kept.map(|(finding, _)| finding).collect()
}

/// Marks what is a token with something glued to it, where a member shows the token alone:
/// the bytes of a table have nothing between two values.
fn mark_glued(findings: &[(Finding, Verdict)], is_told: &mut [bool]) {
    let member = |(finding, _): &&(Finding, Verdict)| matches!(*finding.origin, Origin::Member(_));
    let members: Vec<_> = findings.iter().filter(member).take(MOST_COMPARED).collect();
    if members.is_empty() {
        return;
    }
    for ((finding, _), is_told) in findings.iter().zip(is_told).take(MOST_COMPARED) {
        *is_told |= members.iter().any(|(member, _)| {
            member.rule.id == finding.rule.id
                && finding
                    .token()
                    .zip(member.token())
                    .is_some_and(|(token, alone)| {
                        is_glued(token.secret.bytes(), alone.secret.bytes())
                    })
                && member.origin.is_inside(&finding.origin)
        });
    }
}

/// Whether a token begins with another one and goes on.
pub(super) fn is_glued(token: &[u8], alone: &[u8]) -> bool {
    token.len() > alone.len() && token.starts_with(alone)
}

/// One token in more places is not compared with itself any more.
const MOST_COMPARED: usize = 1000;

/// Whether a finding of the same token says all that another one says.
fn is_better(one: &Finding, place: usize, other: &Finding, other_place: usize) -> bool {
    if one.origin.is_inside(&other.origin) {
        return true;
    }
    if one.origin != other.origin {
        return false;
    }
    let start = |finding: &Finding| finding.location.offset;
    let end = |finding: &Finding| finding.location.offset + finding.location.length;
    let is_here = start(one) < end(other) && start(other) < end(one);
    if is_here {
        let rank =
            |finding: &Finding, place| (finding.within.is_none(), finding.encodings.len(), place);
        return rank(one, place) < rank(other, other_place);
    }
    false
}
