//! Block codecs: the compressions in which formats of tables keep blocks whose unpacked
//! size they tell beforehand, or bound. A block never unpacks to more than it was given
//! room for, whatever it says of itself.

use std::io::{self, Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder};

/// How a block is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockCodec {
    Stored,
    Brotli,
    Deflate,
    Gzip,
    Lz4Block,
    Lz4Frame,
    /// As Hadoop frames it, or one of the two above: writers did not agree.
    Lz4Hadoop,
    Snappy,
    Zstd,
}

/// Unpacks blocks, one after the other.
#[derive(Default)]
pub(crate) struct Unpacker {
    unpacked: Vec<u8>,
    snappy: snap::raw::Decoder,
    zstd: zstd::bulk::Decompressor<'static>,
}

impl Unpacker {
    /// What a block unpacks to, which is no more than `room` bytes. The caller has asked
    /// its budget for them.
    ///
    /// # Errors
    /// What the codec says; also where the block needs more room.
    pub(crate) fn unpack<'u>(
        &'u mut self,
        codec: BlockCodec,
        packed: &'u [u8],
        room: usize,
    ) -> io::Result<&'u [u8]> {
        if codec == BlockCodec::Stored {
            return packed.get(..room).ok_or_else(too_long);
        }
        if self.unpacked.len() < room {
            // Fresh memory is zeroed where it is touched; a resized vector all at once.
            self.unpacked = Vec::new();
            self.unpacked = vec![0; room];
        }
        let into = &mut self.unpacked[..room];
        let length = match codec {
            BlockCodec::Stored => 0,
            BlockCodec::Brotli => read_up_to(&mut brotli(packed), into)?,
            BlockCodec::Deflate => read_up_to(&mut DeflateDecoder::new(packed), into)?,
            BlockCodec::Gzip => read_up_to(&mut MultiGzDecoder::new(packed), into)?,
            BlockCodec::Lz4Block => lz4_block(packed, into)?,
            BlockCodec::Lz4Frame => lz4_frame(packed, into)?,
            BlockCodec::Lz4Hadoop => lz4_hadoop(packed, into)
                .or_else(|_| lz4_frame(packed, into))
                .or_else(|_| lz4_block(packed, into))?,
            BlockCodec::Snappy => self.snappy.decompress(packed, into)?,
            BlockCodec::Zstd => self.zstd.decompress_to_buffer(packed, into)?,
        };
        Ok(&self.unpacked[..length])
    }
}

fn too_long() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "a block has another size than is said",
    )
}

fn brotli(packed: &[u8]) -> impl Read {
    brotli_decompressor::Decompressor::new(packed, 4096)
}

/// Fills as much of `into` as there is.
fn read_up_to(stream: &mut dyn Read, into: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < into.len() {
        match stream.read(&mut into[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn lz4_block(packed: &[u8], into: &mut [u8]) -> io::Result<usize> {
    lz4_flex::block::decompress_into(packed, into).map_err(io::Error::other)
}

fn lz4_frame(packed: &[u8], into: &mut [u8]) -> io::Result<usize> {
    read_up_to(&mut lz4_flex::frame::FrameDecoder::new(packed), into)
}

/// Blocks with their two lengths in front, unpacked and packed, the first byte first.
fn lz4_hadoop(mut packed: &[u8], into: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while !packed.is_empty() {
        let (unpacked_length, rest) = length(packed).ok_or_else(too_long)?;
        let (packed_length, rest) = length(rest).ok_or_else(too_long)?;
        let block = rest.get(..packed_length).ok_or_else(too_long)?;
        let length = lz4_block(block, into.get_mut(filled..).unwrap_or_default())?;
        if length != unpacked_length {
            return Err(too_long());
        }
        filled += length;
        packed = &rest[packed_length..];
    }
    Ok(filled)
}

fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    Some((u32::from_be_bytes(*length).try_into().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder};

    use super::*;

    fn packed(codec: BlockCodec, bytes: &[u8]) -> Vec<u8> {
        let good = "memory can be written to";
        match codec {
            BlockCodec::Stored => bytes.to_vec(),
            // An encoder would be another dependency: 11 bytes that are stored.
            BlockCodec::Brotli => [&b"\x0b\x05\x80"[..], bytes, b"\x03"].concat(),
            BlockCodec::Deflate => {
                let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
                encoder.write_all(bytes).expect(good);
                encoder.finish().expect(good)
            }
            BlockCodec::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
                encoder.write_all(bytes).expect(good);
                encoder.finish().expect(good)
            }
            BlockCodec::Lz4Block => lz4_flex::block::compress(bytes),
            BlockCodec::Lz4Frame => {
                let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
                encoder.write_all(bytes).expect(good);
                encoder.finish().expect(good)
            }
            BlockCodec::Lz4Hadoop => {
                let block = lz4_flex::block::compress(bytes);
                let length = |bytes: &[u8]| u32::try_from(bytes.len()).expect("it is small");
                let lengths = [length(bytes), length(&block)].map(u32::to_be_bytes);
                [lengths.concat(), block].concat()
            }
            BlockCodec::Snappy => snap::raw::Encoder::new().compress_vec(bytes).expect(good),
            BlockCodec::Zstd => zstd::bulk::compress(bytes, 1).expect(good),
        }
    }

    #[test]
    fn all_codecs_unpack_and_none_unpacks_to_more_than_its_room() {
        let bytes = b"hello world";
        let mut unpacker = Unpacker::default();
        for codec in [
            BlockCodec::Stored,
            BlockCodec::Brotli,
            BlockCodec::Deflate,
            BlockCodec::Gzip,
            BlockCodec::Lz4Block,
            BlockCodec::Lz4Frame,
            BlockCodec::Lz4Hadoop,
            BlockCodec::Snappy,
            BlockCodec::Zstd,
        ] {
            let packed = packed(codec, bytes);
            let unpacked = unpacker.unpack(codec, &packed, 11);
            assert_eq!(unpacked.expect("it is right"), bytes, "{codec:?}");
            let cut = unpacker.unpack(codec, &packed, 10).map(<[u8]>::len);
            assert!(!matches!(cut, Ok(11..)), "{codec:?}");
            for end in 0..packed.len() {
                let _ = unpacker.unpack(codec, &packed[..end], 11);
            }
        }
        let forms = [BlockCodec::Lz4Block, BlockCodec::Lz4Frame];
        for form in forms {
            let packed = packed(form, bytes);
            let unpacked = unpacker.unpack(BlockCodec::Lz4Hadoop, &packed, 11);
            assert_eq!(unpacked.expect("it is right"), bytes, "{form:?}");
        }
    }
}
