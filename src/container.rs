//! The container stage: makes views of a blob, and of what is inside of it.
//!
//! The raw bytes are always a view. Formats add members, which are blobs in turn;
//! encodings add texts that stand in the bytes in another form.

#[cfg(test)]
mod damage;
mod field_stream;
mod fields;
pub(crate) mod format;
mod gguf;
mod gzip;
mod hdf5;
mod member_name;
mod npy;
mod onnx;
mod pdf;
mod pickle;
mod png;
mod protobuf;
pub(crate) mod raw;
mod safetensors;
pub(crate) mod store;
mod tfrecord;
mod values;
mod wandb;
