//! Chunks: how a stream is packed. Each has a header of three bytes: twice its length,
//! and one more where it is not packed.

use std::io::{self, Read};

use super::footer::Packing;
use crate::budget::Budget;
use crate::container::block_codec::{BlockCodec, Unpacker};
use crate::container::store::Store;

/// Reads a stream.
pub(super) struct Chunks<'s> {
    store: Store<'s>,
    at: u64,
    end: u64,
    packing: Packing,
    budget: Budget,
    unpacker: Unpacker,
    chunk: Vec<u8>,
    read: usize,
}

impl<'s> Chunks<'s> {
    /// Reads the `length` bytes at an offset.
    pub(super) fn new(
        store: &Store<'s>,
        at: u64,
        length: u64,
        packing: Packing,
        budget: &Budget,
    ) -> Self {
        Self {
            store: store.again(),
            at,
            end: at.saturating_add(length).min(store.length()),
            packing,
            budget: budget.clone(),
            unpacker: Unpacker::default(),
            chunk: Vec::new(),
            read: 0,
        }
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        const STORED: u64 = 256 << 10;
        self.read = 0;
        self.chunk.clear();
        let left = self.end.saturating_sub(self.at);
        if self.packing.codec == BlockCodec::Stored {
            self.budget.in_time().map_err(io::Error::other)?;
            let length = left.min(STORED);
            self.chunk = self.store.read_at(self.at, length)?;
            self.at += length;
            return Ok(());
        }
        while self.chunk.is_empty() && self.at < self.end {
            let mut header = [0; 4];
            self.store.read_exact_at(self.at, &mut header[..3])?;
            let header = u32::from_le_bytes(header);
            let length = u64::from(header >> 1);
            self.at += 3;
            if length > self.end.saturating_sub(self.at) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let packed = self.store.read_at(self.at, length)?;
            self.at += length;
            if header & 1 == 1 {
                self.chunk = packed;
            } else {
                let Packing { codec, chunk } = self.packing;
                let unpacked = self.unpacker.unpack(codec, &packed, chunk)?;
                self.chunk.extend_from_slice(unpacked);
            }
            let unpacked = self.chunk.len() as u64;
            self.budget.unpacked(unpacked).map_err(io::Error::other)?;
        }
        Ok(())
    }
}

impl Read for Chunks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read == self.chunk.len() {
            self.next_chunk()?;
        }
        let length = (&self.chunk[self.read..]).read(buffer)?;
        self.read += length;
        Ok(length)
    }
}
