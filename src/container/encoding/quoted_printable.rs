//! Quoted-printable (RFC 2045, 6.7), as mail has it.

use super::hexadecimal::byte;
use super::{Code, Escape, Form};
use crate::encoding::Encoding;

pub(super) const CODE: Code = Code {
    encoding: Encoding::QuotedPrintable,
    about: "Quoted-printable",
    seen: "`=5F` for any of the characters, and lines that an `=` at their end breaks.",
    unseen: "",
    form: Form::Escapes {
        openings: b"=",
        forms,
        escape,
    },
};

fn forms(character: u8) -> Vec<String> {
    vec![format!("={character:02X}")]
}

fn escape(bytes: &[u8], at: usize) -> Option<Escape> {
    let rest = bytes.get(at..)?.strip_prefix(b"=")?;
    if let Some(length) = [&b"\r\n"[..], b"\n"]
        .iter()
        .find_map(|end| rest.starts_with(end).then_some(end.len()))
    {
        return Some(Escape {
            length: 1 + length,
            character: None,
        });
    }
    Some(Escape {
        length: 3,
        character: Some(char::from(byte(rest.get(..2)?)?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_told() {
        for (text, length, character) in [
            ("=5Fx", 3, Some('_')),
            ("=\nx", 2, None),
            ("=\r\nx", 3, None),
        ] {
            assert_eq!(
                escape(text.as_bytes(), 0),
                Some(Escape { length, character })
            );
        }
        for text in ["", "=", "=5", "=zz", "= \n"] {
            assert_eq!(escape(text.as_bytes(), 0), None, "{text}");
        }
    }
}
