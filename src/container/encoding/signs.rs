//! Signs: the literals by which encoded credentials are found, made from what the rules
//! look for.
//!
//! Few are looked for in every byte, as many as cost nothing. The others are looked for
//! where a text has a long run, which all that they are signs of is in.

use super::{BlockForm, CODES, Code, Form};
use crate::encoding::Encoding;
use crate::literals::Literals;

/// What a literal is a sign of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sign {
    /// What a rule looks for. It may be cut by an escape behind it.
    Plain,
    /// The same, with escapes in it.
    Escaped(&'static Code),
    /// The same in blocks, so many bytes behind the beginning of one; or blocks again.
    Block(&'static Code, usize),
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
}

/// Literals and what they are signs of.
#[derive(Debug)]
pub(super) struct Signs {
    signs: Vec<Sign>,
    pub(super) literals: Literals,
}

impl Signs {
    fn new(pairs: Vec<(Vec<u8>, Sign)>) -> Self {
        let mut texts: Vec<Vec<u8>> = Vec::new();
        let mut signs = Vec::new();
        for (text, sign) in pairs {
            // What begins with another literal is found with it.
            if !texts.iter().any(|known| text.starts_with(known)) {
                texts.push(text);
                signs.push(sign);
            }
        }
        Self {
            signs,
            literals: Literals::new(texts),
        }
    }

    /// What the literal of that number is a sign of.
    pub(super) fn sign(&self, literal: usize) -> Sign {
        self.signs[literal]
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
        Self::new(pairs)
    }

    /// The signs that are looked for in the long runs of texts only.
    pub(super) fn of_runs(literals: &[Vec<u8>], codes: &[&'static Code]) -> Vec<Self> {
        /// More literals are found at a third of the speed, and more than four times as many
        /// by an automaton, at a tenth.
        const FEW: usize = 16;
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
                // In base64 there may be any encoding, and in digits base64.
                if is_shortest {
                    for (inner, _) in blocks(literal, code) {
                        let is_base64 = code.encoding == Encoding::Base64;
                        let outers = [base64, hex.filter(|_| is_base64)];
                        let outers = outers.into_iter().flatten();
                        pairs.extend(outers.flat_map(|outer| blocks(&inner, outer)));
                    }
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
        let few = pairs.chunks(FEW).map(|pairs| Self::new(pairs.to_vec()));
        few.collect()
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
        .map(|form| (form.bytes, Sign::Block(code, form.lead)))
        .collect()
}

/// The forms in base64 of what most credentials begin with.
pub(super) fn base64_forms(literals: &[Vec<u8>], codes: &[&'static Code]) -> Vec<BlockForm> {
    let base64 = codes.iter().find(|code| code.encoding == Encoding::Base64);
    match (base64.map(|code| &code.form), shortest(literals)) {
        (Some(Form::Block { forms, .. }), Some(literal)) => forms(literal),
        _ => Vec::new(),
    }
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
