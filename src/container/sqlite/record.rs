//! Records: the values of a row.

/// A value that is text or bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'r> {
    Text(&'r [u8]),
    Blob(&'r [u8]),
    /// Missing, or a number.
    Other(&'r [u8]),
}

/// How a database keeps text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum TextEncoding {
    #[default]
    Utf8,
    Utf16Le,
    Utf16Be,
}

impl TextEncoding {
    /// As the header of a database says it.
    pub(super) fn of_code(code: u32) -> Self {
        match code {
            2 => Self::Utf16Le,
            3 => Self::Utf16Be,
            _ => Self::Utf8,
        }
    }

    /// The text as UTF-8, where it is another.
    pub(super) fn decoded(self, text: &[u8]) -> Option<String> {
        let number = match self {
            Self::Utf8 => return None,
            Self::Utf16Le => u16::from_le_bytes,
            Self::Utf16Be => u16::from_be_bytes,
        };
        let (units, _) = text.as_chunks();
        let characters = char::decode_utf16(units.iter().map(|&unit| number(unit)));
        Some(
            characters
                .map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect(),
        )
    }
}

/// The values of a record, as far as they are there.
pub(super) fn values(record: &[u8]) -> impl Iterator<Item = Value<'_>> {
    let header = varint(record).and_then(|(length, kinds)| {
        let length = usize::try_from(length).ok()?;
        let (_, body) = record.split_at_checked(length)?;
        let kinds = kinds.get(..length.checked_sub(record.len() - kinds.len())?)?;
        Some((kinds, body))
    });
    let (mut kinds, mut body) = header.unwrap_or_default();
    std::iter::from_fn(move || {
        let (kind, rest) = varint(kinds)?;
        kinds = rest;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            12.. => usize::try_from((kind - 12) / 2).ok()?,
            _ => return None,
        };
        let (value, rest) = body.split_at_checked(length)?;
        body = rest;
        Some(match kind {
            12.. if kind % 2 == 0 => Value::Blob(value),
            12.. => Value::Text(value),
            _ => Value::Other(value),
        })
    })
}

/// A number of up to nine bytes, and what is behind it.
pub(super) fn varint(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let mut value = 0_u64;
    for (at, &byte) in bytes.iter().take(9).enumerate() {
        if at == 8 {
            value = value << 8 | u64::from(byte);
        } else {
            value = value << 7 | u64::from(byte & 0x7f);
            if byte >= 0x80 {
                continue;
            }
        }
        return Some((value.cast_signed(), &bytes[at + 1..]));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_record() {
        // Nothing, a number of two bytes, text, bytes.
        let record = [5, 0, 2, 19, 16, 1, 2, b'a', b'b', b'c', 7, 8];
        let expected = [
            Value::Other(b""),
            Value::Other(&[1, 2]),
            Value::Text(b"abc"),
            Value::Blob(&[7, 8]),
        ];
        assert_eq!(values(&record).collect::<Vec<_>>(), expected);
        for end in 0..record.len() {
            assert!(values(&record[..end]).count() < 4, "{end}");
        }
        assert_eq!(varint(&[0x81, 0x00, 9]), Some((128, &[9][..])));
        assert_eq!(varint(&[0xff; 9]), Some((-1, &[][..])));
    }
}
