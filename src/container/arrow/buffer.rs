//! Buffers of a batch: found in its body, and unpacked.

use std::ops::Range;

use arrow_ipc::{CompressionType, RecordBatch};

use super::{FORMAT, damaged};
use crate::budget::{Budget, Claim};
use crate::container::block_codec::{BlockCodec, Unpacker};
use crate::container::format::OpenError;
use crate::container::store::Store;

/// Where a buffer is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    at: u64,
    length: u64,
    codec: BlockCodec,
}

/// The body of a batch: where it is, and how its buffers are packed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body {
    pub(super) at: u64,
    pub(super) length: u64,
    pub(super) codec: BlockCodec,
}

impl Body {
    /// Where a buffer is that the batch places in its body.
    pub(super) fn place(&self, buffer: arrow_ipc::Buffer) -> Option<Place> {
        let offset = u64::try_from(buffer.offset()).ok()?;
        let length = u64::try_from(buffer.length()).ok()?;
        (offset.checked_add(length)? <= self.length).then_some(())?;
        Some(Place {
            at: self.at.checked_add(offset)?,
            length,
            codec: self.codec,
        })
    }
}

/// How the buffers of a batch are packed.
pub(super) fn codec(batch: &RecordBatch<'_>) -> Result<BlockCodec, OpenError> {
    let Some(compression) = batch.compression() else {
        return Ok(BlockCodec::Stored);
    };
    match compression.codec() {
        CompressionType::LZ4_FRAME => Ok(BlockCodec::Lz4Frame),
        CompressionType::ZSTD => Ok(BlockCodec::Zstd),
        CompressionType(other) => Err(OpenError::Unsupported(format!("the codec {other}"))),
    }
}

impl Place {
    /// Whether the bytes in the file are those of the buffer.
    pub(super) fn is_stored(&self) -> bool {
        self.codec == BlockCodec::Stored
    }

    /// A part of a buffer that is stored.
    pub(super) fn part(&self, part: Range<u64>) -> Option<Self> {
        let length = part.end.checked_sub(part.start)?;
        (part.end <= self.length).then_some(())?;
        Some(Self {
            at: self.at + part.start,
            length,
            codec: self.codec,
        })
    }
}

/// Reads buffers, one after the other.
pub(super) struct Buffers<'s> {
    store: Store<'s>,
    bytes: Vec<u8>,
    unpacker: Unpacker,
    /// The memory of the last buffer.
    claim: Option<Claim>,
}

impl<'s> Buffers<'s> {
    pub(super) fn new(store: &Store<'s>) -> Self {
        Self {
            store: store.again(),
            bytes: Vec::new(),
            unpacker: Unpacker::default(),
            claim: None,
        }
    }

    /// Others over the same bytes.
    pub(super) fn again(&self) -> Self {
        Self::new(&self.store)
    }

    /// The bytes of a buffer.
    pub(super) fn read(&mut self, place: Place, budget: &Budget) -> Result<&[u8], OpenError> {
        let length = usize::try_from(place.length).map_err(|_| damaged("a buffer is too large"))?;
        // The batch is in the file, and the buffer in the batch.
        if place.at + place.length > self.store.length() {
            return Err(damaged("it is cut off"));
        }
        if place.length > budget.room() {
            budget.unpacked(place.length)?;
        }
        self.claim = None;
        self.claim = Some(budget.claim(place.length)?);
        if self.bytes.len() < length {
            self.bytes = Vec::new();
            self.bytes = vec![0; length];
        }
        let bytes = &mut self.bytes[..length];
        self.store
            .read_exact_at(place.at, bytes)
            .map_err(OpenError::read(FORMAT.name))?;
        if place.is_stored() || bytes.is_empty() {
            return Ok(bytes);
        }
        // The length in front is -1 where packing would have made it longer.
        let Some((&unpacked, packed)) = bytes.split_first_chunk() else {
            return Err(damaged("a buffer has no length"));
        };
        let unpacked = i64::from_le_bytes(unpacked);
        if unpacked == -1 {
            return Ok(packed);
        }
        let unpacked = u64::try_from(unpacked).map_err(|_| damaged("a buffer has no length"))?;
        budget.unpacked(unpacked)?;
        self.claim = None;
        self.claim = Some(budget.claim(place.length.saturating_add(unpacked))?);
        let room = usize::try_from(unpacked).map_err(|_| damaged("a buffer is too large"))?;
        self.unpacker
            .unpack(place.codec, packed, room)
            .map_err(OpenError::read(FORMAT.name))
    }
}
