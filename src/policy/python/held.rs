//! Held: what a name holds, by what it is assigned.

use super::Python;
use super::expression::Expression;
use crate::policy::value::{self, Value};

/// What a name is assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// A token, and at times nothing.
    Token,
    /// Nothing: `None`, an empty text, or what a person is asked for.
    Nothing,
    /// Nobody knows.
    Unknown,
    /// Surely no token.
    Other,
}

impl Held {
    /// What a name holds that is assigned both.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Other, _) | (_, Self::Other) => Self::Other,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Token, _) | (_, Self::Token) => Self::Token,
            (Self::Nothing, Self::Nothing) => Self::Nothing,
        }
    }
}

/// Works out what every assigned name holds, in the order of the source.
pub(super) fn settle(python: &mut Python<'_>) {
    for place in 0..python.assignments.len() {
        let (target, value) = {
            let assignment = &python.assignments[place];
            (assignment.target, assignment.value)
        };
        let name = python.dotted(target);
        let scope = match target.node.kind() {
            "identifier" => Some(target.scope),
            "attribute" => python.scopes.class_around(target.scope),
            _ => None,
        };
        if let Some(scope) = scope {
            let held = python.held(value);
            python.scopes.bind(scope, &name, held);
        }
    }
}

impl<'t> Python<'t> {
    /// What a name holds that is assigned a value.
    fn held(&self, value: Expression<'t>) -> Held {
        if self.is_token(value) {
            return Held::Token;
        }
        let value = value.bare();
        match value.node.kind() {
            "none" => Held::Nothing,
            "string" | "concatenated_string" => match self.literal(value) {
                Some(literal) if literal.is_empty() => Held::Nothing,
                Some(literal) if Value::of(&literal) == Value::Literal => {
                    if value::begins_like_token(&literal) {
                        Held::Token
                    } else {
                        Held::Unknown
                    }
                }
                Some(_) => Held::Other,
                None => Held::Unknown,
            },
            "call" => self.held_by_call(value),
            "identifier" | "attribute" | "await" | "conditional_expression" | "binary_operator" => {
                Held::Unknown
            }
            "boolean_operator" if value.choice().is_some() => Held::Unknown,
            _ => Held::Other,
        }
    }

    fn held_by_call(&self, call: Expression<'t>) -> Held {
        /// Words in what calls are for that make no token, or another kind of token.
        const OTHER: &[&str] = &[
            "len",
            "bool",
            "mask",
            "redact",
            "obfuscate",
            "hash",
            "sha256",
            "md5",
            "tokenize",
            "tokenizer",
            "decode",
            "argmax",
            "convert",
            "argument",
            "option",
            "secret",
            "file",
            "path",
            "int",
            "any",
            "all",
        ];
        /// What asks a person.
        const ASKING: &[&str] = &["getpass", "input", "prompt", "ask"];
        let function = call.field("function");
        let callee = function.map(|it| self.dotted(it)).unwrap_or_default();
        let lower = callee.to_lowercase();
        let mut words = lower.split(['.', '_', '(', ')', '[', ']']);
        let last = lower.rsplit('.').next().unwrap_or_default();
        if ASKING.contains(&last) {
            Held::Nothing
        } else if !last.starts_with("get") && words.any(|it| OTHER.contains(&it)) {
            Held::Other
        } else {
            Held::Unknown
        }
    }
}
