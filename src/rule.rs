//! A rule: one kind of credential, or one thing that is not to be done with one, as its
//! file in `rules/` describes it.
//!
//! A rule is data. What runs it is the detect stage or a check of the policy stage, what
//! grades its matches is triage; here it is only read and checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::context::Context;
use crate::document::{self, DocumentError};
use crate::name_class::{NameClass, NameClasses};
use crate::pattern::{Issued, Pattern};
use crate::policy;
use crate::remedy::{Remedy, RemedySet};
use crate::severity::Severity;

/// The longest text, in bytes, that a match of any rule may need: a rule whose
/// pattern cannot match anything shorter is refused.
///
/// Files are read in windows that overlap by more than this.
pub const LONGEST_MINIMUM: usize = 2048;

/// One kind of credential, or one thing that is not to be done with one.
#[derive(Debug)]
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
    pub cwe: Vec<String>,
    /// CAPEC identifiers, such as `CAPEC-191`.
    pub capec: Vec<String>,
    /// MITRE ATT&CK technique identifiers, such as `T1552.001`.
    pub attack: Vec<String>,
    /// Pages to read on.
    pub references: Vec<String>,
    /// What leaks and why it matters, in a paragraph.
    pub description: String,
    /// What it looks for.
    pub target: Target,
    /// Classes of files in which the rule does not hold.
    pub exclude: Vec<NameClass>,
    /// What to do where it was found.
    pub remedies: RemedySet,
    /// The set of remedies that the rule shares with others.
    shared_remedies: Option<String>,
    /// The places whose remedies are the rule's own.
    own_remedies: BTreeSet<Context>,
    /// Texts in which the rule finds exactly one match each.
    pub examples: Vec<Spanned<Example>>,
    /// Texts in which it finds none.
    pub counterexamples: Vec<Spanned<Counterexample>>,
}

/// What a rule looks for.
#[derive(Debug)]
pub enum Target {
    /// A credential.
    Credential(Credential),
    /// Something that is not to be done with one: the name of the check that looks for
    /// it.
    Practice(String),
}

/// What a kind of credential looks like, and how it is revoked.
#[derive(Debug)]
pub struct Credential {
    /// Text that every match contains; the scanner looks for it first.
    pub literal: String,
    /// What matches. Bytes, not characters: classes are ASCII.
    pub pattern: Pattern,
    /// The exact shape that the provider issues, if it is narrower than the
    /// pattern.
    pub exact: Option<Pattern>,
    /// What the exact shape says of what is random in it: so many characters of one class
    /// behind a literal.
    pub issued: Option<Issued>,
    /// What to do first, wherever it was found.
    pub revoke: String,
}

/// A rule as its file writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
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
        let written: Written = document::parse(path, text)?;
        let fault = |fault: Fault| DocumentError::at(path, text, fault.offset, fault.reason);
        let places = written.places();
        let rule = written.rule().map_err(fault)?;
        rule.check(&places).map_err(fault)?;
        Ok(rule)
    }

    /// The same for a rule that a test has checked.
    pub(crate) fn parse_unchecked(path: &Path, text: &str) -> Result<Self, DocumentError> {
        let written: Written = document::parse(path, text)?;
        let rule = written.rule();
        rule.map_err(|fault| DocumentError::at(path, text, fault.offset, fault.reason))
    }

    /// What the credential looks like, if the rule looks for one.
    #[must_use]
    pub fn credential(&self) -> Option<&Credential> {
        match &self.target {
            Target::Credential(credential) => Some(credential),
            Target::Practice(_) => None,
        }
    }

    /// Whether the rule does not hold in files of `class`.
    #[must_use]
    pub fn excludes(&self, class: NameClass) -> bool {
        self.exclude.contains(&class)
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
        self.shared_remedies.as_deref()
    }

    /// The remedies that are its own.
    #[must_use]
    pub fn own_remedies(&self) -> RemedySet {
        let own = self.own_remedies.iter();
        RemedySet {
            places: own.map(|own| (*own, self.remedy(*own).clone())).collect(),
            ..RemedySet::default()
        }
    }

    /// Checks what TOML's types cannot say.
    fn check(&self, places: &Places) -> Result<(), Fault> {
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
        if self.examples.is_empty() {
            return Err(Fault {
                offset: 0,
                reason: "the rule has no [[examples]]; give at least one".to_owned(),
            });
        }
        let Some(credential) = self.credential() else {
            // What a check finds, only a scan can tell: a test runs its examples.
            return Ok(());
        };
        if credential.literal.is_empty() {
            return Err(Fault {
                offset: places.literal,
                reason: "literal is empty; give text that every match contains".to_owned(),
            });
        }
        credential.check_pattern(places.pattern)?;
        self.check_examples(credential)
    }

    /// Texts are shown as they are, on terminals too.
    fn check_texts(&self) -> Result<(), Fault> {
        let own = self.own_remedies.iter();
        let own = own.map(|place| ("remedies", &self.remedy(*place).text));
        let revoke = self.credential().map(|it| ("revoke", &it.revoke));
        let shown = [
            ("name", &self.name),
            ("title", &self.title),
            ("description", &self.description),
        ];
        for (key, text) in shown.into_iter().chain(revoke).chain(own) {
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

    fn check_examples(&self, credential: &Credential) -> Result<(), Fault> {
        let classes = NameClasses::new();
        let regex = credential.pattern.regex();
        let literal = credential.literal.as_bytes();
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
        Ok(())
    }

    fn is_excluded(&self, classes: &NameClasses, path: &str) -> bool {
        classes
            .class_of(Path::new(path))
            .is_some_and(|class| self.excludes(class))
    }
}

impl Credential {
    fn check_pattern(&self, offset: usize) -> Result<(), Fault> {
        let reason = match self.pattern.shortest_match() {
            Some(0) | None => {
                "pattern matches the empty text; a credential has at least one byte".to_owned()
            }
            Some(length) if length > LONGEST_MINIMUM => format!(
                "pattern matches nothing under {length} bytes; the limit is {LONGEST_MINIMUM}"
            ),
            Some(_) => return Ok(()),
        };
        Err(Fault { offset, reason })
    }
}

/// Where in a rule's file its keys stand, in bytes.
struct Places {
    literal: usize,
    pattern: usize,
}

impl Written {
    fn places(&self) -> Places {
        fn start<T>(key: Option<&Spanned<T>>) -> usize {
            key.map_or(0, |it| it.span().start)
        }
        Places {
            literal: start(self.literal.as_ref()),
            pattern: start(self.pattern.as_ref()),
        }
    }

    fn rule(mut self) -> Result<Rule, Fault> {
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
