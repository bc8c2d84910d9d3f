//! Inflation: takes a zlib stream that lies in memory apart, in one step where
//! its length is known.

use sirocco::Format;
use sirocco::inflate::{Decoder, Error};

/// Nothing that DEFLATE writes grows by more than this when it is read.
const MOST_GROWTH: u64 = 1032;

/// A zlib stream is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InflateError {
    /// The stream itself is damaged.
    #[error("{0}")]
    Stream(Error),
    /// It holds more or fewer bytes than its header says.
    #[error("it does not have the {promised} bytes that its header promises")]
    Length {
        /// What the header says.
        promised: u64,
    },
}

/// A thread's inflater.
pub(crate) struct Inflater {
    decoder: Box<Decoder>,
}

impl Inflater {
    pub(crate) fn new() -> Self {
        Self {
            decoder: Box::new(Decoder::new(Format::Zlib)),
        }
    }

    /// Inflates the stream at the start of `input`, of exactly `length` bytes.
    ///
    /// # Errors
    /// [`InflateError::Stream`] where the stream is damaged, its checksum
    /// included; [`InflateError::Length`] where it is of another length.
    pub(crate) fn inflate(
        &mut self,
        input: &[u8],
        length: u64,
        into: &mut Buffer,
    ) -> Result<(), InflateError> {
        let wrong_length = InflateError::Length { promised: length };
        if length > input.len() as u64 * MOST_GROWTH {
            return Err(wrong_length);
        }
        let length = usize::try_from(length).map_err(|_| wrong_length)?;
        self.decoder.reset();
        let progress = self
            .decoder
            .decompress(input, into.sized(length), true)
            .map_err(InflateError::Stream)?;
        if progress.done && progress.output.len() == length {
            Ok(())
        } else {
            Err(wrong_length)
        }
    }
}

/// Memory for the bytes of an object, used again for the next one.
///
/// It never shrinks, so that most objects find memory that need not be cleared.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    memory: Vec<u8>,
    length: usize,
}

impl Buffer {
    /// The memory for `length` bytes, to be written to. What stands in it is
    /// what was there before.
    pub(crate) fn sized(&mut self, length: usize) -> &mut [u8] {
        if self.memory.len() < length {
            // What is there is not worth copying.
            self.memory.clear();
            self.memory.resize(length.next_multiple_of(4096), 0);
        }
        self.length = length;
        &mut self.memory[..length]
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.memory[..self.length]
    }

    /// The bytes that are kept for it.
    pub(crate) fn capacity(&self) -> usize {
        self.memory.len()
    }
}
