//! What is shown: which tokens stand in the value of an expression, all of them.

use super::Python;
use super::expression::{Expression, MAX_DEPTH};
use super::text::{self, Part};
use super::token::METHODS;

/// Functions whose result shows what they are given.
const SHOWING: &[&str] = &[
    "str",
    "repr",
    "dumps",
    "format",
    "pformat",
    "join",
    "dict",
    "list",
    "tuple",
    "quote",
    "quote_plus",
    "b64encode",
    "dedent",
    "colored",
    "style",
    "escape",
    "bytes",
    "urlencode",
    "f",
    "Markdown",
    "HTML",
    "Text",
];

impl<'t> Python<'t> {
    /// The tokens whose every character is in the value of an expression.
    pub(crate) fn shown(&self, expression: Expression<'t>) -> Vec<Expression<'t>> {
        let mut shown = Vec::new();
        self.shown_within(expression, MAX_DEPTH, &mut shown);
        shown
    }

    fn shown_within(&self, it: Expression<'t>, depth: usize, shown: &mut Vec<Expression<'t>>) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        let it = it.bare();
        if self.is_token(it) {
            shown.push(it);
            return;
        }
        if text::is_text(self, it) {
            for part in self.parts(it) {
                if let Part::Value(value) = part
                    && value.span() != it.span()
                {
                    self.shown_within(value, depth, shown);
                }
            }
            return;
        }
        for part in self.shown_parts(it) {
            self.shown_within(part, depth, shown);
        }
    }

    /// The parts of an expression that its value shows.
    fn shown_parts(&self, it: Expression<'t>) -> Vec<Expression<'t>> {
        match it.node.kind() {
            "tuple" | "list" | "set" | "expression_list" | "dictionary" => it.inner(),
            "pair" | "keyword_argument" => it.field("value").into_iter().collect(),
            "conditional_expression" => it.inner().into_iter().step_by(2).collect(),
            "boolean_operator" => match it.choice() {
                Some((left, right)) => vec![left, right],
                None => it.field("right").into_iter().collect(),
            },
            "call" => {
                let Some((function, arguments)) = it.call() else {
                    return Vec::new();
                };
                let callee = self.dotted(function);
                let last = callee.rsplit('.').next().unwrap_or_default();
                let mut parts = Vec::new();
                if METHODS.contains(&last) {
                    parts.extend(function.field("object"));
                }
                if SHOWING.contains(&last) {
                    parts.extend(arguments);
                }
                parts
            }
            _ => Vec::new(),
        }
    }
}
