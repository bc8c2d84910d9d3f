//! An environment file: the variables that it sets, as dotenv and its kin read it.

use std::ops::Range;

/// An environment file.
#[derive(Debug)]
pub(crate) struct EnvFile {
    /// What it sets, in order.
    pub(crate) entries: Vec<Entry>,
}

/// A variable that is set.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Where the name stands.
    pub(crate) key_span: Range<usize>,
    /// The name.
    pub(crate) key: String,
    /// Where the value stands, without its quotes.
    pub(crate) value_span: Range<usize>,
    /// The value, without quotes.
    pub(crate) value: String,
}

impl EnvFile {
    /// Reads a file. A line that sets nothing is read over.
    pub(crate) fn read(text: &[u8]) -> Self {
        let mut entries = Vec::new();
        let mut at = if text.starts_with(b"\xEF\xBB\xBF") {
            3
        } else {
            0
        };
        while at < text.len() {
            let end = end_of_line(text, at);
            let entry = entry(text, at..end);
            // A quoted value may go on behind the line.
            let read = entry.as_ref().map_or(at, |it| it.value_span.end);
            at = if read > end {
                end_of_line(text, read)
            } else {
                end
            } + 1;
            entries.extend(entry);
        }
        Self { entries }
    }
}

fn end_of_line(text: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |length| at + length)
}

/// What a line sets.
fn entry(text: &[u8], line: Range<usize>) -> Option<Entry> {
    let mut start = skip_blanks(text, &line);
    for word in [&b"export "[..], b"set -gx ", b"set "] {
        if text[start..line.end].starts_with(word) {
            start = skip_blanks(text, &(start + word.len()..line.end));
        }
    }
    let is_of_name = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'.');
    let length = text[start..line.end].iter().take_while(|it| is_of_name(it));
    let key_span = start..start + length.count();
    let equals = skip_blanks(text, &(key_span.end..line.end));
    if key_span.is_empty() || equals == line.end || text[equals] != b'=' {
        return None;
    }
    let value_span = value(text, skip_blanks(text, &(equals + 1..line.end))..line.end);
    let told = |span: &Range<usize>| String::from_utf8_lossy(&text[span.clone()]).into_owned();
    Some(Entry {
        key: told(&key_span),
        key_span,
        value: told(&value_span),
        value_span,
    })
}

/// Where the value is that begins somewhere in a line.
fn value(text: &[u8], rest: Range<usize>) -> Range<usize> {
    /// The longest quoted value: a quote that is never closed is not looked for further.
    const LONGEST: usize = 1 << 14;
    let quote = text.get(rest.start).filter(|it| matches!(it, b'"' | b'\''));
    if let Some(quote) = quote.filter(|_| !rest.is_empty()) {
        let inner = rest.start + 1;
        let within = &text[inner..text.len().min(inner + LONGEST)];
        if let Some(length) = memchr::memchr(*quote, within) {
            return inner..inner + length;
        }
    }
    let plain = &text[rest.clone()];
    // A comment begins behind a blank.
    let starts_comment = |place: &usize| {
        plain[*place] == b'#' && (*place == 0 || plain[*place - 1].is_ascii_whitespace())
    };
    let end = (0..plain.len()).find(starts_comment).unwrap_or(plain.len());
    rest.start..rest.start + plain[..end].trim_ascii_end().len()
}

fn skip_blanks(text: &[u8], span: &Range<usize>) -> usize {
    let blanks = text[span.clone()]
        .iter()
        .take_while(|it| matches!(it, b' ' | b'\t'));
    span.start + blanks.count()
}

/// Whether a file of this name shows what an environment file has to set, and sets nothing.
pub(crate) fn is_example(name: &str) -> bool {
    const OF_EXAMPLES: &[&str] = &[
        "example", "examples", "sample", "template", "tmpl", "tpl", "dist", "default", "defaults",
        "schema",
    ];
    let lower = name.to_ascii_lowercase();
    lower
        .split(['.', '-', '_'])
        .any(|part| OF_EXAMPLES.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> Vec<(String, String)> {
        let entries = EnvFile::read(text.as_bytes()).entries.into_iter();
        let checked = entries.inspect(|it| {
            assert_eq!(text[it.key_span.clone()], it.key);
            assert_eq!(text[it.value_span.clone()], it.value);
        });
        checked.map(|it| (it.key, it.value)).collect()
    }

    #[test]
    fn variables_are_read_as_dotenv_does() {
        let text = "\u{feff}A=1\r\n# B=2\nexport C = 'x # y' # z\nD=\n  E=\"two\nlines\"\nF=a#b # c\n\
                    not a line\nG='open\nH=\n=x\nI=#c\nJ-k.l=\"\"\nset -gx M n\nlast=x";
        let expected = [
            ("A", "1"),
            ("C", "x # y"),
            ("D", ""),
            ("E", "two\nlines"),
            ("F", "a#b"),
            ("G", "'open"),
            ("H", ""),
            ("I", ""),
            ("J-k.l", ""),
            ("last", "x"),
        ];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(entries(text), expected);
        assert_eq!(entries(""), []);
    }

    #[test]
    fn examples_are_told_by_name() {
        for name in [
            ".env.example",
            ".env.sample",
            "example.env",
            ".env-template",
            ".env.dist",
        ] {
            assert!(is_example(name), "{name}");
        }
        for name in [
            ".env",
            ".env.local",
            ".env.production",
            "prod.env",
            ".envrc",
        ] {
            assert!(!is_example(name), "{name}");
        }
    }
}
