//! Tokens: which expressions are one, by their names and by where they are read from.
//!
//! A part of a token, its length and whether there is one are no token.

use super::super::names;
use super::Python;
use super::expression::{Expression, MAX_DEPTH};

/// Methods and functions whose first argument names what they get.
const GETTERS: &[&str] = &[
    "get",
    "getenv",
    "pop",
    "get_secret",
    "config",
    "env",
    "require_env",
];

/// Methods whose result is the text, or as good as it.
pub(super) const METHODS: &[&str] = &[
    "strip",
    "lstrip",
    "rstrip",
    "encode",
    "decode",
    "get_secret_value",
    "copy",
    "hex",
];

impl<'t> Python<'t> {
    /// What a person calls a token: its name, or that of the variable that it is read
    /// from. It is never a value.
    pub(crate) fn name_of(&self, token: Expression<'t>) -> String {
        let token = token.bare();
        if let Some((_, key)) = token.item() {
            return self.literal(key).unwrap_or_default();
        }
        if let Some((left, right)) = token.choice() {
            let named = if self.is_token(left) { left } else { right };
            return self.dotted(named);
        }
        let Some((function, arguments)) = token.call() else {
            return self.dotted(token);
        };
        let variable = arguments.first().and_then(|it| self.literal(*it));
        let variable = variable.filter(|it| names::is_token_name(it));
        variable.unwrap_or_else(|| match function.field("object") {
            Some(object) if self.is_token(object) => self.name_of(object),
            _ => format!("{}()", self.dotted(function)),
        })
    }

    /// Whether an expression is a token of Hugging Face, all of it.
    pub(crate) fn is_token(&self, expression: Expression<'t>) -> bool {
        self.is_token_within(expression, MAX_DEPTH)
    }

    fn is_token_within(&self, expression: Expression<'t>, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        let expression = expression.bare();
        match expression.node.kind() {
            "identifier" => {
                let name = self.written(expression);
                self.scopes.holds_token(expression.scope, name)
            }
            "attribute" => self.is_token_attribute(expression),
            "subscript" => expression.item().is_some_and(|(_, key)| {
                let key = self.literal(key);
                key.is_some_and(|key| is_token_variable(&key))
            }),
            "boolean_operator" => expression.choice().is_some_and(|(left, right)| {
                self.is_token_within(left, depth) || self.is_token_within(right, depth)
            }),
            "conditional_expression" => {
                let inner = expression.inner();
                let mut results = inner.iter().step_by(2);
                results.any(|it| self.is_token_within(*it, depth))
            }
            "call" => self.is_token_call(expression, depth),
            _ => false,
        }
    }

    fn is_token_attribute(&self, attribute: Expression<'t>) -> bool {
        let name = attribute.field("attribute");
        let name = name.map_or("", |it| self.written(it));
        let dotted = self.dotted(attribute);
        match self.scopes.attribute_holds_token(attribute.scope, &dotted) {
            Some(holds) => holds,
            None => is_token_variable(name) && !self.scopes.is_wrapped(name),
        }
    }

    fn is_token_call(&self, call: Expression<'t>, depth: usize) -> bool {
        let Some((function, arguments)) = call.call() else {
            return false;
        };
        let callee = self.dotted(function);
        let last = callee.rsplit('.').next().unwrap_or_default();
        let first = arguments.first();
        let object = function.field("object");
        let is_named = GETTERS.contains(&last) && {
            let name = first.and_then(|it| self.literal(*it));
            name.is_some_and(|name| is_token_variable(&name))
        };
        let is_same = METHODS.contains(&last)
            && object.is_some_and(|it| {
                // Only what wraps a token tells it by name.
                let is_wrapped = last == "get_secret_value" && {
                    let dotted = self.dotted(it);
                    is_token_variable(dotted.rsplit('.').next().unwrap_or_default())
                };
                is_wrapped || self.is_token_within(it, depth)
            });
        let is_str = callee == "str"
            && arguments.len() == 1
            && first.is_some_and(|it| self.is_token_within(*it, depth));
        let is_own = matches!(
            self.in_full(&callee).as_str(),
            "huggingface_hub.get_token" | "huggingface_hub.HfFolder.get_token"
        );
        is_named || is_same || is_str || is_own
    }
}

/// Whether a variable, an attribute or a key of this name holds a token in Python, where
/// tokens of another kind have names of the same words.
pub(super) fn is_token_variable(name: &str) -> bool {
    /// Words of those that a model reads and writes.
    const OF_MODELS: &[&str] = &[
        "NEXT",
        "EOS",
        "BOS",
        "PAD",
        "UNK",
        "SEP",
        "CLS",
        "MASK",
        "MASKED",
        "PRED",
        "PREDICTED",
        "LAST",
        "FIRST",
        "INPUT",
        "OUTPUT",
        "SPECIAL",
        "IMAGE",
        "AUDIO",
        "VIDEO",
        "GENERATED",
        "DECODED",
        "ENCODED",
        "TEXT",
        "PROMPT",
        "CURRENT",
        "EXPECTED",
        "STOP",
        "START",
        "END",
        "TOKENS",
        "STR",
    ];
    let is_constant = !name.bytes().any(|it| it.is_ascii_lowercase());
    let is_of_model = |word: &str| OF_MODELS.contains(&word.to_uppercase().as_str());
    names::is_token_name(name)
        && (is_constant && !name.ends_with("TOKENS") || !name.split(['_', '-']).any(is_of_model))
}
