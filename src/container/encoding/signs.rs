//! Signs: the literals by which encoded credentials are found, made from what the rules
//! look for.
//!
//! Few are looked for in every byte, as many as cost nothing. The others are looked for
//! where a text has a long run, which all that they are signs of is in.

use std::ops::Range;

use super::{BlockForm, CODES, Code, Edge, Form, Place};
use crate::encoding::Encoding;
use crate::literals::{Found, Literals};

/// What a literal is a sign of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sign {
    /// What a rule looks for. It may be cut by an escape behind it.
    Plain,
    /// The same, with escapes in it.
    Escaped(&'static Code),
    /// The same in blocks, or blocks again.
    Block(&'static Code, Place),
    /// The first bytes of a container, in base64.
    Packed,
    /// A packed text of a PNG file, in base64. Its pixels need not be decoded to be sure that
    /// it has none.
    Picture,
}

impl Sign {
    /// Whether a person can read what it is a sign of.
    pub(super) fn is_readable(self) -> bool {
        matches!(self, Self::Plain | Self::Escaped(_))
    }

    /// Whether what stands beside `sign` speaks against it. Three characters of base64 are
    /// there by chance in every text of some length, and six that are right are not.
    fn is_chance(self, bytes: &[u8], sign: Range<usize>) -> bool {
        let Self::Block(_, place) = self else {
            return false;
        };
        let [before, behind] = place.edges;
        let first = sign.start.checked_sub(1).and_then(|at| bytes.get(at));
        !before.fits(first) || !behind.fits(bytes.get(sign.end))
    }
}

/// Literals and what they are signs of.
#[derive(Debug)]
pub(super) struct Signs {
    /// What each of the literals is a sign of.
    by_literal: Vec<Sign>,
    literals: Literals,
    /// None of them is where none of these bytes is, if there are any.
    openings: &'static [u8],
}

impl Signs {
    fn new(pairs: Vec<(Vec<u8>, Sign)>, openings: &'static [u8]) -> Self {
        let mut texts: Vec<Vec<u8>> = Vec::new();
        let mut signs = Vec::new();
        for (text, sign) in pairs {
            // What begins with another literal is found with it, whatever stands behind it.
            if let Some(known) = texts.iter().position(|known| text.starts_with(known)) {
                if let Sign::Block(_, place) = &mut signs[known] {
                    place.edges = [Edge::default(); 2];
                }
            } else {
                texts.push(text);
                signs.push(sign);
            }
        }
        Self {
            by_literal: signs,
            literals: Literals::new(texts),
            openings,
        }
    }

    /// Whether there may be any in some bytes.
    pub(super) fn may_be_in(&self, bytes: &[u8]) -> bool {
        let stands = |opening: &u8| memchr::memchr(*opening, bytes).is_some();
        self.openings.is_empty() || self.openings.iter().any(stands)
    }

    /// All that begin from a place on, and where.
    pub(super) fn all_from(
        &self,
        bytes: &[u8],
        from: usize,
    ) -> impl Iterator<Item = (usize, Sign)> {
        let found = self.literals.all_from(bytes, from);
        found.filter_map(|Found { literal, start }| {
            let sign = self.by_literal[literal];
            let end = start + self.literals.texts()[literal].len();
            (!sign.is_chance(bytes, start..end)).then_some((start, sign))
        })
    }

    /// Where the first one is in a part of some bytes.
    pub(super) fn first_in(&self, bytes: &[u8], part: Range<usize>) -> Option<usize> {
        let mut signs = self.all_from(&bytes[..part.end], part.start);
        signs.next().map(|(start, _)| start)
    }

    /// The signs that are looked for in every byte. As many as 16 are found by the packed
    /// search at the cost of one; with one more it is three times as slow.
    pub(super) fn of_bytes(literals: &[Vec<u8>], codes: &[&'static Code]) -> Self {
        let plain = literals
            .iter()
            .map(|literal| (literal.clone(), Sign::Plain));
        let mut pairs: Vec<(Vec<u8>, Sign)> = plain.collect();
        if let Some(literal) = shortest(literals) {
            for code in codes {
                pairs.extend(stems(literal, code));
                pairs.extend(blocks(literal, code));
                // The one way to write a first letter that does not make a run long.
                if code.encoding == Encoding::Backslash {
                    pairs.extend(initials(literal, code).into_iter().take(1));
                }
            }
        }
        Self::new(pairs, &[])
    }

    /// The signs that are looked for in the long runs of texts only, without those that are
    /// found `everywhere`.
    pub(super) fn of_runs(
        literals: &[Vec<u8>],
        codes: &[&'static Code],
        everywhere: &Self,
    ) -> Vec<Self> {
        /// More literals are found at a third of the speed, and more than four times as many
        /// by an automaton, at a tenth.
        const FEW: usize = 16;
        /// What escapes begin with is in few runs, and each of these is searched for faster
        /// than signs are. The last are those of all runs.
        const OPENINGS: [&[u8]; 4] = [b"\\", b"%&", b"=\x1b", b""];
        let mut pairs = Vec::new();
        let code = |encoding| codes.iter().find(|code| code.encoding == encoding);
        let (base64, hex) = (code(Encoding::Base64), code(Encoding::Hexadecimal));
        for literal in literals {
            let is_shortest = Some(literal) == shortest(literals);
            for code in codes {
                if !is_shortest && !is_wide(code) {
                    pairs.extend(stems(literal, code));
                    pairs.extend(blocks(literal, code));
                }
                pairs.extend(initials(literal, code));
                // In base64 there may be any encoding, and in digits base64; of what few
                // credentials begin with, it is base64 in base64.
                let is_base64 = code.encoding == Encoding::Base64;
                let in_base64 = base64.filter(|_| is_shortest || is_base64);
                let in_digits = hex.filter(|_| is_shortest && is_base64);
                for (inner, _) in blocks(literal, code) {
                    let outers = [in_base64, in_digits].into_iter().flatten();
                    pairs.extend(outers.flat_map(|outer| blocks(&inner, outer)));
                }
            }
        }
        if let Some(base64) = base64 {
            let first = |text: &[u8]| blocks(text, base64).into_iter().next();
            let mut packed: Vec<_> = PACKED.iter().filter_map(|magic| first(magic)).collect();
            // Helm keeps its releases so.
            let twice = packed.first().and_then(|(gzip, _)| first(gzip));
            packed.extend(twice);
            pairs.extend(packed.into_iter().map(|(text, _)| (text, Sign::Packed)));
            let pictures = PICTURE.iter().flat_map(|chunk| blocks(chunk, base64));
            pairs.extend(pictures.map(|(text, _)| (text, Sign::Picture)));
        }
        pairs.retain(|(text, _)| !everywhere.literals.texts().contains(text));
        let mut all = Vec::new();
        for openings in OPENINGS {
            let has_one = |text: &[u8]| text.iter().any(|byte| openings.contains(byte));
            let (these, others) = pairs
                .into_iter()
                .partition(|(text, _)| openings.is_empty() || has_one(text));
            let these: Vec<_> = these;
            let few = these.chunks(FEW);
            all.extend(few.map(|pairs| Self::new(pairs.to_vec(), openings)));
            pairs = others;
        }
        all
    }
}

fn is_wide(code: &Code) -> bool {
    matches!(code.encoding, Encoding::Utf16 | Encoding::Utf32)
}

/// What containers begin with that are put into base64: gzip, zip, zstd, xz and PDF.
const PACKED: [&[u8]; 5] = [
    b"\x1f\x8b\x08",
    b"PK\x03\x04",
    b"\x28\xb5\x2f\xfd",
    b"\xfd7zXZ",
    b"%PDF-",
];

/// The chunks of a PNG file that may hold packed texts.
const PICTURE: [&[u8]; 2] = [b"zTXt", b"iTXt"];

/// Most credentials begin with the shortest of the literals, and the longer ones are
/// told apart by less than all of them.
fn shortest(literals: &[Vec<u8>]) -> Option<&Vec<u8>> {
    literals.iter().min_by_key(|literal| literal.len())
}

/// The letters that a literal begins with, and an escape behind them, which stands for
/// what is no letter: `hf\`.
fn stems(literal: &[u8], code: &'static Code) -> Vec<(Vec<u8>, Sign)> {
    let Form::Escapes { openings, .. } = code.form else {
        return Vec::new();
    };
    // String literals end in many places.
    if code.encoding == Encoding::Joined {
        return Vec::new();
    }
    let letters = literal
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric());
    let stem = &literal[..letters.count()];
    let stem = |opening| ([stem, &[opening]].concat(), Sign::Escaped(code));
    openings.iter().copied().map(stem).collect()
}

/// The ways to write the first letter of a literal.
fn initials(literal: &[u8], code: &'static Code) -> Vec<(Vec<u8>, Sign)> {
    let (Form::Escapes { forms, .. }, [first, ..]) = (&code.form, literal) else {
        return Vec::new();
    };
    let forms = forms(*first).into_iter();
    forms
        .map(|form| (form.into_bytes(), Sign::Escaped(code)))
        .collect()
}

/// The forms of a literal in blocks.
fn blocks(literal: &[u8], code: &'static Code) -> Vec<(Vec<u8>, Sign)> {
    let Form::Block { forms, .. } = code.form else {
        return Vec::new();
    };
    let forms = forms(literal).into_iter();
    forms
        .map(|form| (form.bytes, Sign::Block(code, form.place)))
        .collect()
}

/// The forms in base64 of what most credentials begin with, and of these forms in turn.
pub(super) fn base64_forms(literals: &[Vec<u8>], codes: &[&'static Code]) -> Vec<BlockForm> {
    let base64 = codes.iter().find(|code| code.encoding == Encoding::Base64);
    let (Some(Form::Block { forms, .. }), Some(literal)) =
        (base64.map(|code| &code.form), shortest(literals))
    else {
        return Vec::new();
    };
    let once = forms(literal);
    let twice = once.iter().flat_map(|form| forms(&form.bytes));
    let twice: Vec<_> = twice.collect();
    once.into_iter().chain(twice).collect()
}

/// The codes of some encodings.
pub(super) fn codes(is_chosen: impl Fn(Encoding) -> bool) -> Vec<&'static Code> {
    CODES
        .into_iter()
        .filter(|code| is_chosen(code.encoding))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Engine;
    use crate::rule_set::RuleSet;

    #[test]
    fn the_signs_in_every_byte_are_few() {
        let engine = Engine::new(&RuleSet::embedded());
        let signs = Signs::of_bytes(engine.literals(), &codes(|_| true));
        assert!(
            signs.literals.texts().len() <= 16,
            "{:?}",
            signs.literals.texts()
        );
    }
}
