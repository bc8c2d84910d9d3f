//! Character references of HTML and XML (HTML, 13.5).

use super::{Code, Escape, Form};
use crate::encoding::Encoding;

pub(super) const CODE: Code = Code {
    encoding: Encoding::Html,
    about: "Character references of HTML and XML",
    seen: "`&#95;` and `&#x5f;` for any of the characters, and the names of those that stand in \
        and around tokens, such as `&lowbar;` and `&quot;`.",
    unseen: "Other names.",
    form: Form::Escapes {
        openings: b"&",
        forms,
        escape,
    },
};

/// The names of characters that stand in tokens and beside them.
const NAMES: [(&[u8], char); 14] = [
    (b"lowbar;", '_'),
    (b"UnderBar;", '_'),
    (b"period;", '.'),
    (b"quot;", '"'),
    (b"apos;", '\''),
    (b"amp;", '&'),
    (b"lt;", '<'),
    (b"gt;", '>'),
    (b"sol;", '/'),
    (b"colon;", ':'),
    (b"commat;", '@'),
    (b"equals;", '='),
    (b"shy;", '\u{ad}'),
    (b"nbsp;", ' '),
];

fn forms(character: u8) -> Vec<String> {
    vec![format!("&#{character}"), format!("&#x{character:02x}")]
}

fn escape(bytes: &[u8], at: usize) -> Option<Escape> {
    let rest = bytes.get(at..)?.strip_prefix(b"&")?;
    let Some(number) = rest.strip_prefix(b"#") else {
        let (name, character) = NAMES.iter().find(|(name, _)| rest.starts_with(name))?;
        return Some(Escape {
            length: 1 + name.len(),
            character: Some(*character).filter(|it| *it != '\u{ad}'),
        });
    };
    let (digits, radix, before) = match number {
        [b'x' | b'X', digits @ ..] => (digits, 16, 3),
        digits => (digits, 10, 2),
    };
    let count = digits
        .iter()
        .take(7)
        .take_while(|it| char::from(**it).is_digit(radix))
        .count();
    let text = std::str::from_utf8(&digits[..count]).ok()?;
    let character = char::from_u32(u32::from_str_radix(text, radix).ok()?)?;
    let semicolon = usize::from(digits.get(count) == Some(&b';'));
    Some(Escape {
        length: before + count + semicolon,
        character: Some(character),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_told() {
        for text in ["&#95;", "&#095;", "&#x5f;", "&#X5F;", "&lowbar;", "&#95"] {
            let escape = escape(text.as_bytes(), 0).expect(text);
            assert_eq!(
                (escape.length, escape.character),
                (text.len(), Some('_')),
                "{text}"
            );
        }
        for text in [
            "",
            "&",
            "&;",
            "&#;",
            "&#x;",
            "&lowbar",
            "&nothing;",
            "&#1114112;",
        ] {
            assert_eq!(escape(text.as_bytes(), 0), None, "{text}");
        }
    }
}
