//! Fields: the parts of a binary structure, one after the other.
//!
//! They are read from bytes in memory, are never longer than these, and are
//! little-endian unless their name says otherwise.

use super::format::OpenError;

/// The fields that have not been read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'f> {
    rest: &'f [u8],
    format: &'static str,
}

impl<'f> Fields<'f> {
    /// The fields of a structure of a format.
    pub(crate) fn new(format: &'static str, bytes: &'f [u8]) -> Self {
        Self {
            rest: bytes,
            format,
        }
    }

    /// What has not been read.
    pub(crate) fn rest(&self) -> &'f [u8] {
        self.rest
    }

    /// The next bytes.
    ///
    /// # Errors
    /// [`OpenError::Damaged`] where there are fewer, as in all that follow.
    pub(crate) fn take(&mut self, length: u64) -> Result<&'f [u8], OpenError> {
        let parts = usize::try_from(length)
            .ok()
            .and_then(|length| self.rest.split_at_checked(length));
        let Some((taken, rest)) = parts else {
            return Err(OpenError::damaged(self.format, "a structure is cut off"));
        };
        self.rest = rest;
        Ok(taken)
    }

    /// Passes the bytes of a mark, which have to be these.
    pub(crate) fn mark(&mut self, mark: &[u8]) -> Result<(), OpenError> {
        if self.take(mark.len() as u64)? == mark {
            return Ok(());
        }
        let reason = format!("no {} where one should be", mark.escape_ascii());
        Err(OpenError::damaged(self.format, reason))
    }

    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], OpenError> {
        let mut array = [0; LENGTH];
        array.copy_from_slice(self.take(LENGTH as u64)?);
        Ok(array)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, OpenError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, OpenError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, OpenError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, OpenError> {
        self.array().map(u64::from_le_bytes)
    }

    /// A number of up to eight bytes.
    pub(crate) fn uint(&mut self, width: u64) -> Result<u64, OpenError> {
        if width > 8 {
            return Err(OpenError::damaged(self.format, "a number is too wide"));
        }
        let bytes = self.take(width)?;
        let shifted = |number, byte: &u8| (number << 8) | u64::from(*byte);
        Ok(bytes.iter().rev().fold(0, shifted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_follow_one_another_and_end() {
        let mut fields = Fields::new("sample", b"MARK\x01\x02\x00\x03\x00\x00rest");
        fields.mark(b"MARK").expect("it is there");
        assert_eq!(fields.u8().ok(), Some(1));
        assert_eq!(fields.u16().ok(), Some(2));
        assert_eq!(fields.uint(3).ok(), Some(3));
        assert!(fields.mark(b"MARK").is_err() && fields.uint(9).is_err());
        assert!(fields.u64().is_err() && fields.take(u64::MAX).is_err());
        assert_eq!(fields.rest(), b"");
    }
}
