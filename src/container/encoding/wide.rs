//! Characters of two or four bytes: UTF-16 and UTF-32, in either order of bytes.
//!
//! Only ASCII is read, which is what tokens are made of: a byte, and zeros around it.
//! That holds in either order, needs no byte order mark, and works in the middle of a
//! binary file as well.

use super::{BEFORE, BEHIND, BlockForm, Code, Form, Place, Stretch};
use crate::encoding::Encoding;
use crate::source_map::{Mapped, Rate};

pub(super) const UTF_16: Code = Code {
    encoding: Encoding::Utf16,
    about: "UTF-16",
    seen: "In either order of bytes, with or without a byte order mark, in the middle of binary \
        files too.",
    unseen: "In the middle of a binary file, tokens that do not begin with `hf_`.",
    form: Form::Block {
        forms: |text| forms::<2>(text),
        decode: |bytes, at, _| decode::<2>(bytes, at),
    },
};

pub(super) const UTF_32: Code = Code {
    encoding: Encoding::Utf32,
    about: "UTF-32",
    seen: "As UTF-16, so in numpy's arrays of texts too.",
    unseen: "As of UTF-16.",
    form: Form::Block {
        forms: |text| forms::<4>(text),
        decode: |bytes, at, _| decode::<4>(bytes, at),
    },
};

/// A text with zeros between its characters: they are there in either order.
fn forms<const WIDTH: usize>(text: &[u8]) -> Vec<BlockForm> {
    let mut bytes = Vec::new();
    for (place, byte) in text.iter().enumerate() {
        if place > 0 {
            bytes.extend([0; WIDTH].iter().take(WIDTH - 1));
        }
        bytes.push(*byte);
    }
    let place = Place::default();
    vec![BlockForm { bytes, place }]
}

fn decode<const WIDTH: usize>(bytes: &[u8], at: usize) -> Stretch {
    // From one character to the next there is nothing but zeros.
    let is_wide = |characters: &[u8]| {
        characters[0] != 0
            && characters[0].is_ascii()
            && characters[1..].iter().all(|byte| *byte == 0)
    };
    let before = bytes[..at].rchunks_exact(WIDTH).take(BEFORE / WIDTH);
    let start = at - WIDTH * before.take_while(|it| is_wide(it)).count();
    let mut text = Mapped::default();
    let mut place = start;
    let limit = bytes.len().min(at + BEHIND);
    while let Some(character) = bytes[place..limit]
        .first()
        .filter(|it| it.is_ascii() && **it != 0)
    {
        text.push(&[*character], place..place + 1, Rate::PLAIN);
        let between = place + 1..place + WIDTH;
        place += 1;
        // The zeros behind the last character may be those before another one.
        if bytes
            .get(between)
            .is_none_or(|zeros| zeros.iter().any(|byte| *byte != 0))
        {
            break;
        }
        place += WIDTH - 1;
        if place >= limit {
            break;
        }
    }
    Stretch { text, end: place }
}

/// How much of bytes is looked at to tell what they are.
const SAMPLE: usize = 256;

/// The encoding of bytes that are a text of wide characters from the first to the last,
/// most of them ASCII.
pub(super) fn whole(bytes: &[u8]) -> Option<Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE) / 4 * 4];
    // Every file is asked, and nearly all have no zeros at all.
    let (first, _) = sample.split_first_chunk::<16>()?;
    let zeros = first.iter().map(|byte| u8::from(*byte == 0));
    if zeros.sum::<u8>() < 4 {
        return None;
    }
    let mut zeros = [0; 4];
    for character in sample.as_chunks::<4>().0 {
        for (count, byte) in zeros.iter_mut().zip(character) {
            *count += usize::from(*byte == 0);
        }
    }
    // Nearly all characters have zeros at the same places, and something at another.
    let characters = sample.len() / 4;
    let is_zero = zeros.map(|count| count * 10 >= characters * 8);
    let is_text = zeros.map(|count| count * 10 <= characters);
    match (
        is_zero.iter().filter(|it| **it).count(),
        is_text.iter().filter(|it| **it).count(),
    ) {
        (3, 1) => Some(Encoding::Utf32),
        (2, 2) if is_zero[0] == is_zero[2] => Some(Encoding::Utf16),
        _ => None,
    }
}

/// The text of such bytes. What is not ASCII is a question mark: it is part of no token.
pub(super) fn narrow(bytes: &[u8], encoding: Encoding) -> Mapped {
    let width = if encoding == Encoding::Utf32 { 4 } else { 2 };
    let mut text = Mapped::default();
    for (place, character) in (0..).step_by(width).zip(bytes.chunks_exact(width)) {
        let mut others = character.iter().filter(|byte| **byte != 0);
        let character = match (others.next(), others.next()) {
            (Some(byte), None) if byte.is_ascii() => *byte,
            _ => b'?',
        };
        let rate = Rate {
            text: 1,
            source: width,
        };
        text.push(&[character], place..place + width, rate);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_texts_are_told_and_read() {
        let text = "Set-Content é -Value token";
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [&wide[..], &wide[1..], &[b"\xff\xfe", &wide[..]].concat()] {
            assert_eq!(whole(bytes), Some(Encoding::Utf16));
        }
        let narrowed = narrow(&wide, Encoding::Utf16);
        assert_eq!(narrowed.bytes, text.replace('é', "?").as_bytes());
        assert_eq!(narrowed.source_of(&(0..3)), 0..6);
        let wide: Vec<u8> = text
            .chars()
            .flat_map(|it| u32::from(it).to_be_bytes())
            .collect();
        assert_eq!(whole(&wide), Some(Encoding::Utf32));
        assert_eq!(
            narrow(&wide, Encoding::Utf32).bytes.len(),
            text.chars().count()
        );
        for bytes in [
            &text.as_bytes().repeat(9)[..],
            &[0; 99],
            b"a\0b",
            &[1, 0, 2, 3, 0, 0].repeat(20),
        ] {
            assert_eq!(whole(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn either_order_is_read() {
        let text = "k = hf_ab";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let four: Vec<u8> = text
            .chars()
            .flat_map(|it| u32::from(it).to_le_bytes())
            .collect();
        let four_big: Vec<u8> = text
            .chars()
            .flat_map(|it| u32::from(it).to_be_bytes())
            .collect();
        for around in [&b""[..], b"\xff\xfe", b"\xff\xff\xff\xff"] {
            for (bytes, width) in [(&little, 2), (&big, 2), (&four, 4), (&four_big, 4)] {
                let bytes = [around, bytes, around].concat();
                let form = if width == 2 {
                    forms::<2>(b"hf_")
                } else {
                    forms::<4>(b"hf_")
                };
                let at =
                    memchr::memmem::find(&bytes, &form[0].bytes).expect("the sign stands there");
                let stretch = if width == 2 {
                    decode::<2>(&bytes, at)
                } else {
                    decode::<4>(&bytes, at)
                };
                let found = String::from_utf8_lossy(&stretch.text.bytes).into_owned();
                assert!(found.ends_with(text), "{width} {bytes:?} {found}");
                let source = stretch.text.source_of(&(found.len() - 5..found.len()));
                assert_eq!(
                    (bytes[source.start], source.len() >= 4 * width),
                    (b'h', true)
                );
            }
        }
    }
}
