//! String literals that a language joins: `"hf_abc" "def"`, as Python and C do, and
//! `"hf_abc" + "def"`.

use super::{Code, Escape, Form};
use crate::encoding::Encoding;

pub(super) const CODE: Code = Code {
    encoding: Encoding::Joined,
    about: "String literals that are joined",
    seen: "Literals with nothing but white space, comments, `+` or a backslash between them, over \
        several lines too, as Python joins them.",
    unseen: "Literals that are joined by a function, by a format or by way of a variable.",
    form: Form::Escapes {
        openings: b"\"'`",
        forms: |_| Vec::new(),
        escape,
    },
};

fn escape(bytes: &[u8], at: usize) -> Option<Escape> {
    /// What stands between two literals is shorter.
    const LONGEST: usize = 512;
    let rest = bytes.get(at..bytes.len().min(at + LONGEST))?;
    let (quote, closing) = quotes(rest)?;
    // `"a""b"`: what is doubled closes one and opens another.
    if closing == 2 && rest.get(2) != Some(&quote) {
        return Some(Escape {
            length: 2,
            character: None,
        });
    }
    let mut place = closing;
    let mut operators = 0;
    loop {
        match rest.get(place)? {
            b' ' | b'\t' | b'\r' | b'\n' => place += 1,
            b'\\' if matches!(rest.get(place + 1), Some(b'\r' | b'\n')) => place += 1,
            b'+' if operators == 0 => {
                operators += 1;
                place += 1;
            }
            b'#' => place += memchr::memchr(b'\n', &rest[place..])?,
            b'/' if rest.get(place + 1) == Some(&b'/') => {
                place += memchr::memchr(b'\n', &rest[place..])?;
            }
            b'/' if rest.get(place + 1) == Some(&b'*') => {
                place += memchr::memmem::find(&rest[place..], b"*/")? + 2;
            }
            _ => break,
        }
    }
    // A quote alone is the end of the text.
    if place == closing {
        return None;
    }
    let prefix = rest[place..]
        .iter()
        .take(2)
        .take_while(|it| b"rRbBfFuU".contains(it))
        .count();
    let (_, opening) = quotes(&rest[place + prefix..])?;
    Some(Escape {
        length: place + prefix + opening,
        character: None,
    })
}

/// The quote that some bytes begin with, and how many there are: up to three.
fn quotes(bytes: &[u8]) -> Option<(u8, usize)> {
    let quote = *bytes.first().filter(|byte| b"\"'`".contains(byte))?;
    let count = bytes
        .iter()
        .take(3)
        .take_while(|byte| **byte == quote)
        .count();
    Some((quote, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_joins_is_told() {
        for text in [
            "\" \"",
            "'\n    '",
            "\" + \"",
            "\" \\\n  f\"",
            "\"  # one\n  \"",
            "' rb\"",
        ] {
            let code = format!("{text}def");
            let expected = Escape {
                length: text.len(),
                character: None,
            };
            assert_eq!(escape(code.as_bytes(), 0), Some(expected), "{text:?}");
        }
        for text in [
            "",
            "\"",
            "\", \"",
            "\" x \"",
            "\"\"\"",
            "\" + + \"",
            "\"def",
        ] {
            assert_eq!(escape(text.as_bytes(), 0), None, "{text:?}");
        }
    }
}
