//! The rules of one scan: the embedded ones, those of the user, and which of
//! them are selected.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use crate::document::{self, DocumentError};
use crate::name_class::NameClass;
use crate::rule::{Rule, Target};

/// The files of `rules/` that look for credentials, by name. A test checks that no file is
/// left out.
const EMBEDDED: &[(&str, &str)] = &[
    ("hfl-001.toml", include_str!("../rules/hfl-001.toml")),
    ("hfl-002.toml", include_str!("../rules/hfl-002.toml")),
    ("hfl-003.toml", include_str!("../rules/hfl-003.toml")),
    ("hfl-004.toml", include_str!("../rules/hfl-004.toml")),
    ("hfl-005.toml", include_str!("../rules/hfl-005.toml")),
    ("hfl-006.toml", include_str!("../rules/hfl-006.toml")),
    ("hfl-007.toml", include_str!("../rules/hfl-007.toml")),
    (
        "vnx-sec-027.toml",
        include_str!("../rules/vnx-sec-027.toml"),
    ),
];

/// Those that look for practices. They are read where somebody asks for them: to read them
/// takes longer than to scan a few files.
const POLICY: &[(&str, &str)] = &[
    ("hfp-101.toml", include_str!("../rules/hfp-101.toml")),
    ("hfp-102.toml", include_str!("../rules/hfp-102.toml")),
    ("hfp-103.toml", include_str!("../rules/hfp-103.toml")),
    ("hfp-104.toml", include_str!("../rules/hfp-104.toml")),
    ("hfp-105.toml", include_str!("../rules/hfp-105.toml")),
    ("hfp-106.toml", include_str!("../rules/hfp-106.toml")),
    ("hfp-107.toml", include_str!("../rules/hfp-107.toml")),
    ("hfp-108.toml", include_str!("../rules/hfp-108.toml")),
    ("hfp-109.toml", include_str!("../rules/hfp-109.toml")),
    ("hfp-110.toml", include_str!("../rules/hfp-110.toml")),
    ("hfp-111.toml", include_str!("../rules/hfp-111.toml")),
    ("hfp-112.toml", include_str!("../rules/hfp-112.toml")),
    ("hfp-113.toml", include_str!("../rules/hfp-113.toml")),
    ("hfp-201.toml", include_str!("../rules/hfp-201.toml")),
    ("hfp-202.toml", include_str!("../rules/hfp-202.toml")),
    ("hfp-203.toml", include_str!("../rules/hfp-203.toml")),
    ("hfp-204.toml", include_str!("../rules/hfp-204.toml")),
    ("hfp-205.toml", include_str!("../rules/hfp-205.toml")),
    ("hfp-301.toml", include_str!("../rules/hfp-301.toml")),
    ("hfp-302.toml", include_str!("../rules/hfp-302.toml")),
    ("hfp-303.toml", include_str!("../rules/hfp-303.toml")),
    ("hfp-304.toml", include_str!("../rules/hfp-304.toml")),
    ("hfp-401.toml", include_str!("../rules/hfp-401.toml")),
    ("hfp-402.toml", include_str!("../rules/hfp-402.toml")),
    ("hfp-403.toml", include_str!("../rules/hfp-403.toml")),
    ("hfp-404.toml", include_str!("../rules/hfp-404.toml")),
    ("hfp-405.toml", include_str!("../rules/hfp-405.toml")),
    ("hfp-406.toml", include_str!("../rules/hfp-406.toml")),
    ("hfp-407.toml", include_str!("../rules/hfp-407.toml")),
    ("hfp-408.toml", include_str!("../rules/hfp-408.toml")),
    ("hfp-409.toml", include_str!("../rules/hfp-409.toml")),
    ("hfp-410.toml", include_str!("../rules/hfp-410.toml")),
    ("hfp-411.toml", include_str!("../rules/hfp-411.toml")),
    ("hfp-412.toml", include_str!("../rules/hfp-412.toml")),
    ("hfp-413.toml", include_str!("../rules/hfp-413.toml")),
    ("hfp-414.toml", include_str!("../rules/hfp-414.toml")),
];

/// Rules, in the order of their ids.
#[derive(Debug, Clone)]
pub struct RuleSet {
    rules: Vec<Arc<Rule>>,
}

/// Why a set of rules could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RuleSetError {
    /// A rule's file has a mistake in it.
    #[error("broken rule: {0}")]
    Broken(#[from] DocumentError),
    /// A folder or file of rules cannot be read.
    #[error("cannot read rules from {}: {source}", .path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder has no rule in it.
    #[error("no rules in {}: a rule is a file whose name ends in .toml", .path.display())]
    None {
        /// The folder.
        path: PathBuf,
    },
    /// Two rules have one id.
    #[error("{}: the id {id} is taken by another rule; ids must be unique", .path.display())]
    Taken {
        /// The file of the second one.
        path: PathBuf,
        /// The id of both.
        id: String,
    },
    /// A selector fits no rule.
    #[error("no rule is named {selector}{}; known are: {known}", hint(.selector, .known))]
    Unknown {
        /// What the user wrote.
        selector: String,
        /// The ids there are, joined by commas.
        known: String,
    },
    /// Nothing is left to look for.
    #[error("no rule is selected: --select and --ignore leave none of {known}")]
    Empty {
        /// The ids there are, joined by commas.
        known: String,
    },
}

fn hint(selector: &str, known: &str) -> String {
    document::nearest(&selector.to_uppercase(), known.split(", "))
        .map(|near| format!("; did you mean {near}?"))
        .unwrap_or_default()
}

/// What the user writes to select every rule there is.
pub const ALL: &str = "ALL";

/// Which rules a user wants.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// Those whose ids begin with one of these; where there are none, all that look for
    /// credentials.
    pub select: &'w [String],
    /// And with none of these.
    pub ignore: &'w [String],
    /// Whether those that look for practices are wanted beside what is selected.
    pub policy: Policy,
}

/// Whether the rules that look for practices are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// They are.
    Enforce,
    /// They are not, but for those that are selected.
    LeaveOut,
}

fn selects(selector: &str, rule: &Rule) -> bool {
    let selector = selector.to_uppercase();
    selector == ALL || !selector.is_empty() && rule.id.starts_with(&selector)
}

impl RuleSet {
    /// The rules that come with the program and are on by default: those for credentials.
    #[must_use]
    pub fn embedded() -> Self {
        static RULES: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::read(EMBEDDED));
        RULES.clone()
    }

    /// The rules that come with the program and are off by default: those for practices.
    #[must_use]
    pub fn policy() -> Self {
        static RULES: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::read(POLICY));
        RULES.clone()
    }

    fn read(files: &[(&str, &str)]) -> Self {
        let rules = files.iter().map(|(name, text)| {
            let rule = Rule::parse_unchecked(Path::new(name), text);
            Arc::new(rule.expect("embedded rules parse, as a test checks"))
        });
        Self::of(rules.collect())
    }

    fn of(mut rules: Vec<Arc<Rule>>) -> Self {
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        Self { rules }
    }

    /// These and others, none of which has the id of one of these.
    #[must_use]
    pub fn with(&self, others: &Self) -> Self {
        Self::of(self.iter().chain(others.iter()).cloned().collect())
    }

    /// Adds every rule (`*.toml`) of a folder.
    ///
    /// # Errors
    /// [`RuleSetError::Unreadable`], [`RuleSetError::None`] and
    /// [`RuleSetError::Taken`] for the folder and its files,
    /// [`RuleSetError::Broken`] for what is in them.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), RuleSetError> {
        let unreadable = |path: &Path| {
            let path = path.to_path_buf();
            |source| RuleSetError::Unreadable { path, source }
        };
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
            let path = entry.map_err(unreadable(folder))?.path();
            let is_rule = path
                .extension()
                .is_some_and(|extension| extension == "toml");
            if is_rule && path.is_file() {
                files.push(path);
            }
        }
        if files.is_empty() {
            return Err(RuleSetError::None {
                path: folder.to_path_buf(),
            });
        }
        files.sort();
        for path in files {
            let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
            self.add(&path, Rule::parse(&path, &text)?)?;
        }
        Ok(())
    }

    fn add(&mut self, path: &Path, rule: Rule) -> Result<(), RuleSetError> {
        let of_policy = |(name, _): &(&str, &str)| {
            let id = name.strip_suffix(".toml");
            id.is_some_and(|id| id.eq_ignore_ascii_case(&rule.id))
        };
        match self.rules.binary_search_by(|other| other.id.cmp(&rule.id)) {
            Err(_) if POLICY.iter().any(of_policy) => Err(RuleSetError::Taken {
                path: path.to_path_buf(),
                id: rule.id,
            }),
            Ok(_) => Err(RuleSetError::Taken {
                path: path.to_path_buf(),
                id: rule.id,
            }),
            Err(place) => {
                self.rules.insert(place, Arc::new(rule));
                Ok(())
            }
        }
    }

    /// Whether a rule's id begins with what the user wrote, or the user wrote [`ALL`].
    #[must_use]
    pub fn fits(&self, selector: &str) -> bool {
        self.rules.iter().any(|rule| selects(selector, rule))
    }

    /// The rules that a user wants of these.
    ///
    /// # Errors
    /// [`RuleSetError::Unknown`] for a selector that fits no rule,
    /// [`RuleSetError::Empty`] where no rule is left.
    pub fn selection(&self, wanted: &Wanted<'_>) -> Result<Self, RuleSetError> {
        let Wanted {
            select,
            ignore,
            policy,
        } = *wanted;
        for selector in select.iter().chain(ignore) {
            if !self.fits(selector) {
                return Err(RuleSetError::Unknown {
                    selector: selector.clone(),
                    known: self.ids(),
                });
            }
        }
        let is_one_of = |rule: &Rule, selectors: &[String]| {
            selectors.iter().any(|selector| selects(selector, rule))
        };
        let is_wanted = |rule: &Rule| match rule.target {
            Target::Credential(_) => select.is_empty() || is_one_of(rule, select),
            Target::Practice(_) => policy == Policy::Enforce || is_one_of(rule, select),
        };
        let selected = |rule: &&Arc<Rule>| is_wanted(rule) && !is_one_of(rule, ignore);
        let rules: Vec<_> = self.rules.iter().filter(selected).cloned().collect();
        if rules.is_empty() {
            return Err(RuleSetError::Empty { known: self.ids() });
        }
        Ok(Self { rules })
    }

    /// The rule of this id.
    ///
    /// # Errors
    /// [`RuleSetError::Unknown`] where there is none.
    pub fn get(&self, id: &str) -> Result<&Arc<Rule>, RuleSetError> {
        let found = self
            .rules
            .iter()
            .find(|rule| rule.id.eq_ignore_ascii_case(id));
        found.ok_or_else(|| RuleSetError::Unknown {
            selector: id.to_owned(),
            known: self.ids(),
        })
    }

    /// The rules, in the order of their ids.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<Rule>> {
        self.rules.iter()
    }

    /// Whether no rule of the set holds in files of `class`.
    #[must_use]
    pub fn all_exclude(&self, class: NameClass) -> bool {
        self.rules.iter().all(|rule| rule.excludes(class))
    }

    fn ids(&self) -> String {
        let ids: Vec<_> = self.rules.iter().map(|rule| rule.id.as_str()).collect();
        ids.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn text_with(find: &str, replace: &str) -> String {
        let (_, text) = EMBEDDED[EMBEDDED.len() - 1];
        assert!(text.contains(find), "{find}");
        text.replacen(find, replace, 1)
    }

    fn mistake(find: &str, replace: &str) -> String {
        Rule::parse(Path::new("r.toml"), &text_with(find, replace))
            .expect_err("the rule is broken")
            .to_string()
    }

    #[test]
    fn every_file_of_the_folder_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let files: BTreeSet<_> = fs::read_dir(folder)
            .expect("rules/ is there")
            .map(|entry| entry.expect("rules/ can be listed").path())
            .filter(|path| path.is_file())
            .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
            .collect();
        let embedded: BTreeSet<_> = EMBEDDED
            .iter()
            .chain(POLICY)
            .map(|(name, _)| (*name).to_owned())
            .collect();
        assert_eq!(files, embedded);
    }

    #[test]
    fn a_broken_rule_is_told_by_file_line_and_reason() {
        assert_eq!(
            mistake("severity = \"high\"", "severity = \"hihg\""),
            "r.toml:4:12: unknown value `hihg`; did you mean `high`?"
        );
        assert_eq!(
            mistake("capec =", "kapec ="),
            "r.toml:6:1: unknown key `kapec`; did you mean `capec`?"
        );
        assert!(mistake("{34,}'", "{34,'").contains("repetition"));
        assert!(mistake("{34,}'", "*|'").contains("matches the empty text"));
        assert!(mistake("{34,}'", "{4000,}'").contains("the limit is"));
        assert!(mistake("id = \"VNX-SEC-027\"", "id = \"vnx\"").contains("id `vnx`"));
        assert!(mistake("literal = \"hf_\"", "literal = \"zz\"").contains("contain `literal`"));
        assert!(mistake("{34,}'", "{39,}'").contains("does not match this example"));
        assert!(mistake("{34,}'", "{33,}'").contains("matches this counterexample"));
        let shared = "remedies-from = \"hub-token\"";
        assert!(mistake(shared, "remedies-from = 'x'").contains("known are: client-secret"));
        assert!(mistake(shared, "").contains("has no `other`"));
        let own = "remedies = { python2 = '' }";
        assert!(mistake(shared, own).contains("unknown value `python2`"));
    }

    #[test]
    fn selectors_are_prefixes_and_must_fit_a_rule() {
        let rules = RuleSet::embedded();
        let select = |select: &str| {
            rules.selection(&Wanted {
                select: &[select.to_owned()],
                ignore: &[],
                policy: Policy::LeaveOut,
            })
        };
        assert_eq!(select("VNX").expect("VNX fits").iter().len(), 1);
        assert_eq!(
            select("VNX-SEC-072").expect_err("no such rule").to_string(),
            "no rule is named VNX-SEC-072; did you mean VNX-SEC-027?; known are: HFL-001, \
             HFL-002, HFL-003, HFL-004, HFL-005, HFL-006, HFL-007, VNX-SEC-027"
        );
        let all = ["VNX".to_owned(), "HFL".to_owned()];
        assert!(matches!(
            rules.selection(&Wanted {
                select: &[],
                ignore: &all,
                policy: Policy::LeaveOut,
            }),
            Err(RuleSetError::Empty { .. })
        ));
    }
}
