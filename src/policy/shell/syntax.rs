//! The syntax tree of a script, within bounds.
//!
//! The parser goes on behind an error, and what that takes grows with the square of the
//! errors; so does what a long pipeline takes in memory. Neither comes near these bounds in
//! scripts that people write.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

/// The most pipes in a script.
const MOST_PIPES: usize = 1_500;

/// The tree of a text; none if it is too tangled.
pub(super) fn parse(text: &[u8]) -> Option<Tree> {
    if pipes(text) > MOST_PIPES {
        return None;
    }
    let mut parser = Parser::new();
    let language = tree_sitter_bash::LANGUAGE.into();
    parser.set_language(&language).ok()?;
    // A script takes half a millisecond a kilobyte, on a slow machine a few.
    let longest = Duration::from_secs(1) + Duration::from_millis(10) * kilobytes(text);
    let start = Instant::now();
    let mut go_on = |_: &ParseState| {
        if start.elapsed() > longest {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut go_on);
    let mut rest = |at: usize, _| text.get(at..).unwrap_or_default();
    parser.parse_with_options(&mut rest, None, Some(options))
}

fn kilobytes(text: &[u8]) -> u32 {
    u32::try_from(text.len() / 1024).unwrap_or(u32::MAX)
}

/// How many `|` there are, but for those of `||`.
fn pipes(text: &[u8]) -> usize {
    let mut pipes = 0;
    let mut at = 0;
    while let Some(length) = text
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'|', b'\\', rest))
    {
        at += length;
        match (text[at], text.get(at + 1)) {
            (b'|', Some(b'|')) | (b'\\', _) => at += 2,
            _ => {
                pipes += 1;
                at += 1;
            }
        }
    }
    pipes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pipes_are_counted() {
        assert_eq!(pipes(b"a | b || c |& d \\| e \\|| f |"), 4);
        assert_eq!(pipes(b"\\"), 0);
    }

    #[test]
    fn what_would_take_for_ever_is_given_up() {
        assert!(parse("a|".repeat(100_000).as_bytes()).is_none());
        let start = Instant::now();
        parse("x=(".repeat(50_000).as_bytes());
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}
