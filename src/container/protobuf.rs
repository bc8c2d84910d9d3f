//! Protocol Buffers: the fields of messages, without knowledge of what they mean.
//!
//! In the raw bytes a string touches the tag and the length of its neighbours, which
//! may be letters.

use super::format::OpenError;

/// Messages within one another.
const DEEPEST: u32 = 16;

/// A field of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) number: u64,
    pub(crate) wire: Wire,
}

/// How the value of a field is written. Groups, which nobody writes any more, are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Varint,
    Eight,
    /// A length, and so many bytes: a string, a message, or many numbers.
    Bytes,
    Four,
}

impl Tag {
    /// The tag that a number stands for, if it is one.
    pub(crate) fn of(number: u64) -> Option<Self> {
        let wire = match number & 7 {
            0 => Wire::Varint,
            1 => Wire::Eight,
            2 => Wire::Bytes,
            5 => Wire::Four,
            _ => return None,
        };
        let number = number >> 3;
        (1..1 << 29)
            .contains(&number)
            .then_some(Self { number, wire })
    }
}

/// Reads a number that takes seven bits of each byte, the lowest first; none where the
/// bytes end or are no number.
pub(crate) fn varint<E>(mut next: impl FnMut() -> Result<Option<u8>, E>) -> Result<Option<u64>, E> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let Some(byte) = next()? else {
            return Ok(None);
        };
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// Takes the next field of a message from its bytes, with its content if it has a
/// length; none where there is no more, or no message.
pub(crate) fn field<'m>(rest: &mut &'m [u8]) -> Option<(Tag, &'m [u8])> {
    let number = |rest: &mut &[u8]| {
        let next = || Ok::<_, ()>(rest.split_off_first().copied());
        varint(next).ok().flatten()
    };
    let tag = Tag::of(number(rest)?)?;
    let length = match tag.wire {
        Wire::Varint => {
            number(rest)?;
            0
        }
        Wire::Eight => rest.split_off(..8).map(|_| 0)?,
        Wire::Four => rest.split_off(..4).map(|_| 0)?,
        Wire::Bytes => usize::try_from(number(rest)?).ok()?,
    };
    Some((tag, rest.split_off(..length)?))
}

/// Whether all of it can be read as a message.
fn is_message(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while !rest.is_empty() {
        if field(&mut rest).is_none() {
            return false;
        }
    }
    !bytes.is_empty()
}

/// Hands out all that may be a string in a message, and in the messages in it. What may
/// be either is taken for both.
pub(crate) fn strings(
    message: &[u8],
    each: &mut dyn FnMut(&[u8]) -> Result<(), OpenError>,
) -> Result<(), OpenError> {
    within(message, DEEPEST, each)
}

fn within(
    message: &[u8],
    deepest: u32,
    each: &mut dyn FnMut(&[u8]) -> Result<(), OpenError>,
) -> Result<(), OpenError> {
    let mut rest = message;
    while let Some((_, content)) = field(&mut rest) {
        if content.is_empty() {
            continue;
        }
        let deeper = deepest.checked_sub(1).filter(|_| is_message(content));
        if deeper.is_none() || is_text(content) {
            each(content)?;
        }
        if let Some(deeper) = deeper {
            within(content, deeper, each)?;
        }
    }
    Ok(())
}

fn is_text(bytes: &[u8]) -> bool {
    let is_control = |character: char| character.is_control() && !character.is_ascii_whitespace();
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(is_control))
}

#[cfg(test)]
pub(crate) mod writing {
    //! Messages for the tests of formats.

    /// A field with a length.
    pub(crate) fn bytes(number: u8, content: &[u8]) -> Vec<u8> {
        let mut field = vec![number << 3 | 2];
        let mut length = content.len();
        while length >= 0x80 {
            field.push(u8::try_from(length & 0x7f).unwrap_or_default() | 0x80);
            length >>= 7;
        }
        field.push(u8::try_from(length).unwrap_or_default());
        [&*field, content].concat()
    }

    /// A field that is a small number.
    pub(crate) fn number(number: u8, value: u8) -> Vec<u8> {
        vec![number << 3, value & 0x7f]
    }
}

#[cfg(test)]
mod tests {
    use super::writing::{bytes, number};
    use super::*;

    fn strings_of(message: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        let each = &mut |text: &[u8]| {
            found.push(String::from_utf8_lossy(text).into_owned());
            Ok(())
        };
        strings(message, each).expect("nothing is limited");
        found
    }

    #[test]
    fn strings_of_all_messages_are_found() {
        let inner = [bytes(1, b"inner"), number(2, 5), bytes(3, b"\xff\xfe")].concat();
        let message = [bytes(1, b"name"), bytes(2, &inner), vec![0x1d, 1, 2, 3, 4]].concat();
        assert_eq!(strings_of(&message), ["name", "inner", "\u{fffd}\u{fffd}"]);
        // A string of a letter for a tag and one for a number may be a message.
        assert_eq!(strings_of(&bytes(1, b"hahb")), ["hahb"]);
        assert_eq!(strings_of(b"no message"), [""; 0]);
    }

    #[test]
    fn nesting_and_damage_end() {
        let mut message = bytes(1, b"deep");
        for _ in 0..100 {
            message = bytes(1, &message);
        }
        assert!(strings_of(&message).len() <= 40);
        for length in 0..message.len() {
            strings_of(&message[..length]);
        }
        assert!(strings_of(&[0xff; 100]).is_empty());
    }
}
