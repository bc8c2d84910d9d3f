//! A rule: one kind of credential, as its file in `rules/` describes it.
//!
//! A rule is data. What runs it is the detect stage, what grades its matches
//! is triage; here it is only read and checked.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::context::Context;
use crate::document::{self, DocumentError};
use crate::name_class::{NameClass, NameClasses};
use crate::pattern::{Issued, Pattern};
use crate::remedy::{Remedy, RemedySet};
use crate::severity::Severity;

/// The longest text, in bytes, that a match of any rule may need: a rule whose
/// pattern cannot match anything shorter is refused.
///
/// Files are read in windows that overlap by more than this.
pub const LONGEST_MINIMUM: usize = 2048;

/// One kind of credential.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Identifier: upper-case words joined by dashes, such as `VNX-SEC-027`.
    pub id: String,
    /// Short name in lower case with dashes, for tools.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// How much damage a leak does.
    pub severity: Severity,
    /// CWE identifiers, such as `CWE-798`.
    #[serde(default)]
    pub cwe: Vec<String>,
    /// CAPEC identifiers, such as `CAPEC-191`.
    #[serde(default)]
    pub capec: Vec<String>,
    /// MITRE ATT&CK technique identifiers, such as `T1552.001`.
    #[serde(default)]
    pub attack: Vec<String>,
    /// Pages to read on.
    #[serde(default)]
    pub references: Vec<String>,
    /// What leaks and why it matters, in a paragraph.
    pub description: String,
    /// Text that every match contains; the scanner looks for it first.
    pub literal: Spanned<String>,
    /// What matches. Bytes, not characters: classes are ASCII.
    pub pattern: Spanned<Pattern>,
    /// The exact shape that the provider issues, if it is narrower than the
    /// pattern.
    pub exact: Option<Pattern>,
    /// What the exact shape says of what is random in it.
    #[serde(skip)]
    issued: Option<Issued>,
    /// Classes of files in which the rule does not hold.
    #[serde(default)]
    pub exclude: Vec<NameClass>,
    /// What to do first, wherever it was found.
    pub revoke: String,
    /// What to do where it was found.
    #[serde(skip)]
    pub remedies: RemedySet,
    /// The set of remedies that the rule shares with others.
    #[serde(rename = "remedies-from")]
    shared_remedies: Option<Spanned<String>>,
    /// The remedies that are the rule's own.
    #[serde(rename = "remedies", default)]
    own_remedies: BTreeMap<Context, String>,
    /// Texts in which the rule finds exactly one match each.
    pub examples: Vec<Spanned<Example>>,
    /// Texts in which it finds none.
    #[serde(default)]
    pub counterexamples: Vec<Spanned<Counterexample>>,
}

/// A text with one match.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The path of the file it would stand in.
    pub path: String,
    /// The text.
    pub text: String,
}

/// A text without a match.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counterexample {
    /// The path of the file it would stand in.
    pub path: String,
    /// The text.
    pub text: String,
    /// Why the rule passes over it.
    pub reason: String,
}

impl Rule {
    /// Reads the rule that `text`, the contents of `path`, describes.
    ///
    /// # Errors
    /// Whatever is wrong with it, with its line: TOML that does not parse, a
    /// key or value that rules do not have, a pattern that is not a regular
    /// expression, an example that the pattern does not match.
    pub fn parse(path: &Path, text: &str) -> Result<Self, DocumentError> {
        let rule = Self::parse_unchecked(path, text)?;
        rule.check()
            .map_err(|fault| DocumentError::at(path, text, fault.offset, fault.reason))?;
        Ok(rule)
    }

    /// The same for a rule that a test has checked.
    pub(crate) fn parse_unchecked(path: &Path, text: &str) -> Result<Self, DocumentError> {
        let mut rule: Self = document::parse(path, text)?;
        rule.gather_remedies()
            .map_err(|fault| DocumentError::at(path, text, fault.offset, fault.reason))?;
        rule.issued = rule.exact.as_ref().and_then(Pattern::issued);
        Ok(rule)
    }

    /// Whether the rule does not hold in files of `class`.
    #[must_use]
    pub fn excludes(&self, class: NameClass) -> bool {
        self.exclude.contains(&class)
    }

    /// What the exact shape says of the random part, where that is so many
    /// characters of one class behind a literal.
    #[must_use]
    pub fn issued(&self) -> Option<Issued> {
        self.issued
    }

    /// What to do about a credential found in `context`.
    #[must_use]
    pub fn remedy(&self, context: Context) -> &Remedy {
        let places = &self.remedies.places;
        places
            .get(&context)
            .or_else(|| places.get(&Context::Other))
            .expect("a rule without a remedy for `other` is refused when it is read")
    }

    /// The name of the set of remedies that it shares with other rules.
    #[must_use]
    pub fn shared_remedies(&self) -> Option<&str> {
        let name = self.shared_remedies.as_ref()?;
        Some(name.get_ref())
    }

    /// The remedies that are its own.
    #[must_use]
    pub fn own_remedies(&self) -> RemedySet {
        let own = |context: &&Context| self.own_remedies.contains_key(context);
        let places = self.remedies.places.keys().filter(own);
        RemedySet {
            places: places
                .map(|own| (*own, self.remedy(*own).clone()))
                .collect(),
            ..RemedySet::default()
        }
    }

    /// Puts the rule's own remedies over those it shares.
    fn gather_remedies(&mut self) -> Result<(), Fault> {
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
            self.remedies = set.clone();
        }
        let own = self.own_remedies.iter();
        let own = own.map(|(context, text)| (*context, Remedy::from(text.clone())));
        self.remedies.places.extend(own);
        if self.remedies.places.contains_key(&Context::Other) {
            return Ok(());
        }
        Err(Fault {
            offset: 0,
            reason: "remedies has no `other`, which is shown where no other fits".to_owned(),
        })
    }

    /// Checks what TOML's types cannot say.
    fn check(&self) -> Result<(), Fault> {
        if !is_rule_id(&self.id) {
            return Err(Fault {
                offset: 0,
                reason: format!(
                    "id `{}` is not upper-case words joined by dashes, such as `ACME-001`",
                    self.id
                ),
            });
        }
        self.check_texts()?;
        if self.literal.get_ref().is_empty() {
            return Err(Fault::of(
                &self.literal,
                "literal is empty; give text that every match contains",
            ));
        }
        self.check_pattern()?;
        self.check_examples()
    }

    /// Texts are shown as they are, on terminals too.
    fn check_texts(&self) -> Result<(), Fault> {
        let own = self.own_remedies.values().map(|text| ("remedies", text));
        let shown = [
            ("name", &self.name),
            ("title", &self.title),
            ("description", &self.description),
            ("revoke", &self.revoke),
        ];
        for (key, text) in shown.into_iter().chain(own) {
            if text.contains(char::is_control) {
                return Err(Fault {
                    offset: 0,
                    reason: format!(
                        "{key} has a line break or another control character; write it in one \
                         line, which is wrapped where it is shown"
                    ),
                });
            }
        }
        Ok(())
    }

    fn check_pattern(&self) -> Result<(), Fault> {
        match self.pattern.get_ref().shortest_match() {
            Some(0) | None => Err(Fault::of(
                &self.pattern,
                "pattern matches the empty text; a credential has at least one byte",
            )),
            Some(length) if length > LONGEST_MINIMUM => Err(Fault::of(
                &self.pattern,
                &format!(
                    "pattern matches nothing under {length} bytes; the limit is {LONGEST_MINIMUM}"
                ),
            )),
            Some(_) => Ok(()),
        }
    }

    fn check_examples(&self) -> Result<(), Fault> {
        let classes = NameClasses::new();
        let regex = self.pattern.get_ref().regex();
        let literal = self.literal.get_ref().as_bytes();
        for spanned in &self.examples {
            let example = spanned.get_ref();
            let found: Vec<_> = regex.find_iter(example.text.as_bytes()).collect();
            let reason = match found.as_slice() {
                [one] if memchr::memmem::find(one.as_bytes(), literal).is_none() => {
                    "the match in this example does not contain `literal`"
                }
                [_] if self.is_excluded(&classes, &example.path) => {
                    "the path of this example is excluded by the rule itself"
                }
                [_] => continue,
                [] => "the pattern does not match this example",
                _ => "the pattern matches this example more than once; give each match its own",
            };
            return Err(Fault::of(spanned, reason));
        }
        for spanned in &self.counterexamples {
            let counterexample = spanned.get_ref();
            if regex.is_match(counterexample.text.as_bytes())
                && !self.is_excluded(&classes, &counterexample.path)
            {
                return Err(Fault::of(
                    spanned,
                    "the pattern matches this counterexample",
                ));
            }
        }
        if self.examples.is_empty() {
            return Err(Fault {
                offset: 0,
                reason: "the rule has no [[examples]]; give at least one".to_owned(),
            });
        }
        Ok(())
    }

    fn is_excluded(&self, classes: &NameClasses, path: &str) -> bool {
        classes
            .class_of(Path::new(path))
            .is_some_and(|class| self.excludes(class))
    }
}

/// Whether `word` is written like a rule's id: upper-case words and numbers,
/// joined by dashes.
#[must_use]
pub fn is_rule_id(word: &str) -> bool {
    word.contains('-')
        && word.split('-').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        })
}

/// A fault in a rule that parsed: where in the text, and what.
struct Fault {
    offset: usize,
    reason: String,
}

impl Fault {
    fn of<T>(place: &Spanned<T>, reason: &str) -> Self {
        Self {
            offset: place.span().start,
            reason: reason.to_owned(),
        }
    }
}
