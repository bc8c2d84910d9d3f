//! Links: what a group holds, in each of the three ways to write it.

use super::file::{File, damaged, fields};
use super::fractal_heap::FractalHeap;
use super::header::{Message, kind};
use super::tree::{self, Leads};
use crate::container::format::OpenError;

/// The longest name that is kept, in bytes.
const LONGEST_NAME: usize = 1024;

/// A hard link; others lead to what is seen anyway, or to other files.
pub(super) struct Link {
    pub(super) name: Vec<u8>,
    pub(super) address: u64,
}

/// The links of an object; none if it is no group.
pub(super) fn links(file: &mut File<'_, '_>, messages: &[Message]) -> Result<Vec<Link>, OpenError> {
    let mut links = Vec::new();
    for message in messages {
        match message.kind {
            kind::LINK => links.extend(link(file, &message.body)?),
            kind::LINK_INFO => dense(file, &message.body, &mut links)?,
            kind::SYMBOL_TABLE => symbols(file, &message.body, &mut links)?,
            _ => {}
        }
    }
    Ok(links)
}

/// Reads a link message (IV.A.2.g).
fn link(file: &mut File<'_, '_>, body: &[u8]) -> Result<Option<Link>, OpenError> {
    let mut body = fields(body);
    body.mark(b"\x01")?;
    let flags = body.u8()?;
    let is_hard = flags & 8 == 0 || body.u8()? == 0;
    if flags & 4 != 0 {
        body.take(8)?;
    }
    if flags & 0x10 != 0 {
        body.u8()?;
    }
    let length = body.uint(1 << (flags & 3))?;
    let name = shortened(body.take(length)?);
    if !is_hard {
        return Ok(None);
    }
    file.budget.unpacked(name.len() as u64)?;
    let address = file.sizes().address(&mut body)?;
    Ok(address.map(|address| Link { name, address }))
}

/// Follows a link info message (IV.A.2.c) to the links of a group that has many.
fn dense(file: &mut File<'_, '_>, body: &[u8], links: &mut Vec<Link>) -> Result<(), OpenError> {
    let mut body = fields(body);
    body.u8()?;
    if body.u8()? & 1 != 0 {
        body.take(8)?;
    }
    let sizes = file.sizes();
    let heap = sizes.address(&mut body)?;
    let (Some(heap), Some(tree)) = (heap, sizes.address(&mut body)?) else {
        return Ok(());
    };
    let heap = FractalHeap::open(file, heap)?;
    tree::records(file, tree, &mut |file, record| {
        // A hash of the name is in front.
        let id = record.get(4..).unwrap_or_default();
        if let Some(object) = heap.object(file, id)? {
            links.extend(link(file, &object)?);
        }
        Ok(())
    })
}

/// Follows a symbol table message (IV.A.2.r), as older versions write groups.
fn symbols(file: &mut File<'_, '_>, body: &[u8], links: &mut Vec<Link>) -> Result<(), OpenError> {
    let sizes = file.sizes();
    let mut body = fields(body);
    let tree = sizes.address(&mut body)?;
    let (Some(tree), Some(heap)) = (tree, sizes.address(&mut body)?) else {
        return Ok(());
    };
    let names = local_heap(file, heap)?;
    let mut each = |file: &mut File<'_, '_>, _: &[u8], node: u64| {
        let head = file.read(node, 8)?;
        let mut head = fields(&head);
        head.mark(b"SNOD\x01")?;
        head.u8()?;
        let count = u64::from(head.u16()?);
        let length = 2 * sizes.offset + 24;
        let symbols = file.read(node.saturating_add(8), count * length)?;
        let mut symbols = fields(&symbols);
        for _ in 0..count {
            let mut symbol = fields(symbols.take(length)?);
            let name = symbol.uint(sizes.offset)?;
            let Some(address) = sizes.address(&mut symbol)? else {
                continue;
            };
            // 2: a symbolic link, whose address is none.
            if symbol.u32()? != 2 {
                let name = usize::try_from(name).unwrap_or(usize::MAX);
                let name = names.get(name..).unwrap_or_default();
                let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
                let name = shortened(name);
                file.budget.unpacked(name.len() as u64)?;
                links.push(Link { name, address });
            }
        }
        Ok(())
    };
    tree::children(file, tree, Leads::ToSymbols, sizes.length, &mut each)
}

/// The data of a local heap, which holds the names of a group (III.D).
fn local_heap(file: &mut File<'_, '_>, address: u64) -> Result<Vec<u8>, OpenError> {
    let sizes = file.sizes();
    let head = file.read(address, 8 + 2 * sizes.length + sizes.offset)?;
    let mut head = fields(&head);
    head.mark(b"HEAP\0")?;
    head.take(3)?;
    let length = sizes.length(&mut head)?;
    head.take(sizes.length)?;
    let data = sizes.address(&mut head)?;
    file.read(data.ok_or_else(|| damaged("a group has no names"))?, length)
}

fn shortened(name: &[u8]) -> Vec<u8> {
    name.get(..LONGEST_NAME).unwrap_or(name).to_vec()
}
