//! The list of members of a `7z`, which is looked at before it is kept: a few bytes may
//! unpack to a list of millions (7-Zip's `7zFormat.txt`).

use std::io::Read;

use super::FORMAT;
use super::reader::too_much_memory;
use crate::container::codec;
use crate::container::format::OpenError;
use crate::container::store::Store;

/// How long a list may be, in KiB. Some programs pack it so that its decoder remembers as
/// much.
pub(super) const LONGEST_KIB: u16 = 18 << 10;
const LONGEST: u64 = (LONGEST_KIB as u64) << 10;

/// What stands before everything.
const SIGNATURE: u64 = 32;

/// The names of properties.
mod property {
    pub(super) const END: u8 = 0x00;
    pub(super) const HEADER: u8 = 0x01;
    pub(super) const ARCHIVE_PROPERTIES: u8 = 0x02;
    pub(super) const MAIN_STREAMS: u8 = 0x04;
    pub(super) const FILES: u8 = 0x05;
    pub(super) const PACKED: u8 = 0x06;
    pub(super) const BLOCKS: u8 = 0x07;
    pub(super) const PARTS: u8 = 0x08;
    pub(super) const SIZES: u8 = 0x09;
    pub(super) const DIGESTS: u8 = 0x0a;
    pub(super) const BLOCK: u8 = 0x0b;
    pub(super) const UNPACKED_SIZES: u8 = 0x0c;
    pub(super) const PART_NUMBERS: u8 = 0x0d;
    pub(super) const PACKED_HEADER: u8 = 0x17;
}

/// Says how many members a list has, or blocks if there are more of them.
pub(super) fn length(store: &mut Store<'_>) -> Result<u64, OpenError> {
    let read = OpenError::read(FORMAT.name);
    let damaged = || OpenError::damaged(FORMAT.name, "its list of members cannot be read");
    let start = store.read_at(0, SIGNATURE).map_err(&read)?;
    let number = |at: usize| {
        let bytes = start.get(at..).and_then(<[u8]>::first_chunk);
        bytes.map(|bytes| u64::from_le_bytes(*bytes))
    };
    let (Some(at), Some(length)) = (number(12), number(20)) else {
        return Err(damaged());
    };
    // All zeros are what stands there until an archive is finished.
    if length == 0 {
        return if start.iter().skip(8).all(|&byte| byte == 0) {
            Err(damaged())
        } else {
            Ok(0)
        };
    }
    if length > LONGEST {
        return Err(too_much_memory());
    }
    let at = at.checked_add(SIGNATURE).ok_or_else(damaged)?;
    let mut list = store.read_at(at, length).map_err(&read)?;
    if let Some((&property::PACKED_HEADER, streams)) = list.split_first() {
        let streams = List(streams).streams().ok_or_else(damaged)?;
        list = unpack(store, &streams)?;
    }
    List(&list).length().ok_or_else(damaged)
}

/// The list, where it is packed itself.
fn unpack(store: &mut Store<'_>, streams: &Streams) -> Result<Vec<u8>, OpenError> {
    const LZMA: &[u8] = b"\x03\x01\x01";
    const LZMA2: &[u8] = b"\x21";
    const AES: &[u8] = b"\x06\xf1\x07\x01";
    let read = OpenError::read(FORMAT.name);
    let at = streams.position.saturating_add(SIGNATURE);
    let packed = store.read_at(at, streams.packed.min(store.length()));
    let packed = packed.map_err(&read)?;
    let length = streams.unpacked;
    if streams.methods.iter().any(|method| method.name == AES) {
        return Err(OpenError::Encrypted);
    }
    let [method] = &streams.methods[..] else {
        let reason = "a list of members that is packed twice";
        return Err(OpenError::Unsupported(reason.to_owned()));
    };
    let decoder = match (&method.name[..], &method.properties[..]) {
        (LZMA, &[properties, a, b, c, d]) => {
            let dictionary = u32::from_le_bytes([a, b, c, d]);
            codec::raw_lzma(&packed[..], length, properties, dictionary)
        }
        (LZMA2, &[dictionary]) => codec::raw_lzma2(&packed[..], dictionary),
        _ => {
            let reason = "a list of members that is packed in an unknown way";
            return Err(OpenError::Unsupported(reason.to_owned()));
        }
    };
    let mut list = Vec::new();
    let most = length.min(LONGEST + 1);
    let mut decoder = decoder.map_err(&read)?.take(most);
    decoder.read_to_end(&mut list).map_err(&read)?;
    if list.len() as u64 > LONGEST {
        return Err(too_much_memory());
    }
    Ok(list)
}

/// What follows in a list.
struct List<'l>(&'l [u8]);

/// What is said of packed streams: of the first one, and how many blocks there are.
#[derive(Default)]
struct Streams {
    position: u64,
    packed: u64,
    unpacked: u64,
    methods: Vec<Method>,
    blocks: u64,
}

struct Method {
    name: Vec<u8>,
    properties: Vec<u8>,
}

/// A block, as far as it says what follows.
struct Block {
    sizes: u64,
    digest: bool,
    parts: u64,
}

impl List<'_> {
    fn length(&mut self) -> Option<u64> {
        if self.byte()? != property::HEADER {
            return None;
        }
        let mut id = self.byte()?;
        if id == property::ARCHIVE_PROPERTIES {
            while self.byte()? != property::END {
                let length = self.number()?;
                self.skip(length)?;
            }
            id = self.byte()?;
        }
        let mut blocks = 0;
        if id == property::MAIN_STREAMS {
            blocks = self.streams()?.blocks;
            id = self.byte()?;
        }
        match id {
            property::FILES => Some(self.number()?.max(blocks)),
            property::END => Some(blocks),
            _ => None,
        }
    }

    fn streams(&mut self) -> Option<Streams> {
        let mut streams = Streams::default();
        let mut blocks = Vec::new();
        let mut id = self.byte()?;
        if id == property::PACKED {
            self.packed_streams(&mut streams)?;
            id = self.byte()?;
        }
        if id == property::BLOCKS {
            blocks = self.blocks(&mut streams)?;
            id = self.byte()?;
        }
        if id == property::PARTS {
            self.parts(&mut blocks)?;
            id = self.byte()?;
        }
        streams.blocks = blocks.len() as u64;
        (id == property::END).then_some(streams)
    }

    fn packed_streams(&mut self, streams: &mut Streams) -> Option<()> {
        streams.position = self.number()?;
        let number = self.number()?;
        loop {
            match self.byte()? {
                property::END => return Some(()),
                property::SIZES => {
                    for at in 0..number {
                        let size = self.number()?;
                        if at == 0 {
                            streams.packed = size;
                        }
                    }
                }
                property::DIGESTS => drop(self.digests(number)?),
                _ => return None,
            }
        }
    }

    fn blocks(&mut self, streams: &mut Streams) -> Option<Vec<Block>> {
        // Blocks that stand elsewhere are no longer written by anything.
        const HERE: u8 = 0;
        if self.byte()? != property::BLOCK {
            return None;
        }
        let number = self.number()?;
        if self.byte()? != HERE {
            return None;
        }
        let mut blocks = Vec::new();
        for at in 0..number {
            let methods = (at == 0).then_some(&mut streams.methods);
            let sizes = self.block(methods)?;
            blocks.push(Block {
                sizes,
                digest: false,
                parts: 1,
            });
        }
        if self.byte()? != property::UNPACKED_SIZES {
            return None;
        }
        for (at, block) in blocks.iter().enumerate() {
            for _ in 0..block.sizes {
                let size = self.number()?;
                if at == 0 {
                    streams.unpacked = size;
                }
            }
        }
        loop {
            match self.byte()? {
                property::END => return Some(blocks),
                property::DIGESTS => {
                    let digests = self.digests(number)?;
                    for (block, digest) in blocks.iter_mut().zip(digests) {
                        block.digest = digest;
                    }
                }
                _ => return None,
            }
        }
    }

    /// Passes a block, and says how many sizes there are of it.
    fn block(&mut self, mut methods: Option<&mut Vec<Method>>) -> Option<u64> {
        let (mut inputs, mut outputs) = (0_u64, 0_u64);
        for _ in 0..self.number()? {
            let flags = self.byte()?;
            let name = self.take(u64::from(flags & 0x0f))?;
            let (mut ins, mut outs) = (1, 1);
            if flags & 0x10 != 0 {
                (ins, outs) = (self.number()?, self.number()?);
            }
            inputs = inputs.checked_add(ins)?;
            outputs = outputs.checked_add(outs)?;
            let mut properties: &[u8] = &[];
            if flags & 0x20 != 0 {
                let length = self.number()?;
                properties = self.take(length)?;
            }
            if let Some(methods) = &mut methods {
                methods.push(Method {
                    name: name.to_vec(),
                    properties: properties.to_vec(),
                });
            }
        }
        let pairs = outputs.checked_sub(1)?;
        for _ in 0..pairs {
            self.number()?;
            self.number()?;
        }
        let packed = inputs.checked_sub(pairs)?;
        if packed > 1 {
            for _ in 0..packed {
                self.number()?;
            }
        }
        Some(outputs)
    }

    /// Passes what is said of the parts of blocks, which are members.
    fn parts(&mut self, blocks: &mut [Block]) -> Option<()> {
        loop {
            match self.byte()? {
                property::END => return Some(()),
                property::PART_NUMBERS => {
                    for block in &mut *blocks {
                        block.parts = self.number()?;
                    }
                }
                property::SIZES => {
                    // The last one is what is left of the block.
                    for block in &*blocks {
                        for _ in 1..block.parts {
                            self.number()?;
                        }
                    }
                }
                property::DIGESTS => {
                    let mut number = 0_u64;
                    for block in blocks.iter() {
                        if block.parts != 1 || !block.digest {
                            number = number.checked_add(block.parts)?;
                        }
                    }
                    drop(self.digests(number)?);
                }
                _ => return None,
            }
        }
    }

    /// Passes checksums, and says which of them there are.
    fn digests(&mut self, number: u64) -> Option<impl Iterator<Item = bool> + use<>> {
        let bits = if self.byte()? == 0 {
            self.take(number.div_ceil(8))?.to_vec()
        } else {
            // Each of them has four bytes.
            let number = usize::try_from(number).ok()?;
            if number > self.0.len() / 4 {
                return None;
            }
            vec![0xff; number.div_ceil(8)]
        };
        let length = usize::try_from(number).ok()?;
        let digests = bits
            .into_iter()
            .flat_map(|byte| (0..8).map(move |bit| byte & (0x80 >> bit) != 0))
            .take(length);
        let there = digests.clone().filter(|&it| it).count() as u64;
        self.skip(there.checked_mul(4)?)?;
        Some(digests)
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// A number, whose first byte says by its leading ones how many follow.
    fn number(&mut self) -> Option<u64> {
        let first = self.byte()?;
        let following = first.leading_ones();
        let mut number = 0;
        for at in 0..following {
            number |= u64::from(self.byte()?) << (8 * at);
        }
        let high = u64::from(first) & (0x7f_u64 >> following);
        Some(number | high.checked_shl(8 * following).unwrap_or_default())
    }

    fn skip(&mut self, length: u64) -> Option<()> {
        self.take(length).map(drop)
    }
}

impl<'l> List<'l> {
    fn take(&mut self, length: u64) -> Option<&'l [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list of two blocks, the first with two members, the second with one.
    const LIST: &[u8] = &[
        property::HEADER,
        property::MAIN_STREAMS,
        property::PACKED,
        0,
        2,
        property::SIZES,
        10,
        20,
        property::END,
        property::BLOCKS,
        property::BLOCK,
        2,
        0,
        // LZMA2 behind a filter with two streams of input.
        2,
        0x21,
        0x21,
        1,
        8,
        0x14,
        3,
        3,
        1,
        0x1b,
        2,
        1,
        0,
        1,
        0,
        1,
        // No packing.
        1,
        1,
        0,
        property::UNPACKED_SIZES,
        0x80,
        200,
        100,
        0xc0,
        1,
        2,
        property::DIGESTS,
        0,
        0x40,
        1,
        2,
        3,
        4,
        property::END,
        property::PARTS,
        property::PART_NUMBERS,
        2,
        1,
        property::SIZES,
        50,
        property::DIGESTS,
        1,
        1,
        1,
        1,
        1,
        2,
        2,
        2,
        2,
        property::END,
        property::END,
        property::FILES,
        0xc1,
        0x02,
        0x03,
    ];

    #[test]
    fn members_are_counted_before_they_are_kept() {
        assert_eq!(List(LIST).length(), Some(0x1_0302));
    }

    #[test]
    fn damage_is_no_panic() {
        for length in 0..LIST.len() {
            assert_eq!(List(&LIST[..length]).length(), None);
        }
        let mut damaged = LIST.to_vec();
        for at in 0..LIST.len() {
            for byte in 0..=255 {
                damaged[at] = byte;
                List(&damaged).length();
            }
            damaged[at] = LIST[at];
        }
    }

    #[test]
    fn numbers_have_up_to_eight_bytes_more() {
        let number = |bytes: &[u8]| List(bytes).number();
        assert_eq!(number(&[0x7f]), Some(0x7f));
        assert_eq!(number(&[0x81, 2]), Some(0x102));
        assert_eq!(number(&[0xff, 1, 0, 0, 0, 0, 0, 0, 2]), Some(2 << 56 | 1));
        assert_eq!(number(&[0xfe, 1, 0, 0, 0, 0, 0, 2]), Some(2 << 48 | 1));
        assert_eq!(number(&[0x81]), None);
    }
}
