//! Runs: where a text has so much without a blank that something may be encoded there.
//!
//! It is the cheap statistic that decides whether the rarer signs are looked for at all:
//! most texts have a blank or a bracket in every few bytes.

use std::ops::Range;

/// A run is at least this long, in bytes. In base64 the token of an organization is as long as
/// that, or longer; twice encoded, or with every letter escaped, every token is.
const SHORTEST: usize = 55;

/// Runs are found by blocks that are full. Those of 63 bytes fill one wherever they begin, and
/// three of four that are shorter by less do. Shorter blocks would find the fourth, too, and
/// cost every text an eighth more.
const BLOCK: usize = 32;

/// In a text of more bytes, runs are looked for only if a sample has one: nearly all that
/// is long and encoded fills more than a sample's distance.
const SAMPLED: usize = 64 << 10;

/// One block in so many is a sample.
const SAMPLE: usize = 64;

/// What stands in runs: base64 and escapes are made of it.
fn is_of_run(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z')
        || matches!(
            byte,
            b'+' | b'/' | b'-' | b'_' | b'\\' | b'%' | b'&' | b'#' | b';' | b'='
        )
}

/// The long runs of a text from a place on, in order.
pub(super) fn long_runs(bytes: &[u8], from: usize) -> impl Iterator<Item = Range<usize>> {
    let is_searched = bytes.len() <= SAMPLED || has_sample(bytes);
    let mut from = if is_searched { from } else { bytes.len() };
    std::iter::from_fn(move || {
        loop {
            // Behind the end of a line, its next block is full at once.
            let ends = bytes.get(from..)?.iter();
            from += ends.take_while(|byte| b"\r\n".contains(byte)).count();
            let at = block(bytes.get(from..)?)? + from;
            let before = bytes[..at]
                .iter()
                .rev()
                .take_while(|byte| is_of_run(**byte));
            let start = at - before.count();
            let end = end_of_run(bytes, at);
            from = end.max(at + 1);
            if end - start >= SHORTEST {
                return Some(start..end);
            }
        }
    })
}

/// The long runs of a text from a place on, with nothing but the ends of lines between those
/// that are in one: so it is with base64 in lines, and to search many of them at once costs a
/// fraction of searching each.
pub(super) fn stretches(bytes: &[u8], from: usize) -> impl Iterator<Item = Range<usize>> {
    let mut runs = long_runs(bytes, from).peekable();
    std::iter::from_fn(move || {
        let mut stretch = runs.next()?;
        while let Some(next) = runs.next_if(|next| is_indent(&bytes[stretch.end..next.start])) {
            stretch.end = next.end;
        }
        Some(stretch)
    })
}

/// Whether bytes are the end of a line, and blanks.
fn is_indent(bytes: &[u8]) -> bool {
    matches!(bytes, [b'\r' | b'\n', rest @ ..] if rest.iter().all(|byte| b"\r\n\t ".contains(byte)))
}

/// Where the run ends that a place is in: at a blank. That is further than its characters
/// go, at times, but many bytes at once can be asked for one.
fn end_of_run(bytes: &[u8], at: usize) -> usize {
    let blocks = bytes[at..].as_chunks::<BLOCK>().0.iter();
    let at = at + BLOCK * blocks.take_while(|block| !has_blank(block)).count();
    let rest = bytes[at..].iter().take_while(|byte| **byte > b' ');
    at + rest.count()
}

fn has_sample(bytes: &[u8]) -> bool {
    bytes
        .as_chunks::<BLOCK>()
        .0
        .iter()
        .step_by(SAMPLE)
        .any(is_full)
}

/// The first block that is full.
fn block(bytes: &[u8]) -> Option<usize> {
    let place = bytes.as_chunks::<BLOCK>().0.iter().position(is_full);
    place.map(|place| place * BLOCK)
}

/// Whether nothing but a run is in a block. Nearly always there is a blank.
fn is_full(block: &[u8; BLOCK]) -> bool {
    !has_blank(block) && block.iter().all(|byte| is_of_run(*byte))
}

/// Whether there is a blank in a block. As this asks all bytes, with no way out between, it
/// is done for many at once: seven times as fast as to ask for the least of them.
fn has_blank(block: &[u8; BLOCK]) -> bool {
    let blanks = block.iter().map(|byte| u8::from(*byte <= b' '));
    blanks.fold(0, |has, is_blank| has | is_blank) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_long_run_is_found() {
        for before in 0..200 {
            for length in [31, 63, 65, 100, 1000] {
                let run = "aB3+/_\\x".repeat(200)[..length].to_owned();
                let text = format!(
                    "{} {run} some text",
                    "word ".repeat(before)[..before].to_owned()
                );
                let found: Vec<_> = long_runs(text.as_bytes(), 0).collect();
                let expected = before + 1..before + 1 + length;
                if length >= SHORTEST {
                    assert_eq!(found, [expected], "{before} {length}");
                } else {
                    assert!(found.is_empty(), "{before} {length}");
                }
            }
        }
    }

    #[test]
    fn lines_of_runs_are_one_stretch() {
        let line = "aB3+".repeat(19);
        for end in ["\n", "\r\n", "\n    "] {
            let lines = [line.as_str(); 5].join(end);
            let text = format!("begin\n{lines}\nend {line}\n");
            let found: Vec<_> = stretches(text.as_bytes(), 0).collect();
            let last = text.len() - 1 - line.len()..text.len() - 1;
            assert_eq!(found, [6..6 + lines.len(), last], "{end:?}");
        }
    }

    #[test]
    fn a_text_without_one_is_passed_over() {
        let text = "fn main() { let an_identifier_of_usual_size = 1; }\n".repeat(100);
        assert_eq!(long_runs(text.as_bytes(), 0).count(), 0);
        assert_eq!(long_runs(b"", 0).count(), 0);
        let large = text.repeat(20) + &"a".repeat(70);
        assert_eq!(long_runs(large.as_bytes(), 0).count(), 0);
        let large = large + &"a".repeat(10_000);
        assert_eq!(long_runs(large.as_bytes(), 0).count(), 1);
        let runs = format!("{} {}", "a".repeat(70), "b".repeat(70));
        assert_eq!(long_runs(runs.as_bytes(), 0).count(), 2);
    }
}
