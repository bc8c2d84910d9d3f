//! Object headers: the messages that say what an object is (sections IV.A.1 and 2).

use super::file::{File, damaged, fields};
use crate::container::fields::Fields;
use crate::container::format::OpenError;

/// The most parts of one header.
const MOST_BLOCKS: usize = 10_000;

/// A message of an object header.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) kind: u16,
    /// Whether it only says where the message is.
    pub(super) shared: Shared,
    pub(super) body: Vec<u8>,
}

/// Whether a message stands where it is, or is shared with other objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shared {
    No,
    Yes,
}

/// The kinds of messages that matter.
pub(super) mod kind {
    pub(in super::super) const DATASPACE: u16 = 0x01;
    pub(in super::super) const LINK_INFO: u16 = 0x02;
    pub(in super::super) const DATATYPE: u16 = 0x03;
    pub(in super::super) const LINK: u16 = 0x06;
    pub(in super::super) const LAYOUT: u16 = 0x08;
    pub(in super::super) const FILTERS: u16 = 0x0b;
    pub(in super::super) const ATTRIBUTE: u16 = 0x0c;
    pub(in super::super) const CONTINUATION: u16 = 0x10;
    pub(in super::super) const SYMBOL_TABLE: u16 = 0x11;
    pub(in super::super) const ATTRIBUTE_INFO: u16 = 0x15;
}

/// A part of a header.
struct Block {
    address: u64,
    length: u64,
}

/// How the messages of a header are written.
#[derive(Clone, Copy)]
enum Version {
    One,
    /// With the width of what else there is in front of each.
    Two {
        order: u64,
    },
}

/// The messages of the object whose header is at an address.
pub(super) fn messages(file: &mut File<'_, '_>, address: u64) -> Result<Vec<Message>, OpenError> {
    let (version, first) = prefix(file, address)?;
    let mut messages = Vec::new();
    let mut blocks = vec![first];
    let mut next = 0;
    while let Some(Block { address, length }) = blocks.get(next) {
        let bytes = file.read(*address, *length)?;
        let mut rest = fields(&bytes);
        if let Version::Two { .. } = version
            && next > 0
        {
            rest.mark(b"OCHK")?;
        }
        while let Some(message) = message(&mut rest, version)? {
            if message.kind == kind::CONTINUATION {
                let mut body = fields(&message.body);
                let address = file.sizes().address(&mut body)?;
                let address = address.ok_or_else(|| damaged("a header ends too early"))?;
                let length = file.sizes().length(&mut body)?;
                blocks.push(Block { address, length });
            } else {
                messages.push(message);
            }
        }
        next += 1;
        if next > MOST_BLOCKS {
            return Err(damaged("a header has no end"));
        }
    }
    Ok(messages)
}

fn prefix(file: &mut File<'_, '_>, address: u64) -> Result<(Version, Block), OpenError> {
    let bytes = file.read_some(address, 64)?;
    let mut prefix = fields(&bytes);
    if !bytes.starts_with(b"OHDR") {
        prefix.mark(b"\x01")?;
        prefix.take(7)?;
        let block = Block {
            // The prefix is padded to a multiple of eight bytes.
            address: address.saturating_add(16),
            length: u64::from(prefix.u32()?),
        };
        return Ok((Version::One, block));
    }
    prefix.mark(b"OHDR\x02")?;
    let flags = prefix.u8()?;
    if flags & 0x20 != 0 {
        prefix.take(16)?;
    }
    if flags & 0x10 != 0 {
        prefix.take(4)?;
    }
    let length = prefix.uint(1 << (flags & 3))?;
    let behind = bytes.len() - prefix.rest().len();
    let block = Block {
        address: address.saturating_add(behind as u64),
        length,
    };
    let order = if flags & 4 != 0 { 2 } else { 0 };
    Ok((Version::Two { order }, block))
}

/// The next message; none where only a gap and the checksum are left.
fn message(rest: &mut Fields<'_>, version: Version) -> Result<Option<Message>, OpenError> {
    let (head, behind) = match version {
        Version::One => (8, 3),
        Version::Two { order } => (4 + order, order),
    };
    if (rest.rest().len() as u64) < head {
        return Ok(None);
    }
    let kind = match version {
        Version::One => rest.u16()?,
        Version::Two { .. } => u16::from(rest.u8()?),
    };
    let length = u64::from(rest.u16()?);
    let flags = rest.u8()?;
    rest.take(behind)?;
    let Ok(body) = rest.take(length) else {
        // A continuation ends in a checksum that looks like the start of a message.
        return Ok(None);
    };
    Ok(Some(Message {
        kind,
        shared: if flags & 2 == 0 {
            Shared::No
        } else {
            Shared::Yes
        },
        body: body.to_vec(),
    }))
}

/// The message of a kind, from where it really is if it is shared; none if there is none,
/// or it is kept in a way that is not understood.
pub(super) fn find(
    file: &mut File<'_, '_>,
    messages: &[Message],
    kind: u16,
) -> Result<Option<Vec<u8>>, OpenError> {
    let Some(message) = messages.iter().find(|message| message.kind == kind) else {
        return Ok(None);
    };
    match message.shared {
        Shared::No => Ok(Some(message.body.clone())),
        Shared::Yes => committed(file, &message.body, kind),
    }
}

/// The message of a kind that another object has, as a committed datatype (IV.A.2,
/// "shared message").
pub(super) fn committed(
    file: &mut File<'_, '_>,
    body: &[u8],
    kind: u16,
) -> Result<Option<Vec<u8>>, OpenError> {
    let mut body = fields(body);
    match (body.u8()?, body.u8()?) {
        (1, _) => body.take(6)?,
        (2, _) | (3, 2) => &[],
        _ => return Ok(None),
    };
    let Some(address) = file.sizes().address(&mut body)? else {
        return Ok(None);
    };
    let there = messages(file, address)?;
    let mut found = there.into_iter();
    let found = found.find(|message| message.kind == kind && message.shared == Shared::No);
    Ok(found.map(|message| message.body))
}
