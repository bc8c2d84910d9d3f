//! LZW as PDF writes it, of older documents (7.4.4).

use std::io::{self, BufRead, BufReader, Read};

use weezl::decode::Decoder;
use weezl::{BitOrder, LzwStatus};

/// When codes grow by a bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Growth {
    /// One code before they have to, which is usual.
    Early,
    WhenNeeded,
}

/// A stream of what LZW has packed.
pub(super) struct Lzw<R> {
    packed: BufReader<R>,
    decoder: Decoder,
}

impl<R: Read> Lzw<R> {
    pub(super) fn new(packed: R, growth: Growth) -> Self {
        let decoder = match growth {
            Growth::Early => Decoder::with_tiff_size_switch(BitOrder::Msb, 8),
            Growth::WhenNeeded => Decoder::new(BitOrder::Msb, 8),
        };
        Self {
            packed: BufReader::new(packed),
            decoder,
        }
    }
}

impl<R: Read> Read for Lzw<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let packed = self.packed.fill_buf()?;
            let is_end = packed.is_empty();
            let decoded = self.decoder.decode_bytes(packed, buffer);
            self.packed.consume(decoded.consumed_in);
            let status = decoded
                .status
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            let is_stuck = decoded.consumed_in == 0 && decoded.consumed_out == 0;
            let is_over = is_end || is_stuck || matches!(status, LzwStatus::Done);
            if decoded.consumed_out > 0 || is_over || buffer.is_empty() {
                return Ok(decoded.consumed_out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use weezl::encode::Encoder;

    use super::*;

    #[test]
    fn it_unpacks_and_ends() {
        let text = b"to be or not to be, ".repeat(5000);
        let encoders = [
            (
                Growth::Early,
                Encoder::with_tiff_size_switch(BitOrder::Msb, 8),
            ),
            (Growth::WhenNeeded, Encoder::new(BitOrder::Msb, 8)),
        ];
        for (growth, mut encoder) in encoders {
            let packed = encoder.encode(&text).expect("all bytes can be packed");
            let mut unpacked = Vec::new();
            let read = Lzw::new(&*packed, growth).read_to_end(&mut unpacked);
            assert_eq!((read.ok(), &unpacked), (Some(text.len()), &text));
            unpacked.clear();
            let half = &packed[..packed.len() / 2];
            let _ = Lzw::new(half, growth).read_to_end(&mut unpacked);
            assert!(!unpacked.is_empty() && text.starts_with(&unpacked));
        }
    }
}
