//! A pack: many objects in one file, most of them as deltas of others, and the
//! index that tells where each of them is.
//!
//! Both files are mapped into memory. Nothing that is read from them is taken
//! on trust.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use gix::hash::{Kind as HashKind, oid};
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::{data, index};
use gix::{ObjectId, error::Error as GixError};

use super::object::{Kind, ObjectError};

/// A pack and its index.
pub(crate) struct Pack {
    data: data::File,
    index: index::File,
    /// For the first bits of ids, the place of the first id that has them or
    /// more. The index has such a table for eight bits; this one leaves a few ids
    /// to choose from, which are near one another in memory.
    fan: Vec<u32>,
    fan_shift: u32,
}

/// What an entry says of itself before its data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// What it is.
    pub(crate) form: Form,
    /// The length of its data when inflated, in bytes: of the object, or of the
    /// delta.
    pub(crate) length: u64,
    /// Where its deflated data begins in the pack, in bytes.
    pub(crate) data_offset: u64,
}

/// How a pack holds an object.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// As it is.
    Whole(Kind),
    /// As a change of the entry at this offset of the pack.
    DeltaOfEntry(u64),
    /// As a change of this object.
    DeltaOfObject(ObjectId),
}

impl Pack {
    /// Opens the pack of an index.
    ///
    /// # Errors
    /// What is wrong with either file, and which of them it is.
    pub(crate) fn open(index_path: &Path, hash: HashKind) -> Result<Self, (PathBuf, String)> {
        let of = |path: &Path| {
            let path = path.to_path_buf();
            move |error: GixError| (path, error.to_string())
        };
        let data_path = index_path.with_extension("pack");
        let index = index::File::at(index_path, hash).map_err(of(index_path))?;
        let data = data::File::at(&data_path, hash).map_err(of(&data_path))?;
        if data.num_objects() != index.num_objects() {
            let reason = format!(
                "the pack says it holds {} objects, and its index lists {}",
                data.num_objects(),
                index.num_objects()
            );
            return Err((data_path, reason));
        }
        let (fan, fan_shift) = fan(&index);
        Ok(Self {
            data,
            index,
            fan,
            fan_shift,
        })
    }

    /// The pack's file.
    pub(crate) fn path(&self) -> &Path {
        self.data.path()
    }

    /// How many objects it holds.
    pub(crate) fn len(&self) -> u32 {
        self.index.num_objects()
    }

    /// The bytes of its file.
    pub(crate) fn size(&self) -> u64 {
        self.data.data_len() as u64
    }

    /// The offset behind the last entry.
    pub(crate) fn end(&self) -> u64 {
        self.data.pack_end() as u64
    }

    /// The id of the object at a place of the index.
    pub(crate) fn id(&self, place: u32) -> &oid {
        self.index.oid_at_index(place)
    }

    /// The offset of the object at a place of the index.
    pub(crate) fn offset(&self, place: u32) -> u64 {
        self.index.pack_offset_at_index(place)
    }

    /// The place of an object in the index.
    pub(crate) fn place(&self, id: &oid) -> Option<u32> {
        let bits = usize::try_from(leading_bits(id) >> self.fan_shift).ok()?;
        let (mut low, mut high) = (self.fan[bits], self.fan[bits + 1]);
        while low < high {
            let middle = low.midpoint(high);
            match id.cmp(self.id(middle)) {
                Ordering::Equal => return Some(middle),
                Ordering::Less => high = middle,
                Ordering::Greater => low = middle + 1,
            }
        }
        None
    }

    /// What the entry at `offset` says of itself.
    ///
    /// # Errors
    /// [`ObjectError::Entry`] where there is no entry.
    pub(crate) fn entry(&self, offset: u64) -> Result<Entry, ObjectError> {
        /// No entry's header is longer, in bytes: 10 for a length, 32 for an id.
        const LONGEST_HEADER: u64 = 64;
        let until = self.end().min(offset.saturating_add(LONGEST_HEADER));
        let header = self.slice(offset, until).ok_or(ObjectError::Entry)?;
        let entry = data::Entry::from_bytes(header, offset, self.data.object_hash())
            .map_err(|_| ObjectError::Entry)?;
        let form = match entry.header {
            Header::Blob => Form::Whole(Kind::Blob),
            Header::Tree => Form::Whole(Kind::Tree),
            Header::Commit => Form::Whole(Kind::Commit),
            Header::Tag => Form::Whole(Kind::Tag),
            Header::OfsDelta { base_distance } => {
                let base = entry.checked_base_pack_offset(base_distance);
                Form::DeltaOfEntry(base.ok_or(ObjectError::Entry)?)
            }
            Header::RefDelta { base_id } => Form::DeltaOfObject(base_id),
        };
        Ok(Entry {
            form,
            length: entry.decompressed_size,
            data_offset: entry.data_offset,
        })
    }

    /// The pack's bytes between two offsets, where there are any.
    pub(crate) fn slice(&self, start: u64, end: u64) -> Option<&[u8]> {
        if start >= end {
            return None;
        }
        self.data.entry_slice(start..end)
    }
}

fn leading_bits(id: &oid) -> u64 {
    let bytes = id.as_bytes().first_chunk();
    u64::from_be_bytes(*bytes.expect("no hash is that short"))
}

/// Counts the ids below each group of first bits, and says how many bits the
/// others are.
fn fan(index: &index::File) -> (Vec<u32>, u32) {
    let count = index.num_objects();
    let bits = (count / 8).max(1).ilog2().clamp(1, 24);
    let shift = u64::BITS - bits;
    let mut fan = Vec::with_capacity((1 << bits) + 1);
    for place in 0..count {
        let group = leading_bits(index.oid_at_index(place)) >> shift;
        while fan.len() as u64 <= group {
            fan.push(place);
        }
    }
    fan.resize((1 << bits) + 1, count);
    (fan, shift)
}
