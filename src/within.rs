//! Within: which part of a structured file a finding is in, beside its line.
//!
//! It is for people, who look for a cell or a row where the file has bytes. It takes no
//! part in fingerprints.

use std::fmt;

use serde::Serialize;

/// A part of a structured file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// A cell of a notebook.
    Cell(Cell),
    /// Metadata of a notebook that are no cell's.
    NotebookMetadata,
    /// What a notebook remembers of a widget.
    WidgetState,
    /// A row of a table, or a value of a column, from 1.
    Row(u64),
    /// A record of a log, from 1.
    Record(u64),
}

/// A cell of a notebook, and which part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Cell {
    /// Which cell, from 1.
    pub index: u64,
    /// `code`, `markdown` or `raw`, as the notebook says.
    pub kind: CellKind,
    /// The number in its brackets, if it has been run.
    pub execution_count: Option<u64>,
    /// Which part.
    pub part: CellPart,
    /// 1-based line in that part.
    pub line: u64,
    /// 1-based column in that line, in bytes.
    pub column: u64,
}

/// A kind of cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum CellKind {
    /// It runs.
    Code,
    /// It is text.
    Markdown,
    /// It is neither.
    Raw,
}

/// A part of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum CellPart {
    /// What was typed.
    Source,
    /// What was printed, or shown.
    Output,
    /// How it failed.
    Traceback,
    /// Metadata of the cell.
    Metadata,
    /// A file that hangs on the cell.
    Attachment,
}

impl CellKind {
    fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Markdown => "markdown",
            Self::Raw => "raw",
        }
    }
}

impl CellPart {
    fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Output => "output",
            Self::Traceback => "traceback",
            Self::Metadata => "metadata",
            Self::Attachment => "attachment",
        }
    }
}

impl fmt::Display for Within {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotebookMetadata => formatter.write_str("the notebook's metadata"),
            Self::WidgetState => formatter.write_str("the state of a widget"),
            Self::Row(row) => write!(formatter, "row {row}"),
            Self::Record(record) => write!(formatter, "record {record}"),
            Self::Cell(cell) => cell.fmt(formatter),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "cell {} ({}", self.index, self.kind.name())?;
        if let Some(count) = self.execution_count {
            write!(formatter, ", run {count}")?;
        }
        let (part, line, column) = (self.part.name(), self.line, self.column);
        write!(formatter, "), {part} {line}:{column}")
    }
}
