//! An expression: a place in the syntax, with the scope around it.

use std::ops::Range;

use tree_sitter::Node;

use super::Python;
use super::scope::Scope;

/// How deep expressions are read; deeper ones are nobody's.
pub(super) const MAX_DEPTH: usize = 64;

/// An expression, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expression<'t> {
    pub(super) node: Node<'t>,
    pub(super) scope: Scope,
}

impl<'t> Expression<'t> {
    /// Where it is written.
    pub(crate) fn span(self) -> Range<usize> {
        self.node.byte_range()
    }

    pub(super) fn at(self, node: Node<'t>) -> Self {
        Self { node, ..self }
    }

    pub(super) fn field(self, name: &str) -> Option<Self> {
        self.node.child_by_field_name(name).map(|it| self.at(it))
    }

    /// The expressions in it, comments left out.
    pub(super) fn inner(self) -> Vec<Self> {
        let mut cursor = self.node.walk();
        let children = self.node.named_children(&mut cursor);
        let children = children.filter(|it| it.kind() != "comment");
        children.map(|it| self.at(it)).collect()
    }

    /// It without the brackets around it.
    pub(crate) fn bare(self) -> Self {
        let mut bare = self;
        for _ in 0..MAX_DEPTH {
            let next = match bare.node.kind() {
                "parenthesized_expression" | "await" => bare.inner().first().copied(),
                "named_expression" => bare.field("value"),
                _ => None,
            };
            match next {
                Some(next) => bare = next,
                None => break,
            }
        }
        bare
    }

    /// Whether it is `None`.
    pub(crate) fn is_none(self) -> bool {
        self.bare().node.kind() == "none"
    }

    /// Whether it is `True`.
    pub(crate) fn is_true(self) -> bool {
        self.bare().node.kind() == "true"
    }

    /// Whether it is `None`, `True` or `False`.
    pub(crate) fn is_constant(self) -> bool {
        matches!(self.bare().node.kind(), "none" | "true" | "false")
    }

    /// The two sides of `left or right`, if it is that.
    pub(crate) fn choice(self) -> Option<(Self, Self)> {
        let operator = self.node.child_by_field_name("operator")?;
        let is_choice = self.node.kind() == "boolean_operator" && operator.kind() == "or";
        let sides = (self.field("left")?, self.field("right")?);
        is_choice.then_some(sides)
    }

    /// The object and the key of `object[key]`, if it is that.
    pub(crate) fn item(self) -> Option<(Self, Self)> {
        let is_item = self.node.kind() == "subscript";
        let item = (self.field("value")?, self.field("subscript")?);
        is_item.then_some(item)
    }

    /// The callee and the arguments of a call, if it is one.
    pub(crate) fn call(self) -> Option<(Self, Vec<Self>)> {
        let is_call = self.node.kind() == "call";
        let call = (self.field("function")?, self.field("arguments")?.inner());
        is_call.then_some(call)
    }
}

impl<'t> Python<'t> {
    /// The text of an expression as it is written.
    pub(super) fn written(&self, expression: Expression<'t>) -> &'t str {
        let bytes = self.source.get(expression.span()).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// A name and what it is a part of, as it is written: `self.token`, `x.get().token`.
    pub(crate) fn dotted(&self, expression: Expression<'t>) -> String {
        let mut names: Vec<&str> = Vec::new();
        let mut at = expression;
        let mut brackets = "";
        for _ in 0..MAX_DEPTH {
            let (name, next) = match at.node.kind() {
                "identifier" => (self.written(at), None),
                "attribute" => (
                    at.field("attribute").map_or("", |it| self.written(it)),
                    at.field("object"),
                ),
                "call" | "subscript" => {
                    brackets = if at.node.kind() == "call" { "()" } else { "[]" };
                    match at.field("function").or_else(|| at.field("value")) {
                        Some(next) => at = next,
                        None => break,
                    }
                    continue;
                }
                // Something that has no name.
                _ => ("", None),
            };
            names.extend([brackets, name, "."]);
            brackets = "";
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        names.pop();
        names.reverse();
        names.concat()
    }
}
