//! The choice of containers: which formats and encodings a scan looks into.
//!
//! It knows their names; what they are is the container stage's.

use crate::container::encoding::CODES;
use crate::container::format::FORMATS;
pub use crate::container::page::page;
use crate::document::nearest;

/// Which formats and encodings are looked into.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Choice {
    /// All of them.
    #[default]
    All,
    /// Those with these names.
    Only(Vec<String>),
}

/// A name that is no container's.
#[derive(Debug, thiserror::Error)]
#[error("no container or encoding is named {name}{}; known are: {}", hint(.name), names().join(", "))]
pub struct UnknownContainer {
    /// What the user wrote.
    name: String,
}

fn hint(name: &str) -> String {
    nearest(name, names().into_iter())
        .map_or_else(String::new, |near| format!("; did you mean {near}?"))
}

impl Choice {
    /// What the user chose: whether to look into any, and into which.
    ///
    /// # Errors
    /// [`UnknownContainer`] for a name that none has.
    pub(crate) fn new(
        are_opened: Option<bool>,
        names_of: Option<Vec<String>>,
    ) -> Result<Self, UnknownContainer> {
        if are_opened == Some(false) {
            return Ok(Self::Only(Vec::new()));
        }
        let Some(mut chosen) = names_of else {
            return Ok(Self::All);
        };
        // What is left of a comma at the end.
        chosen.retain(|name| !name.is_empty());
        let known = names();
        match chosen.iter().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(UnknownContainer { name: name.clone() }),
            None => Ok(Self::Only(chosen)),
        }
    }

    /// Whether one of this name is looked into.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.iter().any(|chosen| chosen == name),
        }
    }
}

/// The names of all formats and encodings.
#[must_use]
pub fn names() -> Vec<&'static str> {
    let formats = FORMATS.iter().map(|format| format.name);
    formats
        .chain(CODES.iter().map(|code| code.encoding.name()))
        .collect()
}
