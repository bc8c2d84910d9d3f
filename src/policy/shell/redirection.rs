//! A redirection of a command, and where the output goes because of it.

use tree_sitter::Node;

use super::command::Output;
use super::reader::children;
use super::spelling::Spelling;
use super::word::Word;

/// A redirection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Redirection {
    /// `>`, `>>`, `&>`, `<`, `<<`, `<<<`, ….
    pub(crate) operator: String,
    /// The number before it, if there is one.
    pub(crate) descriptor: Option<String>,
    /// What stands behind it: a file, a descriptor, a here-string, or all lines of a
    /// here-document.
    pub(crate) target: Word,
}

impl Redirection {
    /// Whether it gives text of the script to the command.
    pub(crate) fn is_here(&self) -> bool {
        matches!(&*self.operator, "<<" | "<<-" | "<<<")
    }

    /// Whether it is standard output, or all output, that goes elsewhere.
    fn is_of_output(&self) -> bool {
        match &*self.operator {
            ">" | ">>" | ">|" | ">&" => matches!(self.descriptor.as_deref(), None | Some("1")),
            "&>" | "&>>" => true,
            _ => false,
        }
    }

    /// Where output goes that went to `before`.
    pub(super) fn redirect(&self, before: Output) -> Output {
        if !self.is_of_output() {
            return before;
        }
        match &*self.target.literal().unwrap_or_default() {
            "1" if self.operator == ">&" => before,
            "2" if self.operator == ">&" => Output::Printed,
            "/dev/stderr" | "/dev/tty" => Output::Printed,
            "/dev/stdout" => before,
            _ => Output::File,
        }
    }
}

impl Spelling<'_> {
    /// Adds a redirection, and those that stand in it.
    pub(super) fn redirection(self, node: Node<'_>, redirections: &mut Vec<Redirection>) {
        let mut operator = String::new();
        let mut descriptor = None;
        let mut target = None;
        for child in children(node) {
            match child.kind() {
                "file_descriptor" => {
                    descriptor = Some(self.text(&child.byte_range()).to_owned());
                }
                "file_redirect" | "herestring_redirect" => self.redirection(child, redirections),
                "heredoc_body" => target = Some(self.body(child)),
                "heredoc_start" | "heredoc_end" => {}
                _ if !child.is_named() && operator.is_empty() => {
                    self.text(&child.byte_range())
                        .trim()
                        .clone_into(&mut operator);
                }
                _ if child.is_named() && target.is_none() && !is_statement(child) => {
                    target = Some(self.word(child));
                }
                _ => {}
            }
        }
        redirections.extend(target.map(|target| Redirection {
            operator,
            descriptor,
            target,
        }));
    }
}

/// Whether a part of a here-document's redirection is a command of its own.
pub(super) fn is_statement(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "command"
            | "list"
            | "pipeline"
            | "redirected_statement"
            | "declaration_command"
            | "test_command"
            | "compound_statement"
            | "subshell"
            | "if_statement"
            | "negated_command"
            | "variable_assignment"
    )
}
