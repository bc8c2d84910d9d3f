//! Values that are stored as differences: lengths, and texts that begin like the one
//! before. Source: `Encodings.md` of apache/parquet-format.

use super::levels::{long_bits, unsigned};

/// Values of one page.
pub(super) const MOST_VALUES: usize = 4 << 20;

/// Lengths that are stored as differences (`DELTA_BINARY_PACKED`), and what is behind
/// them.
///
/// None where they are broken, or more than [`MOST_VALUES`].
pub(super) fn lengths(bytes: &[u8]) -> Option<(Vec<usize>, &[u8])> {
    let (block, rest) = unsigned(bytes)?;
    let (miniblocks, rest) = unsigned(rest)?;
    let (count, rest) = unsigned(rest)?;
    let (first, mut rest) = unsigned(rest)?;
    let count = usize::try_from(count).ok()?;
    let miniblocks = usize::try_from(miniblocks).ok()?;
    let miniblock = usize::try_from(block).ok()?.checked_div(miniblocks)?;
    if count > MOST_VALUES || miniblock == 0 || !miniblock.is_multiple_of(8) {
        return None;
    }
    let mut last = signed(first);
    let mut lengths = Vec::new();
    if count > 0 {
        lengths.push(usize::try_from(last).ok()?);
    }
    while lengths.len() < count {
        let (smallest, behind) = unsigned(rest)?;
        let (widths, behind) = behind.split_at_checked(miniblocks)?;
        rest = behind;
        for &width in widths {
            if lengths.len() >= count {
                break;
            }
            let packed = (miniblock / 8).checked_mul(usize::from(width))?;
            let (packed, behind) = rest.split_at(packed.min(rest.len()));
            rest = behind;
            for at in 0..miniblock.min(count - lengths.len()) {
                let difference = long_bits(packed, at * usize::from(width), u32::from(width))?;
                last = last
                    .wrapping_add(signed(smallest))
                    .wrapping_add(difference.cast_signed());
                lengths.push(usize::try_from(last).ok()?);
            }
        }
    }
    Some((lengths, rest))
}

fn signed(coded: u64) -> i64 {
    (coded >> 1).cast_signed() ^ -(coded & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification() {
        // 7, 5, 3, 1, 2, 3, 4, 5: blocks of 128, four miniblocks, the smallest
        // difference is -2, the others are above it by 0 and 3, in two bits.
        let bytes = [
            0x80, 0x01, 0x04, 0x08, 0x0e, 0x03, 2, 0, 0, 0, 0xc0, 0x3f, 0, 0, 0, 0, 0, 0, b'x',
        ];
        let (lengths, rest) = super::lengths(&bytes).expect("it is an example");
        assert_eq!(
            (&lengths[..], rest),
            (&[7, 5, 3, 1, 2, 3, 4, 5][..], &b"x"[..])
        );
        for end in 0..bytes.len() - 9 {
            assert!(super::lengths(&bytes[..end]).is_none(), "{end}");
        }
    }

    #[test]
    fn counts_are_not_believed() {
        // 2^34 values that take no bits.
        let bytes = [
            0x80, 0x01, 0x04, 0x80, 0x80, 0x80, 0x80, 0x40, 0, 0, 0, 0, 0, 0,
        ];
        assert!(lengths(&bytes).is_none());
        assert!(lengths(&[0x80, 0x01, 0, 1, 0]).is_none());
    }
}
