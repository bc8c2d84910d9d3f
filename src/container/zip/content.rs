//! Contents of members: what one unpacks to, held against what is said of it.

use std::io::{self, Read};

use flate2::Crc;

use super::header::Header;
use crate::container::codec::{self, Decoder};
use crate::container::format::OpenError;

/// How a member is packed (APPNOTE 4.4.5).
const STORED: u16 = 0;

/// Whether a member is not packed at all.
pub(super) fn is_stored(header: &Header) -> bool {
    header.method == STORED
}

/// Whether what unpacks a member remembers much of it: `lzma`, `zstd` and `xz`.
#[cfg(any(feature = "xz", feature = "zstd"))]
pub(super) fn has_large_window(header: &Header) -> bool {
    matches!(header.method, 14 | 20 | 93 | 95)
}

/// What a member unpacks to.
pub(super) fn unpack<'d>(
    header: &Header,
    packed: impl Read + 'd,
) -> Result<Decoder<'d>, OpenError> {
    match header.method {
        STORED => Ok(Box::new(packed)),
        8 => Ok(codec::deflate(packed)),
        9 => Ok(codec::deflate64(packed)),
        #[cfg(feature = "bzip2")]
        12 => Ok(codec::bzip2(packed)),
        #[cfg(feature = "xz")]
        14 => lzma(header, packed).map_err(OpenError::read(super::FORMAT.name)),
        // Both have meant this.
        #[cfg(feature = "zstd")]
        20 | 93 => codec::zstd(packed).map_err(OpenError::read(super::FORMAT.name)),
        #[cfg(feature = "xz")]
        95 => Ok(codec::xz(packed)),
        method => Err(OpenError::Unsupported(format!(
            "method {method} ({})",
            name(method)
        ))),
    }
}

/// What is called what in section 4.4.5.
fn name(method: u16) -> &'static str {
    match method {
        1 => "shrink",
        2..=5 => "reduce",
        6 => "implode",
        12 => "bzip2, which this build cannot unpack",
        14 => "lzma, which this build cannot unpack",
        20 | 93 => "zstd, which this build cannot unpack",
        95 => "xz, which this build cannot unpack",
        97 => "WavPack",
        98 => "PPMd",
        _ => "unknown",
    }
}

/// `lzma` behind its version and its properties (5.8.8).
#[cfg(feature = "xz")]
fn lzma<'d>(header: &Header, mut packed: impl Read + 'd) -> io::Result<Decoder<'d>> {
    let mut start = [0; 9];
    packed.read_exact(&mut start)?;
    let [_, _, 5, 0, properties, a, b, c, d] = start else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let length = if header.is_ended_by_a_mark() {
        u64::MAX
    } else {
        header.unpacked
    };
    codec::raw_lzma(packed, length, properties, u32::from_le_bytes([a, b, c, d]))
}

/// What is said of a content.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    crc: u32,
    length: u64,
}

impl Said {
    /// What a header says.
    pub(super) fn by(header: &Header) -> Self {
        Self {
            crc: header.crc,
            length: header.unpacked,
        }
    }
}

/// A content that ends in an error if it is not what was said of it.
pub(super) struct Checked<'d> {
    content: Decoder<'d>,
    crc: Crc,
    length: u64,
    said: Option<Said>,
}

impl<'d> Checked<'d> {
    pub(super) fn new(content: Decoder<'d>, said: Option<Said>) -> Self {
        Self {
            content,
            crc: Crc::new(),
            length: 0,
            said,
        }
    }

    fn check(&mut self) -> io::Result<usize> {
        // Whoever reads on is told once.
        let Some(said) = self.said.take() else {
            return Ok(0);
        };
        if self.length < said.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if self.length > said.length {
            let reason = format!("it is longer than the {} bytes it says", said.length);
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        if self.crc.sum() != said.crc {
            let reason = "its checksum is wrong";
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        Ok(0)
    }
}

impl Read for Checked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.content.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            return self.check();
        }
        self.crc.update(buffer.get(..read).unwrap_or_default());
        self.length += read as u64;
        Ok(read)
    }
}
