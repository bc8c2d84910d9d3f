//! Item: something that is looked through, a blob or what is in one, and how deep it is in
//! containers.

use std::cell::OnceCell;

use crate::blob::Origin;
use crate::budget::Budget;
use crate::container::raw::ReadError;
use crate::name_class::NameClass;

/// Something that is looked through.
#[derive(Clone, Copy)]
pub(in crate::scan) struct Item<'i> {
    pub(in crate::scan) origin: &'i Origin,
    pub(in crate::scan) class: Option<NameClass>,
    pub(in crate::scan) nest: &'i Nest<'i>,
}

/// Where in the containers of a blob something is.
#[derive(Clone)]
pub(in crate::scan) struct Nest<'n> {
    /// Containers around it.
    pub(super) depth: u64,
    /// The budget of all of them, made with the first.
    budget: &'n OnceCell<Budget>,
    /// Bytes of the outermost one, as far as they are known.
    packed: u64,
}

impl<'n> Nest<'n> {
    /// A blob itself.
    pub(super) fn outermost(budget: &'n OnceCell<Budget>) -> Self {
        Self {
            depth: 0,
            budget,
            packed: u64::MAX,
        }
    }

    /// One container further in.
    pub(super) fn deeper(&self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self.clone()
        }
    }

    /// The same, as it is known how many bytes were read of the outermost one.
    pub(super) fn of(&self, read: &Result<u64, ReadError>) -> Self {
        let packed = match read {
            Ok(bytes) => *bytes,
            Err(error) => error.offset,
        };
        Self {
            packed: if self.depth == 0 { packed } else { self.packed },
            ..self.clone()
        }
    }

    /// The budget, which is made for so many bytes if there is none yet.
    pub(super) fn budget(&self, new: impl FnOnce(u64) -> Budget) -> Budget {
        self.budget.get_or_init(|| new(self.packed)).clone()
    }
}
