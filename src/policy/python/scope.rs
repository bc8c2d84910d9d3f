//! Scopes: which names hold a token where, by what they are assigned.
//!
//! A name that says so itself holds one, unless something else is assigned to it. Any other
//! name holds one where nothing but a token, or nothing at all, is assigned to it.

use std::collections::{HashMap, HashSet};

use super::held::Held;
use super::token::is_token_variable;

/// How deep scopes are nested; deeper ones are nobody's.
const MAX_DEPTH: usize = 32;

/// A scope, by its place in the list.
pub(super) type Scope = usize;

/// The scope of a module, around all others.
pub(super) const MODULE: Scope = 0;

/// The scopes of a source.
#[derive(Debug)]
pub(super) struct Scopes {
    list: Vec<Names>,
    /// What names mean that are imported.
    imports: HashMap<String, String>,
    /// Names whose values hide themselves when they are shown.
    wrapped: HashSet<String>,
}

#[derive(Debug)]
struct Names {
    kind: ScopeKind,
    around: Scope,
    held: HashMap<String, Held>,
}

/// What makes a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Class,
    Function,
}

/// What a source tells the next one, as the cells of a notebook do.
#[derive(Debug, Default, Clone)]
pub(crate) struct Known {
    held: HashMap<String, Held>,
    imports: HashMap<String, String>,
    wrapped: HashSet<String>,
}

impl Scopes {
    pub(super) fn after(known: &Known) -> Self {
        let module = Names {
            kind: ScopeKind::Module,
            around: MODULE,
            held: known.held.clone(),
        };
        Self {
            list: vec![module],
            imports: known.imports.clone(),
            wrapped: known.wrapped.clone(),
        }
    }

    pub(super) fn known(&self) -> Known {
        Known {
            held: self.list[MODULE].held.clone(),
            imports: self.imports.clone(),
            wrapped: self.wrapped.clone(),
        }
    }

    pub(super) fn open(&mut self, kind: ScopeKind, around: Scope) -> Scope {
        self.list.push(Names {
            kind,
            around,
            held: HashMap::new(),
        });
        self.list.len() - 1
    }

    pub(super) fn import(&mut self, name: &str, meaning: &str) {
        self.imports.insert(name.to_owned(), meaning.to_owned());
    }

    pub(super) fn wrap(&mut self, name: &str) {
        self.wrapped.insert(name.to_owned());
    }

    pub(super) fn is_wrapped(&self, name: &str) -> bool {
        self.wrapped.contains(name)
    }

    pub(super) fn in_full(&self, dotted: &str) -> String {
        let (first, rest) = match dotted.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (dotted, None),
        };
        let first = self.imports.get(first).map_or(first, String::as_str);
        rest.map_or(first.to_owned(), |rest| format!("{first}.{rest}"))
    }

    pub(super) fn imports(&self, module: &str) -> bool {
        let is_in = |it: &String| {
            let rest = it.strip_prefix(module);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.imports.values().any(is_in)
    }

    pub(super) fn bind(&mut self, scope: Scope, name: &str, held: Held) {
        let names = &mut self.list[scope].held;
        let before = names.get(name).copied();
        let held = before.map_or(held, |before| before.and(held));
        names.insert(name.to_owned(), held);
    }

    /// Whether a name holds a token where it stands in a scope.
    pub(super) fn holds_token(&self, scope: Scope, name: &str) -> bool {
        let is_named = is_token_variable(name) && !self.is_wrapped(name);
        let mut at = scope;
        for _ in 0..MAX_DEPTH {
            let names = &self.list[at];
            let is_seen = at == scope || names.kind != ScopeKind::Class;
            if let Some(held) = names.held.get(name).filter(|_| is_seen) {
                return match held {
                    Held::Token => !self.is_wrapped(name),
                    Held::Nothing | Held::Unknown => is_named,
                    Held::Other => false,
                };
            }
            if at == MODULE {
                break;
            }
            at = names.around;
        }
        is_named
    }

    /// Whether an attribute of `self` holds a token, if its class tells.
    pub(super) fn attribute_holds_token(&self, scope: Scope, dotted: &str) -> Option<bool> {
        let class = self.class_around(scope)?;
        match self.list[class].held.get(dotted)? {
            Held::Token => Some(true),
            Held::Other => Some(false),
            Held::Nothing | Held::Unknown => None,
        }
    }

    /// The class around a scope.
    pub(super) fn class_around(&self, scope: Scope) -> Option<Scope> {
        let mut at = scope;
        for _ in 0..MAX_DEPTH {
            if self.list[at].kind == ScopeKind::Class {
                return Some(at);
            }
            at = self.list[at].around;
        }
        None
    }
}
