//! Runs: where a text has so much without a blank that something may be encoded there.
//!
//! It is the cheap statistic that decides whether the rarer signs are looked for at all:
//! most texts have a blank or a bracket in every few bytes.

use std::ops::Range;

/// A run is at least this long, in bytes. Twice encoded, or with every letter escaped,
/// the shortest token is longer.
const SHORTEST: usize = 64;

/// Where a run is looked for: once in so many bytes, which any run reaches over.
const STEP: usize = 56;

/// What stands in runs: base64 and escapes are made of it.
const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let others = b"+/-_\\%&#;=";
        let mut is_of_run = (byte as u8).is_ascii_alphanumeric();
        let mut other = 0;
        while other < others.len() {
            is_of_run |= byte == others[other] as usize;
            other += 1;
        }
        class[byte] = is_of_run as u8;
        byte += 1;
    }
    class
};

fn is_of_run(byte: u8) -> bool {
    CLASS[usize::from(byte)] == 1
}

/// The long runs of a text from a place on, in order.
pub(super) fn long_runs(bytes: &[u8], from: usize) -> impl Iterator<Item = Range<usize>> {
    let mut from = from;
    std::iter::from_fn(move || {
        loop {
            let at = candidate(bytes.get(from..)?)? + from;
            let before = bytes[..at]
                .iter()
                .rev()
                .take_while(|byte| is_of_run(**byte));
            let start = at - before.count();
            let behind = bytes[at..].iter().take_while(|byte| is_of_run(**byte));
            let end = at + behind.count();
            from = end.max(at + 1);
            if end - start >= SHORTEST {
                return Some(start..end);
            }
        }
    })
}

/// The first place at which a run may be, of all that are looked at.
fn candidate(bytes: &[u8]) -> Option<usize> {
    let steps = bytes.chunks_exact(STEP);
    let rest = bytes.len() - steps.remainder().len();
    let is_candidate = |step: &[u8]| {
        // A few bytes tell nearly always, and without a branch for each.
        let [first, .., last] = step[..8] else {
            return false;
        };
        let of_run = CLASS[usize::from(first)]
            & CLASS[usize::from(step[2])]
            & CLASS[usize::from(step[5])]
            & CLASS[usize::from(last)];
        of_run == 1 && step[..8].iter().all(|byte| is_of_run(*byte))
    };
    let mut steps = steps;
    match steps.position(is_candidate) {
        Some(place) => Some(place * STEP),
        None => (bytes.len() - rest >= 8
            && bytes[rest..rest + 8].iter().all(|byte| is_of_run(*byte)))
        .then_some(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_long_run_is_found() {
        for before in 0..200 {
            for length in [63, 64, 65, 100, 1000] {
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
    fn a_text_without_one_is_passed_over() {
        let text = "fn main() { let some_identifier_of_a_usual_length = 1; }\n".repeat(100);
        assert_eq!(long_runs(text.as_bytes(), 0).count(), 0);
        assert_eq!(long_runs(b"", 0).count(), 0);
        let runs = format!("{} {}", "a".repeat(70), "b".repeat(70));
        assert_eq!(long_runs(runs.as_bytes(), 0).count(), 2);
    }
}
