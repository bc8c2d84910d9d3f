//! The container stage: makes views of a blob.
//!
//! The raw bytes are always a view; so far they are the only one.

pub(crate) mod raw;
