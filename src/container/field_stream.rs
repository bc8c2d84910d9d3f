//! Field stream: the parts of a binary structure that is read from its first byte to
//! its last, however long it is.

use std::io::{self, BufRead, BufReader, Read, Take};

use super::format::OpenError;

/// The most bytes that are kept of one field.
pub(crate) const LARGEST: u64 = 16 << 20;

/// A stream of fields.
pub(crate) struct FieldStream<R> {
    stream: BufReader<R>,
    format: &'static str,
    /// How many bytes were read.
    passed: u64,
}

impl<R: Read> FieldStream<R> {
    /// The fields of something of a format.
    pub(crate) fn new(format: &'static str, stream: R) -> Self {
        Self {
            stream: BufReader::with_capacity(64 << 10, stream),
            format,
            passed: 0,
        }
    }

    /// How many bytes were read.
    pub(crate) fn passed(&self) -> u64 {
        self.passed
    }

    fn cut_off(&self) -> OpenError {
        OpenError::damaged(self.format, format!("it ends at byte {}", self.passed))
    }

    /// The next bytes, as many as the array has.
    ///
    /// # Errors
    /// [`OpenError::Damaged`] where there are fewer, as in all that follow.
    pub(crate) fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], OpenError> {
        let mut array = [0; LENGTH];
        match self.stream.read_exact(&mut array) {
            Ok(()) => {
                self.passed += LENGTH as u64;
                Ok(array)
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(self.cut_off()),
            Err(error) => Err(OpenError::read(self.format)(error)),
        }
    }

    pub(crate) fn u8(&mut self) -> Result<u8, OpenError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, OpenError> {
        self.array().map(u32::from_le_bytes)
    }

    /// The next bytes, which are at most [`LARGEST`] many.
    pub(crate) fn take(&mut self, length: u64) -> Result<Vec<u8>, OpenError> {
        if length > LARGEST {
            let reason = format!("a part of {length} bytes in {}", self.format);
            return Err(OpenError::Unsupported(reason));
        }
        let mut bytes = Vec::new();
        let read = self.part(length).read_to_end(&mut bytes);
        read.map_err(OpenError::read(self.format))?;
        if bytes.len() as u64 == length {
            Ok(bytes)
        } else {
            Err(self.cut_off())
        }
    }

    /// Passes bytes.
    pub(crate) fn skip(&mut self, length: u64) -> Result<(), OpenError> {
        let skipped = io::copy(&mut self.part(length), &mut io::sink());
        if skipped.map_err(OpenError::read(self.format))? == length {
            Ok(())
        } else {
            Err(self.cut_off())
        }
    }

    /// The next bytes, as a stream that is to be read to its end.
    pub(crate) fn part(&mut self, length: u64) -> Take<&mut BufReader<R>> {
        self.passed = self.passed.saturating_add(length);
        Read::take(&mut self.stream, length)
    }

    /// All that is left, as a stream.
    pub(crate) fn rest(&mut self) -> &mut BufReader<R> {
        &mut self.stream
    }

    /// The next bytes up to a line feed, which is passed; at most `most`.
    pub(crate) fn line(&mut self, most: u64) -> Result<Vec<u8>, OpenError> {
        let mut line = Vec::new();
        let read = Read::take(&mut self.stream, most).read_until(b'\n', &mut line);
        self.passed += read.map_err(OpenError::read(self.format))? as u64;
        match line.pop() {
            Some(b'\n') => Ok(line),
            _ => Err(self.cut_off()),
        }
    }

    /// Whether all was read.
    pub(crate) fn is_at_end(&mut self) -> Result<bool, OpenError> {
        let rest = self.stream.fill_buf();
        rest.map(<[u8]>::is_empty)
            .map_err(OpenError::read(self.format))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_follow_one_another_and_end() {
        let mut fields = FieldStream::new("sample", &b"\x01\x02\0\0\0line\nxyz"[..]);
        assert_eq!(fields.u8().ok(), Some(1));
        assert_eq!(fields.u32().ok(), Some(2));
        assert_eq!(fields.line(9).ok().as_deref(), Some(&b"line"[..]));
        assert_eq!(fields.take(1).ok().as_deref(), Some(&b"x"[..]));
        assert_eq!(
            (fields.passed(), fields.is_at_end().ok()),
            (11, Some(false))
        );
        assert!(fields.skip(3).is_err() && fields.u32().is_err() && fields.line(1).is_err());
        assert_eq!(fields.is_at_end().ok(), Some(true));
        let error = fields.take(u64::MAX).err();
        assert!(error.is_some_and(|error| error.to_string().contains("unsupported")));
    }
}
