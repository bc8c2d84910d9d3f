//! Copies: an object may be in several packs and loose too. One is read from
//! whichever copy can be read, and so is what it is made from.

use std::path::PathBuf;

use gix::ObjectId;
use gix::hash::oid;

use super::delta;
use super::inflate::{Buffer, Inflater};
use super::large::{LARGE, LargeLoose, LargePacked};
use super::loose;
use super::object::{Kind, LARGEST, Number, ObjectError};
use super::objects::Objects;
use super::pack::Form;
use super::walk::Data;
use crate::watch::Watch;

/// Where a copy of an object is.
#[derive(Clone, PartialEq)]
enum Copy {
    Packed { pack: usize, offset: u64 },
    Loose(PathBuf),
}

/// What a copy of an object holds.
enum Part {
    Whole(Kind, Vec<u8>),
    /// A change of an object.
    Delta(Vec<u8>, BaseOf),
}

/// What a delta is a change of.
enum BaseOf {
    Object(ObjectId),
    /// An object whose id can be told from its place, with some effort.
    Entry(Copy),
}

impl Objects {
    /// Reads one object into memory, from whichever copy can be read.
    ///
    /// # Errors
    /// What is wrong with the last copy that was tried.
    pub(crate) fn read(&self, id: &oid) -> Result<(Kind, Vec<u8>), ObjectError> {
        /// A chain of more deltas is a circle; git's longest are of 4095.
        const LONGEST_CHAIN: usize = 10_000;
        let mut inflater = Inflater::new();
        let mut deltas = Vec::new();
        let mut copies = self.copies(id);
        let mut all_known = true;
        let (kind, mut bytes) = loop {
            let copy = copies.pop().ok_or(ObjectError::Base)?;
            match self.read_copy(&copy, &mut inflater) {
                Ok(Part::Whole(kind, bytes)) => break (kind, bytes),
                Ok(Part::Delta(delta, base)) if deltas.len() < LONGEST_CHAIN => {
                    deltas.push(delta);
                    (copies, all_known) = match base {
                        BaseOf::Object(id) => (self.copies(&id), true),
                        BaseOf::Entry(copy) => (vec![copy], false),
                    };
                }
                Ok(Part::Delta(..)) => return Err(ObjectError::Base),
                Err(_) if !all_known => {
                    copies = self.elsewhere(&copy);
                    all_known = true;
                }
                Err(error) if copies.is_empty() => return Err(error),
                Err(_) => {}
            }
        };
        let mut result = Buffer::default();
        for delta in deltas.iter().rev() {
            delta::apply(&bytes, delta, &mut result)?;
            result.bytes().clone_into(&mut bytes);
        }
        Ok((kind, bytes))
    }

    /// Lends the bytes of one object; those of a large blob as a stream.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn lend(
        &self,
        number: Number,
        watch: &Watch,
        take: impl FnOnce(Kind, Data<'_>),
    ) -> Result<(), ObjectError> {
        let id = self.id(number);
        for copy in self.copies(&id).iter().rev() {
            match copy {
                Copy::Packed { pack, offset } => {
                    let pack = &self.packs[*pack].pack;
                    let Ok(entry) = pack.entry(*offset) else {
                        continue;
                    };
                    let data = pack.slice(entry.data_offset, pack.end());
                    if let (Form::Whole(Kind::Blob), Some(data)) = (entry.form, data)
                        && entry.length >= LARGE
                    {
                        let mut large = LargePacked::new(data, entry.length, watch);
                        take(Kind::Blob, Data::Large(&mut large));
                        return Ok(());
                    }
                }
                Copy::Loose(path) => {
                    if let Ok(loose) = loose::open(path)
                        && loose.kind == Kind::Blob
                        && loose.length >= LARGE
                    {
                        let mut large = LargeLoose::new(loose, path, watch);
                        take(Kind::Blob, Data::Large(&mut large));
                        return Ok(());
                    }
                }
            }
        }
        let (kind, bytes) = self.read(&id)?;
        take(kind, Data::Bytes(&bytes));
        Ok(())
    }

    /// The copies of an object, the last one to be tried first.
    fn copies(&self, id: &oid) -> Vec<Copy> {
        let id = id.to_owned();
        let files = self.folders.iter().map(|folder| loose::path(folder, &id));
        let loose = files.filter(|file| file.exists()).map(Copy::Loose);
        let packed = self
            .packs
            .iter()
            .enumerate()
            .filter_map(|(pack, numbered)| {
                let offset = numbered.pack.offset(numbered.pack.place(&id)?);
                Some(Copy::Packed { pack, offset })
            });
        loose.chain(packed).collect()
    }

    fn read_copy(&self, copy: &Copy, inflater: &mut Inflater) -> Result<Part, ObjectError> {
        let (place, offset) = match copy {
            Copy::Packed { pack, offset } => (*pack, *offset),
            Copy::Loose(path) => {
                let loose = loose::open(path)?;
                return Ok(Part::Whole(loose.kind, loose::whole(loose)?));
            }
        };
        let pack = &self.packs[place].pack;
        let entry = pack.entry(offset)?;
        let data = pack.slice(entry.data_offset, pack.end());
        let mut buffer = Buffer::default();
        inflater.inflate(data.ok_or(ObjectError::Entry)?, entry.length, &mut buffer)?;
        let bytes = buffer.bytes().to_vec();
        let base = match entry.form {
            Form::Whole(kind) => return Ok(Part::Whole(kind, bytes)),
            Form::DeltaOfEntry(offset) => BaseOf::Entry(Copy::Packed {
                pack: place,
                offset,
            }),
            Form::DeltaOfObject(id) => BaseOf::Object(id),
        };
        let length = delta::result_length(&bytes)?;
        if length > LARGEST {
            return Err(ObjectError::TooLarge { length });
        }
        Ok(Part::Delta(bytes, base))
    }

    /// The other copies of the object that this is one of, where a delta told only
    /// its place.
    fn elsewhere(&self, copy: &Copy) -> Vec<Copy> {
        let Copy::Packed { pack, offset } = copy else {
            return Vec::new();
        };
        let numbered = &self.packs[*pack];
        let Some(node) = numbered.forest().node_at(*offset) else {
            return Vec::new();
        };
        let mut copies = self.copies(numbered.pack.id(numbered.forest().place(node)));
        copies.retain(|other| other != copy);
        copies
    }
}
