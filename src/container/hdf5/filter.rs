//! Filters: what was done to a chunk before it was written (section IV.A.2.l).

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::NAME;
use super::file::{File, damaged, fields};
use crate::container::format::OpenError;

/// A step of a pipeline.
#[derive(Debug)]
pub(super) struct Filter {
    id: u16,
    /// The first of its numbers: of shuffle the size of an element.
    parameter: u32,
}

/// Reads a filter pipeline message.
pub(super) fn pipeline(body: &[u8]) -> Result<Vec<Filter>, OpenError> {
    let mut body = fields(body);
    let version = body.u8()?;
    let count = body.u8()?;
    if version == 1 {
        body.take(6)?;
    }
    let mut filters = Vec::new();
    for _ in 0..count {
        let id = body.u16()?;
        let has_name = version == 1 || id >= 256;
        let name = if has_name { body.u16()? } else { 0 };
        body.u16()?;
        let count = u64::from(body.u16()?);
        let name = u64::from(name);
        body.take(if version == 1 {
            name.next_multiple_of(8)
        } else {
            name
        })?;
        let mut numbers = fields(body.take(4 * count)?);
        if version == 1 && count % 2 == 1 {
            body.take(4)?;
        }
        let parameter = numbers.u32().unwrap_or_default();
        filters.push(Filter { id, parameter });
    }
    Ok(filters)
}

/// Undoes the filters of a chunk, of which those whose bit is set were left out. It is
/// `length` bytes when all is undone.
pub(super) fn undo(
    file: &File<'_, '_>,
    filters: &[Filter],
    left_out: u32,
    mut chunk: Vec<u8>,
    length: u64,
) -> Result<Vec<u8>, OpenError> {
    for (number, filter) in filters.iter().enumerate().rev() {
        if number < 32 && left_out >> number & 1 == 1 {
            continue;
        }
        chunk = match filter.id {
            1 => inflated(file, &chunk, length)?,
            2 => unshuffled(&chunk, filter.parameter),
            3 => {
                // Its checksum. What is damaged is scanned all the same.
                chunk.truncate(chunk.len().saturating_sub(4));
                chunk
            }
            32000 => {
                let unpacked = lzf(&chunk, length)?;
                file.budget.unpacked(unpacked.len() as u64)?;
                unpacked
            }
            id => return Err(OpenError::Unsupported(format!("filter {id} in HDF5"))),
        };
    }
    Ok(chunk)
}

fn inflated(file: &File<'_, '_>, chunk: &[u8], length: u64) -> Result<Vec<u8>, OpenError> {
    let mut unpacked = Vec::new();
    let decoder = file.budget.meter(ZlibDecoder::new(chunk));
    // A checksum may come on top.
    let mut decoder = decoder.take(length.saturating_add(4));
    match decoder
        .read_to_end(&mut unpacked)
        .map_err(OpenError::read(NAME))
    {
        Err(error) if unpacked.is_empty() || matches!(error, OpenError::Limit(_)) => Err(error),
        _ => Ok(unpacked),
    }
}

/// Puts the bytes of each element together, of which all first ones come first.
fn unshuffled(chunk: &[u8], element: u32) -> Vec<u8> {
    let element = usize::try_from(element).unwrap_or(usize::MAX);
    let count = chunk.len().checked_div(element).unwrap_or_default();
    if element < 2 || count < 2 {
        return chunk.to_vec();
    }
    let (shuffled, rest) = chunk.split_at(count * element);
    let mut elements = vec![0; shuffled.len()];
    for (place, bytes) in shuffled.chunks_exact(count).enumerate() {
        let ordered = elements.iter_mut().skip(place).step_by(element);
        for (byte, from) in ordered.zip(bytes) {
            *byte = *from;
        }
    }
    elements.extend_from_slice(rest);
    elements
}

/// Unpacks what `LibLZF` has packed: runs of up to 32 bytes, and references to up to
/// 8 KiB before.
fn lzf(chunk: &[u8], length: u64) -> Result<Vec<u8>, OpenError> {
    let mut unpacked: Vec<u8> = Vec::new();
    let mut rest = fields(chunk);
    while !rest.rest().is_empty() && (unpacked.len() as u64) < length {
        let control = rest.u8()?;
        if control < 32 {
            unpacked.extend_from_slice(rest.take(u64::from(control) + 1)?);
            continue;
        }
        let mut count = usize::from(control >> 5);
        if count == 7 {
            count += usize::from(rest.u8()?);
        }
        let back = (usize::from(control & 0x1f) << 8 | usize::from(rest.u8()?)) + 1;
        let start = unpacked.len().checked_sub(back);
        let start = start.ok_or_else(|| damaged("a chunk refers to what is not in it"))?;
        for place in start..start + count + 2 {
            let byte = unpacked.get(place).copied().unwrap_or_default();
            unpacked.push(byte);
        }
    }
    Ok(unpacked)
}
