//! Syntax: takes down what practices ask for, from the tree of the source.

use tree_sitter::{Node, TreeCursor};

use super::expression::Expression;
use super::held::Held;
use super::scope::{MODULE, Scope, ScopeKind};
use super::text;
use super::{Argument, Assignment, Call, Complaint, Parameter, Python};

/// Takes down everything under `root`.
pub(super) fn collect<'t>(python: &mut Python<'t>, root: Node<'t>) {
    let mut open = vec![(root, MODULE)];
    let mut cursor = root.walk();
    // Texts are put together from texts; only the whole is one.
    let mut text_end = 0;
    while let Some((node, scope)) = open.pop() {
        let it = Expression { node, scope };
        if node.start_byte() >= text_end && is_put_together(python, it) {
            python.texts.push(it);
            text_end = node.end_byte();
        }
        let scope = take(python, it);
        push_children(&mut open, &mut cursor, node, scope);
    }
}

fn push_children<'t>(
    open: &mut Vec<(Node<'t>, Scope)>,
    cursor: &mut TreeCursor<'t>,
    node: Node<'t>,
    scope: Scope,
) {
    let first = open.len();
    open.extend(node.named_children(cursor).map(|it| (it, scope)));
    open[first..].reverse();
}

fn is_put_together<'t>(python: &Python<'t>, it: Expression<'t>) -> bool {
    match it.node.kind() {
        "string" => it.node.named_child_count() > 1,
        "concatenated_string" | "binary_operator" | "call" => text::is_text(python, it),
        _ => false,
    }
}

/// Takes down what a node is, and says which scope it is for what is in it.
fn take<'t>(python: &mut Python<'t>, it: Expression<'t>) -> Scope {
    match it.node.kind() {
        "function_definition" => return function(python, it),
        "class_definition" => return python.scopes.open(ScopeKind::Class, it.scope),
        "call" => python.calls.extend(call(python, it)),
        "print_statement" => print_statement(python, it),
        "assignment" | "named_expression" => assignment(python, it),
        "for_statement" | "for_in_clause" => loops(python, it),
        "boolean_operator" if it.choice().is_some() => python.choices.push(it),
        "raise_statement" => {
            let raised = it.inner().first().copied();
            let raised = raised.and_then(|it| call(python, it.bare()));
            python.complaints.extend(raised.map(Complaint::Raised));
        }
        "assert_statement" => {
            let said = it.inner().get(1).copied();
            python.complaints.extend(said.map(Complaint::Asserted));
        }
        "import_statement" => imports(python, it, None),
        "import_from_statement" => {
            let module = it.field("module_name").map(|it| python.written(it));
            imports(python, it, module);
        }
        _ => {}
    }
    it.scope
}

fn call<'t>(python: &Python<'t>, it: Expression<'t>) -> Option<Call<'t>> {
    let (function, arguments) = it.call()?;
    let arguments = arguments.into_iter().map(|it| argument(python, it));
    Some(Call {
        callee: python.dotted(function),
        arguments: arguments.collect(),
    })
}

fn argument<'t>(python: &Python<'t>, it: Expression<'t>) -> Argument<'t> {
    let keyword = it
        .field("name")
        .filter(|_| it.node.kind() == "keyword_argument");
    let value = it.field("value").filter(|_| keyword.is_some());
    Argument {
        keyword: keyword.map(|it| python.written(it).to_owned()),
        value: value.unwrap_or(it),
        span: it.span(),
    }
}

/// Python 2's.
fn print_statement<'t>(python: &mut Python<'t>, it: Expression<'t>) {
    let inner = it.inner();
    let file = inner.iter().find(|it| it.node.kind() == "chevron");
    let is_elsewhere = file.is_some_and(|it| !python.written(*it).contains("sys.std"));
    if is_elsewhere {
        return;
    }
    let values = inner.iter().filter(|it| it.node.kind() != "chevron");
    let arguments = values.map(|it| argument(python, *it)).collect();
    python.calls.push(Call {
        callee: "print".to_owned(),
        arguments,
    });
}

fn assignment<'t>(python: &mut Python<'t>, it: Expression<'t>) {
    let target = it.field("left").or_else(|| it.field("name"));
    let Some(target) = target else {
        return;
    };
    let kind = it.field("type").map(|it| python.written(it));
    if kind.is_some_and(|kind| kind.contains("Secret")) {
        let name = python.dotted(target);
        python.scopes.wrap(&name);
    }
    let Some(value) = it.field("right").or_else(|| it.field("value")) else {
        return;
    };
    if !matches!(target.node.kind(), "pattern_list" | "tuple_pattern") {
        let value = assigned_last(value);
        python.assignments.push(Assignment { target, value });
        return;
    }
    let (targets, values) = (target.inner(), value.inner());
    let is_list = matches!(value.node.kind(), "expression_list" | "tuple");
    if is_list && targets.len() == values.len() {
        let pairs = targets.into_iter().zip(values);
        let pairs = pairs.map(|(target, value)| Assignment { target, value });
        python.assignments.extend(pairs);
    } else {
        for target in targets {
            let name = python.dotted(target);
            python.scopes.bind(target.scope, &name, Held::Unknown);
        }
    }
}

/// What is assigned in `a = b = c` in the end.
fn assigned_last(value: Expression<'_>) -> Expression<'_> {
    /// More are nobody's.
    const MOST: usize = 16;
    let next = |it: &Expression<'_>| it.node.kind() == "assignment";
    let mut last = value;
    for _ in 0..MOST {
        match last.field("right").filter(|_| next(&last)) {
            Some(right) => last = right,
            None => break,
        }
    }
    last
}

/// What goes through a list is not one token.
fn loops<'t>(python: &mut Python<'t>, it: Expression<'t>) {
    let Some(left) = it.field("left") else {
        return;
    };
    let names = match left.node.kind() {
        "identifier" => vec![left],
        _ => left.inner(),
    };
    for name in names {
        let name = python.dotted(name);
        python.scopes.bind(it.scope, &name, Held::Other);
    }
}

fn imports<'t>(python: &mut Python<'t>, it: Expression<'t>, module: Option<&str>) {
    let mut cursor = it.node.walk();
    let names: Vec<_> = it
        .node
        .children_by_field_name("name", &mut cursor)
        .collect();
    for name in names {
        let name = it.at(name);
        let (what, alias) = match (name.field("name"), name.field("alias")) {
            (Some(what), Some(alias)) => (python.written(what), python.written(alias)),
            _ => (python.written(name), python.written(name)),
        };
        match module {
            Some(module) => python.scopes.import(alias, &format!("{module}.{what}")),
            // `import a.b` makes `a` known.
            None => python.scopes.import(alias, what),
        }
    }
}

/// Takes down the parameters of a function, and opens its scope.
fn function<'t>(python: &mut Python<'t>, it: Expression<'t>) -> Scope {
    let inside = python.scopes.open(ScopeKind::Function, it.scope);
    let name = it.field("name").map_or("", |it| python.written(it));
    let parameters = it.field("parameters").map(Expression::inner);
    for parameter in parameters.unwrap_or_default() {
        let own = parameter
            .field("name")
            .or_else(|| match parameter.node.kind() {
                "identifier" => Some(parameter),
                _ => parameter.inner().first().copied(),
            });
        let own = own.map_or("", |it| python.written(it));
        let kind = parameter.field("type").map(|it| python.written(it));
        if kind.is_some_and(|kind| kind.contains("Secret")) {
            python.scopes.wrap(own);
        }
        python.scopes.bind(inside, own, Held::Unknown);
        let default = parameter.field("value");
        python.parameters.push(Parameter {
            name: own.to_owned(),
            function: name.to_owned(),
            default,
        });
    }
    inside
}
