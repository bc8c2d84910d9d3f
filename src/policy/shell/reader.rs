//! Reads the commands out of a syntax tree.

use tree_sitter::Node;

use super::command::{Command, Output};
use super::prepared::Prepared;
use super::redirection::{Redirection, is_statement};
use super::spelling::Spelling;
use super::trace;

/// How deep in the tree is read.
pub(super) const DEEPEST: usize = 160;

/// What is read so far.
pub(super) struct Reader<'p> {
    pub(super) spelling: Spelling<'p>,
    pub(super) commands: Vec<Command>,
    functions: Vec<String>,
    /// For each pipe, the place of the command that reads from it.
    pipes: Vec<Option<usize>>,
    pub(super) traced: bool,
    /// Whether something is nested deeper than is read.
    pub(super) is_cut: bool,
}

/// Where in the script something stands.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    pub(super) output: Output,
    depth: usize,
}

impl Scope {
    fn deeper(self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self
        }
    }

    fn to(self, output: Output) -> Self {
        Self { output, ..self }
    }
}

impl<'p> Reader<'p> {
    pub(super) fn new(prepared: &'p Prepared) -> Self {
        Self {
            spelling: Spelling(prepared),
            commands: Vec::new(),
            functions: Vec::new(),
            pipes: Vec::new(),
            traced: trace::is_on_from_the_start(&prepared.text),
            is_cut: false,
        }
    }

    pub(super) fn read(&mut self, root: Node<'_>) {
        let scope = Scope {
            output: Output::Printed,
            depth: 0,
        };
        self.statement(root, scope);
    }

    pub(super) fn finish(mut self) -> (Vec<Command>, Vec<String>) {
        for command in &mut self.commands {
            if let Output::Piped(Some(pipe)) = command.output {
                command.output = Output::Piped(self.pipes[pipe]);
            }
        }
        (self.commands, self.functions)
    }

    pub(super) fn statement(&mut self, node: Node<'_>, scope: Scope) {
        if scope.depth > DEEPEST {
            self.is_cut = true;
            return;
        }
        let scope = scope.deeper();
        match node.kind() {
            "command" => self.command(node, Vec::new(), scope),
            "declaration_command" | "unset_command" => self.declaration(node, Vec::new(), scope),
            "variable_assignment" | "variable_assignments" => self.assignment(node, scope),
            "test_command" => self.test(node, scope),
            "redirected_statement" => self.redirected(node, scope),
            "pipeline" => self.pipeline(&named_children(node), scope),
            "list" => self.list(node, scope, scope.output),
            "subshell" => self.apart(node, scope),
            "command_substitution" => self.apart(node, scope.to(Output::Captured)),
            "process_substitution" => self.apart(node, scope.to(Output::Piped(None))),
            "function_definition" => self.function(node, scope),
            "if_statement" | "case_item" => self.perhaps(|it| it.children(node, scope)),
            _ => self.children(node, scope),
        }
    }

    fn children(&mut self, node: Node<'_>, scope: Scope) {
        for child in named_children(node) {
            self.statement(child, scope);
        }
    }

    /// What does not change the shell that it stands in.
    fn apart(&mut self, node: Node<'_>, scope: Scope) {
        let before = self.traced;
        self.children(node, scope);
        self.traced = before;
    }

    /// What may not be run: tracing that is turned on there is on only there.
    fn perhaps(&mut self, read: impl FnOnce(&mut Self)) {
        let before = self.traced;
        read(self);
        self.traced &= before;
    }

    fn function(&mut self, node: Node<'_>, scope: Scope) {
        if let Some(name) = node.child_by_field_name("name") {
            self.functions
                .push(self.spelling.text(&name.byte_range()).to_owned());
        }
        self.apart(node, scope.to(Output::Returned));
    }

    /// `a && b || c`, which is a tree as deep as it is long. A redirection behind it is the
    /// last one's.
    fn list(&mut self, node: Node<'_>, scope: Scope, last_output: Output) {
        let mut items = Vec::new();
        let mut left = Some(node);
        while let Some(list) = left.take() {
            let mut children = named_children(list);
            if children.first().is_some_and(|it| it.kind() == "list") {
                left = Some(children.remove(0));
            }
            items.extend(children.into_iter().rev());
        }
        let Some(first) = items.pop() else { return };
        self.statement(first, scope);
        self.perhaps(|reader| {
            for (place, item) in items.into_iter().enumerate().rev() {
                let output = if place == 0 {
                    last_output
                } else {
                    scope.output
                };
                reader.statement(item, scope.to(output));
            }
        });
    }

    fn pipeline(&mut self, stages: &[Node<'_>], scope: Scope) {
        let Some((last, writers)) = stages.split_last() else {
            return;
        };
        for writer in writers {
            self.pipes.push(None);
            let pipe = self.pipes.len() - 1;
            self.statement(*writer, scope.to(Output::Piped(Some(pipe))));
            self.pipes[pipe] = Some(self.commands.len());
        }
        self.statement(*last, scope);
    }

    fn redirected(&mut self, node: Node<'_>, scope: Scope) {
        let Some(body) = node.child_by_field_name("body") else {
            return self.children(node, scope);
        };
        let mut redirections = Vec::new();
        let (mut stages, mut behind, mut bodies) = (vec![body], Vec::new(), Vec::new());
        let mut cursor = node.walk();
        for child in node.children_by_field_name("redirect", &mut cursor) {
            self.spelling.redirection(child, &mut redirections);
            if child.kind() != "heredoc_redirect" {
                bodies.push(child);
            }
            for part in named_children(child) {
                match part.kind() {
                    "heredoc_body" => bodies.push(part),
                    "pipeline" => stages.extend(named_children(part)),
                    _ if is_statement(part) => behind.push(part),
                    _ => {}
                }
            }
        }
        let output = if stages.len() == 1 {
            scope.output
        } else {
            self.pipes.push(None);
            Output::Piped(Some(self.pipes.len() - 1))
        };
        self.redirected_body(body, redirections, scope.to(output));
        if let Output::Piped(Some(pipe)) = output
            && stages.len() > 1
        {
            self.pipes[pipe] = Some(self.commands.len());
            self.pipeline(&stages[1..], scope);
        }
        for body in bodies {
            self.substitutions(body, scope);
        }
        for statement in behind {
            self.statement(statement, scope);
        }
    }

    fn redirected_body(&mut self, body: Node<'_>, redirections: Vec<Redirection>, scope: Scope) {
        let output = redirect(scope.output, &redirections);
        match body.kind() {
            "command" => self.command(body, redirections, scope),
            "declaration_command" => self.declaration(body, redirections, scope),
            "list" => self.list(body, scope, output),
            _ => self.statement(body, scope.to(output)),
        }
    }
}

pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    node.children(&mut node.walk()).collect()
}

pub(super) fn named_children(node: Node<'_>) -> Vec<Node<'_>> {
    node.named_children(&mut node.walk()).collect()
}

pub(super) fn redirect(before: Output, redirections: &[Redirection]) -> Output {
    redirections
        .iter()
        .fold(before, |output, it| it.redirect(output))
}
