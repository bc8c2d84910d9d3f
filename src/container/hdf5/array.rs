//! Fixed and extensible arrays: the indexes of chunks that newer versions write
//! (sections VII.B and VII.C).

use super::chunk_index::Chunks;
use super::file::{File, Sizes, damaged, fields};
use crate::container::fields::Fields;
use crate::container::format::OpenError;

/// What the elements of an array are like.
#[derive(Clone, Copy)]
struct Array {
    /// The size of one.
    element: u64,
    /// How many are in a page.
    page: u64,
}

impl Array {
    fn new(element: u8, page_bits: u8) -> Result<Self, OpenError> {
        if element == 0 {
            return Err(damaged("an array has no elements"));
        }
        Ok(Self {
            element: u64::from(element),
            page: 1_u64.checked_shl(u32::from(page_bits)).unwrap_or(u64::MAX),
        })
    }

    /// Takes elements: addresses, with length and filters if there are any.
    fn elements(
        self,
        elements: &mut Fields<'_>,
        count: u64,
        chunks: &mut Chunks,
    ) -> Result<(), OpenError> {
        for _ in 0..count {
            let mut element = fields(elements.take(self.element)?);
            let address = chunks.sizes.address(&mut element)?;
            let filtered = self.element.saturating_sub(chunks.sizes.offset);
            let (length, left_out) = match filtered {
                5.. => (element.uint(filtered - 4)?, element.u32()?),
                _ => (chunks.length, 0),
            };
            match address {
                Some(address) => chunks.push(address, length, left_out)?,
                None => chunks.pass(1),
            }
        }
        Ok(())
    }

    /// Takes elements that are cut into pages, each with a checksum behind it.
    fn pages(
        self,
        file: &mut File<'_, '_>,
        mut address: u64,
        mut count: u64,
        chunks: &mut Chunks,
    ) -> Result<(), OpenError> {
        while count > 0 {
            let page = count.min(self.page);
            let length = page.saturating_mul(self.element).saturating_add(4);
            let bytes = file.read(address, length)?;
            self.elements(&mut fields(&bytes), page, chunks)?;
            address = address.saturating_add(length);
            count -= page;
        }
        Ok(())
    }
}

/// Takes the chunks of a fixed array.
pub(super) fn fixed(
    file: &mut File<'_, '_>,
    address: u64,
    chunks: &mut Chunks,
) -> Result<(), OpenError> {
    let sizes = file.sizes();
    let head = file.read(address, 8 + sizes.length + sizes.offset)?;
    let mut head = fields(&head);
    head.mark(b"FAHD\0")?;
    head.u8()?;
    let array = Array::new(head.u8()?, head.u8()?)?;
    let count = sizes.length(&mut head)?;
    let Some(block) = sizes.address(&mut head)? else {
        return Ok(());
    };
    let prefix = 6 + sizes.offset;
    let mark = file.read(block, prefix)?;
    fields(&mark).mark(b"FADB\0")?;
    let behind = block.saturating_add(prefix);
    if count <= array.page {
        return array.pages(file, behind, count, chunks);
    }
    // A bit for each page, which says whether it was written, and a checksum.
    let bitmap = count.div_ceil(array.page).div_ceil(8);
    array.pages(file, behind.saturating_add(bitmap + 4), count, chunks)
}

/// An extensible array, as its header describes it.
struct Extensible {
    array: Array,
    /// The bits that the number of an element takes.
    bits: u64,
    /// Elements in the index block.
    in_index: u64,
    /// Elements of the smallest data block.
    smallest: u64,
    /// Addresses in the smallest secondary block.
    pointers: u64,
    /// Elements that were written.
    count: u64,
    index: Option<u64>,
}

/// Blocks of one size: the level of an extensible array.
#[derive(Clone, Copy)]
struct Level {
    blocks: u64,
    /// The elements of a block.
    elements: u64,
}

impl Extensible {
    fn read(file: &mut File<'_, '_>, address: u64) -> Result<Self, OpenError> {
        let sizes = file.sizes();
        let head = file.read(address, 12 + 6 * sizes.length + sizes.offset)?;
        let mut head = fields(&head);
        head.mark(b"EAHD\0")?;
        head.u8()?;
        let element = head.u8()?;
        let bits = u64::from(head.u8()?);
        let in_index = u64::from(head.u8()?);
        let smallest = u64::from(head.u8()?);
        let pointers = u64::from(head.u8()?);
        let array = Array::new(element, head.u8()?)?;
        // How many blocks there are, and their sizes.
        head.take(4 * sizes.length)?;
        let count = sizes.length(&mut head)?;
        head.take(sizes.length)?;
        if !smallest.is_power_of_two() || !pointers.is_power_of_two() || bits > 64 {
            return Err(damaged("an array is impossible"));
        }
        Ok(Self {
            array,
            bits,
            in_index,
            smallest,
            pointers,
            count,
            index: sizes.address(&mut head)?,
        })
    }

    /// How many levels there are, and how many of them the index block leads to without
    /// a secondary block.
    fn levels(&self) -> (u64, u64) {
        let all = (1 + self.bits).saturating_sub(u64::from(self.smallest.ilog2()));
        (all, 2 * u64::from(self.pointers.ilog2()))
    }

    fn level(&self, level: u64) -> Option<Level> {
        let power = |exponent| 1_u64.checked_shl(u32::try_from(exponent).ok()?);
        Some(Level {
            blocks: power(level / 2)?,
            elements: power(level.div_ceil(2))?.saturating_mul(self.smallest),
        })
    }

    /// The bytes in front of the elements of a block, or of its addresses.
    fn prefix(&self, sizes: Sizes) -> u64 {
        6 + sizes.offset + self.bits.div_ceil(8)
    }

    /// The addresses of the data blocks that a secondary block leads to.
    fn secondary(
        &self,
        file: &mut File<'_, '_>,
        address: u64,
        level: Level,
    ) -> Result<Vec<u8>, OpenError> {
        let sizes = file.sizes();
        // A bit for each page, where blocks have any.
        let pages = match level.elements / self.array.page {
            0 | 1 => 0,
            pages => level.blocks.saturating_mul(pages.div_ceil(8)),
        };
        let start = address
            .saturating_add(self.prefix(sizes))
            .saturating_add(pages);
        file.read(start, level.blocks.saturating_mul(sizes.offset))
    }

    /// Takes the chunks of the data blocks of a level; says how many are left.
    fn data_blocks(
        &self,
        file: &mut File<'_, '_>,
        addresses: &[u8],
        level: Level,
        mut left: u64,
        chunks: &mut Chunks,
    ) -> Result<u64, OpenError> {
        let mut addresses = fields(addresses);
        let sizes = file.sizes();
        for _ in 0..level.blocks {
            let count = level.elements.min(left);
            if count == 0 {
                break;
            }
            left -= count;
            let Some(address) = sizes.address(&mut addresses)? else {
                chunks.pass(count);
                continue;
            };
            let mark = file.read(address, 5)?;
            fields(&mark).mark(b"EADB\0")?;
            // Where there are pages, the checksum of the prefix is in front of them.
            let (checksum, page) = if level.elements > self.array.page {
                (4, self.array.page)
            } else {
                (0, u64::MAX)
            };
            let behind = address.saturating_add(self.prefix(sizes) + checksum);
            let array = Array { page, ..self.array };
            array.pages(file, behind, count, chunks)?;
        }
        Ok(left)
    }
}

/// Takes the chunks of an extensible array.
pub(super) fn extensible(
    file: &mut File<'_, '_>,
    address: u64,
    chunks: &mut Chunks,
) -> Result<(), OpenError> {
    let extensible = Extensible::read(file, address)?;
    let Some(index) = extensible.index else {
        return Ok(());
    };
    let sizes = file.sizes();
    let (levels, direct_levels) = extensible.levels();
    let in_index = extensible.in_index * extensible.array.element;
    let addresses = 2 * (extensible.pointers - 1) + levels.saturating_sub(direct_levels);
    let bytes = file.read(
        index,
        6 + sizes.offset + in_index + addresses * sizes.offset,
    )?;
    let mut body = fields(&bytes);
    body.mark(b"EAIB\0")?;
    body.take(1 + sizes.offset)?;
    let here = extensible.in_index.min(extensible.count);
    extensible
        .array
        .elements(&mut fields(body.take(in_index)?), here, chunks)?;
    let mut left = extensible.count - here;
    for number in 0..levels {
        let Some(level) = extensible.level(number) else {
            break;
        };
        if left == 0 {
            break;
        }
        let addresses = if number < direct_levels {
            body.take(level.blocks.saturating_mul(sizes.offset))?
                .to_vec()
        } else if let Some(address) = sizes.address(&mut body)? {
            extensible.secondary(file, address, level)?
        } else {
            let all = level.blocks.saturating_mul(level.elements).min(left);
            chunks.pass(all);
            left -= all;
            continue;
        };
        left = extensible.data_blocks(file, &addresses, level, left, chunks)?;
    }
    Ok(())
}
