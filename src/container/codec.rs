//! Codecs: decoders of compressed streams, none of which takes more than [`MEMORY`]
//! whatever the stream says.
//!
//! They know nothing of files and members; formats do.

#[cfg(feature = "lz4")]
mod lz4;
#[cfg(feature = "xz")]
mod lzip;

#[cfg(any(feature = "xz", feature = "zstd"))]
use std::io;
use std::io::Read;

#[cfg(feature = "lz4")]
pub(crate) use lz4::lz4;
#[cfg(feature = "xz")]
pub(crate) use lzip::lzip;

/// What a decoder may remember of what it has decoded. The strongest presets of `xz` and
/// `7z` ask for as much.
#[cfg(any(feature = "xz", feature = "zstd"))]
pub(crate) const MEMORY: u64 = 64 << 20;

/// The same in KiB, with what a decoder needs beside it: tables, and buffers for input.
#[cfg(feature = "xz")]
pub(crate) const MEMORY_KIB: u32 = 65 << 10;

/// A decoder of something.
pub(crate) type Decoder<'d> = Box<dyn Read + 'd>;

/// `deflate` (RFC 1951).
pub(crate) fn deflate<'d>(stream: impl Read + 'd) -> Decoder<'d> {
    Box::new(flate2::read::DeflateDecoder::new(stream))
}

/// `deflate64`, of which Windows makes zips that are larger than 2 GiB.
pub(crate) fn deflate64<'d>(stream: impl Read + 'd) -> Decoder<'d> {
    Box::new(deflate64::Deflate64Decoder::new(stream))
}

/// `zlib` (RFC 1950).
pub(crate) fn zlib<'d>(stream: impl Read + 'd) -> Decoder<'d> {
    Box::new(flate2::read::ZlibDecoder::new(stream))
}

/// `bzip2`, all streams.
#[cfg(feature = "bzip2")]
pub(crate) fn bzip2<'d>(stream: impl Read + 'd) -> Decoder<'d> {
    Box::new(bzip2::read::MultiBzDecoder::new(stream))
}

/// `zstd` (RFC 8878), all frames.
#[cfg(feature = "zstd")]
pub(crate) fn zstd<'d>(stream: impl Read + 'd) -> io::Result<Decoder<'d>> {
    let mut decoder = zstd::Decoder::new(stream)?;
    decoder.window_log_max(MEMORY.ilog2())?;
    Ok(Box::new(decoder))
}

/// `xz`, all streams.
#[cfg(feature = "xz")]
pub(crate) fn xz<'d>(stream: impl Read + 'd) -> Decoder<'d> {
    let decoder = lzma_rust2::XzReader::new_mem_limit(stream, true, MEMORY_KIB);
    Box::new(decoder)
}

/// `lzma`, as it stands in a file of its own.
#[cfg(feature = "xz")]
pub(crate) fn lzma<'d>(stream: impl Read + 'd) -> io::Result<Decoder<'d>> {
    let decoder = lzma_rust2::LzmaReader::new_mem_limit(stream, MEMORY_KIB, None)?;
    Ok(Box::new(decoder))
}

/// `lzma` whose properties stand elsewhere. Its length is `u64::MAX` where a mark ends it.
#[cfg(feature = "xz")]
pub(crate) fn raw_lzma<'d>(
    stream: impl Read + 'd,
    length: u64,
    properties: u8,
    dictionary: u32,
) -> io::Result<Decoder<'d>> {
    let needed = lzma_rust2::lzma_get_memory_usage_by_props(dictionary, properties)?;
    if needed > MEMORY_KIB {
        return Err(too_much_memory());
    }
    let decoder =
        lzma_rust2::LzmaReader::new_with_props(stream, length, properties, dictionary, None)?;
    Ok(Box::new(decoder))
}

/// `lzma2` whose property stands elsewhere: the size of its dictionary, as a power of two
/// or one and a half.
#[cfg(feature = "sevenz")]
pub(crate) fn raw_lzma2<'d>(stream: impl Read + 'd, property: u8) -> io::Result<Decoder<'d>> {
    let dictionary = lzma2_dictionary(property);
    let Some(size) = u32::try_from(dictionary)
        .ok()
        .filter(|_| dictionary <= MEMORY)
    else {
        return Err(too_much_memory());
    };
    Ok(Box::new(lzma_rust2::Lzma2Reader::new(stream, size, None)))
}

/// The size of a dictionary of `lzma2` that a property means.
#[cfg(feature = "sevenz")]
pub(crate) fn lzma2_dictionary(property: u8) -> u64 {
    let size = u64::from(property.min(40));
    (2 | (size & 1)) << (size / 2 + 11)
}

/// `brotli` (RFC 7932), whose windows have at most 16 MiB.
#[cfg(feature = "brotli")]
pub(crate) fn brotli<'d>(stream: impl Read + 'd) -> Decoder<'d> {
    const BUFFER: usize = 16 << 10;
    Box::new(brotli_decompressor::Decompressor::new(stream, BUFFER))
}

/// `snappy` with its frames.
#[cfg(feature = "columnar")]
pub(crate) fn snappy<'d>(stream: impl Read + 'd) -> Decoder<'d> {
    Box::new(snap::read::FrameDecoder::new(stream))
}

/// More would have to be remembered than [`MEMORY`].
#[cfg(feature = "xz")]
fn too_much_memory() -> io::Error {
    io::Error::new(
        io::ErrorKind::OutOfMemory,
        format!("it takes more than {} MiB to unpack", MEMORY >> 20),
    )
}
