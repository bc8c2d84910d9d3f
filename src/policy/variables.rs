//! Variables of a workflow: what `env`, `with` and `variables` set, and to what.

use std::collections::HashSet;

use super::expression::{Reference, Role, Scope, Store, references};
use super::names::{is_secret_name, is_token_name};
use super::yaml::Yaml;

/// A name and what it is set to.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: String,
    /// Where the name stands.
    pub(crate) key: Yaml,
    /// What it is set to.
    pub(crate) value: Yaml,
    /// The token that it is set to, if it is one.
    pub(crate) token: Option<Reference>,
}

impl Variable {
    /// The entries of a mapping.
    pub(crate) fn read(mapping: Option<&Yaml>, bytes: &[u8]) -> Vec<Self> {
        let entries = mapping.map(Yaml::entries).unwrap_or_default();
        let read = |(key, value): &(&Yaml, &Yaml)| {
            let name = key.as_str()?.to_owned();
            let named = references(value, bytes, Scope::Templates);
            let token = named.into_iter().find(|it| is_token(it, &name));
            Some(Self {
                name,
                key: (*key).clone(),
                value: (*value).clone(),
                token,
            })
        };
        entries.iter().filter_map(read).collect()
    }

    /// The secret that it is set to, if it is a token.
    pub(crate) fn secret(&self) -> Option<&Reference> {
        let token = self.token.as_ref();
        token.filter(|it| it.store == Store::Secrets)
    }

    /// Whether it is set to something.
    pub(crate) fn is_set(&self) -> bool {
        !self.value.is_empty()
    }
}

/// Whether what is put into a variable of this name is a token of Hugging Face.
fn is_token(reference: &Reference, name: &str) -> bool {
    let is_ours = is_token_name(&reference.name)
        || reference.store == Store::Secrets && is_secret_name(&reference.name)
        || is_token_name(name)
            && reference.store == Store::Secrets
            && !reference.name.eq_ignore_ascii_case("GITHUB_TOKEN");
    reference.role == Role::Value && is_ours
}

/// What of several levels, the widest first, holds where all of them do.
pub(crate) fn effective<'v>(levels: &[&'v [Variable]]) -> Vec<&'v Variable> {
    let mut seen = HashSet::new();
    let narrow_first = levels.iter().rev().flat_map(|it| it.iter().rev());
    let mut found: Vec<&Variable> = narrow_first.filter(|it| seen.insert(&*it.name)).collect();
    found.reverse();
    found
}
