//! Findings of one token belong together: revoking it once mends all of them.

use std::collections::HashMap;

use crate::finding::Finding;
use crate::fingerprint::TokenId;
use crate::mask::Mask;

/// The findings of a report, by token.
pub(super) struct SameToken<'r> {
    of_token: HashMap<TokenId, Vec<&'r Finding>>,
}

impl<'r> SameToken<'r> {
    pub(super) fn new(findings: &'r [Finding]) -> Self {
        let mut of_token: HashMap<TokenId, Vec<&Finding>> = HashMap::new();
        for finding in findings {
            if let Some(token) = finding.token() {
                of_token.entry(token.id).or_default().push(finding);
            }
        }
        Self { of_token }
    }

    /// How many tokens there are.
    pub(super) fn tokens(&self) -> usize {
        self.of_token.len()
    }

    fn all(&self, finding: &Finding) -> Option<&Vec<&'r Finding>> {
        self.of_token.get(&finding.token()?.id)
    }

    /// In how many places a finding's token is.
    pub(super) fn places(&self, finding: &Finding) -> usize {
        self.all(finding).map_or(1, Vec::len)
    }

    /// The first few other findings of a finding's token, in the order of the
    /// report.
    pub(super) fn others(
        &self,
        finding: &Finding,
        most: usize,
    ) -> impl Iterator<Item = &'r Finding> {
        let all = self.all(finding).into_iter().flatten();
        let is_other = |other: &&Finding| {
            other.fingerprint != finding.fingerprint || other.location != finding.location
        };
        all.copied().filter(is_other).take(most)
    }

    /// `Same token in 4 places`, and where the others are; nothing where it is
    /// the only one.
    pub(super) fn phrase(&self, finding: &Finding, mask: &Mask) -> Option<(String, String)> {
        /// More places are counted.
        const MOST: usize = 3;
        let places = self.places(finding);
        if places < 2 {
            return None;
        }
        let others = self.others(finding, MOST).map(|other| {
            let path = other.origin.path().as_os_str().as_encoded_bytes();
            let at = other.location;
            format!("{}:{}:{}", mask.text(path), at.line, at.column)
        });
        let others: Vec<_> = others.collect();
        let more = match places - 1 - others.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let also = format!("also {}{more}", others.join(", "));
        Some((format!("Same token in {places} places"), also))
    }
}
