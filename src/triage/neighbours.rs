//! What stands right beside a match: an identifier or an encoded text that it is
//! only a part of; or an escape or a length, which look like letters and are none.

use std::ops::Range;

use super::extent::is_counted_token;
use crate::reason::Reason;

/// A run of base64url around a match that has this many characters beside it is
/// no identifier any more.
const LONG_RUN: usize = 64;

/// What the bytes beside the match at `span` say of it.
pub(super) fn reason(bytes: &[u8], span: &Range<usize>) -> Option<Reason> {
    let before = &bytes[..span.start];
    let after = &bytes[span.end..];
    let touches = |byte: Option<&u8>| byte.is_some_and(|&byte| is_of_identifier(byte));
    let (touched_before, touched_after) = (touches(before.last()), touches(after.first()));
    if !touched_before && !touched_after {
        return None;
    }
    // What is counted is a text of its own, whatever is glued to it.
    let is_counted = is_counted_token(bytes, span.start, span.end);
    if is_counted || !touched_after && ends_with_escape(before) {
        return Some(Reason::Escape);
    }
    let encoded = before
        .iter()
        .rev()
        .take(LONG_RUN)
        .take_while(|byte| is_encoded(**byte));
    let encoded = encoded.chain(
        after
            .iter()
            .take(LONG_RUN)
            .take_while(|byte| is_encoded(**byte)),
    );
    let encoded: Vec<u8> = encoded.copied().collect();
    let has = |kind: fn(&u8) -> bool| encoded.iter().any(kind);
    let is_mixed =
        has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    Some(if encoded.len() >= LONG_RUN && is_mixed {
        Reason::Encoded
    } else {
        Reason::Identifier
    })
}

fn is_of_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_encoded(byte: u8) -> bool {
    is_of_identifier(byte) || byte == b'-'
}

/// Whether the last letters or digits are an escape, or a part of one: `\n`,
/// `\x22`, `\u0022`, `\033`, `%22`, `=3D` of quoted-printable, the end of a
/// colour, `[31m`, or the V with which a text begins in a pickle of lines.
fn ends_with_escape(before: &[u8]) -> bool {
    let hexadecimal = |length: usize, introducer: &[u8]| {
        let Some(digits) = before.len().checked_sub(length) else {
            return false;
        };
        let is_number = before[digits..].iter().all(u8::is_ascii_hexdigit);
        is_number && before[..digits].ends_with(introducer)
    };
    let is_letter = matches!(
        before,
        [
            ..,
            b'\\',
            b'a' | b'b' | b'e' | b'f' | b'n' | b'r' | b't' | b'v' | b'0'
        ]
    );
    is_letter
        || hexadecimal(2, b"%")
        || hexadecimal(2, b"%25")
        || hexadecimal(2, b"%2525")
        || hexadecimal(2, b"=")
        || hexadecimal(2, b"\\x")
        || hexadecimal(4, b"\\u")
        || hexadecimal(8, b"\\U")
        || hexadecimal(3, b"\\")
        || ends_with_colour(before)
        || matches!(before, [b'V'] | [.., b'\n' | b'(' | b'a' | b's', b'V'])
}

/// Whether the bytes end with what a terminal obeys behind an escape character:
/// `[`, numbers with semicolons between, and a letter (ECMA-48, 5.4).
fn ends_with_colour(before: &[u8]) -> bool {
    /// More numbers are not given.
    const LONGEST: usize = 24;
    let [numbers @ .., last] = before else {
        return false;
    };
    let is_number = |byte: &&u8| byte.is_ascii_digit() || **byte == b';';
    let count = numbers.iter().rev().take(LONGEST).take_while(is_number);
    let start = numbers.len() - count.count();
    last.is_ascii_alphabetic() && numbers[..start].ends_with(b"[")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(before: &str, after: &str) -> Option<Reason> {
        let text = format!("{before}hf_{after}");
        reason(text.as_bytes(), &(before.len()..before.len() + 3))
    }

    #[test]
    fn escapes_are_no_identifiers() {
        for before in [
            "",
            "\"",
            "=",
            "user:",
            "\\n",
            "\\\\n",
            "%22",
            "%3D",
            "%253D",
            "=3D",
            "\\x22",
            "\\u0022",
            "\\033",
            "p0\nV",
            "\u{1b}[0m",
            "\\x1b[31;1m",
            "-",
            "\0",
            "é",
        ] {
            let is_letter = |last: char| last.is_ascii_alphanumeric();
            let expected = before.ends_with(is_letter).then_some(Reason::Escape);
            assert_eq!(around(before, ""), expected, "{before}");
        }
        for after in ["", "\"", "\\n", "%22", "=3D", "\u{1b}[0m", "@", "-", "."] {
            assert_eq!(around("", after), None, "{after}");
        }
    }

    #[test]
    fn identifiers_and_encoded_texts_are_told() {
        for (before, after) in [
            ("rl", ""),
            ("_call_", ""),
            ("", "_x"),
            ("1", ""),
            ("n", ""),
            ("3D", ""),
        ] {
            assert_eq!(
                around(before, after),
                Some(Reason::Identifier),
                "{before} {after}"
            );
        }
        let encoded = "aB3-".repeat(9);
        assert_eq!(around(&encoded, ""), None);
        assert_eq!(
            around(&format!("{encoded}a"), &format!("_{encoded}")),
            Some(Reason::Encoded)
        );
    }
}
