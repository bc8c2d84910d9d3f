//! B-trees of both versions (sections III.A.1 and 2): what they lead to, in order.

use std::collections::HashSet;

use super::file::{File, damaged, fields};
use crate::container::format::OpenError;

/// Takes a key and the address behind it.
type EachChild<'e> = dyn FnMut(&mut File<'_, '_>, &[u8], u64) -> Result<(), OpenError> + 'e;

/// Takes a record.
type EachRecord<'e> = dyn FnMut(&mut File<'_, '_>, &[u8]) -> Result<(), OpenError> + 'e;

/// What a tree of version 1 leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Leads {
    /// To the symbols of a group.
    ToSymbols = 0,
    /// To the chunks of a dataset.
    ToChunks = 1,
}

/// Hands out the children of a tree of version 1, each with the key in front of it.
pub(super) fn children(
    file: &mut File<'_, '_>,
    root: u64,
    leads: Leads,
    key: u64,
    each: &mut EachChild<'_>,
) -> Result<(), OpenError> {
    let sizes = file.sizes();
    let mut nodes = vec![root];
    let mut seen = HashSet::from([root]);
    while let Some(address) = nodes.pop() {
        let head_length = 8 + 2 * sizes.offset;
        let head = file.read(address, head_length)?;
        let mut head = fields(&head);
        head.mark(b"TREE")?;
        head.mark(&[leads as u8])?;
        let level = head.u8()?;
        let entries = u64::from(head.u16()?);
        let body = file.read(
            address.saturating_add(head_length),
            entries * (key + sizes.offset),
        )?;
        let mut body = fields(&body);
        let mut inner = Vec::new();
        for _ in 0..entries {
            let key = body.take(key)?;
            let Some(child) = sizes.address(&mut body)? else {
                continue;
            };
            if level == 0 {
                each(file, key, child)?;
            } else if seen.insert(child) {
                inner.push(child);
            }
        }
        nodes.extend(inner.into_iter().rev());
    }
    Ok(())
}

/// A node of a tree of version 2, with what its parent says of it.
struct Node {
    address: u64,
    records: u64,
    depth: usize,
}

/// Hands out the records of a tree of version 2.
pub(super) fn records(
    file: &mut File<'_, '_>,
    address: u64,
    each: &mut EachRecord<'_>,
) -> Result<(), OpenError> {
    let sizes = file.sizes();
    let head = file.read(address, 16 + sizes.offset + 2 + sizes.length)?;
    let mut head = fields(&head);
    head.mark(b"BTHD\0")?;
    head.u8()?;
    let node_size = u64::from(head.u32()?);
    let record = u64::from(head.u16()?);
    let depth = usize::from(head.u16()?);
    head.u16()?;
    let Some(root) = sizes.address(&mut head)? else {
        return Ok(());
    };
    let pointers = pointers(node_size, record, sizes.offset, depth)?;
    let mut seen = HashSet::from([root]);
    let mut nodes = vec![Node {
        address: root,
        records: u64::from(head.u16()?),
        depth,
    }];
    while let Some(node) = nodes.pop() {
        let bytes = file.read(node.address, node_size)?;
        let mut body = fields(&bytes);
        body.mark(if node.depth == 0 {
            b"BTLF\0"
        } else {
            b"BTIN\0"
        })?;
        body.u8()?;
        for _ in 0..node.records {
            each(file, body.take(record)?)?;
        }
        let Some(depth) = node.depth.checked_sub(1) else {
            continue;
        };
        let Some(Pointer { count, all }) = pointers.get(depth) else {
            continue;
        };
        for _ in 0..=node.records {
            let address = sizes.address(&mut body)?;
            let records = body.uint(*count)?;
            body.take(*all)?;
            if let Some(address) = address
                && seen.insert(address)
            {
                nodes.push(Node {
                    address,
                    records,
                    depth,
                });
            }
        }
    }
    Ok(())
}

/// How wide the numbers of a pointer to a node are.
struct Pointer {
    /// The number of its own records.
    count: u64,
    /// The number of all records below; a leaf has none.
    all: u64,
}

/// The pointers to nodes of each depth below the root's.
fn pointers(
    node_size: u64,
    record: u64,
    offset: u64,
    depth: usize,
) -> Result<Vec<Pointer>, OpenError> {
    if record == 0 || node_size < 10 + record || depth > 32 {
        return Err(damaged("a tree is impossible"));
    }
    let leaf = (node_size - 10) / record;
    let count = width_of(leaf);
    let mut pointers = vec![Pointer { count, all: 0 }];
    let mut below = leaf;
    let mut all = 0;
    for _ in 1..depth {
        let pointer = offset + count + all;
        let most = node_size.saturating_sub(10 + pointer) / (record + pointer);
        below = (most + 1).saturating_mul(below).saturating_add(most);
        all = width_of(below);
        pointers.push(Pointer { count, all });
    }
    Ok(pointers)
}

/// The bytes that numbers up to `most` take.
fn width_of(most: u64) -> u64 {
    u64::from((64 - most.leading_zeros()).div_ceil(8)).max(1)
}
