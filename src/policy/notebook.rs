//! A notebook: its texts as the scan hands them in, each with the part of the notebook
//! that it is.
//!
//! How it is stored is the container stage's, which takes notebooks apart.

use crate::source_map::Mapped;
use crate::within::{CellKind, CellPart, Within};

/// Takes the texts of a file, each with a function that tells what a place in it is in.
pub(crate) type TakeText<'t> = &'t mut dyn FnMut(&Mapped, &dyn Fn(usize) -> Option<Within>);

/// Gives the texts of a file that has texts inside of it.
pub(crate) type Texts<'t> = &'t dyn Fn(TakeText<'_>);

/// What a text of a notebook is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotebookText {
    /// What was typed into a cell that runs.
    Code,
    /// What was printed or shown, an error too.
    Output,
    /// Something else.
    Other,
}

impl NotebookText {
    /// What a text is that stands there.
    pub(crate) fn of(within: Option<&Within>) -> Self {
        let Some(Within::Cell(cell)) = within else {
            return Self::Other;
        };
        match (cell.kind, cell.part) {
            (CellKind::Code, CellPart::Source) => Self::Code,
            (_, CellPart::Output | CellPart::Traceback) => Self::Output,
            _ => Self::Other,
        }
    }
}
