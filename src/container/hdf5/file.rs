//! The file: its superblock, and reading at addresses.
//!
//! All that is read is counted, so that structures which point at one another end.

use std::collections::HashMap;
use std::ops::Range;

use super::{NAME, PLACES, SIGNATURE};
use crate::budget::Budget;
use crate::container::fields::Fields;
use crate::container::format::OpenError;
use crate::container::store::Store;

/// The largest structure that is read at once, in bytes.
const LARGEST: u64 = 16 << 20;

/// The largest chunk that is read, packed or not, in bytes.
pub(super) const LARGEST_CHUNK: u64 = 64 << 20;

/// An HDF5 file.
pub(super) struct File<'f, 's> {
    store: &'f mut Store<'s>,
    pub(super) budget: Budget,
    /// Where address 0 is.
    base: u64,
    sizes: Sizes,
    heap: Option<Collection>,
}

/// How wide numbers are, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// An address.
    pub(super) offset: u64,
    /// A length.
    pub(super) length: u64,
}

/// A collection of the global heap, where what has no fixed length is kept.
struct Collection {
    address: u64,
    bytes: Vec<u8>,
    objects: HashMap<u16, Range<usize>>,
}

pub(super) fn damaged(reason: impl Into<String>) -> OpenError {
    OpenError::damaged(NAME, reason)
}

pub(super) fn fields(bytes: &[u8]) -> Fields<'_> {
    Fields::new(NAME, bytes)
}

impl Sizes {
    /// An address; none where it is undefined, which all bits set mean.
    pub(super) fn address(self, fields: &mut Fields<'_>) -> Result<Option<u64>, OpenError> {
        let undefined = u64::MAX >> (64 - 8 * self.offset);
        let address = fields.uint(self.offset)?;
        Ok((address != undefined).then_some(address))
    }

    /// A length.
    pub(super) fn length(self, fields: &mut Fields<'_>) -> Result<u64, OpenError> {
        fields.uint(self.length)
    }
}

impl<'f, 's> File<'f, 's> {
    /// Reads the superblock; says where the header of the root is as well.
    pub(super) fn open(store: &'f mut Store<'s>, budget: Budget) -> Result<(Self, u64), OpenError> {
        let starts = |place: &&usize| {
            let bytes = store.read_at(**place as u64, SIGNATURE.len() as u64);
            bytes.is_ok_and(|bytes| bytes == SIGNATURE)
        };
        let place = PLACES.iter().find(starts);
        let base = *place.ok_or_else(|| damaged("it has no signature"))? as u64;
        let mut file = Self {
            store,
            budget,
            base,
            sizes: Sizes {
                offset: 8,
                length: 8,
            },
            heap: None,
        };
        let block = file.read_some(0, 128)?;
        let root = file.superblock(&block)?;
        Ok((file, root))
    }

    /// Takes the sizes from the superblock; the address of the root's header.
    fn superblock(&mut self, block: &[u8]) -> Result<u64, OpenError> {
        let mut block = fields(block);
        block.mark(SIGNATURE)?;
        let version = block.u8()?;
        if version <= 1 {
            block.take(4)?;
            self.sizes.offset = u64::from(block.u8()?);
            self.sizes.length = u64::from(block.u8()?);
            block.take(if version == 0 { 9 } else { 13 })?;
        } else {
            self.sizes.offset = u64::from(block.u8()?);
            self.sizes.length = u64::from(block.u8()?);
            block.u8()?;
        }
        let usual = [2, 4, 8];
        if !usual.contains(&self.sizes.offset) || !usual.contains(&self.sizes.length) {
            return Err(damaged("its addresses are too wide"));
        }
        // Four addresses: base, free space or extension, end, and drivers or the root.
        // Up to version 1 the root is told by a symbol, whose first field is a name.
        let behind = if version <= 1 { 5 } else { 3 };
        block.take(behind * self.sizes.offset)?;
        let root = self.sizes.address(&mut block)?;
        root.ok_or_else(|| damaged("it has no root"))
    }

    pub(super) fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// The bytes of a structure.
    pub(super) fn read(&mut self, address: u64, length: u64) -> Result<Vec<u8>, OpenError> {
        self.budget.unpacked(length)?;
        self.read_uncounted(address, length)
    }

    /// The bytes of a structure, or fewer where the file ends.
    pub(super) fn read_some(&mut self, address: u64, most: u64) -> Result<Vec<u8>, OpenError> {
        let start = self.base.saturating_add(address);
        let there = self.store.length().saturating_sub(start);
        self.read(address, most.min(there))
    }

    /// The bytes of data, of which each is read once.
    pub(super) fn read_uncounted(
        &mut self,
        address: u64,
        length: u64,
    ) -> Result<Vec<u8>, OpenError> {
        if length > LARGEST {
            let reason = format!("{length} bytes in one piece of {NAME}");
            return Err(OpenError::Unsupported(reason));
        }
        let start = self.base.checked_add(address);
        let start = start.ok_or_else(|| damaged("an address is outside of the file"))?;
        let read = self.store.read_at(start, length);
        read.map_err(OpenError::read(NAME))
    }

    /// The bytes of a chunk, which may be larger than a structure.
    pub(super) fn read_chunk(&mut self, address: u64, length: u64) -> Result<Vec<u8>, OpenError> {
        let start = self.base.checked_add(address);
        let start = start.ok_or_else(|| damaged("an address is outside of the file"))?;
        if length > LARGEST_CHUNK {
            let reason = format!("a chunk of {length} bytes in HDF5");
            return Err(OpenError::Unsupported(reason));
        }
        self.budget.in_time()?;
        self.store
            .read_at(start, length)
            .map_err(OpenError::read(NAME))
    }

    /// The object of the global heap that a value points to, if it is there.
    pub(super) fn global(&mut self, address: u64, index: u16) -> Result<&[u8], OpenError> {
        if self
            .heap
            .as_ref()
            .is_none_or(|heap| heap.address != address)
        {
            self.budget.in_time()?;
            self.heap = Some(self.collection(address)?);
        }
        let object = self.heap.as_ref().and_then(|heap| {
            let range = heap.objects.get(&index)?;
            heap.bytes.get(range.clone())
        });
        Ok(object.unwrap_or_default())
    }

    fn collection(&mut self, address: u64) -> Result<Collection, OpenError> {
        let head = self.read_uncounted(address, 8 + self.sizes.length)?;
        let mut head = fields(&head);
        head.mark(b"GCOL\x01")?;
        head.take(3)?;
        let size = self.sizes.length(&mut head)?;
        let bytes = self.read_uncounted(address, size)?;
        let mut objects = HashMap::new();
        let mut rest = fields(&bytes);
        rest.take(8 + self.sizes.length)?;
        // What follows the last object, index 0, is free.
        while let Ok(index) = rest.u16()
            && index != 0
        {
            rest.take(6)?;
            let length = self.sizes.length(&mut rest)?;
            let start = bytes.len() - rest.rest().len();
            let object = rest.take(length)?;
            objects.insert(index, start..start + object.len());
            if rest.take(length.wrapping_neg() % 8).is_err() {
                break;
            }
        }
        Ok(Collection {
            address,
            bytes,
            objects,
        })
    }
}
