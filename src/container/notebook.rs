//! `notebook`: Jupyter's `.ipynb` (nbformat 3 and 4), which is JSON.
//!
//! The texts of cells are put together from their lines and unescaped, and what is found
//! in them is told by cell as well as by line of the file. Nothing is run, and the order
//! of keys does not matter.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::format::{Format, Head, Likeness, Open, TakePiece};
use super::json_text::{self, Joint, Texts};
use crate::within::{Cell, CellKind, CellPart, Within};

pub(crate) const FORMAT: Format = Format {
    name: "notebook",
    about: "Jupyter notebooks (`.ipynb`)",
    seen: "Source, outputs, tracebacks, metadata and attachments of each cell, and metadata and \
        widget states of the notebook, with their escapes read and their lines put together. A \
        finding says the cell, its number of execution and the line in it, beside the line and \
        the column in the file.",
    unseen: "In a notebook that is not UTF-8 or not JSON, such as one that is cut off, and in one of \
        more than 24 MiB, cells are not told apart; what stands in the file as it is, or encoded, is found all the same.",
    is,
    open: Open::Pieces(pieces),
};

fn is(head: &Head<'_>) -> Likeness {
    /// A notebook begins with its cells, or with its metadata.
    const FIRST: usize = 512;
    let text = head
        .bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head.bytes);
    if !text.trim_ascii_start().starts_with(b"{") {
        return Likeness::No;
    }
    let first = &head.bytes[..head.bytes.len().min(FIRST)];
    let has = |key: &str| memchr::memmem::find(first, key.as_bytes()).is_some();
    Likeness::maybe_if(head.has_ending(".ipynb") || has("\"cells\"") || has("\"nbformat"))
}

#[derive(Deserialize)]
struct Notebook<'n> {
    #[serde(borrow, default)]
    cells: Vec<NotebookCell<'n>>,
    #[serde(borrow, default)]
    worksheets: Vec<Worksheet<'n>>,
    /// The widget states are a part of it.
    #[serde(borrow, default)]
    metadata: BTreeMap<Cow<'n, str>, &'n RawValue>,
}

/// Where nbformat 3 has its cells.
#[derive(Deserialize)]
struct Worksheet<'n> {
    #[serde(borrow, default)]
    cells: Vec<NotebookCell<'n>>,
}

#[derive(Deserialize)]
struct NotebookCell<'n> {
    #[serde(borrow)]
    cell_type: Option<Cow<'n, str>>,
    #[serde(alias = "prompt_number")]
    execution_count: Option<u64>,
    #[serde(borrow, alias = "input")]
    source: Option<&'n RawValue>,
    #[serde(borrow, default)]
    outputs: Vec<&'n RawValue>,
    #[serde(borrow)]
    metadata: Option<&'n RawValue>,
    #[serde(borrow)]
    attachments: Option<&'n RawValue>,
}

#[derive(Deserialize)]
struct OutputKind<'n> {
    #[serde(borrow)]
    output_type: Option<Cow<'n, str>>,
}

pub(crate) fn pieces(bytes: &[u8], take: TakePiece<'_>) {
    let json = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Ok(notebook) = serde_json::from_slice::<Notebook<'_>>(json) else {
        return;
    };
    let worksheets = notebook.worksheets.iter().flat_map(|sheet| &sheet.cells);
    for (index, cell) in (1..).zip(notebook.cells.iter().chain(worksheets)) {
        cell_pieces(bytes, index, cell, take);
    }
    for (key, value) in &notebook.metadata {
        let within = match key.as_ref() {
            "widgets" => Within::WidgetState,
            _ => Within::NotebookMetadata,
        };
        for text in texts(bytes, value, Joint::Nothing) {
            take(&text, &|_| Some(within.clone()));
        }
    }
}

fn cell_pieces(bytes: &[u8], index: u64, cell: &NotebookCell<'_>, take: TakePiece<'_>) {
    let mut part = |value: &RawValue, part: CellPart| {
        // The lines of a traceback have no ends.
        let joint = match part {
            CellPart::Traceback => Joint::LineFeed,
            _ => Joint::Nothing,
        };
        for text in texts(bytes, value, joint) {
            take(&text, &|at| {
                let before = &text.bytes[..at.min(text.bytes.len())];
                let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
                Some(Within::Cell(Cell {
                    index,
                    kind: kind(cell),
                    execution_count: cell.execution_count,
                    part,
                    line: memchr::memchr_iter(b'\n', before).count() as u64 + 1,
                    column: (before.len() - line_start) as u64 + 1,
                }))
            });
        }
    };
    if let Some(source) = cell.source {
        part(source, CellPart::Source);
    }
    for output in &cell.outputs {
        let kind: Option<OutputKind<'_>> = serde_json::from_str(output.get()).ok();
        let kind = kind.and_then(|kind| kind.output_type);
        // `pyerr` is nbformat 3's.
        let has_failed = matches!(kind.as_deref(), Some("error" | "pyerr"));
        part(
            output,
            if has_failed {
                CellPart::Traceback
            } else {
                CellPart::Output
            },
        );
    }
    if let Some(metadata) = cell.metadata {
        part(metadata, CellPart::Metadata);
    }
    if let Some(attachments) = cell.attachments {
        part(attachments, CellPart::Attachment);
    }
}

fn kind(cell: &NotebookCell<'_>) -> CellKind {
    match cell.cell_type.as_deref() {
        Some("markdown" | "heading" | "html") => CellKind::Markdown,
        Some("raw") => CellKind::Raw,
        _ => CellKind::Code,
    }
}

/// The texts of a value of the notebook.
fn texts<'n>(bytes: &'n [u8], value: &'n RawValue, joint: Joint) -> Texts<'n> {
    let text = value.get();
    // A raw value is a part of the bytes that it was read from.
    let start = (text.as_ptr() as usize).saturating_sub(bytes.as_ptr() as usize);
    json_text::texts(text.as_bytes(), start, joint)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(notebook: &serde_json::Value, wanted: &str) -> Vec<(String, usize)> {
        let text = serde_json::to_string_pretty(notebook).expect("it is JSON");
        let mut found = Vec::new();
        pieces(text.as_bytes(), &mut |piece, within| {
            let content = String::from_utf8_lossy(&piece.bytes).into_owned();
            if let Some(at) = content.find(wanted) {
                let source = piece.source_of(&(at..at + wanted.len()));
                let within = within(at).map(|within| within.to_string());
                found.push((within.unwrap_or_default(), source.start));
                assert!(text.is_char_boundary(source.start));
            }
        });
        found
    }

    #[test]
    fn cells_and_their_parts_are_told() {
        let notebook = json!({
            "cells": [
                {"cell_type": "markdown", "source": "é first", "metadata": {"tags": ["tag-in-it"]},
                 "attachments": {"a.txt": {"text/plain": "attached"}}},
                {"cell_type": "code", "execution_count": 7,
                 "source": ["import os\n", "x = 'typed'"],
                 "outputs": [
                    {"output_type": "stream", "text": ["one\n", "two printed\n"]},
                    {"output_type": "error", "traceback": ["\u{1b}[31mline", "failed here"]},
                 ]},
            ],
            "metadata": {"widgets": {"state": {"a": "stateful"}}, "title": "titled"},
            "nbformat": 4,
        });
        for (wanted, within) in [
            ("first", "cell 1 (markdown), source 1:4"),
            ("tag-in-it", "cell 1 (markdown), metadata 1:1"),
            ("attached", "cell 1 (markdown), attachment 1:1"),
            ("typed", "cell 2 (code, run 7), source 2:6"),
            ("printed", "cell 2 (code, run 7), output 2:5"),
            ("failed", "cell 2 (code, run 7), traceback 2:1"),
            ("stateful", "the state of a widget"),
            ("titled", "the notebook's metadata"),
        ] {
            let found = found(&notebook, wanted);
            assert_eq!(found.len(), 1, "{wanted}: {found:?}");
            assert_eq!(found[0].0, within);
        }
    }

    #[test]
    fn places_are_those_of_the_file() {
        let notebook = json!({"cells": [{"source": ["a \"b\"\n", "c = 'typed'"]}]});
        let text = serde_json::to_string_pretty(&notebook).expect("it is JSON");
        assert_eq!(
            found(&notebook, "typed")[0].1,
            text.find("typed").expect("it is there")
        );
        let mut count = 0;
        pieces(b"{\"cells\": [", &mut |_, _| count += 1);
        assert_eq!(count, 0);
        let old = json!({"worksheets": [{"cells": [{"cell_type": "code", "input": "old style",
            "prompt_number": 2}]}]});
        assert_eq!(
            found(&old, "style")[0].0,
            "cell 1 (code, run 2), source 1:5"
        );
    }

    #[test]
    fn only_notebooks_are_told() {
        let likeness = |bytes: &[u8], name| {
            is(&Head {
                bytes,
                name: std::path::Path::new(name),
            })
        };
        assert_eq!(likeness(b"{\n \"cells\": []}", ""), Likeness::Maybe);
        assert_eq!(likeness(b"{}", "a.ipynb"), Likeness::Maybe);
        for (bytes, name) in [
            (&b"{}"[..], "a.json"),
            (b"", "a.ipynb"),
            (b"text \"cells\"", "a"),
        ] {
            assert_eq!(likeness(bytes, name), Likeness::No);
        }
    }
}
