//! Reads single commands: programs, declarations, assignments and tests.

use tree_sitter::Node;

use super::command::{Assignment, Command, Kind};
use super::reader::{Reader, Scope, children, named_children, redirect};
use super::redirection::Redirection;
use super::trace;
use super::word::Word;

impl Reader<'_> {
    pub(super) fn command(
        &mut self,
        node: Node<'_>,
        mut redirections: Vec<Redirection>,
        scope: Scope,
    ) {
        let mut words: Vec<Word> = Vec::new();
        let mut assignments = Vec::new();
        let mut lines = Vec::new();
        for child in children(node) {
            match child.kind() {
                "variable_assignment" if words.is_empty() => {
                    assignments.extend(self.spelling.assigned(child));
                }
                "file_redirect" | "herestring_redirect" | "heredoc_redirect" => {
                    self.spelling.redirection(child, &mut redirections);
                }
                _ => {
                    let word = self.spelling.word(child);
                    let end = words.last().map_or(word.span.start, |last| last.span.end);
                    // The grammar sometimes reads over the end of a line.
                    if ends_line(self.spelling.text(&(end..word.span.start))) {
                        lines.push(std::mem::take(&mut words));
                    }
                    words.push(word);
                }
            }
        }
        lines.push(words);
        let last = lines.len() - 1;
        for (place, words) in lines.into_iter().enumerate() {
            let is_last = place == last;
            let redirections = if is_last {
                std::mem::take(&mut redirections)
            } else {
                Vec::new()
            };
            self.push(Command {
                kind: Kind::Simple,
                words,
                assignments: std::mem::take(&mut assignments),
                output: redirect(scope.output, &redirections),
                redirections,
                traced: self.traced,
            });
        }
        self.substitutions(node, scope);
    }

    pub(super) fn declaration(
        &mut self,
        node: Node<'_>,
        redirections: Vec<Redirection>,
        scope: Scope,
    ) {
        let mut words = Vec::new();
        let mut assignments = Vec::new();
        for child in children(node) {
            match child.kind() {
                "variable_assignment" => assignments.extend(self.spelling.assigned(child)),
                _ => words.push(self.spelling.word(child)),
            }
        }
        self.push(Command {
            kind: Kind::Declaration,
            words,
            assignments,
            output: redirect(scope.output, &redirections),
            redirections,
            traced: self.traced,
        });
        self.substitutions(node, scope);
    }

    pub(super) fn assignment(&mut self, node: Node<'_>, scope: Scope) {
        let mut assignments: Vec<Assignment> = self.spelling.assigned(node).into_iter().collect();
        for child in named_children(node) {
            if child.kind() == "variable_assignment" {
                assignments.extend(self.spelling.assigned(child));
            }
        }
        self.push(Command {
            kind: Kind::Assignment,
            words: Vec::new(),
            assignments,
            redirections: Vec::new(),
            output: scope.output,
            traced: self.traced,
        });
        self.substitutions(node, scope);
    }

    pub(super) fn test(&mut self, node: Node<'_>, scope: Scope) {
        let mut words = Vec::new();
        self.spelling.test_words(node, &mut words, 0);
        words.retain(|word| !matches!(&*word.raw, "[" | "]" | "[[" | "]]"));
        self.push(Command {
            kind: Kind::Test,
            words,
            assignments: Vec::new(),
            redirections: Vec::new(),
            output: scope.output,
            traced: self.traced,
        });
        self.substitutions(node, scope);
    }

    fn push(&mut self, command: Command) {
        if let Some(on) = trace::change(&command) {
            self.traced = on;
        }
        self.commands.push(command);
    }

    /// The commands whose output stands in a command's words.
    pub(super) fn substitutions(&mut self, node: Node<'_>, scope: Scope) {
        let mut nodes = children(node);
        nodes.reverse();
        let mut found = Vec::new();
        while let Some(node) = nodes.pop() {
            match node.kind() {
                "command_substitution" | "process_substitution" => found.push(node),
                _ => nodes.extend(children(node).into_iter().rev()),
            }
        }
        for node in found {
            self.statement(node, scope);
        }
    }
}

/// Whether a line ends in what stands between two words.
fn ends_line(between: &str) -> bool {
    between.replace("\\\n", "").contains('\n')
}
