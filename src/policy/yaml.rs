//! YAML: a tree of nodes that know where they stand in the file.
//!
//! It is what a workflow, a pipeline and a manifest are read from, and knows none of them.
//! A scalar is its text only: what is a number or a truth to a reader is not decided here.

mod fault;
mod layout;
mod lenient;
mod passage;
mod reader;

use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

pub(crate) use self::fault::Fault;
pub(crate) use self::reader::read;
use crate::source_map::Mapped;

/// A node. Cloning one is cheap; an alias is a clone of what it stands for, with its place.
#[derive(Debug, Clone)]
pub(crate) struct Yaml {
    /// Where its text stands in the file, without its anchor and its tag.
    pub(crate) span: Range<usize>,
    /// What it is.
    pub(crate) kind: Kind,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A text.
    Scalar {
        /// What it says.
        value: Rc<str>,
        /// How it is written.
        style: Style,
    },
    /// Keys and values, as they stand in the file.
    Mapping(Rc<[(Yaml, Yaml)]>),
    /// Items.
    Sequence(Rc<[Yaml]>),
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// As it is.
    Plain,
    /// Between `'`.
    SingleQuoted,
    /// Between `"`.
    DoubleQuoted,
    /// Indented lines after `|`.
    Literal,
    /// Indented lines after `>`.
    Folded,
}

/// The key whose value's entries count as the mapping's own.
const MERGE: &str = "<<";

impl Yaml {
    /// The text of a scalar.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { value, .. } => Some(value),
            Kind::Mapping(_) | Kind::Sequence(_) => None,
        }
    }

    /// The value of a key of a mapping.
    pub(crate) fn get(&self, key: &str) -> Option<&Yaml> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A key of a mapping and its value: its own before a merged one, the last of several.
    pub(crate) fn entry(&self, key: &str) -> Option<(&Yaml, &Yaml)> {
        let pairs = self.pairs();
        let own = pairs.iter().rev().find(|(it, _)| it.as_str() == Some(key));
        if let Some((key, value)) = own {
            return Some((key, value));
        }
        let merged = pairs.iter().filter(|(it, _)| it.as_str() == Some(MERGE));
        merged
            .flat_map(|(_, value)| value.items_or_self())
            .find_map(|value| value.entry(key))
    }

    /// The entries of a mapping, merged ones behind its own. Nothing of another node.
    pub(crate) fn entries(&self) -> Vec<(&Yaml, &Yaml)> {
        let mut entries = Vec::new();
        let mut seen = HashSet::new();
        self.collect(&mut entries, &mut seen);
        entries
    }

    fn collect<'y>(&'y self, entries: &mut Vec<(&'y Yaml, &'y Yaml)>, seen: &mut HashSet<&'y str>) {
        let pairs = self.pairs();
        let is_merge = |key: &Yaml| key.as_str() == Some(MERGE);
        let own: Vec<_> = pairs.iter().filter(|(key, _)| !is_merge(key)).collect();
        let is_new = |key: &Yaml| key.as_str().is_none_or(|name| !seen.contains(name));
        entries.extend(
            own.iter()
                .filter(|(key, _)| is_new(key))
                .map(|(key, value)| (key, value)),
        );
        seen.extend(own.iter().filter_map(|(key, _)| key.as_str()));
        for (_, value) in pairs.iter().filter(|(key, _)| is_merge(key)) {
            for merged in value.items_or_self() {
                merged.collect(entries, seen);
            }
        }
    }

    /// The entries of a mapping as they are written, `<<` among them.
    pub(crate) fn pairs(&self) -> &[(Yaml, Yaml)] {
        match &self.kind {
            Kind::Mapping(pairs) => pairs,
            Kind::Scalar { .. } | Kind::Sequence(_) => &[],
        }
    }

    /// The items of a sequence. Nothing of another node.
    pub(crate) fn items(&self) -> &[Yaml] {
        match &self.kind {
            Kind::Sequence(items) => items,
            Kind::Scalar { .. } | Kind::Mapping(_) => &[],
        }
    }

    /// The items of a sequence, or the node itself where it is none.
    pub(crate) fn items_or_self(&self) -> &[Yaml] {
        match &self.kind {
            Kind::Sequence(items) => items,
            Kind::Scalar { .. } | Kind::Mapping(_) => std::slice::from_ref(self),
        }
    }

    /// Whether it is a mapping.
    pub(crate) fn is_mapping(&self) -> bool {
        matches!(self.kind, Kind::Mapping(_))
    }

    /// Whether nothing is said: an empty scalar, or one that says null.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.kind {
            Kind::Scalar { value, style } => {
                value.is_empty()
                    || *style == Style::Plain && matches!(&**value, "~" | "null" | "Null" | "NULL")
            }
            Kind::Mapping(pairs) => pairs.is_empty(),
            Kind::Sequence(items) => items.is_empty(),
        }
    }

    /// Every scalar below this node, keys and values, itself included.
    pub(crate) fn scalars(&self) -> Vec<&Yaml> {
        let mut scalars = Vec::new();
        let mut open = vec![self];
        while let Some(node) = open.pop() {
            match &node.kind {
                Kind::Scalar { .. } => scalars.push(node),
                Kind::Mapping(pairs) => {
                    open.extend(pairs.iter().rev().flat_map(|(key, value)| [value, key]));
                }
                Kind::Sequence(items) => open.extend(items.iter().rev()),
            }
        }
        scalars
    }

    /// The text of a scalar, with where each part of it stands in `bytes`, which it was
    /// read from. Empty for another node.
    pub(crate) fn passage(&self, bytes: &[u8]) -> Mapped {
        match &self.kind {
            Kind::Scalar { value, style } => passage::of(bytes, &self.span, value, *style),
            Kind::Mapping(_) | Kind::Sequence(_) => Mapped::default(),
        }
    }
}
