//! Levels and indices: small numbers in runs, or packed bit by bit.
//!
//! Definition levels say which values are there, repetition levels where a row begins,
//! indices which value of a dictionary it is. Source: `Encodings.md` of
//! apache/parquet-format.

/// Numbers of a few bits. They go on as 0 where the bytes do not say how.
#[derive(Debug)]
pub(super) struct SmallNumbers<'p> {
    bytes: &'p [u8],
    width: u32,
    run: Run<'p>,
}

#[derive(Debug)]
enum Run<'p> {
    /// One number, some times.
    Same { number: u32, left: u64 },
    /// Numbers that are packed, and the bit where the next one is.
    Packed {
        bytes: &'p [u8],
        bit: usize,
        left: u64,
    },
}

impl<'p> SmallNumbers<'p> {
    /// Numbers of `width` bits, which is 32 at the most.
    pub(super) fn new(bytes: &'p [u8], width: u32) -> Self {
        Self {
            bytes,
            width: width.min(32),
            run: Run::Same { number: 0, left: 0 },
        }
    }

    fn start_run(&mut self) -> Option<()> {
        let (header, rest) = unsigned(self.bytes)?;
        let width = self.width as usize;
        if header & 1 == 0 {
            let length = width.div_ceil(8);
            let number = rest.get(..length)?;
            let number = number
                .iter()
                .rev()
                .fold(0, |sum, &byte| sum << 8 | u32::from(byte));
            self.bytes = &rest[length..];
            let left = header >> 1;
            self.run = Run::Same { number, left };
        } else {
            // Groups of eight. The last one may be cut short.
            let groups = usize::try_from(header >> 1).ok()?;
            let length = groups.saturating_mul(width).min(rest.len());
            let (bytes, rest) = rest.split_at(length);
            self.bytes = rest;
            let left = (header >> 1).saturating_mul(8);
            self.run = Run::Packed {
                bytes,
                bit: 0,
                left,
            };
        }
        Some(())
    }
}

impl Iterator for SmallNumbers<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        loop {
            match &mut self.run {
                Run::Same { number, left } if *left > 0 => {
                    *left -= 1;
                    return Some(*number);
                }
                Run::Packed { bytes, bit, left } if *left > 0 => {
                    *left -= 1;
                    let number = bits(bytes, *bit, self.width)?;
                    *bit += self.width as usize;
                    return Some(number);
                }
                Run::Same { .. } | Run::Packed { .. } => self.start_run()?,
            }
        }
    }
}

/// The number of `width` bits that starts at a bit, the lowest one first.
pub(super) fn bits(bytes: &[u8], bit: usize, width: u32) -> Option<u32> {
    u32::try_from(long_bits(bytes, bit, width)?).ok()
}

/// The same, of 64 bits at the most.
pub(super) fn long_bits(bytes: &[u8], bit: usize, width: u32) -> Option<u64> {
    if width == 0 {
        return Some(0);
    }
    let end = bit.checked_add(width as usize)?.div_ceil(8);
    let bytes = bytes.get(bit / 8..end)?;
    let sum = bytes
        .iter()
        .rev()
        .fold(0_u128, |sum, &byte| sum << 8 | u128::from(byte));
    let mask = u64::MAX >> (64 - width.min(64));
    // The mask leaves 64 bits.
    u64::try_from(sum >> (bit % 8) & u128::from(mask)).ok()
}

/// A number in groups of seven bits, and what is behind it.
pub(super) fn unsigned(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (at, &byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f).checked_shl(7 * u32::try_from(at).ok()?)?;
        if byte < 0x80 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

/// How many bits the levels up to one have.
pub(super) fn width(maximum: u8) -> u32 {
    u8::BITS - maximum.leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_packed_numbers() {
        // Three times 5; then 0 to 7 in three bits each, as the specification shows.
        let bytes = [0x06, 5, 0x03, 0b1000_1000, 0b1100_0110, 0b1111_1010];
        let numbers: Vec<_> = SmallNumbers::new(&bytes, 3).collect();
        assert_eq!(numbers, [5, 5, 5, 0, 1, 2, 3, 4, 5, 6, 7]);
        for end in 0..bytes.len() {
            assert!(SmallNumbers::new(&bytes[..end], 3).count() < numbers.len());
        }
        assert_eq!((width(0), width(1), width(2), width(3)), (0, 1, 2, 2));
        assert_eq!(SmallNumbers::new(&[0xff; 3], 40).count(), 0);
    }
}
