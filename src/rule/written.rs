//! A rule as its file writes it, and what of it no type of TOML can say: that it looks for a
//! credential or names a check, and which remedies are its own.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Counterexample, Credential, Example, Fault, Rule, Target};
use crate::context::Context;
use crate::document;
use crate::name_class::NameClass;
use crate::pattern::Pattern;
use crate::policy;
use crate::remedy::{Remedy, RemedySet};
use crate::severity::Severity;

/// A rule as its file writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    id: String,
    name: String,
    title: String,
    severity: Severity,
    #[serde(default)]
    cwe: Vec<String>,
    #[serde(default)]
    capec: Vec<String>,
    #[serde(default)]
    attack: Vec<String>,
    #[serde(default)]
    references: Vec<String>,
    description: String,
    literal: Option<Spanned<String>>,
    pattern: Option<Spanned<Pattern>>,
    exact: Option<Spanned<Pattern>>,
    revoke: Option<Spanned<String>>,
    check: Option<Spanned<String>>,
    #[serde(default)]
    exclude: Vec<NameClass>,
    #[serde(rename = "remedies-from")]
    shared_remedies: Option<Spanned<String>>,
    #[serde(rename = "remedies", default)]
    own_remedies: BTreeMap<Context, Remedy>,
    #[serde(default)]
    examples: Vec<Spanned<Example>>,
    #[serde(default)]
    counterexamples: Vec<Spanned<Counterexample>>,
}

/// Where in a rule's file its keys stand, in bytes.
pub(super) struct Places {
    pub(super) literal: usize,
    pub(super) pattern: usize,
}

impl Written {
    pub(super) fn places(&self) -> Places {
        fn start<T>(key: Option<&Spanned<T>>) -> usize {
            key.map_or(0, |it| it.span().start)
        }
        Places {
            literal: start(self.literal.as_ref()),
            pattern: start(self.pattern.as_ref()),
        }
    }

    pub(super) fn rule(mut self) -> Result<Rule, Fault> {
        let target = self.target()?;
        let remedies = self.remedies()?;
        Ok(Rule {
            id: self.id,
            name: self.name,
            title: self.title,
            severity: self.severity,
            cwe: self.cwe,
            capec: self.capec,
            attack: self.attack,
            references: self.references,
            description: self.description,
            target,
            exclude: self.exclude,
            own_remedies: self.own_remedies.into_keys().collect(),
            shared_remedies: self.shared_remedies.map(Spanned::into_inner),
            remedies,
            examples: self.examples,
            counterexamples: self.counterexamples,
        })
    }

    /// What the rule looks for: it says what a credential looks like, or names a check.
    fn target(&mut self) -> Result<Target, Fault> {
        if let Some(check) = self.check.take() {
            let misplaced = [
                self.literal.as_ref().map(|it| ("literal", it.span())),
                self.pattern.as_ref().map(|it| ("pattern", it.span())),
                self.exact.as_ref().map(|it| ("exact", it.span())),
                self.revoke.as_ref().map(|it| ("revoke", it.span())),
            ];
            if let Some((key, span)) = misplaced.into_iter().flatten().next() {
                return Err(Fault {
                    offset: span.start,
                    reason: format!(
                        "a rule with a `check` looks for no credential: it has no {key}"
                    ),
                });
            }
            return match policy::practice(check.get_ref()) {
                Some(_) => Ok(Target::Practice(check.into_inner())),
                None => Err(unknown_check(&check)),
            };
        }
        let missing = |key: &str| Fault {
            offset: 0,
            reason: format!("the rule has no {key}; a rule without a `check` needs one"),
        };
        let exact = self.exact.take().map(Spanned::into_inner);
        Ok(Target::Credential(Credential {
            literal: self
                .literal
                .take()
                .ok_or_else(|| missing("literal"))?
                .into_inner(),
            pattern: self
                .pattern
                .take()
                .ok_or_else(|| missing("pattern"))?
                .into_inner(),
            revoke: self
                .revoke
                .take()
                .ok_or_else(|| missing("revoke"))?
                .into_inner(),
            issued: exact.as_ref().and_then(Pattern::issued),
            exact,
        }))
    }

    /// The remedies that the rule shares, and over them its own.
    fn remedies(&self) -> Result<RemedySet, Fault> {
        let mut remedies = RemedySet::default();
        if let Some(name) = &self.shared_remedies {
            let set = RemedySet::named(name.get_ref()).ok_or_else(|| {
                let known: Vec<_> = RemedySet::all().map(|(name, _)| name).collect();
                let known = known.join(", ");
                let name_of_set = name.get_ref();
                Fault::of(
                    name,
                    &format!("no set of remedies is named `{name_of_set}`; known are: {known}"),
                )
            })?;
            remedies = set.clone();
        }
        remedies.places.extend(self.own_remedies.clone());
        if remedies.places.contains_key(&Context::Other) {
            return Ok(remedies);
        }
        Err(Fault {
            offset: 0,
            reason: "remedies has no `other`, which is shown where no other fits".to_owned(),
        })
    }
}

fn unknown_check(check: &Spanned<String>) -> Fault {
    let name = check.get_ref();
    let known: Vec<_> = policy::PRACTICES.iter().map(|it| it.name).collect();
    let near = document::nearest(name, known.iter().copied());
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Fault::of(check, &format!("no check is named `{name}`{hint}"))
}
