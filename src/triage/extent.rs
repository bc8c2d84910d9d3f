//! The extent of a token: how much of the run that a rule matches is the token,
//! and why the run goes on behind it.
//!
//! A run is greedy, and some formats put letters right behind a text: the next
//! instruction of a pickle, the next field of a record. The finding is the run; its
//! identity must be the token's, or the same token would have two.

use std::ops::Range;

use crate::jwt::Jwt;
use crate::reason::Tail;
use crate::rule::Credential;

/// How much of a run is the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Bytes of the token, from the start of the run.
    pub(crate) length: usize,
    /// Why the run is longer, if it is.
    pub(crate) tail: Option<Tail>,
}

/// A text with a length before it is this long at most, in bytes, where a token is
/// looked for at its end.
const LONGEST_TEXT: usize = 4096;

/// A pickle's instructions to note a text for later use, under a number of one byte
/// and of four.
const BINPUT: u8 = b'q';
const LONG_BINPUT: u8 = b'r';

/// The extent of the token whose run is at `span` of `bytes`.
pub(crate) fn extent(credential: &Credential, bytes: &[u8], span: &Range<usize>) -> Extent {
    let run = &bytes[span.clone()];
    let whole = Extent {
        length: run.len(),
        tail: None,
    };
    if memchr::memchr(b'.', run).is_some() {
        let known = jwt_extent(credential, run).or_else(|| extent_of_any_length(bytes, span));
        return known.unwrap_or(whole);
    }
    let Some(issued) = credential.issued else {
        return whole;
    };
    let length = credential.literal.len() + issued.length;
    if run.len() <= length {
        return whole;
    }
    let end = span.start + length;
    counted(bytes, span.start, end..end + 1)
        .or_else(|| noted(bytes, span, length))
        .unwrap_or(whole)
}

fn jwt_extent(credential: &Credential, run: &[u8]) -> Option<Extent> {
    let literal = credential.literal.as_bytes();
    let length = literal.len() + Jwt::read(run.strip_prefix(literal)?)?.length;
    let tail = (length < run.len()).then_some(Tail::Signature);
    Some(Extent { length, tail })
}

/// The extent of a token of unknown length, if something counts its bytes.
fn extent_of_any_length(bytes: &[u8], span: &Range<usize>) -> Option<Extent> {
    /// What is glued to a text and still of its class is no longer than this.
    const LONGEST_TAIL: usize = 16;
    let is_binary = |byte: &&u8| !(byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    // Of other bytes, some would be the number of some bytes by chance.
    bytes[..span.start].last().filter(is_binary)?;
    let ends = span.end.saturating_sub(LONGEST_TAIL).max(span.start + 1)..span.end;
    counted(bytes, span.start, ends)
}

/// The extent of a token that begins at `start` and, as its length stands before
/// it, ends at one of `ends`, behind which its run goes on.
fn counted(bytes: &[u8], start: usize, ends: Range<usize>) -> Option<Extent> {
    if let Some(end) = end_of_pickled_text(bytes, start, &ends) {
        let tail = match bytes[end] {
            BINPUT | LONG_BINPUT => Tail::Pickle,
            _ => Tail::Counted,
        };
        return Some(Extent {
            length: end - start,
            tail: Some(tail),
        });
    }
    let mut ends = ends.rev();
    let end = ends.find(|&end| is_counted_token(bytes, start, end))?;
    Some(Extent {
        length: end - start,
        tail: Some(Tail::Counted),
    })
}

/// The extent of a token of `length` bytes whose run has one byte more, which looks
/// like the instruction to note a text, with the number under which it is noted.
fn noted(bytes: &[u8], span: &Range<usize>, length: usize) -> Option<Extent> {
    let instruction = bytes[span.start + length];
    // Every third number is a character of text; then it could be anything.
    let number = bytes.get(span.end)?;
    let is_text = matches!(number, b'\t' | b'\n' | b'\r' | b'\x1b' | b' '..=b'~');
    let is_number = number.is_ascii() && !is_text;
    let is_noted = matches!(instruction, BINPUT | LONG_BINPUT) && is_number;
    (is_noted && span.len() == length + 1).then_some(Extent {
        length,
        tail: Some(Tail::Pickle),
    })
}

/// Where a pickle's text ends, if that is at one of `ends`: an instruction and the
/// number of bytes up to there stand before. The token, which begins at `start`,
/// need not be all of it.
fn end_of_pickled_text(bytes: &[u8], start: usize, ends: &Range<usize>) -> Option<usize> {
    let count = |at: usize, size: usize| {
        let count = bytes.get(at..at + size)?.iter().rev();
        Some(count.fold(0_usize, |count, byte| count << 8 | usize::from(*byte)))
    };
    (start.saturating_sub(LONGEST_TEXT)..start).find_map(|at| {
        let size = match bytes[at] {
            // SHORT_BINUNICODE.
            0x8c => 1,
            // SHORT_BINSTRING and SHORT_BINBYTES are letters, which with a number
            // behind them stand in any long text, so the token must follow.
            b'U' | b'C' if at + 2 == start => 1,
            // BINUNICODE, BINSTRING, BINBYTES, the little end first.
            b'X' | b'T' | b'B' => 4,
            _ => return None,
        };
        let end = at + 1 + size + count(at + 1, size)?;
        ends.contains(&end).then_some(end)
    })
}

/// Whether the number of the token's bytes stands right before it: in one byte,
/// in four or eight with the little end first, in a varint of two, or in digits with
/// a colon.
pub(super) fn is_counted_token(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = &bytes[..start];
    let length = end - start;
    let varint = |length: usize| {
        Some([
            u8::try_from(length & 0x7f | 0x80).ok()?,
            u8::try_from(length >> 7).ok()?,
        ])
    };
    if before.ends_with(format!("{length}:").as_bytes())
        || length > 0x7f && varint(length).is_some_and(|varint| before.ends_with(&varint))
    {
        return true;
    }
    let Ok(count) = u8::try_from(length) else {
        return false;
    };
    before.ends_with(&[count, 0, 0, 0])
        || before.ends_with(&[count, 0, 0, 0, 0, 0, 0, 0])
        || before.ends_with(&[count])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule_set::RuleSet;

    fn told(before: &[u8], run: &str, after: &[u8]) -> (usize, Option<Tail>) {
        let rules = RuleSet::embedded();
        let rule = rules.get("VNX-SEC-027").expect("the rule is embedded");
        let bytes = [before, run.as_bytes(), after].concat();
        let span = before.len()..before.len() + run.len();
        let credential = rule.credential().expect("it is a credential's");
        let Extent { length, tail } = extent(credential, &bytes, &span);
        (length, tail)
    }

    fn token() -> String {
        format!("hf_{}", "aZbYcXdWeVfUgThSiRjQkPlOmNnMoLpKqJ")
    }

    #[test]
    fn a_pickle_s_next_instruction_is_no_part_of_the_token() {
        let token = token();
        for (before, tail, after) in [
            (&b"X\x25\0\0\0"[..], "q", &b"\x05"[..]),
            (b"X\x25\0\0\0", "qA", b"\x8c"),
            (b"X\x25\0\0\0", "qAX", b"\x05\0"),
            (b"X\x25\0\0\0", "r", b"\x05\x01\0\0"),
            (b"U\x25", "q", b"\x01"),
            (b"X\x31\0\0\0pass --token ", "q", b"\x05"),
            (b"", "q", b"\x05"),
        ] {
            let run = format!("{token}{tail}");
            assert_eq!(
                told(before, &run, after),
                (37, Some(Tail::Pickle)),
                "{before:?} {tail}"
            );
        }
    }

    #[test]
    fn a_length_ends_the_token() {
        let token = token();
        for (before, tail) in [
            (&b"X\x25\0\0\0"[..], "uX"),
            (b"\xda\x25", "N"),
            (b"\x12\x25", "B"),
            (b"\x25\0\0\0", "next"),
            (b"\x25\0\0\0\0\0\0\0", "next"),
            (b"5:token37:", "4"),
        ] {
            let run = format!("{token}{tail}");
            assert_eq!(
                told(before, &run, b""),
                (37, Some(Tail::Counted)),
                "{before:?} {tail}"
            );
        }
    }

    #[test]
    fn a_run_that_nothing_explains_is_one_token() {
        let token = token();
        for (before, tail, after) in [
            (&b"token = '"[..], "q", &b"'"[..]),
            (b"X\x24\0\0\0", "q", b"'"),
            (b"", "q", b"\xc3\xa9"),
            (b"", "qr", b"\x05"),
            (b"", "a", b"\x05"),
            (b"X\x25\0\0\0", "", b"q\x05"),
        ] {
            let run = format!("{token}{tail}");
            assert_eq!(
                told(before, &run, after),
                (run.len(), None),
                "{before:?} {tail}"
            );
        }
    }
}
