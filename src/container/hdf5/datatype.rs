//! Datatypes: what an element consists of (section IV.A.2.d).

use super::file::{File, damaged, fields};
use crate::container::fields::Fields;
use crate::container::format::OpenError;

/// How deep datatypes may be nested.
const DEEPEST: u32 = 16;

/// The type of an element.
#[derive(Debug)]
pub(super) struct Datatype {
    /// The bytes that an element takes.
    pub(super) size: u64,
    pub(super) class: Class,
}

#[derive(Debug)]
pub(super) enum Class {
    /// Nothing that may be text.
    Number,
    /// A number of one byte.
    Byte,
    /// Bytes of any kind.
    Opaque,
    /// Text of a fixed length.
    Text,
    /// Text or bytes of any length, which are kept elsewhere.
    Variable,
    /// Several of a type.
    Array(Box<Datatype>),
    /// One of each of several types, which start at an offset.
    Compound(Vec<(u64, Datatype)>),
}

impl Datatype {
    /// Reads the body of a datatype message.
    pub(super) fn read(body: &[u8]) -> Result<Self, OpenError> {
        read(&mut fields(body), DEEPEST)
    }

    /// Whether an element may hold text.
    pub(super) fn has_text(&self) -> bool {
        match &self.class {
            Class::Number => false,
            Class::Byte | Class::Opaque | Class::Text | Class::Variable => true,
            Class::Array(base) => base.has_text(),
            Class::Compound(fields) => fields.iter().any(|(_, field)| match field.class {
                Class::Byte => false,
                _ => field.has_text(),
            }),
        }
    }

    /// Whether elements are bytes that belong together.
    pub(super) fn is_bytes(&self) -> bool {
        match &self.class {
            Class::Byte | Class::Opaque => true,
            Class::Array(base) => base.is_bytes(),
            _ => false,
        }
    }

    /// Hands on the texts of an element.
    pub(super) fn texts(
        &self,
        file: &mut File<'_, '_>,
        element: &[u8],
        push: &mut dyn FnMut(&[u8]) -> Result<(), OpenError>,
    ) -> Result<(), OpenError> {
        match &self.class {
            Class::Number | Class::Byte => Ok(()),
            Class::Opaque => push(element),
            Class::Text => push(without_padding(element)),
            Class::Array(base) if base.is_bytes() => push(element),
            Class::Array(base) => {
                let size = usize::try_from(base.size.max(1)).unwrap_or(usize::MAX);
                let mut elements = element.chunks_exact(size);
                elements.try_for_each(|element| base.texts(file, element, push))
            }
            Class::Compound(fields) => {
                for (offset, field) in fields {
                    let start = usize::try_from(*offset).unwrap_or(usize::MAX);
                    let size = usize::try_from(field.size).unwrap_or(usize::MAX);
                    let bytes = element.get(start..).and_then(|bytes| bytes.get(..size));
                    field.texts(file, bytes.unwrap_or_default(), push)?;
                }
                Ok(())
            }
            Class::Variable => {
                let sizes = file.sizes();
                let mut value = fields(element);
                let Ok(length) = value.u32() else {
                    return Ok(());
                };
                let address = sizes.address(&mut value)?;
                let index = u16::try_from(value.u32()?);
                // Where nothing was written, all is zero.
                let (Some(address @ 1..), Ok(index), 1..) = (address, index, length) else {
                    return Ok(());
                };
                match file.global(address, index) {
                    Ok(object) => push(without_padding(object)),
                    Err(OpenError::Limit(limit)) => Err(limit.into()),
                    // What it points to is in the raw bytes, if anywhere.
                    Err(_) => Ok(()),
                }
            }
        }
    }
}

/// Without the zeros or spaces that fill it up.
fn without_padding(text: &[u8]) -> &[u8] {
    let padding = |byte: &u8| matches!(byte, 0 | b' ');
    let last = text.iter().rposition(|byte| !padding(byte));
    text.get(..last.map_or(0, |last| last + 1)).unwrap_or(text)
}

fn read(body: &mut Fields<'_>, deepest: u32) -> Result<Datatype, OpenError> {
    let deeper = deepest.checked_sub(1);
    let deeper = deeper.ok_or_else(|| damaged("a datatype is nested too deep"))?;
    let head = body.u8()?;
    let (version, class) = (head >> 4, head & 0xf);
    let bits = body.uint(3)?;
    let size = u64::from(body.u32()?);
    let class = match class {
        0 | 4 => {
            body.take(4)?;
            if size == 1 {
                Class::Byte
            } else {
                Class::Number
            }
        }
        1 => {
            body.take(12)?;
            Class::Number
        }
        2 => {
            body.take(2)?;
            Class::Number
        }
        3 => Class::Text,
        5 => {
            body.take((bits & 0xff).next_multiple_of(8))?;
            Class::Opaque
        }
        6 => Class::Compound(compound(body, version, bits & 0xffff, size, deeper)?),
        8 => {
            enumeration(body, version, bits & 0xffff, deeper)?;
            Class::Number
        }
        9 => {
            let base = read(body, deeper)?;
            let is_text = bits & 0xf == 1;
            if is_text || base.has_text() {
                Class::Variable
            } else {
                Class::Number
            }
        }
        10 => {
            let rank = u64::from(body.u8()?);
            let (gap, behind) = if version < 3 { (3, 4 * rank) } else { (0, 0) };
            body.take(gap + 4 * rank + behind)?;
            Class::Array(Box::new(read(body, deeper)?))
        }
        _ => Class::Number,
    };
    Ok(Datatype { size, class })
}

fn compound(
    body: &mut Fields<'_>,
    version: u8,
    count: u64,
    size: u64,
    deeper: u32,
) -> Result<Vec<(u64, Datatype)>, OpenError> {
    let mut members = Vec::new();
    for _ in 0..count {
        name(body, version)?;
        let offset = if version < 3 {
            u64::from(body.u32()?)
        } else {
            body.uint(width_of(size))?
        };
        if version == 1 {
            // A field may be an array, of which only the first element is seen.
            body.take(28)?;
        }
        let datatype = read(body, deeper)?;
        members.push((offset, datatype));
    }
    Ok(members)
}

fn enumeration(
    body: &mut Fields<'_>,
    version: u8,
    count: u64,
    deeper: u32,
) -> Result<(), OpenError> {
    let base = read(body, deeper)?;
    for _ in 0..count {
        name(body, version)?;
    }
    body.take(count.saturating_mul(base.size)).map(|_| ())
}

/// Passes a name that ends in a zero; up to version 2 it is padded.
fn name(body: &mut Fields<'_>, version: u8) -> Result<(), OpenError> {
    let end = body.rest().iter().position(|byte| *byte == 0);
    let end = end.ok_or_else(|| damaged("a name has no end"))? as u64 + 1;
    body.take(if version < 3 {
        end.next_multiple_of(8)
    } else {
        end
    })?;
    Ok(())
}

/// The bytes that numbers up to `size` take.
fn width_of(size: u64) -> u64 {
    u64::from((64 - size.leading_zeros()).div_ceil(8)).max(1)
}
