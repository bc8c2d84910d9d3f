//! The container stage: makes views of a blob, and of what is inside of it.
//!
//! The raw bytes are always a view. Formats add members, which are blobs in turn;
//! encodings add texts that stand in the bytes in another form.

mod arrow;
mod avro;
#[cfg(feature = "columnar")]
mod block_codec;
pub(crate) mod format;
mod gzip;
mod member_name;
mod orc;
mod parquet;
pub(crate) mod raw;
mod sqlite;
pub(crate) mod store;
#[cfg(feature = "columnar")]
mod thrift;
mod value_list;
