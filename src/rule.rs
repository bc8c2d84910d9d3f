//! A rule: one kind of credential, or one thing that is not to be done with one, as its
//! file in `rules/` describes it.
//!
//! A rule is data. What runs it is the detect stage or a check of the policy stage, what
//! grades its matches is triage; here it is only checked, and read in `written`.

mod written;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use self::written::{Places, Written};
use crate::context::Context;
use crate::document::{self, DocumentError};
use crate::mask::Mask;
use crate::name_class::{NameClass, NameClasses};
use crate::pattern::{Issued, Pattern};
use crate::remedy::{Remedy, RemedySet};
use crate::rule_set::RuleSet;
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
        let in_one_line = [
            ("name", &self.name),
            ("title", &self.title),
            ("description", &self.description),
        ];
        let in_one_line = in_one_line.into_iter().chain(revoke).chain(own);
        let fault = |reason| Err(Fault { offset: 0, reason });
        for (key, text) in in_one_line.clone() {
            if text.contains(char::is_control) {
                return fault(format!(
                    "{key} has a line break or another control character; write it in one \
                     line, which is wrapped where it is shown"
                ));
            }
        }
        let own = self.own_remedies.iter();
        let pastes = own.filter_map(|place| self.remedy(*place).paste.as_ref());
        let lists = [
            ("cwe", &self.cwe),
            ("capec", &self.capec),
            ("attack", &self.attack),
            ("references", &self.references),
            ("remedies", &self.remedies.after_exposure),
        ];
        let lists = lists.into_iter();
        let others = lists.flat_map(|(key, texts)| texts.iter().map(move |text| (key, text)));
        let others = others.chain(pastes.map(|text| ("remedies", text)));
        let mask = Mask::new(&RuleSet::embedded());
        for (key, text) in in_one_line.chain(others) {
            if matches!(mask.tokens(text.as_bytes()), Cow::Owned(_)) {
                return fault(format!("{key} holds a token; only an example may"));
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
