//! Numbers that are not negative, in runs: lengths, and places in a dictionary; and bits
//! that say which values are there.

use std::io::{self, Read};

/// How the runs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Two,
}

/// Reads numbers.
pub(super) struct Numbers<R> {
    bytes: R,
    version: Version,
    run: Vec<u64>,
    next: usize,
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a run of numbers is broken")
}

impl<R: Read> Numbers<R> {
    pub(super) fn new(bytes: R, version: Version) -> Self {
        Self {
            bytes,
            version,
            run: Vec::new(),
            next: 0,
        }
    }

    /// The next number, if there is one more.
    pub(super) fn next(&mut self) -> io::Result<Option<u64>> {
        if self.next == self.run.len() {
            self.run.clear();
            self.next = 0;
            let Some(first) = first_byte(&mut self.bytes)? else {
                return Ok(None);
            };
            match self.version {
                Version::One => self.run_of_one(first)?,
                Version::Two => self.run_of_two(first)?,
            }
        }
        let number = self.run.get(self.next).copied();
        self.next += 1;
        Ok(number)
    }

    fn run_of_one(&mut self, control: u8) -> io::Result<()> {
        if control >= 0x80 {
            for _ in 0..256 - u16::from(control) {
                let number = self.varint()?;
                self.run.push(number);
            }
            return Ok(());
        }
        let step = i64::from(self.byte()?.cast_signed());
        let mut number = self.varint()?;
        for _ in 0..u16::from(control) + 3 {
            self.run.push(number);
            number = number.wrapping_add_signed(step);
        }
        Ok(())
    }

    fn run_of_two(&mut self, first: u8) -> io::Result<()> {
        match first >> 6 {
            0 => {
                let number = self.big_endian(usize::from(first >> 3 & 7) + 1)?;
                self.run.resize(usize::from(first & 7) + 3, number);
                Ok(())
            }
            1 => {
                let count = self.count(first)?;
                self.run = self.packed(count, width(first >> 1))?;
                Ok(())
            }
            2 => self.patched(first),
            _ => self.differences(first),
        }
    }

    /// Numbers above a base, some of which have more bits elsewhere.
    fn patched(&mut self, first: u8) -> io::Result<()> {
        let count = self.count(first)?;
        let width_of_all = width(first >> 1);
        let third = self.byte()?;
        let fourth = self.byte()?;
        let patch_width = width(third);
        let gap_width = u32::from(fourth >> 5) + 1;
        let patches = usize::from(fourth & 31);
        // Its first bit is a sign, which a length has not.
        let base = self.big_endian(usize::from(third >> 5) + 1)?;
        let mut numbers = self.packed(count, width_of_all)?;
        let entry = rounded(patch_width + gap_width);
        let mut at = 0;
        for entry in self.packed(patches, entry)? {
            let gap = entry.checked_shr(patch_width).unwrap_or(0);
            at += usize::try_from(gap).map_err(|_| broken())?;
            let mask = 1_u64
                .checked_shl(patch_width)
                .map_or(u64::MAX, |bit| bit - 1);
            if let Some(number) = numbers.get_mut(at) {
                *number |= (entry & mask).checked_shl(width_of_all).unwrap_or(0);
            }
        }
        for number in &mut numbers {
            *number = number.wrapping_add(base);
        }
        self.run = numbers;
        Ok(())
    }

    fn differences(&mut self, first: u8) -> io::Result<()> {
        let count = self.count(first)?;
        let width = match first >> 1 & 31 {
            0 => 0,
            code => width(code),
        };
        let mut number = self.varint()?;
        let coded = self.varint()?;
        let step = (coded >> 1).cast_signed() ^ -(coded & 1).cast_signed();
        self.run.push(number);
        if count == 1 {
            return Ok(());
        }
        number = number.wrapping_add_signed(step);
        self.run.push(number);
        if width == 0 {
            for _ in 2..count {
                number = number.wrapping_add_signed(step);
                self.run.push(number);
            }
            return Ok(());
        }
        for difference in self.packed(count - 2, width)? {
            number = if step < 0 {
                number.wrapping_sub(difference)
            } else {
                number.wrapping_add(difference)
            };
            self.run.push(number);
        }
        Ok(())
    }

    /// How many numbers a run has: nine bits, and one more.
    fn count(&mut self, first: u8) -> io::Result<usize> {
        let low = self.byte()?;
        Ok((usize::from(first & 1) << 8 | usize::from(low)) + 1)
    }

    /// Numbers of so many bits, the highest first.
    fn packed(&mut self, count: usize, width: u32) -> io::Result<Vec<u64>> {
        let width = width as usize;
        let mut bytes = vec![0; (count * width).div_ceil(8)];
        self.bytes.read_exact(&mut bytes)?;
        let bits = |at: usize| {
            (at..at + width).fold(0, |sum, bit| {
                let byte = bytes.get(bit / 8).copied().unwrap_or(0);
                sum << 1 | u64::from(byte >> (7 - bit % 8) & 1)
            })
        };
        Ok((0..count).map(|number| bits(number * width)).collect())
    }

    fn big_endian(&mut self, length: usize) -> io::Result<u64> {
        let mut bytes = [0; 8];
        let bytes = &mut bytes[..length];
        self.bytes.read_exact(bytes)?;
        Ok(bytes
            .iter()
            .fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
    }

    fn varint(&mut self) -> io::Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(broken())
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.bytes.read_exact(&mut byte)?;
        Ok(byte[0])
    }
}

fn first_byte(bytes: &mut impl Read) -> io::Result<Option<u8>> {
    let mut byte = [0];
    Ok((bytes.read(&mut byte)? > 0).then_some(byte[0]))
}

/// The width that five bits stand for.
fn width(code: u8) -> u32 {
    match u32::from(code & 31) {
        code @ 0..24 => code + 1,
        code @ 24..28 => 26 + 2 * (code - 24),
        code => 40 + 8 * (code - 28),
    }
}

/// The next width that there is.
fn rounded(width: u32) -> u32 {
    match width {
        0..=24 => width.max(1),
        25..=32 => width.next_multiple_of(2),
        _ => width.next_multiple_of(8).min(64),
    }
}

/// The numbers, from 0, of the bits that are set, among so many.
pub(super) fn set_bits(mut bytes: impl Read, count: usize) -> io::Result<Vec<u64>> {
    let mut set = Vec::new();
    let mut number = 0;
    let mut push = |byte: u8| {
        set.extend(
            (0..8)
                .filter(|bit| byte >> (7 - bit) & 1 == 1)
                .map(|bit| number + bit),
        );
        number += 8;
        number < count as u64
    };
    while let Some(control) = first_byte(&mut bytes)? {
        let mut buffer = [0; 128];
        let run = if control < 0x80 {
            let byte = first_byte(&mut bytes)?.ok_or_else(broken)?;
            let run = &mut buffer[..usize::from(control).min(125) + 3];
            run.fill(byte);
            run
        } else {
            let run = &mut buffer[..256 - usize::from(control)];
            bytes.read_exact(run)?;
            run
        };
        // 130 at the most, of which the buffer holds 128.
        let left_out = usize::from(control < 0x80) * usize::from(control).saturating_sub(125);
        let rest = run.last().copied().into_iter().cycle().take(left_out);
        let goes_on = run.iter().copied().chain(rest).all(&mut push);
        if !goes_on {
            break;
        }
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], version: Version) -> Vec<u64> {
        let mut numbers = Numbers::new(bytes, version);
        let mut read = Vec::new();
        while let Ok(Some(number)) = numbers.next() {
            read.push(number);
        }
        read
    }

    #[test]
    fn the_examples_of_the_specification() {
        assert_eq!(read(&[0x61, 0, 7], Version::One), [7; 100]);
        let down: Vec<u64> = (1..=100).rev().collect();
        assert_eq!(read(&[0x61, 0xff, 0x64], Version::One), down);
        assert_eq!(
            read(&[0xfb, 2, 3, 6, 7, 11], Version::One),
            [2, 3, 6, 7, 11]
        );

        assert_eq!(read(&[0x0a, 0x27, 0x10], Version::Two), [10_000; 5]);
        let direct = [0x5e, 0x03, 0x5c, 0xa1, 0xab, 0x1e, 0xde, 0xad, 0xbe, 0xef];
        assert_eq!(read(&direct, Version::Two), [23713, 43806, 57005, 48879]);
        let patched = [
            0x8e, 0x13, 0x2b, 0x21, 0x07, 0xd0, 0x1e, 0x00, 0x14, 0x70, 0x28, 0x32, 0x3c, 0x46,
            0x50, 0x5a, 0x64, 0x6e, 0x78, 0x82, 0x8c, 0x96, 0xa0, 0xaa, 0xb4, 0xbe, 0xfc, 0xe8,
        ];
        let expected = [
            2030, 2000, 2020, 1_000_000, 2040, 2050, 2060, 2070, 2080, 2090, 2100, 2110, 2120,
            2130, 2140, 2150, 2160, 2170, 2180, 2190,
        ];
        assert_eq!(read(&patched, Version::Two), expected);
        let primes = [0xc6, 0x09, 0x02, 0x02, 0x22, 0x42, 0x42, 0x46];
        let expected = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29];
        assert_eq!(read(&primes, Version::Two), expected);
    }

    #[test]
    fn any_bytes_end() {
        for first in 0..=255 {
            for second in [0, 0x7f, 0xff] {
                for length in 0..40 {
                    let bytes = [&[first, second][..], &vec![0xff; length]].concat();
                    assert!(read(&bytes, Version::Two).len() <= 22 * 512);
                    assert!(read(&bytes, Version::One).len() <= 42 * 130);
                    let set = set_bits(&*bytes, 100).unwrap_or_default();
                    assert!(set.len() <= 104);
                }
            }
        }
    }

    #[test]
    fn bits_that_are_set() {
        let bits = |bytes: &[u8]| set_bits(bytes, 1 << 20).expect("they are whole");
        assert_eq!(bits(&[0xff, 0b1000_0001]), [0, 7]);
        assert_eq!(bits(&[0, 0b0100_0000]), [1, 9, 17]);
        assert_eq!(bits(&[0x7f, 0b0000_0001]).len(), 130);
    }
}
