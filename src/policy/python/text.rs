//! Texts: strings and what is put into them, in whichever of Python's ways.
//!
//! What a value looks like in a text is not worked out; only where it goes.

use std::collections::HashMap;

use super::Python;
use super::expression::Expression;

/// How many pieces a text is put together from at most, nested ones included.
const MAX_DEPTH: usize = 64;

/// A part of a text.
#[derive(Debug, Clone)]
pub(crate) enum Part<'t> {
    /// It is written.
    Written(String),
    /// It is put in.
    Value(Expression<'t>),
}

/// Whether an expression is a text, or is put together to be one.
pub(super) fn is_text<'t>(python: &Python<'t>, it: Expression<'t>) -> bool {
    match it.node.kind() {
        "string" | "concatenated_string" => true,
        "binary_operator" => {
            let operator = it.node.child_by_field_name("operator");
            let left = || it.field("left").is_some_and(|it| is_string(it));
            match operator.map(|it| it.kind()) {
                Some("+") => true,
                Some("%") => left(),
                _ => false,
            }
        }
        "call" => formatted(python, it).is_some(),
        _ => false,
    }
}

fn is_string(it: Expression<'_>) -> bool {
    matches!(it.bare().node.kind(), "string" | "concatenated_string")
}

/// The string and the arguments of `"…".format(…)`, if it is that.
fn formatted<'t>(
    python: &Python<'t>,
    it: Expression<'t>,
) -> Option<(Expression<'t>, Vec<Expression<'t>>)> {
    let (function, arguments) = it.call()?;
    let is_format = python.written(function.field("attribute")?) == "format";
    let string = function.field("object")?;
    (is_format && is_string(string)).then_some((string, arguments))
}

/// The parts as one text, with `\0` for each value, and where the values are in it.
pub(crate) fn parts_as_shown<'t>(parts: &[Part<'t>]) -> (String, Vec<(usize, Expression<'t>)>) {
    let mut text = String::new();
    let mut values = Vec::new();
    for part in parts {
        match part {
            Part::Written(written) => text.push_str(written),
            Part::Value(value) => {
                values.push((text.len(), *value));
                text.push('\0');
            }
        }
    }
    (text, values)
}

impl<'t> Python<'t> {
    /// What a string says, if nothing is put into it.
    pub(crate) fn literal(&self, it: Expression<'t>) -> Option<String> {
        let it = it.bare();
        if !is_string(it) {
            return None;
        }
        let mut literal = String::new();
        for part in self.parts(it) {
            match part {
                Part::Written(written) => literal.push_str(&written),
                Part::Value(_) => return None,
            }
        }
        Some(literal)
    }

    /// What a text is put together from.
    pub(crate) fn parts(&self, it: Expression<'t>) -> Vec<Part<'t>> {
        let mut parts = Vec::new();
        self.parts_within(it, MAX_DEPTH, &mut parts);
        parts
    }

    fn parts_within(&self, it: Expression<'t>, depth: usize, parts: &mut Vec<Part<'t>>) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        let it = it.bare();
        if !is_text(self, it) {
            parts.push(Part::Value(it));
            return;
        }
        match it.node.kind() {
            "string" => self.parts_of_string(it, parts),
            "concatenated_string" => {
                for string in it.inner() {
                    self.parts_within(string, depth, parts);
                }
            }
            "binary_operator" => {
                let (Some(left), Some(right)) = (it.field("left"), it.field("right")) else {
                    return;
                };
                let operator = it.node.child_by_field_name("operator");
                if operator.is_some_and(|it| it.kind() == "+") {
                    self.parts_within(left, depth, parts);
                    self.parts_within(right, depth, parts);
                } else {
                    let template = self.literal(left).unwrap_or_default();
                    percent(self, &template, right, parts);
                }
            }
            _ => {
                if let Some((string, arguments)) = formatted(self, it) {
                    let template = self.literal(string).unwrap_or_default();
                    braces(self, &template, &arguments, parts);
                }
            }
        }
    }

    fn parts_of_string(&self, string: Expression<'t>, parts: &mut Vec<Part<'t>>) {
        for part in string.inner() {
            match part.node.kind() {
                "string_content" => {
                    parts.push(Part::Written(self.written(part).to_owned()));
                }
                "interpolation" => {
                    let format = part.field("format_specifier");
                    let is_cut = format.is_some_and(|it| self.written(it).contains('.'));
                    let value = part.field("expression").filter(|_| !is_cut);
                    parts.push(value.map_or(Part::Written("…".to_owned()), Part::Value));
                }
                _ => {}
            }
        }
    }
}

/// The parts of `template % values`.
fn percent<'t>(
    python: &Python<'t>,
    template: &str,
    values: Expression<'t>,
    parts: &mut Vec<Part<'t>>,
) {
    let values = values.bare();
    let list = match values.node.kind() {
        "tuple" | "dictionary" => values.inner(),
        _ => vec![values],
    };
    let pair = |it: &Expression<'t>| {
        let key = python.literal(it.field("key")?)?;
        Some((key, it.field("value")?))
    };
    let by_name: HashMap<String, Expression<'t>> = match values.node.kind() {
        "dictionary" => list.iter().filter_map(pair).collect(),
        _ => HashMap::new(),
    };
    let mut places = list.iter();
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        parts.push(Part::Written(rest[..at].to_owned()));
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('%') {
            parts.push(Part::Written("%".to_owned()));
            rest = behind;
            continue;
        }
        let (name, behind) = match rest.strip_prefix('(').and_then(|it| it.split_once(')')) {
            Some((name, behind)) => (Some(name), behind),
            None => (None, rest),
        };
        let flags = behind.len()
            - behind
                .trim_start_matches(|it: char| !it.is_alphabetic())
                .len();
        let is_cut = behind[..flags].contains('.');
        let letter = behind[flags..].chars().next().map_or(0, char::len_utf8);
        rest = &behind[flags + letter..];
        let value = match name {
            Some(name) => by_name.get(name).copied(),
            None => places.next().copied(),
        };
        parts.extend(value.filter(|_| !is_cut).map(Part::Value));
    }
    parts.push(Part::Written(rest.to_owned()));
}

/// The parts of `template.format(arguments)`.
fn braces<'t>(
    python: &Python<'t>,
    template: &str,
    arguments: &[Expression<'t>],
    parts: &mut Vec<Part<'t>>,
) {
    let keyword = |it: &Expression<'t>| it.node.kind() == "keyword_argument";
    let named = |it: &Expression<'t>| {
        let name = it.field("name").filter(|_| keyword(it))?;
        Some((python.written(name), it.field("value")?))
    };
    let by_name: HashMap<&str, Expression<'t>> = arguments.iter().filter_map(named).collect();
    let by_place: Vec<_> = arguments.iter().filter(|it| !keyword(it)).collect();
    let mut next = 0;
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        parts.push(Part::Written(rest[..at].to_owned()));
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('{') {
            rest = behind;
            continue;
        }
        let Some((field, behind)) = rest.split_once('}') else {
            break;
        };
        rest = behind;
        let (name, format) = field.split_once(':').unwrap_or((field, ""));
        let name = name.split('!').next().unwrap_or_default();
        let place = if name.is_empty() {
            next += 1;
            Some(next - 1)
        } else {
            name.parse::<usize>().ok()
        };
        let value = match place {
            Some(place) => by_place.get(place).map(|it| **it),
            None => by_name.get(name).copied(),
        };
        let value = value.filter(|_| !format.contains('.'));
        parts.extend(value.map(Part::Value));
    }
    parts.push(Part::Written(rest.to_owned()));
}
