//! What to do first, told once for all findings: revoke, and what comes with it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Finding;

/// A step, and whom or when it concerns, if not every finding.
pub(super) struct Step<'f> {
    /// `VNX-SEC-027, HFL-001` or `In the history`.
    pub(super) label: Option<String>,
    /// What to do.
    pub(super) text: Cow<'f, str>,
}

/// The steps for these findings, those of rules that say the same once.
pub(super) fn first_steps(findings: &[Finding]) -> Vec<Step<'_>> {
    let mut revocations: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut history: BTreeSet<&str> = BTreeSet::new();
    let mut checklist = None;
    for finding in findings {
        let rule = &finding.rule;
        let remedies = &rule.remedies;
        let Some(credential) = rule.credential() else {
            continue;
        };
        revocations
            .entry(&credential.revoke)
            .or_default()
            .insert(&rule.id);
        let in_history = finding.history.as_ref();
        history.extend(in_history.and(remedies.history.as_deref()));
        let has_checklist = !remedies.after_exposure.is_empty();
        checklist = checklist.or(has_checklist.then_some(&rule.id));
    }
    let several = revocations.len() > 1;
    let mut revocations: Vec<_> = revocations.into_iter().collect();
    revocations.sort_by(|(_, some), (_, others)| some.cmp(others));
    let revocations = revocations.into_iter().map(|(text, rules)| Step {
        label: several.then(|| rules.into_iter().collect::<Vec<_>>().join(", ")),
        text: text.into(),
    });
    let history = history.into_iter().map(|text| Step {
        label: Some("In the history".to_owned()),
        text: text.into(),
    });
    let checklist = checklist.map(|id| Step {
        label: Some("If it could write".to_owned()),
        text: format!(
            "somebody may have used it; `hfleaks --explain {id}` has the list of what to go \
             through."
        )
        .into(),
    });
    revocations.chain(history).chain(checklist).collect()
}
