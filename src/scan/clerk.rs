//! A clerk: takes down what a look sees. Who it is depends on the scan: a worker judges, a
//! spotter only notes.

use super::sight::Seen;
use crate::blob::Origin;
use crate::name_class::NameClass;
use crate::report::{Skipped, Unscanned};
use crate::view::{Behind, View};

/// Takes down what is seen.
pub(super) trait Clerk {
    /// What is taken down of one blob.
    type File;

    /// Begins a blob, whose name is of a class.
    fn open(&self, class: Option<NameClass>) -> Self::File;

    /// Takes down the hits of a view, of which so many bytes are decided.
    fn view(
        &mut self,
        file: &mut Self::File,
        origin: &Origin,
        view: &View<'_>,
        seen: &Seen,
        decided: usize,
        behind: &mut dyn Behind,
    );

    /// Ends a blob.
    fn close(&mut self, file: Self::File, origin: &Origin);

    /// Takes down a member that was unpacked, of so many bytes.
    fn member(&mut self, bytes: u64);

    /// Takes down something that was left out.
    fn leave_out(&mut self, skipped: Skipped);

    /// Takes down something that could not be looked at.
    fn miss(&mut self, unscanned: Unscanned);
}
