//! Values of a page, as they are encoded, and how they are taken apart.
//!
//! Source: `Encodings.md` of apache/parquet-format.

use super::damaged;
use super::delta::{MOST_VALUES, lengths};
use super::footer::Values;
use crate::budget::Budget;
use crate::container::format::OpenError;

/// Takes values.
pub(super) type Take<'t> = &'t mut dyn FnMut(&[u8]) -> Result<(), OpenError>;

/// Encoded values.
#[derive(Debug)]
pub(super) enum Coded<'p> {
    /// One behind the other, with lengths in front.
    Plain(&'p [u8]),
    /// One behind the other, all of one length.
    Fixed(&'p [u8], usize),
    /// All lengths, then the values.
    Lengths(&'p [u8]),
    /// How much of each is that of the one before, then the rest of each.
    Prefixes(&'p [u8]),
    /// The first byte of each, then the second byte of each.
    Split(&'p [u8], usize),
}

impl<'p> Coded<'p> {
    pub(super) fn new(encoding: i64, values: Values, bytes: &'p [u8]) -> Result<Self, OpenError> {
        Ok(match (encoding, values) {
            (0 | 2, Values::Bytes) => Self::Plain(bytes),
            (0 | 2, Values::FixedBytes(length)) => Self::Fixed(bytes, length),
            (6, _) => Self::Lengths(bytes),
            (7, _) => Self::Prefixes(bytes),
            (9, Values::FixedBytes(length)) => Self::Split(bytes, length),
            _ => return Err(OpenError::Unsupported(format!("the encoding {encoding}"))),
        })
    }

    /// Whether the bytes of a value stand together as they are.
    pub(super) fn shows_its_bytes(&self) -> bool {
        match self {
            Self::Plain(_) | Self::Fixed(..) | Self::Lengths(_) => true,
            Self::Prefixes(_) | Self::Split(..) => false,
        }
    }

    /// Takes the values apart.
    pub(super) fn decode(self, budget: &Budget, take: Take<'_>) -> Result<(), OpenError> {
        match self {
            Self::Plain(bytes) => plain(bytes, take),
            Self::Fixed(bytes, length) => {
                for value in bytes.chunks_exact(length.max(1)) {
                    take(value)?;
                }
                Ok(())
            }
            Self::Lengths(bytes) => {
                let (lengths, mut rest) = lengths(bytes).ok_or_else(no_lengths)?;
                for length in lengths {
                    let (value, behind) = rest.split_at_checked(length).ok_or_else(too_long)?;
                    take(value)?;
                    rest = behind;
                }
                Ok(())
            }
            Self::Prefixes(bytes) => prefixes(bytes, budget, take),
            Self::Split(bytes, length) => split(bytes, length.max(1), take),
        }
    }
}

fn too_long() -> OpenError {
    damaged("a value goes on behind its page")
}

fn no_lengths() -> OpenError {
    damaged("the lengths of values cannot be read")
}

fn plain(mut bytes: &[u8], take: Take<'_>) -> Result<(), OpenError> {
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk().ok_or_else(too_long)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| too_long())?;
        let (value, rest) = rest.split_at_checked(length).ok_or_else(too_long)?;
        take(value)?;
        bytes = rest;
    }
    Ok(())
}

fn prefixes(bytes: &[u8], budget: &Budget, take: Take<'_>) -> Result<(), OpenError> {
    let (shared, rest) = lengths(bytes).ok_or_else(no_lengths)?;
    let (suffixes, mut rest) = lengths(rest).ok_or_else(no_lengths)?;
    let mut value: Vec<u8> = Vec::new();
    for (shared, suffix) in shared.into_iter().zip(suffixes) {
        if shared > value.len() {
            return Err(damaged("a value has more of the one before than that has"));
        }
        let (suffix, behind) = rest.split_at_checked(suffix).ok_or_else(too_long)?;
        value.truncate(shared);
        value.extend_from_slice(suffix);
        // What is shared is no part of the page: it may be far more than that.
        budget.unpacked(shared as u64)?;
        take(&value)?;
        rest = behind;
    }
    Ok(())
}

fn split(bytes: &[u8], length: usize, take: Take<'_>) -> Result<(), OpenError> {
    let count = (bytes.len() / length).min(MOST_VALUES);
    let mut value = vec![0; length.min(bytes.len())];
    for at in 0..count {
        for (place, byte) in value.iter_mut().enumerate() {
            *byte = bytes.get(place * count + at).copied().unwrap_or_default();
        }
        take(&value)?;
    }
    Ok(())
}
