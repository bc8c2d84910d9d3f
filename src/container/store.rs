//! A store: bytes that can be read here and there, in a file or in memory.
//!
//! It is how formats see what they open; it never maps a file, which another process
//! may cut short.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes that can be read anywhere.
#[derive(Debug)]
pub(crate) struct Store<'s> {
    bytes: Bytes<'s>,
    length: u64,
    position: u64,
}

#[derive(Debug, Clone, Copy)]
enum Bytes<'s> {
    /// In memory.
    Memory(&'s [u8]),
    /// In a file, whose position is nobody else's.
    File(&'s File),
}

impl<'s> Store<'s> {
    /// Bytes in memory.
    pub(crate) fn of_bytes(bytes: &'s [u8]) -> Self {
        Self {
            bytes: Bytes::Memory(bytes),
            length: bytes.len() as u64,
            position: 0,
        }
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// What the system says where the length cannot be told.
    pub(crate) fn of_file(file: &'s File) -> io::Result<Self> {
        Ok(Self {
            length: file.metadata()?.len(),
            bytes: Bytes::File(file),
            position: 0,
        })
    }

    /// The same bytes, to be read elsewhere in between.
    #[cfg_attr(not(feature = "columnar"), allow(dead_code))]
    pub(crate) fn again(&self) -> Self {
        Self {
            position: 0,
            ..*self
        }
    }

    /// How many bytes there are.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Fills `buffer` with the bytes at `offset`.
    ///
    /// # Errors
    /// What the system says; `UnexpectedEof` where there are fewer.
    pub(crate) fn read_exact_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.seek(SeekFrom::Start(offset))?;
        self.read_exact(buffer)
    }

    /// The `length` bytes at `offset`.
    ///
    /// # Errors
    /// What the system says; `UnexpectedEof` where there are fewer. Nothing is allocated
    /// for bytes that are not there.
    pub(crate) fn read_at(&mut self, offset: u64, length: u64) -> io::Result<Vec<u8>> {
        if offset
            .checked_add(length)
            .is_none_or(|end| end > self.length)
        {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let length = usize::try_from(length).map_err(|_| io::ErrorKind::OutOfMemory)?;
        let mut bytes = vec![0; length];
        self.read_exact_at(offset, &mut bytes)?;
        Ok(bytes)
    }
}

impl Read for Store<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match self.bytes {
            Bytes::Memory(bytes) => {
                let start = usize::try_from(self.position).unwrap_or(usize::MAX);
                bytes.get(start..).unwrap_or_default().read(buffer)?
            }
            Bytes::File(mut file) => {
                file.seek(SeekFrom::Start(self.position))?;
                file.read(buffer)?
            }
        };
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Store<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_here_and_there() {
        let mut store = Store::of_bytes(b"0123456789");
        assert_eq!(store.read_at(7, 3).expect("they are there"), b"789");
        assert!(store.read_at(7, 4).is_err() && store.read_at(u64::MAX, 2).is_err());
        store.seek(SeekFrom::End(-2)).expect("it is inside");
        let mut rest = Vec::new();
        store.read_to_end(&mut rest).expect("memory can be read");
        assert_eq!(rest, b"89");
        assert!(store.seek(SeekFrom::End(-11)).is_err());
    }
}
