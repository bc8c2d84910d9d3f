//! Deltas: how git writes an object as a change of another one.
//!
//! The format is that of `gitformat-pack(5)`, "Deltified representation": the
//! lengths of base and result, then instructions to copy from the base or to
//! insert what follows.

use super::inflate::Buffer;

/// A delta is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DeltaError {
    /// It ends in the middle of a number or an instruction.
    #[error("its delta ends early")]
    Truncated,
    /// It is made for another base.
    #[error("its delta is for a base of {expected} bytes, and the base has {found}")]
    OtherBase {
        /// The length that the delta is for.
        expected: u64,
        /// The length of the base.
        found: u64,
    },
    /// It copies what is not in the base.
    #[error("its delta copies from beyond its base")]
    BeyondBase,
    /// The instruction 0 means nothing yet.
    #[error("its delta has an instruction that git does not define")]
    UnknownInstruction,
    /// The result is of another length than the delta says.
    #[error("its delta does not make the {promised} bytes that it promises")]
    Length {
        /// What the delta says.
        promised: u64,
    },
}

/// One step of a delta.
enum Instruction<'d> {
    Copy { start: usize, length: usize },
    Insert(&'d [u8]),
}

/// What is left of a delta.
struct Reader<'d> {
    rest: &'d [u8],
}

impl<'d> Reader<'d> {
    fn byte(&mut self) -> Result<u8, DeltaError> {
        let (&first, rest) = self.rest.split_first().ok_or(DeltaError::Truncated)?;
        self.rest = rest;
        Ok(first)
    }

    /// A length: seven bits a byte, the lowest first.
    fn length(&mut self) -> Result<u64, DeltaError> {
        let mut length = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            length |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(length);
            }
        }
        Err(DeltaError::Truncated)
    }

    /// The number whose bytes are there for the set bits of `present`, the
    /// lowest first.
    fn number(&mut self, present: u8, bytes: u32) -> Result<usize, DeltaError> {
        let mut number = 0;
        for place in 0..bytes {
            if present & (1 << place) != 0 {
                number |= usize::from(self.byte()?) << (8 * place);
            }
        }
        Ok(number)
    }

    fn instruction(&mut self) -> Result<Instruction<'d>, DeltaError> {
        /// What a length of 0 stands for.
        const LONGEST: usize = 0x10000;
        let first = self.byte()?;
        if first & 0x80 != 0 {
            let start = self.number(first & 0x0f, 4)?;
            let length = match self.number(first >> 4 & 0x07, 3)? {
                0 => LONGEST,
                length => length,
            };
            return Ok(Instruction::Copy { start, length });
        }
        if first == 0 {
            return Err(DeltaError::UnknownInstruction);
        }
        let (inserted, rest) = self
            .rest
            .split_at_checked(usize::from(first))
            .ok_or(DeltaError::Truncated)?;
        self.rest = rest;
        Ok(Instruction::Insert(inserted))
    }
}

/// The length of what `delta` makes, in bytes.
///
/// # Errors
/// [`DeltaError::Truncated`] where it does not say.
pub(crate) fn result_length(delta: &[u8]) -> Result<u64, DeltaError> {
    let mut reader = Reader { rest: delta };
    reader.length()?;
    reader.length()
}

/// What a result has in common with its base, in bytes. The two do not overlap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Common {
    /// At the start.
    pub(crate) start: usize,
    /// At the end.
    pub(crate) end: usize,
}

/// Writes what `delta` makes of `base` into `result`, and tells what both have in
/// common, as far as the delta shows it.
///
/// # Errors
/// A [`DeltaError`] where the delta is damaged or does not fit the base.
pub(crate) fn apply(base: &[u8], delta: &[u8], result: &mut Buffer) -> Result<Common, DeltaError> {
    let mut reader = Reader { rest: delta };
    let expected = reader.length()?;
    if expected != base.len() as u64 {
        let found = base.len() as u64;
        return Err(DeltaError::OtherBase { expected, found });
    }
    let promised = reader.length()?;
    let wrong_length = DeltaError::Length { promised };
    let length = usize::try_from(promised).map_err(|_| wrong_length)?;
    let mut rest = result.sized(length);
    let mut start = 0;
    // The copies that have followed one another without a gap.
    let mut run = 0..0;
    while !reader.rest.is_empty() {
        let bytes = match reader.instruction()? {
            Instruction::Copy {
                start: from,
                length: copied,
            } => {
                let bytes = base.get(from..).and_then(|base| base.get(..copied));
                let end = from + copied;
                run = if from == run.end {
                    run.start..end
                } else {
                    from..end
                };
                if from == start && length - rest.len() == start {
                    start = end;
                }
                bytes.ok_or(DeltaError::BeyondBase)?
            }
            Instruction::Insert(bytes) => {
                run = 0..0;
                bytes
            }
        };
        let (into, after) = rest.split_at_mut_checked(bytes.len()).ok_or(wrong_length)?;
        into.copy_from_slice(bytes);
        rest = after;
    }
    if !rest.is_empty() {
        return Err(wrong_length);
    }
    let end = if run.end == base.len() { run.len() } else { 0 };
    let end = end.min(length.min(base.len()) - start);
    Ok(Common { start, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(base: &[u8], delta: &[u8]) -> Result<Vec<u8>, DeltaError> {
        let mut result = Buffer::default();
        apply(base, delta, &mut result).map(|_| result.bytes().to_vec())
    }

    #[test]
    fn copies_and_inserts() {
        let delta = [5, 6, 0b1001_0001, 1, 3, 2, b'X', b'Y', 0b1001_0000, 1];
        assert_eq!(applied(b"abcde", &delta), Ok(b"bcdXYa".to_vec()));
        let base = vec![b'z'; 0x10000];
        let delta = [0x80, 0x80, 4, 0x80, 0x80, 4, 0x80];
        assert_eq!(applied(&base, &delta), Ok(base.clone()));
    }

    #[test]
    fn what_is_common_is_told() {
        let common = |delta: &[u8]| apply(b"abcdef", delta, &mut Buffer::default());
        // abc, X, ef
        let both = [6, 6, 0x90, 3, 1, b'X', 0x91, 4, 2];
        assert_eq!(common(&both), Ok(Common { start: 3, end: 2 }));
        // abc, then def: the end is counted once.
        let all = [6, 6, 0x90, 3, 0x91, 3, 3];
        assert_eq!(common(&all), Ok(Common { start: 6, end: 0 }));
        // X, then bcdef in two copies
        let end = [6, 6, 1, b'X', 0x91, 1, 2, 0x91, 3, 3];
        assert_eq!(common(&end), Ok(Common { start: 0, end: 5 }));
        let nothing = [6, 2, 0x91, 3, 2];
        assert_eq!(common(&nothing), Ok(Common { start: 0, end: 0 }));
    }

    #[test]
    fn damage_is_an_error() {
        let truncated = Err(DeltaError::Truncated);
        for delta in [&[][..], &[0x80], &[1, 2, 0x91, 0], &[1, 2, 3, b'a']] {
            assert_eq!(applied(b"a", delta), truncated, "{delta:?}");
        }
        assert_eq!(
            applied(b"a", &[2, 1, 1, b'a']),
            Err(DeltaError::OtherBase {
                expected: 2,
                found: 1
            })
        );
        assert_eq!(applied(b"a", &[1, 2, 0x90, 2]), Err(DeltaError::BeyondBase));
        assert_eq!(
            applied(b"a", &[1, 2, 0]),
            Err(DeltaError::UnknownInstruction)
        );
        let wrong_length = Err(DeltaError::Length { promised: 2 });
        assert_eq!(applied(b"a", &[1, 2, 1, b'a']), wrong_length);
        assert_eq!(applied(b"a", &[1, 2, 3, b'a', b'b', b'c']), wrong_length);
    }
}
