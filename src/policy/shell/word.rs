//! A word of a command: what of it is text, and what the shell puts there.

use std::ops::Range;

use super::expression::Expression;
use super::spelling::LONGEST_RAW;
use crate::policy::names::is_token_name;

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Where it stands, with its quotes.
    pub(crate) span: Range<usize>,
    /// The text, with its quotes; a long one is cut off. Dots stand in the place of
    /// expressions.
    pub(crate) raw: String,
    /// Its parts in order; one that stands in the default of a variable follows it.
    pub(crate) parts: Vec<Part>,
}

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Text, without quotes and escapes.
    Text(Range<usize>, String),
    /// A variable's value, or something of it.
    Variable(Variable),
    /// What a command writes: `$(…)`, `` `…` ``, `<(…)`.
    Substitution(Range<usize>),
    /// An expression of GitHub.
    Expression(Expression),
}

/// A variable where it is expanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Where it stands, with `$`.
    pub(crate) span: Range<usize>,
    /// Its name.
    pub(crate) name: String,
    /// What is made of it: empty, or `:-`, `:?`, `%%`; `#` for the length.
    pub(crate) operator: &'static str,
    /// What stands behind the operator; a long text is cut off.
    pub(crate) argument: String,
}

/// The operators behind a name, the longer ones first.
const OPERATORS: &[&str] = &[
    ":-", ":=", ":?", ":+", "##", "%%", "//", "^^", ",,", "-", "=", "?", "+", "#", "%", "/", "^",
    ",", "@", ":",
];

impl Word {
    /// What it says, if no part of it is put there by the shell.
    pub(crate) fn literal(&self) -> Option<String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(_, it) => text.push_str(it),
                _ => return None,
            }
        }
        Some(text)
    }

    /// Whether it says just this.
    pub(crate) fn is(&self, text: &str) -> bool {
        match &*self.parts {
            [Part::Text(_, it)] => it == text,
            _ => self.literal().is_some_and(|it| it == text),
        }
    }

    /// The text before the first part that the shell puts there.
    pub(crate) fn beginning(&self) -> &str {
        match self.parts.first() {
            Some(Part::Text(_, text)) => text,
            _ => "",
        }
    }

    /// The parts that hold a Hugging Face token, by their names: where, and the name.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = (Range<usize>, &str)> {
        self.parts.iter().filter_map(Part::token)
    }
}

impl Part {
    /// Where it stands.
    pub(crate) fn span(&self) -> &Range<usize> {
        match self {
            Self::Text(span, _) | Self::Substitution(span) => span,
            Self::Variable(variable) => &variable.span,
            Self::Expression(expression) => &expression.span,
        }
    }

    /// Where it stands and the name, if its value is a Hugging Face token by its name.
    pub(crate) fn token(&self) -> Option<(Range<usize>, &str)> {
        match self {
            Self::Variable(it) if it.is_whole() && is_token_name(&it.name) => {
                Some((it.span.clone(), &it.name))
            }
            Self::Expression(it) => Some((it.span.clone(), it.token()?)),
            _ => None,
        }
    }
}

impl Variable {
    /// A variable from its text, `$NAME` or `${NAME…}`.
    pub(super) fn of(span: Range<usize>, text: &str) -> Option<Self> {
        let text = text.strip_prefix('$')?;
        let inner = match text.strip_prefix('{') {
            Some(inner) => inner.strip_suffix('}')?,
            None => text,
        };
        let prefix = ["#", "!"]
            .into_iter()
            .find(|it| inner.len() > 1 && inner.starts_with(it));
        let inner = &inner[prefix.map_or(0, str::len)..];
        let is_of_name = |it: char| it.is_ascii_alphanumeric() || it == '_';
        let special = usize::from(inner.starts_with(['@', '*', '?', '$', '#', '!', '-']));
        let end = inner.find(|it| !is_of_name(it)).unwrap_or(inner.len());
        let (name, rest) = inner.split_at(end.max(special));
        let rest = match rest.strip_prefix('[') {
            Some(index) => index.split_once(']')?.1,
            None => rest,
        };
        let operator = OPERATORS.iter().find(|it| rest.starts_with(**it));
        let operator = operator.copied().unwrap_or_default();
        let argument = &rest[operator.len()..];
        Some(Self {
            span,
            name: name.to_owned(),
            operator: prefix.unwrap_or(operator),
            argument: argument[..argument.floor_char_boundary(LONGEST_RAW)].to_owned(),
        })
    }

    /// Whether all of the value is put there. `${X:0:4}`, `${X%%_*}` and `${X:+set}` give
    /// less.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self.operator, "" | ":-" | "-" | ":=" | "=" | ":?" | "?")
    }

    /// What is put there in its place if it is not set, or is empty.
    pub(crate) fn default(&self) -> Option<&str> {
        matches!(self.operator, ":-" | "-" | ":=" | "=").then_some(&*self.argument)
    }
}
