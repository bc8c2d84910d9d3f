//! A disguise: what hides a token in a name or a message from a pattern, and not from a
//! person: base64, hexadecimal digits, escapes, and characters that nobody sees.
//!
//! The encodings of files are the container stage's, which maps them to lines and columns.
//! This is for short texts, and says only what to hide.

use std::ops::Range;

/// Where the bytes of `text` are that make up tokens in disguise, as far as `find` finds
/// them once they can be read.
pub(crate) fn spans(text: &[u8], find: impl Fn(&[u8]) -> Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    if let Some((readable, places)) = readable(text) {
        let plain = find(text);
        // What reads as it is written needs no disguise.
        let is_plain = |it: &Range<usize>| {
            let (start, end) = (places[it.start].start, places[it.end - 1].end);
            let around = |it: &Range<usize>| it.start <= start && end <= it.end;
            plain.iter().any(around)
        };
        let found = find(&readable).into_iter();
        let found = found.filter(|it| !it.is_empty() && !is_plain(it));
        spans.extend(found.flatten().map(|at| places[at].clone()));
    }
    for code in [BASE64, HEXADECIMAL] {
        for run in runs(text, &code) {
            for phase in 0..code.group.min(run.len()) {
                let start = run.start + phase;
                let decoded = code.decode(&text[start..run.end]);
                let found = find(&decoded).into_iter();
                spans.extend(found.map(|it| {
                    let end = (it.end * 8).div_ceil(code.bits);
                    start + it.start * 8 / code.bits..run.end.min(start + end)
                }));
            }
        }
    }
    spans
}

/// Characters that stand for some bits each.
struct Code {
    bits: usize,
    /// So many characters stand for whole bytes.
    group: usize,
    /// What the shortest token has at least.
    shortest: usize,
    value: fn(u8) -> Option<u8>,
}

const BASE64: Code = Code {
    bits: 6,
    group: 4,
    shortest: 46,
    value: |byte| {
        Some(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        })
    },
};

const HEXADECIMAL: Code = Code {
    bits: 4,
    group: 2,
    shortest: 70,
    value: |byte| {
        let digit = char::from(byte).to_digit(16)?;
        u8::try_from(digit).ok()
    },
};

impl Code {
    fn decode(&self, text: &[u8]) -> Vec<u8> {
        let mut decoded = Vec::with_capacity(text.len() * self.bits / 8 + 1);
        let (mut bits, mut count) = (0_u16, 0);
        for value in text.iter().filter_map(|byte| (self.value)(*byte)) {
            bits = bits << self.bits | u16::from(value);
            count += self.bits;
            if count >= 8 {
                count -= 8;
                // The low byte of them; what is above was decoded before.
                decoded.push((bits >> count).to_be_bytes()[1]);
            }
        }
        decoded
    }
}

/// Where characters of a code stand in a row, as many as a token needs.
fn runs(text: &[u8], code: &Code) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    for place in 0..=text.len() {
        if text
            .get(place)
            .is_none_or(|byte| (code.value)(*byte).is_none())
        {
            if place - start >= code.shortest {
                runs.push(start..place);
            }
            start = place + 1;
        }
    }
    runs
}

/// The text as it reads, and where each byte of that stands; none where that is the text
/// itself.
fn readable(text: &[u8]) -> Option<(Vec<u8>, Vec<Range<usize>>)> {
    if text.iter().all(|byte| is_plain(*byte)) {
        return None;
    }
    let (mut readable, mut places) = (Vec::new(), Vec::new());
    let mut place = 0;
    while let Some(&byte) = text.get(place) {
        let (shown, length) = character(&text[place..], byte);
        if let Some(shown) = shown {
            readable.push(shown);
            places.push(place..place + length);
        }
        place += length;
    }
    Some((readable, places))
}

fn is_plain(byte: u8) -> bool {
    (b' '..=b'~').contains(&byte) && !b"%\\=&'\"`".contains(&byte)
}

/// The first character of `text` as it reads, if somebody sees it, and how many bytes of
/// `text` it takes.
fn character(text: &[u8], first: u8) -> (Option<u8>, usize) {
    let shown = |byte: Option<u8>| byte.filter(|byte| (b' '..=b'~').contains(byte));
    let number = |from: usize, length: usize| {
        let digits = std::str::from_utf8(text.get(from..from + length)?).ok()?;
        u32::from_str_radix(digits, 16).ok()
    };
    let escape = |from, length| {
        let byte = number(from, length)?;
        Some((shown(u8::try_from(byte).ok()), from + length))
    };
    // `&#95;` and `&#x5f;`, with zeros or without.
    let entity = |from: usize, base: u32| {
        const LONGEST: usize = 8;
        let digits = text[from..].iter().take(LONGEST);
        let digits = digits.take_while(|byte| **byte != b';').count();
        let end = from + digits;
        let number = std::str::from_utf8(text.get(from..end)?).ok()?;
        let number = u32::from_str_radix(number, base).ok()?;
        let is_closed = text.get(end) == Some(&b';');
        Some((
            shown(u8::try_from(number).ok()),
            end + usize::from(is_closed),
        ))
    };
    let read = match text {
        [b'\'' | b'"' | b'`', rest @ ..] => {
            // Two literals that a language joins.
            let gap = rest.iter().take_while(|byte| b" +".contains(byte)).count();
            let is_joined = gap > 0 && rest.get(gap) == Some(&first);
            is_joined.then_some((None, gap + 2))
        }
        [b'%', ..] => escape(1, 2),
        [b'&', b'#', b'x' | b'X', ..] => entity(3, 16),
        [b'&', b'#', ..] => entity(2, 10),
        [b'\\', b'x', ..] => escape(2, 2),
        [b'\\', b'u', b'{', rest @ ..] => {
            let digits = rest.iter().position(|byte| *byte == b'}');
            digits.and_then(|digits| escape(3, digits).map(|(byte, end)| (byte, end + 1)))
        }
        [b'\\', b'u', ..] => escape(2, 4),
        // Mail breaks lines with `=`; a message may have escaped the break.
        [b'\\', b'n' | b'r' | b't' | b'0', ..] | [b'=', b'\n', ..] => Some((None, 2)),
        [b'=', b'\r', b'\n', ..] | [b'=', b'\\', b'n', ..] => Some((None, 3)),
        _ => None,
    };
    // Of a colour or a title, the escape is hidden, and its letters are too.
    let rest = |escape: usize| {
        let rest = text.get(escape..)?;
        let length = match rest {
            [b'[', rest @ ..] => rest.iter().position(|byte| (b'@'..=b'~').contains(byte))? + 2,
            [b']', ..] => end_of_title(rest)?,
            _ => return None,
        };
        Some((None, escape + length))
    };
    let begins = |it: &&&[u8]| text.starts_with(it);
    let escapes: [&[u8]; 4] = [b"\x1b", b"\\x1b", b"\\u{1b}", b"\\u001b"];
    let colour = escapes.iter().find(begins).and_then(|it| rest(it.len()));
    colour.or(read).unwrap_or_else(|| {
        if (b' '..=b'~').contains(&first) || first == b'\n' {
            return (Some(first), 1);
        }
        // Letters of other alphabets end a token as well as a space does, but what nobody
        // sees does not: it is a character of several bytes, or a control.
        let others = text[1..].iter().take_while(|byte| **byte & 0xc0 == 0x80);
        let length = 1 + others.count();
        let character = std::str::from_utf8(&text[..length]).ok();
        let character = character.and_then(|it| it.chars().next());
        let is_hidden = first < 0x80 || character.is_some_and(is_unseen);
        ((!is_hidden).then_some(b' '), length)
    })
}

/// How long the text is that sets a terminal's title, from its bracket on. A message may have
/// escaped what ends it.
fn end_of_title(rest: &[u8]) -> Option<usize> {
    const ENDS: [&[u8]; 5] = [b"\x07", b"\x1b\\", b"\\x07", b"\\u{7}", b"\\u0007"];
    // A longer one is none, and each of many is looked at.
    const LONGEST: usize = 256;
    (1..rest.len().min(LONGEST)).find_map(|place| {
        let ends = |end: &&&[u8]| rest[place..].starts_with(end);
        ENDS.iter().find(ends).map(|end| place + end.len())
    })
}

/// Whether a character takes no place where it is shown, or only a blank one: what Unicode
/// has be ignored by default (`Default_Ignorable_Code_Point`), the empty pattern of Braille
/// and marks of annotations.
fn is_unseen(character: char) -> bool {
    crate::mask::is_obeyed(character)
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

    use crate::mask::Mask;
    use crate::rule_set::RuleSet;

    fn random() -> String {
        "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH".to_owned()
    }

    fn escaped(escape: fn(u8) -> String) -> String {
        random().bytes().map(escape).collect()
    }

    fn masked(text: &str) -> String {
        Mask::new(&RuleSet::embedded()).text(text.as_bytes())
    }

    #[test]
    fn an_encoded_token_is_hidden_wherever_it_stands() {
        for lead in 0..4 {
            let bytes = format!("{}hf_{}", &"user"[..lead], random());
            let [base64, url] =
                [&BASE64, &BASE64URL_NOPAD].map(|code| code.encode(bytes.as_bytes()));
            let [lower, upper] = [&HEXLOWER, &HEXUPPER].map(|code| code.encode(bytes.as_bytes()));
            for (encoded, telling) in [(base64, 12), (url, 12), (lower, 16), (upper, 16)] {
                for around in ["", "a/", "x", "xy", "/d/"] {
                    let shown = masked(&format!("{around}{encoded}.x y"));
                    assert!(shown.ends_with(".x y") && shown.starts_with(around));
                    let of_random = &encoded.as_bytes()[lead * 2 + 6..];
                    for part in of_random.windows(telling) {
                        let part = String::from_utf8_lossy(part);
                        assert!(!shown.contains(&*part), "{around} {shown}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_nobody_sees_hides_no_token() {
        for gap in [
            "\x1b[1m",
            "\0",
            "\u{200b}",
            "\t",
            "\u{202e}",
            "\u{ad}",
            "\u{fe0f}",
            "\u{2800}",
            "\u{e0100}",
            "\x1b]0;a\x07",
            "\x1b]0;a\x1b\\",
            "\\x1b]0;a\\x07",
            "=\n",
            "=\\n",
            "\\x1b[1m",
            "\\u{1b}[1m",
            "\\x00",
            "\\n",
            "' '",
            "\" + \"",
        ] {
            let shown = masked(&format!(
                "a hf_{}{gap}{}%2e b",
                &random()[..9],
                &random()[9..]
            ));
            assert!(
                !shown.contains("BcDe") && !shown.contains("mNoP"),
                "{shown}"
            );
            assert!(
                shown.starts_with("a hf_***") && shown.ends_with("%2e b"),
                "{shown}"
            );
        }
        let percent = escaped(|it| format!("%{it:02x}"));
        assert!(!masked(&format!("%68f%5f{percent}")).contains("%61"));
        let plain = format!("é hf_{}", random());
        assert!(masked(&plain).ends_with("*eFgH"), "its end may be shown");
        for html in [
            escaped(|it| format!("&#{it};")),
            escaped(|it| format!("&#x{it:x};")),
        ] {
            let shown = masked(&format!("a&#104;f_{html}b"));
            assert!(
                !shown.contains("&#100") && !shown.contains("&#x64"),
                "{shown}"
            );
        }
        let escaped = escaped(|it| format!("\\u{it:04x}"));
        assert!(!masked(&format!("hf\\x5f{escaped}")).contains("0061"));
    }

    #[test]
    fn other_texts_stay() {
        for text in [
            "é%zz%20a",
            &"Ab".repeat(40),
            &"ab12".repeat(30),
            &"hf_é".repeat(20),
        ] {
            assert_eq!(masked(text), *text);
        }
    }
}
