//! A view: a stretch of a blob that is scanned at once, and where it lies.
//!
//! Views of one blob come in order and overlap, so that whatever is near the
//! end of one is seen again, with all that is around it, in the next.

use std::io;
use std::ops::Range;

/// A stretch of a blob.
#[derive(Debug, Clone, Copy)]
pub struct View<'b> {
    /// The bytes.
    pub bytes: &'b [u8],
    /// Where the first of them lies in the blob, in bytes.
    pub offset: u64,
    /// How many of them have been decided in the view before. A match that
    /// starts there has been reported.
    pub decided: usize,
    /// Whether the blob goes on.
    pub end: End,
}

/// Whether a blob goes on after a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// This is the last view.
    OfBlob,
    /// More follows.
    OfView,
}

impl<'b> View<'b> {
    /// The bytes on either side that belong to a decision, at the least: what
    /// starts this near to the end of a view is left to the next one.
    pub const MARGIN: usize = 4096;

    /// The longest match, in bytes. A longer run is reported by its first part.
    pub const LONGEST_MATCH: usize = 1 << 20;

    /// How many bytes can be decided: where the blob goes on, what belongs to the
    /// judgement of the others may be missing.
    #[must_use]
    pub fn decidable(&self) -> usize {
        let length = self.bytes.len();
        let decidable = match self.end {
            End::OfBlob => length,
            End::OfView => length.saturating_sub(Self::MARGIN),
        };
        decidable.max(self.decided)
    }

    /// All of a blob's bytes in one view.
    #[must_use]
    pub fn whole(bytes: &'b [u8]) -> Self {
        Self {
            bytes,
            offset: 0,
            decided: 0,
            end: End::OfBlob,
        }
    }
}

/// The bytes of a blob that its views no longer show.
pub(crate) trait Behind {
    /// Whether they can be read again.
    fn can_be_read_again(&self) -> bool;

    /// Reads the bytes of the blob at `range` again, as many as there are, in
    /// pieces, until `each` has had enough.
    ///
    /// # Errors
    /// What the system says; `Unsupported` where they cannot be read again.
    fn read_again(
        &mut self,
        range: Range<u64>,
        each: &mut dyn FnMut(&[u8]) -> Appetite,
    ) -> io::Result<()>;
}

/// Whether a reader wants more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Appetite {
    /// It does.
    More,
    /// It does not.
    Enough,
}
