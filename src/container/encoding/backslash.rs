//! Escapes with a backslash: of JSON (RFC 8259), Python, C, shells and Markdown.

use super::hexadecimal::byte;
use super::{Code, Escape, Form};
use crate::encoding::Encoding;

pub(super) const CODE: Code = Code {
    encoding: Encoding::Backslash,
    about: "Escapes with a backslash",
    seen: "`\\u005f`, `\\x5f`, `\\137` and `\\u{5f}` for any of the characters, `\\/`, Markdown's \
        `hf\\_`, and a backslash at the end of a line, which goes on in the next.",
    unseen: "Names of characters, such as Python's `\\N{LOW LINE}`.",
    form: Form::Escapes {
        openings: b"\\",
        forms,
        escape,
    },
};

fn forms(character: u8) -> Vec<String> {
    vec![
        format!("\\x{character:02x}"),
        format!("\\u00{character:02x}"),
        format!("\\u{{{character:02x}}}"),
        format!("\\U000000{character:02x}"),
        format!("\\{character:03o}"),
    ]
}

/// More than these do not stand before an escape.
const MOST_BACKSLASHES: usize = 7;

fn escape(bytes: &[u8], at: usize) -> Option<Escape> {
    let rest = bytes.get(at..)?.strip_prefix(b"\\")?;
    // JSON in JSON writes the backslash of an escape as two.
    let more = rest
        .iter()
        .take(MOST_BACKSLASHES)
        .take_while(|byte| **byte == b'\\')
        .count();
    let is_doubled = matches!(rest.get(more), Some(b'u' | b'U' | b'x'));
    let doubled = if is_doubled { more } else { 0 };
    let rest = &rest[doubled..];
    let numbered = |start: usize, digits: usize, radix: u32, more: usize| {
        let text = std::str::from_utf8(rest.get(start..start + digits)?).ok()?;
        let number = u32::from_str_radix(text, radix).ok()?;
        Some(Escape {
            length: 1 + doubled + start + digits + more,
            character: Some(char::from_u32(number)?),
        })
    };
    let character = |character| {
        Some(Escape {
            length: 2,
            character,
        })
    };
    if let Some(colour) = colour(rest) {
        return Some(Escape {
            length: 1 + doubled + colour,
            character: None,
        });
    }
    match rest {
        [b'x', digits @ ..] => Some(Escape {
            length: 4 + doubled,
            character: Some(char::from(byte(digits.get(..2)?)?)),
        }),
        [b'u', b'{', digits @ ..] => {
            let count = digits
                .iter()
                .take(6)
                .take_while(|it| it.is_ascii_hexdigit())
                .count();
            (digits.get(count) == Some(&b'}')).then(|| numbered(2, count, 16, 1))?
        }
        [b'u', ..] => numbered(1, 4, 16, 0),
        [b'U', ..] => numbered(1, 8, 16, 0),
        [b'0'..=b'7', ..] => {
            let count = rest
                .iter()
                .take(3)
                .take_while(|it| (b'0'..=b'7').contains(it))
                .count();
            numbered(0, count, 8, 0)
        }
        [b'\r', b'\n', ..] => Some(Escape {
            length: 3,
            character: None,
        }),
        [b'\n', ..] => character(None),
        [b'n' | b'r', ..] => character(Some('\n')),
        [b't', ..] => character(Some('\t')),
        [other, ..] if other.is_ascii_punctuation() => character(Some(char::from(*other))),
        _ => None,
    }
}

/// The length of what a terminal obeys, where the escape character is escaped itself:
/// `u001b[0m`, which stands behind the backslash.
fn colour(rest: &[u8]) -> Option<usize> {
    /// Colours are shorter.
    const LONGEST: usize = 24;
    // Most escapes are others, and many of them stand in a row.
    if !matches!(
        rest,
        [b'u' | b'0', ..] | [b'x', b'1', ..] | [b'e', b'[', ..]
    ) {
        return None;
    }
    let starts = [&b"u001b["[..], b"u001B[", b"x1b[", b"x1B[", b"033[", b"e["];
    let start = starts
        .into_iter()
        .find(|start| rest.starts_with(start))?
        .len();
    let numbers = rest[start..].iter().take(LONGEST);
    let numbers = numbers
        .take_while(|byte| byte.is_ascii_digit() || **byte == b';')
        .count();
    let is_end = rest
        .get(start + numbers)
        .is_some_and(u8::is_ascii_alphabetic);
    is_end.then_some(start + numbers + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_told() {
        for (text, length, character) in [
            ("\\u005fx", 6, Some('_')),
            ("\\u{5f}x", 6, Some('_')),
            ("\\U0000005fx", 10, Some('_')),
            ("\\x5fx", 4, Some('_')),
            ("\\137x", 4, Some('_')),
            ("\\\\u005fx", 7, Some('_')),
            ("\\/", 2, Some('/')),
            ("\\_", 2, Some('_')),
            ("\\u001b[0;31mx", 12, None),
            ("\\x1b[mx", 6, None),
            ("\\n", 2, Some('\n')),
            ("\\\nx", 2, None),
            ("\\\r\nx", 3, None),
        ] {
            let expected = Escape { length, character };
            assert_eq!(escape(text.as_bytes(), 0), Some(expected), "{text}");
        }
        for text in [
            "", "\\", "x", "\\x5", "\\u00", "\\u{5f", "\\xzz", "\\q", "\\ud800",
        ] {
            assert_eq!(escape(text.as_bytes(), 0), None, "{text}");
        }
        assert_eq!(
            forms(b'h'),
            ["\\x68", "\\u0068", "\\u{68}", "\\U00000068", "\\150"]
        );
    }
}
