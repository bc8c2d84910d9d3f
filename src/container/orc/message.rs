//! Messages of Protocol Buffers, in which ORC says where things are.

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'m> {
    Number(u64),
    Bytes(&'m [u8]),
    /// Of four or eight bytes; ORC has none that matter.
    Fixed,
}

/// The fields of a message, with their numbers, up to its end or to where it is broken.
pub(super) fn fields(mut message: &[u8]) -> impl Iterator<Item = (u64, Value<'_>)> {
    std::iter::from_fn(move || {
        let tag = varint(&mut message)?;
        let value = match tag & 7 {
            0 => Value::Number(varint(&mut message)?),
            1 => message.split_off(..8).map(|_| Value::Fixed)?,
            2 => {
                let length = usize::try_from(varint(&mut message)?).ok()?;
                Value::Bytes(message.split_off(..length)?)
            }
            5 => message.split_off(..4).map(|_| Value::Fixed)?,
            _ => return None,
        };
        Some((tag >> 3, value))
    })
}

/// Numbers that are packed in the bytes of a field.
pub(super) fn numbers(mut packed: &[u8]) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || varint(&mut packed))
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.split_off_first()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}
