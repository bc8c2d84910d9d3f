//! Hexadecimal digits, two for a byte, small or capital.

use data_encoding::HEXLOWER;

use super::{BEFORE, BEHIND, BlockForm, Code, Form, Place, Stretch};
use crate::encoding::Encoding;
use crate::source_map::{Mapped, Rate};

pub(super) const CODE: Code = Code {
    encoding: Encoding::Hexadecimal,
    about: "Hexadecimal digits",
    seen: "Two digits for each byte with nothing between, small or capital.",
    unseen: "Digits with blanks or colons between, as a dump has them.",
    form: Form::Block { forms, decode },
};

const RATE: Rate = Rate { text: 1, source: 2 };

fn forms(text: &[u8]) -> Vec<BlockForm> {
    let form = |digits: String| BlockForm {
        bytes: digits.into_bytes(),
        place: Place::default(),
    };
    let small = HEXLOWER.encode(text);
    let capital = small.to_uppercase();
    if small == capital {
        vec![form(small)]
    } else {
        vec![form(small), form(capital)]
    }
}

/// The byte that two digits stand for.
pub(super) fn byte(digits: &[u8]) -> Option<u8> {
    let [high, low] = digits else {
        return None;
    };
    let value = |digit: u8| char::from(digit).to_digit(16);
    u8::try_from(value(*high)? << 4 | value(*low)?).ok()
}

fn decode(bytes: &[u8], at: usize, _: usize) -> Stretch {
    let pairs_before = bytes[..at].rchunks_exact(2).take(BEFORE / 2);
    let start = at
        - 2 * pairs_before
            .take_while(|digits| byte(digits).is_some())
            .count();
    let mut text = Mapped::default();
    let pairs = bytes[start..bytes.len().min(at + BEHIND)].chunks_exact(2);
    let mut end = start;
    for byte in pairs.map_while(byte) {
        text.push(&[byte], end..end + 2, RATE);
        end += 2;
    }
    Stretch { text, end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_run_around_a_sign_is_decoded() {
        let encoded = b"x = '6b3d68665F6162' ";
        let Stretch { text, end } = decode(encoded, 9, 0);
        assert_eq!((&text.bytes[..], end), (&b"k=hf_ab"[..], 19));
        assert_eq!(text.source_of(&(2..7)), 9..19);
        assert_eq!(forms(b"hf_").len(), 2);
        assert_eq!(decode(b"68665f6", 0, 0).text.bytes, b"hf_");
    }
}
