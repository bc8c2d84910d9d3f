//! The container stage: makes views of a blob, and of what is inside of it.
//!
//! The raw bytes are always a view. Formats add members, which are blobs in turn;
//! encodings add texts that stand in the bytes in another form.

mod ar;
mod codec;
mod cpio;
pub(crate) mod encoding;
pub(crate) mod format;
mod gzip;
mod json_text;
mod member_name;
mod notebook;
#[cfg(test)]
mod page;
pub(crate) mod raw;
mod rpm;
mod sevenz;
pub(crate) mod store;
mod streams;
mod tar;
mod zip;
mod zlib;
