//! The container stage: makes views of a blob, and of what is inside of it.
//!
//! The raw bytes are always a view. Formats add members, which are blobs in turn;
//! encodings add texts that stand in the bytes in another form.

mod ar;
mod arrow;
mod avro;
#[cfg(feature = "columnar")]
mod block_codec;
mod codec;
mod cpio;
pub(crate) mod encoding;
pub(crate) mod format;
mod gzip;
mod json_text;
mod member_name;
mod notebook;
mod orc;
#[cfg(test)]
mod page;
mod parquet;
pub(crate) mod raw;
mod rpm;
mod sevenz;
mod sqlite;
pub(crate) mod store;
mod streams;
mod tar;
#[cfg(feature = "columnar")]
mod thrift;
mod value_list;
mod zip;
mod zlib;
