//! The container stage: makes views of a blob, and of what is inside of it.
//!
//! The raw bytes are always a view. Formats add members, which are blobs in turn;
//! encodings add texts that stand in the bytes in another form.

#[cfg(test)]
mod damage;
mod fields;
pub(crate) mod format;
mod gzip;
mod hdf5;
mod member_name;
mod pdf;
mod png;
pub(crate) mod raw;
pub(crate) mod store;
mod values;
