//! Fractal heaps: where groups with many links, and objects with many attributes, keep
//! them (section III.G).

use super::file::{File, Sizes, damaged, fields};
use crate::container::format::OpenError;

/// Indirect blocks within one another.
const DEEPEST: u32 = 64;

/// A heap whose objects can be looked up.
pub(super) struct FractalHeap {
    /// The width of an offset in the heap, in bytes.
    offset: u64,
    /// The width of a length.
    length: u64,
    /// Blocks in a row of the doubling table.
    width: u64,
    /// The size of the blocks of the first two rows; every other row doubles it.
    start: u64,
    /// Rows whose blocks hold objects; those behind them hold blocks.
    direct_rows: u64,
    root: u64,
    /// Rows of the root; none where it holds the objects itself.
    rows: u64,
}

impl FractalHeap {
    /// Reads the header of a heap.
    pub(super) fn open(file: &mut File<'_, '_>, address: u64) -> Result<Self, OpenError> {
        let Sizes { offset, length } = file.sizes();
        let head = file.read(address, 26 + 12 * length + 3 * offset)?;
        let mut head = fields(&head);
        head.mark(b"FRHP\0")?;
        head.u16()?;
        if head.u16()? != 0 {
            return Err(OpenError::Unsupported("a heap with filters in HDF5".into()));
        }
        head.u8()?;
        let largest_object = u64::from(head.u32()?);
        // Of huge objects, free space, sizes, and tiny objects.
        head.take(10 * length + 2 * offset)?;
        let width = u64::from(head.u16()?);
        let start = file.sizes().length(&mut head)?;
        let largest = file.sizes().length(&mut head)?;
        let bits = u64::from(head.u16()?);
        head.u16()?;
        let root = file.sizes().address(&mut head)?;
        let rows = u64::from(head.u16()?);
        if !start.is_power_of_two() || !largest.is_power_of_two() || largest < start || width == 0 {
            return Err(damaged("a heap is impossible"));
        }
        Ok(Self {
            offset: bits.div_ceil(8),
            length: width_of(largest.min(largest_object)),
            width,
            start,
            direct_rows: u64::from(largest.ilog2() - start.ilog2()) + 2,
            root: root.ok_or_else(|| damaged("a heap is empty"))?,
            rows,
        })
    }

    /// The object with an id; none where it is kept outside of the heap.
    pub(super) fn object(
        &self,
        file: &mut File<'_, '_>,
        id: &[u8],
    ) -> Result<Option<Vec<u8>>, OpenError> {
        let mut id = fields(id);
        let flags = id.u8()?;
        if flags & 0x30 == 0x20 {
            // It is in its own id.
            let length = u64::from(flags & 0xf) + 1;
            return Ok(id.take(length).ok().map(<[u8]>::to_vec));
        }
        if flags & 0x30 != 0 {
            return Ok(None);
        }
        let mut offset = id.uint(self.offset)?;
        let length = id.uint(self.length)?;
        let (mut block, mut rows) = (self.root, self.rows);
        for _ in 0..DEEPEST {
            if rows == 0 {
                return file.read(block.saturating_add(offset), length).map(Some);
            }
            (block, rows, offset) = self.child(file, block, rows, offset)?;
        }
        Err(damaged("a heap is nested too deep"))
    }

    /// The block in an indirect one that has an offset: where it is, how many rows it
    /// has in turn, and the offset in it.
    fn child(
        &self,
        file: &mut File<'_, '_>,
        block: u64,
        rows: u64,
        mut offset: u64,
    ) -> Result<(u64, u64, u64), OpenError> {
        for row in 0..rows.min(64) {
            let size = self.size_of_row(row);
            let all = size.saturating_mul(self.width);
            if offset >= all {
                offset -= all;
                continue;
            }
            let sizes = file.sizes();
            let entry = row * self.width + offset / size;
            let place = 5 + sizes.offset + self.offset + entry * sizes.offset;
            let address = file.read(block.saturating_add(place), sizes.offset)?;
            let address = sizes.address(&mut fields(&address))?;
            let address = address.ok_or_else(|| damaged("a heap has a hole"))?;
            let rows = if row < self.direct_rows {
                0
            } else {
                let first = self.start.saturating_mul(self.width);
                u64::from(size.ilog2().saturating_sub(first.ilog2())) + 1
            };
            return Ok((address, rows, offset % size));
        }
        Err(damaged("an object is outside of its heap"))
    }

    fn size_of_row(&self, row: u64) -> u64 {
        let doubled = u32::try_from(row.saturating_sub(1)).unwrap_or(63);
        self.start
            .saturating_mul(1_u64.checked_shl(doubled).unwrap_or(1 << 63))
    }
}

/// The bytes that numbers up to `most` take.
fn width_of(most: u64) -> u64 {
    u64::from((64 - most.leading_zeros()).div_ceil(8)).max(1)
}
