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
#[cfg(test)]
mod damage;
pub(crate) mod encoding;
mod field_stream;
mod fields;
pub(crate) mod format;
mod gguf;
mod gzip;
mod hdf5;
mod json_text;
mod member_name;
pub(crate) mod notebook;
mod npy;
mod onnx;
mod orc;
pub(crate) mod page;
mod parquet;
mod pdf;
mod pickle;
mod png;
mod protobuf;
pub(crate) mod raw;
mod rpm;
mod safetensors;
mod sevenz;
mod sqlite;
pub(crate) mod store;
mod streams;
mod tar;
mod tfrecord;
#[cfg(feature = "columnar")]
mod thrift;
mod value_list;
mod values;
mod wandb;
mod zip;
mod zlib;
