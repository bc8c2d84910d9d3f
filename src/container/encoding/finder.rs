//! The finder: goes from sign to sign and decodes what is around each.

use std::ops::Range;

use super::runs::stretches;
use super::signs::{Sign, Signs, codes};
use super::{BEFORE, BEHIND, BlockForm, Code, Form, Stretch, base64, signs, wide};
use crate::encoding::Encoding;
use crate::source_map::{Mapped, Rate};

/// The encodings that are looked for, ready to find them.
#[derive(Debug)]
pub(crate) struct Encodings {
    codes: Vec<&'static Code>,
    /// The signs in base64 of what most credentials begin with, and the bytes before each
    /// in its block. The end of a line may be within one.
    in_lines: Vec<BlockForm>,
    /// Which bytes are in one of these forms: few are before the end of a line.
    is_in_form: [bool; 256],
    /// What the rules look for as it is.
    plain: Vec<Vec<u8>>,
    in_bytes: Signs,
    in_runs: Vec<Signs>,
}

/// Something that was decoded.
#[derive(Debug)]
pub(crate) enum Decoded {
    /// A text, and how it was encoded.
    Text(Encoding, Mapped),
    /// The beginning of a container in base64, at this place.
    Packed(usize),
}

/// A run of characters that a token may consist of is looked at again for this many of
/// the literals in it: the others are part of a longer one.
const MOST_IN_RUN: usize = 4;

/// Less of a credential is not decoded. A part of one may be short, if what follows is
/// escaped in another way.
const SHORTEST: usize = 4;

/// What a PNG file begins with, in base64.
const PICTURE: &[u8] = b"iVBORw0KGgo";

impl Encodings {
    /// The encodings that are chosen, for what the rules look for.
    pub(crate) fn new(literals: &[Vec<u8>], is_chosen: impl Fn(Encoding) -> bool) -> Self {
        let codes = codes(is_chosen);
        let in_bytes = Signs::of_bytes(literals, &codes);
        let in_lines = signs::base64_forms(literals, &codes);
        let mut is_in_form = [false; 256];
        for byte in in_lines.iter().flat_map(|form| &form.bytes) {
            is_in_form[usize::from(*byte)] = true;
        }
        Self {
            in_lines,
            is_in_form,
            in_runs: Signs::of_runs(literals, &codes, &in_bytes),
            in_bytes,
            plain: literals.to_vec(),
            codes,
        }
    }

    /// Where the first sign is, encoded or not, from a place on: before it there is
    /// nothing to find. Where there is none, nothing can be found at all.
    pub(crate) fn first_in(&self, bytes: &[u8], from: usize) -> Option<usize> {
        if self.whole(bytes).is_some() {
            return Some(from);
        }
        let first = self.in_bytes.first_in(bytes, from..bytes.len());
        first.or_else(|| {
            let has_sign = |run: &Range<usize>| {
                let mut signs = self.in_run(&bytes[run.clone()]);
                signs.any(|signs| signs.first_in(bytes, run.clone()).is_some())
                    || self.cut_signs(bytes, run.clone()).next().is_some()
            };
            let run = self.runs(bytes, from).find(has_sign)?;
            Some(run.start.max(from))
        })
    }

    /// The signs that may be in a run.
    fn in_run(&self, run: &[u8]) -> impl Iterator<Item = &Signs> {
        self.in_runs.iter().filter(|signs| signs.may_be_in(run))
    }

    /// The long runs from a place on, if the bytes are a text.
    fn runs<'b>(&self, bytes: &'b [u8], from: usize) -> impl Iterator<Item = Range<usize>> + 'b {
        let is_searched = !self.codes.is_empty() && is_text(bytes);
        let runs = is_searched.then(|| stretches(bytes, from));
        runs.into_iter().flatten()
    }

    /// How many bytes behind a sign may belong to what it is a sign of.
    pub(crate) const REACH: usize = BEHIND;

    /// Decodes what is around the signs that begin in `part`, and hands it on. Says whether
    /// there was one that can be read: what a rule looks for, escapes in it or not.
    pub(crate) fn each(
        &self,
        bytes: &[u8],
        part: Range<usize>,
        take: &mut dyn FnMut(Decoded),
    ) -> bool {
        if self.codes.is_empty() {
            return true;
        }
        if let Some(encoding) = self.whole(bytes) {
            take(Decoded::Text(encoding, wide::narrow(bytes, encoding)));
            return true;
        }
        let mut is_readable = false;
        let mut seen = Seen::default();
        for (at, sign) in self.in_bytes.all_from(bytes, part.start) {
            if at >= part.end {
                break;
            }
            is_readable |= sign.is_readable();
            self.sign(sign, bytes, at, &mut seen, take);
        }
        let mut seen = Seen::default();
        for run in self.runs(bytes, part.start) {
            if run.start >= part.end {
                break;
            }
            if let Some(code) = self.codes.iter().find(|it| it.encoding == Encoding::Base64) {
                for (at, lead) in self.cut_signs(bytes, run.clone()) {
                    if part.contains(&at) {
                        block(code, lead, bytes, at, &mut seen, take);
                    }
                }
            }
            let from = run.start.max(part.start);
            let in_run = &bytes[..run.end.min(part.end + Self::REACH)];
            let mut pictures = Vec::new();
            for signs in self.in_run(&in_run[from..]) {
                for (at, sign) in signs.all_from(in_run, from) {
                    if at >= part.end {
                        break;
                    }
                    is_readable |= sign.is_readable();
                    if matches!(sign, Sign::Picture) {
                        pictures.push(at);
                    }
                    self.sign(sign, bytes, at, &mut seen, take);
                }
            }
            pictures.sort_unstable();
            each_picture(bytes, run, &pictures, &mut |at| take(Decoded::Packed(at)));
        }
        is_readable
    }

    /// The signs that the end of a line of base64 is within: in a run, as JSON writes it,
    /// or at its end. They are told by their places and the bytes before them in their
    /// blocks.
    fn cut_signs<'b>(
        &'b self,
        bytes: &'b [u8],
        run: Range<usize>,
    ) -> impl Iterator<Item = (usize, usize)> + 'b {
        let ends = memchr::memchr3_iter(b'\\', b'\r', b'\n', &bytes[run.clone()]);
        let ends = ends.map(move |at| run.start + at);
        let ends = ends.chain(std::iter::once(run.end));
        ends.filter_map(move |end| {
            let last = bytes[..end].last()?;
            if !self.is_in_form[usize::from(*last)] {
                return None;
            }
            let gap = base64::gap(bytes, end)?;
            let behind = bytes.get(end + gap..)?;
            self.in_lines.iter().find_map(|form| {
                let is_cut = |before: &usize| {
                    let (before, rest) = form.bytes.split_at(*before);
                    bytes[..end].ends_with(before) && behind.starts_with(rest)
                };
                let before = (1..form.bytes.len()).find(is_cut)?;
                Some((end - before, form.place.lead))
            })
        })
    }

    /// Decodes what is around a sign.
    fn sign(
        &self,
        sign: Sign,
        bytes: &[u8],
        at: usize,
        seen: &mut Seen,
        take: &mut dyn FnMut(Decoded),
    ) {
        match sign {
            Sign::Plain => self.cut(bytes, at, seen, take),
            Sign::Escaped(code) => self.escaped(code, bytes, at, seen, take),
            Sign::Block(code, place) => block(code, place.lead, bytes, at, seen, take),
            Sign::Packed if is_at_start(bytes, at) => take(Decoded::Packed(at)),
            // Of a picture, the beginning is looked for in its run.
            Sign::Packed | Sign::Picture => {}
        }
    }

    /// The encoding of all of the bytes, where they have one.
    fn whole(&self, bytes: &[u8]) -> Option<Encoding> {
        let is_chosen =
            |encoding: &Encoding| self.codes.iter().any(|code| code.encoding == *encoding);
        wide::whole(bytes).filter(is_chosen)
    }

    /// A literal as it is, whose run may go on behind an escape.
    fn cut(&self, bytes: &[u8], at: usize, seen: &mut Seen, take: &mut dyn FnMut(Decoded)) {
        if !seen.run.contains(&at) {
            let run = bytes[at..]
                .iter()
                .take(BEHIND)
                .take_while(|byte| is_of_token(**byte));
            seen.run = at..at + run.count();
            seen.in_run = 0;
        }
        seen.in_run += 1;
        let end = seen.run.end;
        let Some(opening) = bytes.get(end).filter(|_| seen.in_run <= MOST_IN_RUN) else {
            return;
        };
        for code in &self.codes {
            let Form::Escapes {
                openings, escape, ..
            } = &code.form
            else {
                continue;
            };
            if openings.contains(opening)
                && let Some(it) = escape(bytes, end)
                && it
                    .character
                    .is_none_or(|it| it.is_ascii() && is_of_token(it as u8))
            {
                self.escaped(code, bytes, at, seen, take);
            }
        }
    }

    /// A literal with escapes in it or behind it.
    fn escaped(
        &self,
        code: &'static Code,
        bytes: &[u8],
        at: usize,
        seen: &mut Seen,
        take: &mut dyn FnMut(Decoded),
    ) {
        let Form::Escapes { escape, .. } = &code.form else {
            return;
        };
        // What is around a sign was decoded with it.
        let is_seen = |(encoding, range): &(Encoding, Range<usize>)| {
            *encoding == code.encoding && range.contains(&at)
        };
        if seen.escaped.iter().any(is_seen) {
            return;
        }
        // Most signs are none: the credential comes first, what is around it later.
        let mut credential = Mapped::default();
        let limit = bytes.len().min(at + BEHIND);
        let is_wanted = |text: &Mapped| {
            let is_begun =
                |plain: &Vec<u8>| text.bytes.starts_with(plain) || plain.starts_with(&text.bytes);
            text.bytes.last().is_none_or(|last| is_of_token(*last))
                && (text.bytes.len() > SHORTEST || self.plain.iter().any(is_begun))
        };
        let end = unescape(bytes, at..limit, *escape, &mut credential, is_wanted);
        if credential.bytes.len() <= SHORTEST {
            return;
        }
        let mut text = Mapped::default();
        let start = at.saturating_sub(BEFORE);
        let start =
            memchr::memrchr(b'\n', &bytes[start..at]).map_or(start, |newline| start + newline + 1);
        let reached = unescape(bytes, start..at, *escape, &mut text, |_| true);
        let behind = end..bytes.len().min(end + BEFORE);
        // An escape may reach over the sign, where it is none.
        if reached > at {
            text = Mapped::default();
        }
        unescape(bytes, at..behind.end, *escape, &mut text, |_| true);
        let is_cut = end >= limit && limit < bytes.len();
        let sure_until = if is_cut {
            at + BEHIND / 2
        } else {
            end.max(behind.end.saturating_sub(BEFORE / 2))
        };
        seen.escaped
            .retain(|(encoding, _)| *encoding != code.encoding);
        seen.escaped.push((code.encoding, at..sure_until));
        take(Decoded::Text(code.encoding, text));
    }
}

/// What has been looked at.
#[derive(Debug, Default)]
struct Seen {
    /// A run of characters that a token may consist of.
    run: Range<usize>,
    /// How many literals of it were looked at.
    in_run: usize,
    /// What was decoded around the last sign of each encoding.
    escaped: Vec<(Encoding, Range<usize>)>,
    /// The end of the last stretch of each encoding, and where in its blocks it was.
    blocks: Vec<(Encoding, usize, Range<usize>)>,
}

/// A literal in blocks.
fn block(
    code: &'static Code,
    lead: usize,
    bytes: &[u8],
    at: usize,
    seen: &mut Seen,
    take: &mut dyn FnMut(Decoded),
) {
    let Form::Block { decode, .. } = &code.form else {
        return;
    };
    // Stretches of one alignment overlap only by what a long credential needs.
    let alignment = at.wrapping_sub(lead) % 4;
    let is_seen = |(encoding, other, range): &(Encoding, usize, Range<usize>)| {
        *encoding == code.encoding && *other == alignment && range.contains(&at)
    };
    if seen.blocks.iter().any(is_seen) {
        return;
    }
    let Stretch { text, end } = decode(bytes, at, lead);
    let is_cut = end >= at + BEHIND - 4;
    let sure_until = if is_cut { at + BEHIND / 2 } else { end };
    seen.blocks
        .retain(|(encoding, other, _)| (*encoding, *other) != (code.encoding, alignment));
    seen.blocks.push((code.encoding, alignment, at..sure_until));
    if text.bytes.len() >= SHORTEST {
        take(Decoded::Text(code.encoding, text));
    }
}

/// Decodes `part` of `bytes`, while it is wanted, and gives back where it ended.
fn unescape(
    bytes: &[u8],
    part: Range<usize>,
    escape: fn(&[u8], usize) -> Option<super::Escape>,
    text: &mut Mapped,
    is_wanted: impl Fn(&Mapped) -> bool,
) -> usize {
    let mut place = part.start;
    while place < part.end && is_wanted(text) {
        let Some(found) = escape(bytes, place) else {
            text.push(&bytes[place..=place], place..place + 1, Rate::PLAIN);
            place += 1;
            continue;
        };
        if let Some(character) = found.character {
            let mut utf8 = [0; 4];
            let utf8 = character.encode_utf8(&mut utf8).as_bytes();
            text.push_escape(utf8, place..place + found.length);
        }
        place += found.length;
    }
    place
}

/// Whether a token may have the byte in it.
fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)
}

/// Whether no base64 stands before a place: a container begins where its text does.
fn is_at_start(bytes: &[u8], at: usize) -> bool {
    at == 0 || super::base64::value(bytes[at - 1]).is_none() || bytes[at - 1] == b'/'
}

/// Where PNG files begin in the lines of a run that have a sign of what may be in them.
fn each_picture(bytes: &[u8], run: Range<usize>, signs: &[usize], take: &mut dyn FnMut(usize)) {
    if signs.is_empty() {
        return;
    }
    let ends = memchr::memchr2_iter(b'\r', b'\n', &bytes[run.clone()]);
    let ends = ends.map(|end| run.start + end);
    let mut start = run.start;
    for end in ends.chain(std::iter::once(run.end)) {
        let first = signs.partition_point(|sign| *sign < start);
        if signs.get(first).is_some_and(|sign| *sign < end) {
            let pictures = memchr::memmem::find_iter(&bytes[start..end], PICTURE);
            pictures.for_each(|at| take(start + at));
        }
        start = end + 1;
    }
}

/// Whether bytes are a text: no zero is among the first of them.
fn is_text(bytes: &[u8]) -> bool {
    /// Files of other kinds have one in their header, or soon after it.
    const FIRST: usize = 1024;
    memchr::memchr(0, &bytes[..bytes.len().min(FIRST)]).is_none()
}

#[cfg(test)]
mod tests;
