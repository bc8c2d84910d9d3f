//! A remedy: what to do about a credential, in the kind of place it was found
//! in.
//!
//! Remedies are data. Rules of the same kind share a set of them, a file in
//! `rules/remedies/`, and write only what is different about their own.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::context::Context;
use crate::document;

/// The files of `rules/remedies/`, by the name that rules use. A test checks
/// that none is left out.
const EMBEDDED: &[(&str, &str)] = &[
    (
        "client-secret",
        include_str!("../rules/remedies/client-secret.toml"),
    ),
    (
        "hub-token",
        include_str!("../rules/remedies/hub-token.toml"),
    ),
];

static SETS: LazyLock<BTreeMap<&str, RemedySet>> = LazyLock::new(|| {
    let set = |(name, text): &(&'static str, &str)| {
        let set = document::parse(Path::new(name), text);
        (
            *name,
            set.expect("embedded remedies parse, as a test checks"),
        )
    };
    EMBEDDED.iter().map(set).collect()
});

/// What to do in a kind of place: a text, or a text and lines to paste.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Written")]
pub struct Remedy {
    /// A paragraph.
    pub text: String,
    /// Lines to paste, where the place is a file with a form of its own. The
    /// last one ends with a line feed.
    pub paste: Option<String>,
}

/// What to do in all kinds of places.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RemedySet {
    /// What the credentials are that it is for, in the plural.
    #[serde(default)]
    pub title: String,
    /// What to do about what is only left in a repository's history.
    pub history: Option<String>,
    /// What to go through, in order, where the credential could write.
    #[serde(default)]
    pub after_exposure: Vec<String>,
    /// What to do in each kind of place; places that are missing are like
    /// [`Context::Other`].
    #[serde(flatten)]
    pub places: BTreeMap<Context, Remedy>,
}

impl RemedySet {
    /// The set that rules name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        SETS.get(name)
    }

    /// All sets, with the names that rules use.
    pub fn all() -> impl Iterator<Item = (&'static str, &'static Self)> {
        SETS.iter().map(|(name, set)| (*name, set))
    }
}

/// A remedy as files write it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Full(Full),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Full {
    text: String,
    paste: Option<String>,
}

impl From<Written> for Remedy {
    fn from(written: Written) -> Self {
        match written {
            Written::Text(text) => Self { text, paste: None },
            Written::Full(Full { text, paste }) => Self { text, paste },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/remedies");
        let files: BTreeSet<_> = fs::read_dir(folder)
            .expect("rules/remedies/ is there")
            .map(|entry| entry.expect("the folder can be listed").path())
            .map(|path| {
                path.file_stem()
                    .map(|name| name.to_string_lossy().into_owned())
            })
            .collect();
        let embedded = RemedySet::all().map(|(name, _)| Some(name.to_owned()));
        assert_eq!(files, embedded.collect());
    }

    #[test]
    fn every_set_says_what_to_do_anywhere() {
        for (name, set) in RemedySet::all() {
            assert!(set.places.contains_key(&Context::Other), "{name}");
            assert!(!set.title.is_empty(), "{name}");
            assert!(set.history.is_some(), "{name}");
            assert!(!set.after_exposure.is_empty(), "{name}");
        }
    }

    #[test]
    fn every_kind_of_place_is_documented() {
        let page = include_str!("../docs/configuration.md");
        let set = RemedySet::named("hub-token").expect("it has a name");
        for context in set.places.keys() {
            let name = serde_json::to_value(context).expect("a name is JSON");
            let name = format!("`{}`", name.as_str().expect("it is a text"));
            assert!(page.contains(&name), "{name}");
        }
    }

    #[test]
    fn no_removed_command_is_recommended() {
        for (name, text) in EMBEDDED {
            for removed in ["huggingface-cli", "use_auth_token", "--token", "hf login"] {
                assert!(!text.contains(removed), "{name}: {removed}");
            }
        }
    }
}
