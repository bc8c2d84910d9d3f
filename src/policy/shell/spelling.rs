//! How words are written: their quotes, their escapes, and what the shell puts into them.

use std::ops::Range;

use tree_sitter::Node;

use super::command::Assignment;
use super::expression::Expression;
use super::prepared::Prepared;
use super::reader::{DEEPEST, children, named_children};
use super::word::{Part, Variable, Word};

/// How much of a word is kept as it is written.
pub(super) const LONGEST_RAW: usize = 4096;

/// Reads words out of a prepared text.
#[derive(Clone, Copy)]
pub(super) struct Spelling<'p>(pub(super) &'p Prepared);

impl<'p> Spelling<'p> {
    /// A variable that is set.
    pub(super) fn assigned(self, node: Node<'_>) -> Option<Assignment> {
        let name = node.child_by_field_name("name")?;
        let empty = || Word {
            span: node.end_byte()..node.end_byte(),
            raw: String::new(),
            parts: Vec::new(),
        };
        let value = node.child_by_field_name("value");
        Some(Assignment {
            span: node.byte_range(),
            name_span: name.byte_range(),
            name: self.text(&name.byte_range()).to_owned(),
            value: value.map_or_else(empty, |value| self.word(value)),
        })
    }

    /// Adds the words of a test.
    pub(super) fn test_words(self, node: Node<'_>, words: &mut Vec<Word>, depth: usize) {
        for child in children(node) {
            match child.kind() {
                "binary_expression"
                | "unary_expression"
                | "parenthesized_expression"
                | "redirected_statement"
                | "ternary_expression"
                | "postfix_expression" => {
                    if depth < DEEPEST {
                        self.test_words(child, words, depth + 1);
                    }
                }
                _ => words.push(self.word(child)),
            }
        }
    }

    /// A word.
    pub(super) fn word(self, node: Node<'_>) -> Word {
        let span = self.trimmed(node);
        let mut parts = Vec::new();
        self.parts(node, &mut parts, 0);
        let raw = self.text(&span);
        // Where substitutions stand in one another, each holds those within.
        Word {
            raw: raw[..raw.floor_char_boundary(LONGEST_RAW)].to_owned(),
            span,
            parts,
        }
    }

    /// The lines of a here-document.
    pub(super) fn body(self, node: Node<'_>) -> Word {
        let mut word = self.word(node);
        word.parts.clear();
        self.quoted(node, node.byte_range(), &mut word.parts, 0);
        word
    }

    fn parts(self, node: Node<'_>, parts: &mut Vec<Part>, depth: usize) {
        let span = self.trimmed(node);
        match node.kind() {
            _ if depth > DEEPEST => {}
            "simple_expansion" | "expansion" => self.variable(node, parts, depth),
            "command_substitution" | "process_substitution" | "arithmetic_expansion" => {
                parts.push(Part::Substitution(span));
            }
            "string" => {
                let quotes = usize::from(span.len() > 1);
                let inner = span.start + 1..(span.end - quotes).max(span.start + 1);
                self.quoted(node, inner, parts, depth);
            }
            "raw_string" => self.push_text(&unquoted(&span, 1), str::to_owned, parts),
            "ansi_c_string" => self.push_text(&unquoted(&span, 2), str::to_owned, parts),
            "concatenation" | "command_name" | "array" | "translated_string" => {
                for child in named_children(node) {
                    self.parts(child, parts, depth + 1);
                }
            }
            _ => self.push_text(&span, unescaped, parts),
        }
    }

    /// What stands in double quotes, or in a here-document: text between expansions.
    fn quoted(self, node: Node<'_>, inner: Range<usize>, parts: &mut Vec<Part>, depth: usize) {
        let mut at = inner.start;
        for child in named_children(node) {
            if matches!(child.kind(), "string_content" | "heredoc_content") {
                continue;
            }
            let span = self.trimmed(child);
            self.push_text(&(at..span.start), unescaped_in_quotes, parts);
            self.parts(child, parts, depth + 1);
            at = span.end.max(at);
        }
        self.push_text(&(at..inner.end), unescaped_in_quotes, parts);
    }

    fn variable(self, node: Node<'_>, parts: &mut Vec<Part>, depth: usize) {
        let span = self.trimmed(node);
        let variable = Variable::of(span.clone(), self.text(&span));
        let is_open = variable
            .as_ref()
            .is_some_and(|it| it.default().is_some() || matches!(it.operator, ":+" | "+"));
        parts.extend(variable.map(Part::Variable));
        if !is_open {
            return;
        }
        // What stands for the value is expanded, too.
        for child in named_children(node) {
            let mut inner = Vec::new();
            self.parts(child, &mut inner, depth + 1);
            parts.extend(inner.into_iter().filter(|it| !matches!(it, Part::Text(..))));
        }
    }

    /// Adds a text, cut where an expression stands in it.
    fn push_text(
        self,
        span: &Range<usize>,
        unescape: impl Fn(&str) -> String,
        parts: &mut Vec<Part>,
    ) {
        let mut at = span.start;
        let expressions = self.0.expressions_in(span).iter().cloned();
        let end = (span.end..span.end, String::new());
        for (cut, text) in expressions.chain([end]) {
            if at < cut.start {
                let piece = unescape(self.text(&(at..cut.start)));
                match parts.last_mut() {
                    Some(Part::Text(before, text)) => {
                        text.push_str(&piece);
                        before.end = cut.start;
                    }
                    _ => parts.push(Part::Text(at..cut.start, piece)),
                }
            }
            at = cut.end;
            if !text.is_empty() {
                parts.push(Part::Expression(Expression { span: cut, text }));
            }
        }
    }

    /// Where a node stands, without blanks that the grammar counts in.
    fn trimmed(self, node: Node<'_>) -> Range<usize> {
        let span = node.byte_range();
        let text = self.text(&span);
        let blanks = match node.kind() {
            "heredoc_body" | "string_content" => 0,
            _ => text.len() - text.trim_start().len(),
        };
        span.start + blanks..span.end
    }

    /// What is written somewhere.
    pub(super) fn text(self, span: &Range<usize>) -> &'p str {
        self.0.text.get(span.clone()).unwrap_or_default()
    }
}

fn unquoted(span: &Range<usize>, opening: usize) -> Range<usize> {
    let start = (span.start + opening).min(span.end);
    start..span.end.saturating_sub(1).max(start)
}

/// A bare word without backslashes.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.extend(characters.next().filter(|it| *it != '\n')),
            _ => plain.push(character),
        }
    }
    plain
}

/// Text in double quotes without the backslashes that mean something there.
fn unescaped_in_quotes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\\' {
            match characters.next_if(|it| matches!(it, '$' | '`' | '"' | '\\' | '\n')) {
                Some('\n') => {}
                Some(escaped) => plain.push(escaped),
                None => plain.push('\\'),
            }
        } else {
            plain.push(character);
        }
    }
    plain
}
