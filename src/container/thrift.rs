//! Thrift's compact protocol, as far as Parquet writes its footers and page headers in
//! it: fields are read or skipped, nothing is built from them.
//!
//! Source: `doc/specs/thrift-compact-protocol.md` of Apache Thrift.

/// Structures within structures; Parquet needs about eight.
const DEEPEST: u8 = 32;

/// Why a structure cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ThriftError {
    /// The bytes end before it does.
    End,
    /// It is none.
    Malformed,
}

/// The type of a field, or of what is in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    True,
    False,
    Byte,
    /// Of 16, 32 or 64 bits, which are written alike.
    Integer,
    Double,
    Binary,
    /// A list or a set, which are written alike.
    List,
    Map,
    Struct,
    Uuid,
}

/// Reads structures from bytes.
#[derive(Debug, Clone)]
pub(crate) struct Thrift<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Thrift<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes have been read.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Calls `each` for each field of a structure, with its number. It answers whether
    /// it has read the field; others are skipped.
    pub(crate) fn structure(
        &mut self,
        mut each: impl FnMut(&mut Self, i16, Kind) -> Result<Seen, ThriftError>,
    ) -> Result<(), ThriftError> {
        let mut id = 0;
        while let Some((next, kind)) = self.field(id)? {
            id = next;
            if each(self, id, kind)? == Seen::Not {
                self.skip(kind, DEEPEST)?;
            }
        }
        Ok(())
    }

    /// Calls `each` for each element of a list of a kind.
    pub(crate) fn list(
        &mut self,
        of: Kind,
        mut each: impl FnMut(&mut Self) -> Result<(), ThriftError>,
    ) -> Result<(), ThriftError> {
        let (length, kind) = self.list_header()?;
        if length > 0 && kind != of {
            return Err(ThriftError::Malformed);
        }
        for _ in 0..length {
            each(self)?;
        }
        Ok(())
    }

    /// A signed number.
    pub(crate) fn integer(&mut self) -> Result<i64, ThriftError> {
        let coded = self.unsigned()?;
        Ok((coded >> 1).cast_signed() ^ -(coded & 1).cast_signed())
    }

    /// A string, or bytes.
    pub(crate) fn binary(&mut self) -> Result<&'b [u8], ThriftError> {
        let length = self.unsigned()?;
        let length = usize::try_from(length).map_err(|_| ThriftError::End)?;
        self.take(length)
    }

    fn field(&mut self, last: i16) -> Result<Option<(i16, Kind)>, ThriftError> {
        let header = self.byte()?;
        if header == 0 {
            return Ok(None);
        }
        let kind = kind(header & 15)?;
        let id = match header >> 4 {
            0 => i16::try_from(self.integer()?).ok(),
            step => last.checked_add(i16::from(step)),
        };
        Ok(Some((id.ok_or(ThriftError::Malformed)?, kind)))
    }

    fn list_header(&mut self) -> Result<(u64, Kind), ThriftError> {
        let header = self.byte()?;
        let length = match header >> 4 {
            15 => self.unsigned()?,
            length => u64::from(length),
        };
        // Every element is a byte at the least.
        if length > (self.bytes.len() - self.at) as u64 {
            return Err(ThriftError::End);
        }
        Ok((length, kind(header & 15)?))
    }

    fn skip(&mut self, what: Kind, deep: u8) -> Result<(), ThriftError> {
        let deep = deep.checked_sub(1).ok_or(ThriftError::Malformed)?;
        match what {
            Kind::True | Kind::False => {}
            Kind::Byte => drop(self.byte()?),
            Kind::Integer => drop(self.unsigned()?),
            Kind::Double => drop(self.take(8)?),
            Kind::Uuid => drop(self.take(16)?),
            Kind::Binary => drop(self.binary()?),
            Kind::List => {
                let (length, of) = self.list_header()?;
                for _ in 0..length {
                    self.skip_element(of, deep)?;
                }
            }
            Kind::Map => self.skip_map(deep)?,
            Kind::Struct => {
                let mut id = 0;
                while let Some((next, kind)) = self.field(id)? {
                    id = next;
                    self.skip(kind, deep)?;
                }
            }
        }
        Ok(())
    }

    fn skip_map(&mut self, deep: u8) -> Result<(), ThriftError> {
        let length = self.unsigned()?;
        if length == 0 {
            return Ok(());
        }
        if length > (self.bytes.len() - self.at) as u64 {
            return Err(ThriftError::End);
        }
        let kinds = self.byte()?;
        let (key, value) = (kind(kinds >> 4)?, kind(kinds & 15)?);
        for _ in 0..length {
            self.skip_element(key, deep)?;
            self.skip_element(value, deep)?;
        }
        Ok(())
    }

    /// A boolean is a byte where it is an element, and none where it is a field.
    fn skip_element(&mut self, of: Kind, deep: u8) -> Result<(), ThriftError> {
        match of {
            Kind::True | Kind::False => self.byte().map(drop),
            _ => self.skip(of, deep),
        }
    }

    fn unsigned(&mut self) -> Result<u64, ThriftError> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(ThriftError::Malformed)
    }

    fn byte(&mut self) -> Result<u8, ThriftError> {
        let byte = *self.bytes.get(self.at).ok_or(ThriftError::End)?;
        self.at += 1;
        Ok(byte)
    }

    fn take(&mut self, length: usize) -> Result<&'b [u8], ThriftError> {
        let rest = &self.bytes[self.at..];
        let taken = rest.get(..length).ok_or(ThriftError::End)?;
        self.at += length;
        Ok(taken)
    }
}

/// Whether a field has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    Read,
    Not,
}

fn kind(code: u8) -> Result<Kind, ThriftError> {
    Ok(match code {
        1 => Kind::True,
        2 => Kind::False,
        3 => Kind::Byte,
        4..=6 => Kind::Integer,
        7 => Kind::Double,
        8 => Kind::Binary,
        9 | 10 => Kind::List,
        11 => Kind::Map,
        12 => Kind::Struct,
        13 => Kind::Uuid,
        _ => return Err(ThriftError::Malformed),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_skipped() {
        // 1: -3, 2: true, 3: [true, false], 4: {1: 2.0}, 20: "ab", 21: {"a": 1}
        let bytes = b"\x15\x05\x11\x19\x21\x01\x02\x1c\x17\0\0\0\0\0\0\0\x40\0\x08\x28\x02ab\
            \x1b\x01\x85\x01a\x02\0rest";
        let mut thrift = Thrift::new(bytes);
        let mut seen = Vec::new();
        let read = thrift.structure(|thrift, id, kind| {
            match (id, kind) {
                (1, Kind::Integer) => assert_eq!(thrift.integer(), Ok(-3)),
                (20, Kind::Binary) => assert_eq!(thrift.binary(), Ok(&b"ab"[..])),
                _ => return Ok(Seen::Not),
            }
            seen.push(id);
            Ok(Seen::Read)
        });
        assert_eq!((read, seen), (Ok(()), vec![1, 20]));
        assert_eq!(thrift.position(), bytes.len() - 4);
        for end in 0..bytes.len() - 4 {
            let read = Thrift::new(&bytes[..end]).structure(|_, _, _| Ok(Seen::Not));
            assert_eq!(read, Err(ThriftError::End), "{end}");
        }
    }

    #[test]
    fn no_nesting_and_no_length_is_too_much_for_it() {
        for hostile in [
            &[0x1c; 10_000][..],
            b"\x1b\xff\xff\xff\xff\x7f\x55",
            b"\x19\xf5\xff\xff\x7f",
        ] {
            let read = Thrift::new(hostile).structure(|_, _, _| Ok(Seen::Not));
            assert!(read.is_err());
        }
    }
}
