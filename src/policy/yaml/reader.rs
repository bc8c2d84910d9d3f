//! Reads YAML: from the parser's events to a tree.
//!
//! What it reads may be written to hurt: neither nesting nor aliases of aliases make it use
//! more than the file's own measure.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::layout::{Places, behind_properties, of_scalar};
use super::lenient::parse_lenient;
use super::{Fault, Kind, Style, Yaml};

/// How deep nodes may be nested, aliases followed.
const MAX_DEPTH: usize = 128;

/// How many bytes of a scalar count as a node more.
const NODE: usize = 16;

/// How many nodes the aliases of a file may stand for.
const MAX_ALIASED: usize = 1 << 18;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Reads the documents of a file.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Yaml>, Fault> {
    let base = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
    let text = std::str::from_utf8(&bytes[base..]).map_err(|error| {
        let before = &bytes[..base + error.valid_up_to()];
        Fault {
            line: 1 + memchr::memchr_iter(b'\n', before).count(),
            reason: "not YAML: it is not UTF-8".to_owned(),
        }
    })?;
    parse(text, base).or_else(|unread| parse_lenient(text, base, unread).map_err(|it| it.fault))
}

/// Why a text cannot be read, and where the parser stopped.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) fault: Fault,
    /// In characters.
    pub(super) place: usize,
}

/// Reads the documents of a text that stands in the file at `base`.
pub(super) fn parse(text: &str, base: usize) -> Result<Vec<Yaml>, Unread> {
    let mut reader = Reader::new(text, base);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Unread {
            place: error.marker().index(),
            fault: error.into(),
        })?;
        reader.take(event, &span).map_err(|fault| Unread {
            place: span.start.index(),
            fault,
        })?;
    }
    Ok(reader.documents)
}

/// A node and its measure, aliases followed.
#[derive(Debug, Clone)]
struct Measured {
    node: Yaml,
    nodes: usize,
    height: usize,
}

/// A mapping or a sequence that has not ended.
struct Open {
    start: usize,
    form: Form,
    anchor: usize,
    children: Vec<Yaml>,
    nodes: usize,
    height: usize,
}

/// What children make.
#[derive(Clone, Copy)]
enum Form {
    Mapping,
    Sequence,
    /// GitLab's `!reference`: a path to something that stands elsewhere, and no list.
    Reference,
}

struct Reader<'t> {
    text: &'t str,
    places: Places<'t>,
    /// Where the text begins in the file.
    base: usize,
    documents: Vec<Yaml>,
    open: Vec<Open>,
    anchored: HashMap<usize, Measured>,
    aliased: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, base: usize) -> Self {
        Self {
            text,
            places: Places::new(text),
            base,
            documents: Vec::new(),
            open: Vec::new(),
            anchored: HashMap::new(),
            aliased: 0,
        }
    }

    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), Fault> {
        match event {
            Event::Scalar(value, style, anchor, _) => {
                let node = self.scalar(&value, style, span);
                let measured = Measured {
                    node,
                    nodes: 1 + value.len() / NODE,
                    height: 1,
                };
                self.add(measured, anchor, span)
            }
            Event::MappingStart(anchor, _) => self.begin(anchor, span, Form::Mapping),
            Event::SequenceStart(anchor, tag) => {
                let is_reference = tag.is_some_and(|tag| tag.suffix == "reference");
                let form = if is_reference {
                    Form::Reference
                } else {
                    Form::Sequence
                };
                self.begin(anchor, span, form)
            }
            Event::MappingEnd | Event::SequenceEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            _ => Ok(()),
        }
    }

    /// Where a span of the parser stands in the text.
    fn range(&self, span: &Span) -> Range<usize> {
        self.places.byte(span.start.index())..self.places.byte(span.end.index())
    }

    fn in_file(&self, range: &Range<usize>) -> Range<usize> {
        self.base + range.start..self.base + range.end
    }

    fn scalar(&self, value: &str, style: ScalarStyle, span: &Span) -> Yaml {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        let mut range = self.range(span);
        if value.is_empty() && style == Style::Plain {
            range.end = range.start;
        }
        Yaml {
            span: self.in_file(&of_scalar(self.text, range, style)),
            kind: Kind::Scalar {
                value: Rc::from(value),
                style,
            },
        }
    }

    fn begin(&mut self, anchor: usize, span: &Span, form: Form) -> Result<(), Fault> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Fault::new(span, "it is nested too deep"));
        }
        self.open.push(Open {
            start: behind_properties(self.text, self.range(span).start),
            form,
            anchor,
            children: Vec::new(),
            nodes: 1,
            height: 0,
        });
        Ok(())
    }

    fn end(&mut self, span: &Span) -> Result<(), Fault> {
        let open = self.open.pop().expect("what ends has begun");
        let bytes = self.text.as_bytes();
        let is_flow = matches!(bytes.get(open.start), Some(b'{' | b'['));
        let last = open.children.iter().map(|it| it.span.end).max();
        let start = self.base + open.start;
        let end = match last {
            Some(last) if !is_flow => last,
            _ => self.base + (self.range(span).start + 1).min(self.text.len()),
        };
        let kind = match open.form {
            Form::Mapping => Kind::Mapping(pairs(open.children).into()),
            Form::Sequence => Kind::Sequence(open.children.into()),
            Form::Reference => Kind::Sequence(Rc::new([])),
        };
        let node = Yaml {
            span: start..end.max(start),
            kind,
        };
        let measured = Measured {
            node,
            nodes: open.nodes,
            height: open.height + 1,
        };
        self.add(measured, open.anchor, span)
    }

    fn alias(&mut self, anchor: usize, span: &Span) -> Result<(), Fault> {
        let Some(target) = self.anchored.get(&anchor).cloned() else {
            return Err(Fault::new(span, "an alias stands in what it stands for"));
        };
        self.aliased += target.nodes;
        if self.aliased > MAX_ALIASED {
            return Err(Fault::new(span, "its aliases stand for too many nodes"));
        }
        if self.open.len() + target.height > MAX_DEPTH {
            return Err(Fault::new(span, "its aliases are nested too deep"));
        }
        self.add(target, 0, span)
    }

    fn add(&mut self, measured: Measured, anchor: usize, span: &Span) -> Result<(), Fault> {
        if anchor != 0 {
            self.anchored.insert(anchor, measured.clone());
        }
        let Some(parent) = self.open.last_mut() else {
            self.documents.push(measured.node);
            return Ok(());
        };
        parent.nodes = parent.nodes.saturating_add(measured.nodes);
        parent.height = parent.height.max(measured.height);
        if parent.height > MAX_DEPTH {
            return Err(Fault::new(span, "it is nested too deep"));
        }
        parent.children.push(measured.node);
        Ok(())
    }
}

/// Keys and values out of a row of both.
fn pairs(children: Vec<Yaml>) -> Vec<(Yaml, Yaml)> {
    let mut pairs = Vec::with_capacity(children.len() / 2);
    let mut rest = children.into_iter();
    while let (Some(key), Some(value)) = (rest.next(), rest.next()) {
        pairs.push((key, value));
    }
    pairs
}

#[cfg(test)]
mod tests;
