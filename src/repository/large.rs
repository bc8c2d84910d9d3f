//! Large blobs, which are never held as a whole: streams that inflate piece by
//! piece, can be had again from their start, and end in an error when the scan is
//! to stop.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use sirocco::Format;
use sirocco::inflate::Reader;

use super::loose::{self, Loose};
use crate::blob::Replay;
use crate::watch::Watch;

/// Blobs from this length, in bytes, are large; in packs only those that nothing
/// is made from.
pub(crate) const LARGE: u64 = 4 << 20;

/// A large blob that a pack holds whole.
pub(super) struct LargePacked<'p> {
    data: &'p [u8],
    reader: Reader<&'p [u8]>,
    rest: Rest<'p>,
}

/// A large loose blob.
pub(super) struct LargeLoose<'p> {
    path: &'p Path,
    reader: Reader<BufReader<File>>,
    rest: Rest<'p>,
}

/// What is left of a stream, as its header promises.
struct Rest<'p> {
    bytes: u64,
    watch: &'p Watch,
}

impl<'p> LargePacked<'p> {
    /// The blob of `length` bytes whose deflated data are at the start of `data`.
    pub(super) fn new(data: &'p [u8], length: u64, watch: &'p Watch) -> Self {
        Self {
            data,
            reader: Reader::new(Format::Zlib, data),
            rest: Rest {
                bytes: length,
                watch,
            },
        }
    }
}

impl<'p> LargeLoose<'p> {
    /// An open blob, whose file is at `path`.
    pub(super) fn new(loose: Loose, path: &'p Path, watch: &'p Watch) -> Self {
        Self {
            path,
            reader: loose.rest,
            rest: Rest {
                bytes: loose.length,
                watch,
            },
        }
    }
}

impl Rest<'_> {
    /// Reads on, and holds what comes against what was promised.
    fn read(&mut self, from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
        if self.watch.is_stopped() {
            return Err(io::Error::other("the scan was stopped"));
        }
        let read = from.read(buffer)?;
        match self.bytes.checked_sub(read as u64) {
            Some(after) if read > 0 || after == 0 || buffer.is_empty() => self.bytes = after,
            _ => {
                let reason = "it is longer or shorter than its header says";
                return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
            }
        }
        Ok(read)
    }
}

impl Read for LargePacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.rest.read(&mut self.reader, buffer)
    }
}

impl Replay for LargePacked<'_> {
    fn again(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(Reader::new(Format::Zlib, self.data)))
    }
}

impl Read for LargeLoose<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.rest.read(&mut self.reader, buffer)
    }
}

impl Replay for LargeLoose<'_> {
    fn again(&self) -> io::Result<Box<dyn Read + '_>> {
        let loose = loose::open(self.path).map_err(io::Error::other)?;
        Ok(Box::new(loose.rest))
    }
}
