//! Damage: a sample that is cut off anywhere, or has a wrong byte anywhere, for the
//! tests of formats. A large sample is damaged at some places only.

use super::format::Format;
use super::format::testing::{likeness, open};

/// Asks for the likeness of a damaged sample, and opens it, in every way that one byte
/// can be damaged. Nothing may panic, or take long.
pub(crate) fn survives(format: &Format, sample: &[u8], name: &str) {
    let all = |bytes: &[u8]| {
        likeness(format, bytes, name);
        open(format, bytes);
    };
    let step = 1 + sample.len() / 2048;
    for length in (0..sample.len()).step_by(step) {
        all(&sample[..length]);
    }
    let mut bytes = sample.to_vec();
    for place in (0..bytes.len()).step_by(step) {
        for flip in [0x01, 0x80, 0xff] {
            bytes[place] ^= flip;
            all(&bytes);
            bytes[place] ^= flip;
        }
    }
}
