//! The rules of one scan: the embedded ones, those of the user, and which of
//! them are selected.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use crate::document::{self, DocumentError};
use crate::name_class::NameClass;
use crate::rule::Rule;

/// The files of `rules/`, by name. A test checks that none is left out.
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

impl RuleSet {
    /// The rules that come with the program.
    #[must_use]
    pub fn embedded() -> Self {
        static RULES: LazyLock<RuleSet> = LazyLock::new(|| {
            let rules = EMBEDDED.iter().map(|(name, text)| {
                let rule = Rule::parse_unchecked(Path::new(name), text);
                Arc::new(rule.expect("embedded rules parse, as a test checks"))
            });
            let mut rules: Vec<_> = rules.collect();
            rules.sort_by(|a, b| a.id.cmp(&b.id));
            RuleSet { rules }
        });
        RULES.clone()
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
        match self.rules.binary_search_by(|other| other.id.cmp(&rule.id)) {
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

    /// The rules whose ids begin with one of `select` (all, where it is empty)
    /// and with none of `ignore`.
    ///
    /// # Errors
    /// [`RuleSetError::Unknown`] for a selector that fits no rule,
    /// [`RuleSetError::Empty`] where no rule is left.
    pub fn selection(&self, select: &[String], ignore: &[String]) -> Result<Self, RuleSetError> {
        let fits = |rule: &Rule, selectors: &[String]| {
            selectors
                .iter()
                .any(|selector| rule.id.starts_with(selector.as_str()))
        };
        for selector in select.iter().chain(ignore) {
            let one = std::slice::from_ref(selector);
            if selector.is_empty() || !self.rules.iter().any(|rule| fits(rule, one)) {
                return Err(RuleSetError::Unknown {
                    selector: selector.clone(),
                    known: self.ids(),
                });
            }
        }
        let selected =
            |rule: &&Arc<Rule>| (select.is_empty() || fits(rule, select)) && !fits(rule, ignore);
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
        let found = self.rules.iter().find(|rule| rule.id == id);
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
        let select = |select: &str| rules.selection(&[select.to_owned()], &[]);
        assert_eq!(select("VNX").expect("VNX fits").iter().len(), 1);
        assert_eq!(
            select("VNX-SEC-072").expect_err("no such rule").to_string(),
            "no rule is named VNX-SEC-072; did you mean VNX-SEC-027?; known are: HFL-001, \
             HFL-002, HFL-003, HFL-004, HFL-005, HFL-006, HFL-007, VNX-SEC-027"
        );
        let all = ["VNX".to_owned(), "HFL".to_owned()];
        assert!(matches!(
            rules.selection(&[], &all),
            Err(RuleSetError::Empty { .. })
        ));
    }
}
