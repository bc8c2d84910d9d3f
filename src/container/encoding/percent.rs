//! Percent-encoding (RFC 3986, 2.1), with JavaScript's old `%u005F`.

use super::hexadecimal::byte;
use super::{Code, Escape, Form};
use crate::encoding::Encoding;

pub(super) const CODE: Code = Code {
    encoding: Encoding::Percent,
    about: "Percent-encoding",
    seen: "`%5F` for any of the characters, once or twice (`%255F`).",
    unseen: "",
    form: Form::Escapes {
        openings: b"%",
        forms,
        escape,
    },
};

fn forms(character: u8) -> Vec<String> {
    vec![format!("%{character:02x}")]
}

fn escape(bytes: &[u8], at: usize) -> Option<Escape> {
    let rest = bytes.get(at..)?.strip_prefix(b"%")?;
    let (digits, length) = match rest {
        // Encoded twice.
        [b'2', b'5', high, low, ..] if byte(&[*high, *low]).is_some() => (&rest[2..4], 5),
        [b'u' | b'U', b'0', b'0', ..] => (rest.get(3..5)?, 6),
        _ => (rest.get(..2)?, 3),
    };
    Some(Escape {
        length,
        character: Some(char::from(byte(digits)?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_told() {
        for (text, length) in [("%5F", 3), ("%5fx", 3), ("%u005F", 6), ("%255F", 5)] {
            let character = Some('_');
            assert_eq!(
                escape(text.as_bytes(), 0),
                Some(Escape { length, character })
            );
        }
        for text in ["", "%", "%5", "%zz", "5F%"] {
            assert_eq!(escape(text.as_bytes(), 0), None, "{text}");
        }
    }
}
