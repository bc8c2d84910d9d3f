//! Attributes: small datasets that hang on an object (section IV.A.2.m).

use super::data::{Dataset, Layout, shape};
use super::datatype::Datatype;
use super::file::{File, damaged, fields};
use super::fractal_heap::FractalHeap;
use super::header::{self, Message, Shared, kind};
use super::tree;
use crate::container::format::OpenError;

/// An attribute with all its data.
pub(super) struct Attribute {
    pub(super) name: Vec<u8>,
    datatype: Datatype,
    shape: Vec<u64>,
    data: Vec<u8>,
}

impl Attribute {
    /// The same, as a dataset.
    pub(super) fn dataset(self) -> (Vec<u8>, Dataset) {
        let dataset = Dataset {
            datatype: self.datatype,
            shape: self.shape,
            layout: Layout::Compact(self.data),
            filters: Vec::new(),
        };
        (self.name, dataset)
    }
}

/// The attributes of an object.
pub(super) fn attributes(
    file: &mut File<'_, '_>,
    messages: &[Message],
) -> Result<Vec<Attribute>, OpenError> {
    let mut attributes = Vec::new();
    for message in messages {
        match message.kind {
            kind::ATTRIBUTE if message.shared == Shared::No => {
                attributes.extend(attribute(file, &message.body)?);
            }
            kind::ATTRIBUTE_INFO => dense(file, &message.body, &mut attributes)?,
            _ => {}
        }
    }
    Ok(attributes)
}

/// Reads an attribute message; none if its type is kept in a way that is not understood.
fn attribute(file: &mut File<'_, '_>, body: &[u8]) -> Result<Option<Attribute>, OpenError> {
    let mut body = fields(body);
    let version = body.u8()?;
    let flags = body.u8()?;
    let name = u64::from(body.u16()?);
    let datatype = u64::from(body.u16()?);
    let dataspace = u64::from(body.u16()?);
    if version == 3 {
        body.u8()?;
    }
    if !(1..=3).contains(&version) {
        return Err(damaged("an attribute has an unknown version"));
    }
    // Version 1 pads each of the three.
    let padded = |length: u64| {
        if version == 1 {
            length.next_multiple_of(8)
        } else {
            length
        }
    };
    let name = body.take(padded(name))?;
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    let datatype = body.take(padded(datatype))?;
    let dataspace = body.take(padded(dataspace))?;
    let committed;
    let datatype = if version > 1 && flags & 1 != 0 {
        let Some(body) = header::committed(file, datatype, kind::DATATYPE)? else {
            return Ok(None);
        };
        committed = body;
        &committed
    } else {
        datatype
    };
    Ok(Some(Attribute {
        name: name.to_vec(),
        datatype: Datatype::read(datatype)?,
        shape: shape(file.sizes(), dataspace).unwrap_or_default(),
        data: body.rest().to_vec(),
    }))
}

/// Follows an attribute info message (IV.A.2.v) to the attributes of an object that has
/// many.
fn dense(
    file: &mut File<'_, '_>,
    body: &[u8],
    attributes: &mut Vec<Attribute>,
) -> Result<(), OpenError> {
    let mut body = fields(body);
    body.u8()?;
    if body.u8()? & 1 != 0 {
        body.take(2)?;
    }
    let sizes = file.sizes();
    let heap = sizes.address(&mut body)?;
    let (Some(heap), Some(tree)) = (heap, sizes.address(&mut body)?) else {
        return Ok(());
    };
    let heap = FractalHeap::open(file, heap)?;
    tree::records(file, tree, &mut |file, record| {
        // The id is in front, eight bytes wide whatever it needs.
        if let Some(object) = heap.object(file, record)? {
            attributes.extend(attribute(file, &object)?);
        }
        Ok(())
    })
}
