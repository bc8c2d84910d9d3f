//! What a terminal obeys (ECMA-48), in the middle of a token: colours above all.

use super::{Code, Escape, Form};
use crate::encoding::Encoding;

pub(super) const CODE: Code = Code {
    encoding: Encoding::Ansi,
    about: "Colours of a terminal",
    seen: "Sequences of ECMA-48 within a token, and the same where JSON writes the escape \
        character.",
    unseen: "",
    form: Form::Escapes {
        openings: b"\x1b",
        forms: |_| Vec::new(),
        escape,
    },
};

fn escape(bytes: &[u8], at: usize) -> Option<Escape> {
    /// Sequences of colours are shorter.
    const LONGEST: usize = 64;
    let rest = bytes
        .get(at..bytes.len().min(at + LONGEST))?
        .strip_prefix(b"\x1b")?;
    let length = match rest {
        // Parameters, and then the one byte that says what to do with them.
        [b'[', rest @ ..] => {
            let end = rest.iter().position(|byte| (b'@'..=b'~').contains(byte))?;
            let is_parameter = |byte: &u8| (b' '..=b'?').contains(byte);
            rest[..end].iter().all(is_parameter).then_some(3 + end)?
        }
        // A string for the system, such as a link, up to a bell or `ESC \`.
        [b']', rest @ ..] => {
            let end = rest.iter().position(|byte| matches!(byte, 0x07 | 0x1b))?;
            2 + end + if rest[end] == 0x07 { 1 } else { 2 }
        }
        [b'(' | b')', _, ..] => 3,
        _ => return None,
    };
    Some(Escape {
        length,
        character: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_told() {
        for text in [
            "\x1b[0m",
            "\x1b[1;31m",
            "\x1b[K",
            "\x1b]8;;\x07",
            "\x1b(B",
            "\x1b]8;;\x1b\\",
        ] {
            let sequence = format!("a{text}b");
            let expected = Escape {
                length: text.len(),
                character: None,
            };
            assert_eq!(escape(sequence.as_bytes(), 1), Some(expected), "{text:?}");
        }
        for text in ["", "\x1b", "\x1b[", "\x1b[31", "\x1b[\n", "[0m"] {
            assert_eq!(escape(text.as_bytes(), 0), None, "{text:?}");
        }
    }
}
