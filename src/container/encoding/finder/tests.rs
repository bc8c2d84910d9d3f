//! Tests of the finder: what is encoded is found wherever it stands.

use data_encoding::{BASE64, HEXLOWER};

use super::*;

fn literals() -> Vec<Vec<u8>> {
    ["api_org_", "hf_", "oauth_app_secret_"]
        .map(|it| it.as_bytes().to_vec())
        .to_vec()
}

/// What is decoded, at two levels.
fn decoded(bytes: &[u8]) -> Vec<(Vec<Encoding>, String)> {
    let encodings = Encodings::new(&literals(), |_| true);
    let mut all = Vec::new();
    if encodings.first_in(bytes, 0).is_none() {
        return all;
    }
    encodings.each(bytes, 0..bytes.len(), &mut |outer| {
        if let Decoded::Text(outer, text) = outer {
            encodings.each(&text.bytes, 0..text.bytes.len(), &mut |inner| {
                if let Decoded::Text(inner, text) = inner {
                    let text = String::from_utf8_lossy(&text.bytes).into_owned();
                    all.push((vec![outer, inner], text));
                }
            });
            let text = String::from_utf8_lossy(&text.bytes).into_owned();
            all.push((vec![outer], text));
        }
    });
    all
}

fn token() -> String {
    format!("hf_{}", "aZbYcXdWeVfUgThSiRjQkPlOmNnMoLpKqJ")
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[track_caller]
fn check(bytes: &[u8], encodings: &[Encoding]) {
    let found = decoded(bytes);
    let is_right =
        |(by, text): &(Vec<Encoding>, String)| by == encodings && text.contains(&token());
    let by: Vec<_> = found.iter().map(|(by, _)| by).collect();
    assert!(
        found.iter().any(is_right),
        "{encodings:?} is none of {by:?}"
    );
}

#[test]
fn one_encoding_is_found() {
    let token = token();
    let escaped = |escape: &dyn Fn(char) -> String| token.chars().map(escape).collect::<String>();
    for (text, encoding) in [
        (token.replace('_', "\\u005f"), Encoding::Backslash),
        (token.replace('_', "\\x5f"), Encoding::Backslash),
        (token.replace('_', "\\137"), Encoding::Backslash),
        (token.replace('_', "\\_"), Encoding::Backslash),
        (
            escaped(&|it| format!("\\u{:04x}", u32::from(it))),
            Encoding::Backslash,
        ),
        (
            escaped(&|it| format!("\\x{:02x}", u32::from(it))),
            Encoding::Backslash,
        ),
        (
            format!("{}\\\n{}", &token[..20], &token[20..]),
            Encoding::Backslash,
        ),
        (token.replace('_', "%5F"), Encoding::Percent),
        (token.replace('_', "%255f"), Encoding::Percent),
        (
            escaped(&|it| format!("%{:02X}", u32::from(it))),
            Encoding::Percent,
        ),
        (token.replace('_', "&#95;"), Encoding::Html),
        (token.replace('_', "&lowbar;"), Encoding::Html),
        (
            escaped(&|it| format!("&#{};", u32::from(it))),
            Encoding::Html,
        ),
        (token.replace('_', "=5F"), Encoding::QuotedPrintable),
        (
            format!("{}=\r\n{}", &token[..9], &token[9..]),
            Encoding::QuotedPrintable,
        ),
        (
            format!("{}\x1b[0m{}", &token[..9], &token[9..]),
            Encoding::Ansi,
        ),
        (
            format!("{}\x1b[0;31m{}", &token[..2], &token[2..]),
            Encoding::Ansi,
        ),
        (
            format!("'{}' '{}'", &token[..9], &token[9..]),
            Encoding::Joined,
        ),
        (
            format!("(\"{}\"\n   f\"{}\")", &token[..3], &token[3..]),
            Encoding::Joined,
        ),
        (HEXLOWER.encode(token.as_bytes()), Encoding::Hexadecimal),
    ] {
        check(format!("key = '{text}' # more").as_bytes(), &[encoding]);
    }
    check(&utf16(&format!("key: {token}\n")), &[Encoding::Utf16]);
    for before in 0..3 {
        let text = format!("{}{token}", "x".repeat(before));
        check(
            BASE64.encode(text.as_bytes()).as_bytes(),
            &[Encoding::Base64],
        );
    }
}

#[test]
fn two_encodings_are_found() {
    let base64 = |bytes: &[u8]| BASE64.encode(bytes).into_bytes();
    for outer in 0..3 {
        for inner in 0..3 {
            let text = base64(format!("{}{}", "x".repeat(inner), token()).as_bytes());
            let text = base64(&[&b"yyy"[..outer], &text].concat());
            if outer == 0 {
                check(&text, &[Encoding::Base64, Encoding::Base64]);
            }
            check(&text, &[Encoding::Base64, Encoding::Base64]);
        }
    }
    check(
        &base64(&utf16(&format!("echo {}", token()))),
        &[Encoding::Base64, Encoding::Utf16],
    );
    let hex = HEXLOWER.encode(token().as_bytes());
    check(
        &base64(hex.as_bytes()),
        &[Encoding::Base64, Encoding::Hexadecimal],
    );
    let text = String::from_utf8(base64(token().as_bytes())).expect("it is ASCII");
    check(&utf16(&text), &[Encoding::Utf16, Encoding::Base64]);
}

#[test]
fn the_end_of_a_line_may_be_within_a_sign() {
    for before in 0..57 {
        let text = format!("{}{}{}", "y".repeat(before), token(), "z".repeat(60));
        let text = BASE64.encode(text.as_bytes());
        let lines: Vec<&[u8]> = text.as_bytes().chunks(76).collect();
        for end in [&b"\n"[..], b"\r\n", b"\\n"] {
            check(&lines.join(end), &[Encoding::Base64]);
        }
    }
}

#[test]
fn base64_in_base64_is_found_wherever_it_stands() {
    let is_found = |text: &str, encoded: &str| {
        let found = decoded(encoded.as_bytes());
        let twice = [Encoding::Base64; 2];
        found
            .iter()
            .any(|(by, decoded)| *by == twice && decoded.contains(text))
    };
    let token = token();
    for literal in ["api_org_", "hf_", "oauth_app_secret_"] {
        let text = token.replace("hf_", literal);
        for before in 0..9 {
            let inner = format!("{}{text}", &"user:pass"[..before % 3]);
            let inner = format!(
                "{}{}",
                &"a-b"[..before / 3],
                BASE64.encode(inner.as_bytes())
            );
            let outer = BASE64.encode(inner.as_bytes());
            assert!(is_found(&text, &outer), "{literal} {before} {outer}");
        }
    }
    for before in 0..76 {
        let inner = format!("{}{}", "x".repeat(before), BASE64.encode(token.as_bytes()));
        let outer = BASE64.encode(inner.as_bytes()).into_bytes();
        let lines: Vec<_> = outer.chunks(76).map(String::from_utf8_lossy).collect();
        assert!(is_found(&token, &lines.join("\n")), "{before}");
    }
}

#[test]
fn a_sign_whose_neighbours_are_of_another_text_is_chance() {
    for before in 1..3 {
        let text = format!("{}{}", "x".repeat(before), token());
        let text = BASE64.encode(text.as_bytes());
        check(text.as_bytes(), &[Encoding::Base64]);
        let mut chance = text.into_bytes();
        chance[before] = b'A';
        assert_eq!(decoded(&chance), [], "{before}");
    }
}

#[test]
fn a_text_without_signs_is_not_decoded() {
    for text in [
        "",
        "plain text",
        "hf_short\\n",
        "from hf_hub import \"x\" + \"y\"",
        "hf=1&hf_x=%20",
    ] {
        assert_eq!(decoded(text.as_bytes()), [], "{text}");
    }
}
