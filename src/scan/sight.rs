//! Sight: finds the hits of a view, those that are encoded in it too.

use std::ops::Range;
use std::sync::Arc;

use super::Scanner;
use crate::container::encoding::{Decoded, Encodings};
use crate::detect::undivided;
use crate::encoding::Encoding;
use crate::forced::{Stage, panic_if_asked};
use crate::hit::{DecodedText, Hit, Reading};
use crate::source_map::Mapped;
use crate::view::{End, View};

/// Encodings within one another that are looked into. Two are what people do, and files of
/// UTF-16 are one more.
const MOST_LAYERS: usize = 3;

/// What is seen in a view.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The hits, in order of position.
    pub(super) hits: Vec<Hit>,
    /// Where containers begin that are there in base64, in bytes of the blob.
    pub(super) packed: Vec<u64>,
    /// Whether there is something that a person could read as a part of a credential.
    pub(super) is_readable: bool,
}

/// An encoded text, and what it is in.
struct Layer<'l> {
    encoding: Encoding,
    text: &'l Mapped,
    outer: Option<&'l Layer<'l>>,
}

impl Layer<'_> {
    fn depth(&self) -> usize {
        1 + self.outer.map_or(0, Layer::depth)
    }

    /// The encodings, the outermost first.
    fn encodings(&self) -> Vec<Encoding> {
        let mut encodings = self.outer.map_or_else(Vec::new, Layer::encodings);
        encodings.push(self.encoding);
        encodings
    }

    /// Where a part of the text stands in the bytes of the view.
    fn source_of(&self, part: &Range<usize>) -> Range<usize> {
        let source = self.text.source_of(part);
        match self.outer {
            Some(outer) => outer.source_of(&source),
            None => source,
        }
    }
}

impl Scanner {
    /// Finds the hits of a view, and gives back how many of its bytes are decided.
    pub(super) fn see(&self, view: &View<'_>, seen: &mut Seen) -> usize {
        seen.hits.clear();
        seen.is_readable = false;
        if self.encodings.first_in(view.bytes, view.decided).is_none() {
            return view.decidable();
        }
        panic_if_asked(Stage::Scan, || view.bytes);
        let decided = self.engine.find(view, &mut seen.hits);
        let (decided, until) = match view.end {
            End::OfBlob => (decided, decided),
            End::OfView => self.leave(view, decided, &seen.hits),
        };
        seen.hits.retain(|hit| hit.span.start < decided);
        let packed = &mut seen.packed;
        let is_readable = self.decode(
            view.bytes,
            view.decided..until,
            None,
            &mut seen.hits,
            &mut |at| {
                packed.push(view.offset + at as u64);
            },
        );
        seen.is_readable = is_readable || !seen.hits.is_empty();
        // What is encoded is found from the sign nearest to it, whose text may hold more.
        let is_here = |hit: &Hit| hit.span.start < decided && hit.span.end > view.decided;
        seen.hits.retain(is_here);
        tidy(&mut seen.hits);
        decided
    }

    /// Whether anything could be found in some bytes.
    pub(super) fn is_worth_a_look(&self, bytes: &[u8]) -> bool {
        self.encodings.first_in(bytes, 0).is_some()
    }

    /// Where a view that goes on is decided, as the encodings that begin near its end may
    /// go on too; and up to where they are looked for.
    fn leave(&self, view: &View<'_>, decided: usize, hits: &[Hit]) -> (usize, usize) {
        let sure = view.bytes.len().saturating_sub(Encodings::REACH);
        // A view that has only just begun grows no further.
        if decided <= sure || sure <= view.decided {
            return (decided, decided);
        }
        match self.encodings.first_in(view.bytes, sure) {
            Some(left) if left < decided => {
                let left = undivided(hits, left, view.end).max(view.decided);
                if left == view.decided {
                    return (decided, decided);
                }
                (left, left)
            }
            _ => (decided, decided),
        }
    }

    /// Finds the hits in what is encoded in a part of some bytes, and says whether there
    /// was anything that can be read.
    fn decode(
        &self,
        bytes: &[u8],
        part: Range<usize>,
        outer: Option<&Layer<'_>>,
        hits: &mut Vec<Hit>,
        packed: &mut dyn FnMut(usize),
    ) -> bool {
        self.encodings
            .each(bytes, part, &mut |decoded| match decoded {
                Decoded::Packed(at) if outer.is_none() => packed(at),
                // What is packed twice is a text of its own first.
                Decoded::Packed(_) => {}
                Decoded::Text(encoding, text) => {
                    let layer = Layer {
                        encoding,
                        text: &text,
                        outer,
                    };
                    self.find_in(&layer, hits);
                    if layer.depth() < MOST_LAYERS {
                        let all = 0..text.bytes.len();
                        self.decode(&text.bytes, all, Some(&layer), hits, packed);
                    }
                }
            })
    }

    fn find_in(&self, layer: &Layer<'_>, hits: &mut Vec<Hit>) {
        let bytes = &layer.text.bytes;
        let mut found = Vec::new();
        self.engine.find(&View::whole(bytes), &mut found);
        if found.is_empty() {
            return;
        }
        let text = Arc::new(DecodedText {
            bytes: bytes.clone(),
            encodings: layer.encodings(),
        });
        hits.extend(found.into_iter().map(|hit| Hit {
            span: layer.source_of(&hit.span),
            rule: hit.rule,
            decoded: Some(Reading {
                text: Arc::clone(&text),
                span: hit.span,
            }),
            within: None,
        }));
    }

    /// Finds the hits of a text that was taken out of a file, and says where in the file
    /// they stand.
    pub(super) fn see_mapped(&self, text: &Mapped, hits: &mut Vec<Hit>) {
        let mut seen = Seen::default();
        self.see(&View::whole(&text.bytes), &mut seen);
        let whole = Arc::new(DecodedText {
            bytes: text.bytes.clone(),
            encodings: Vec::new(),
        });
        hits.extend(seen.hits.into_iter().map(|hit| Hit {
            span: text.source_of(&hit.span),
            decoded: Some(hit.decoded.unwrap_or_else(|| Reading {
                text: Arc::clone(&whole),
                span: hit.span,
            })),
            rule: hit.rule,
            within: hit.within,
        }));
    }
}

/// Brings hits into order. What can be read in several ways at one place is told in the
/// plainest.
fn tidy(hits: &mut Vec<Hit>) {
    if hits.iter().all(|hit| hit.decoded.is_none()) {
        return;
    }
    hits.sort_by_key(|hit| {
        (
            hit.span.start,
            hit.encodings().len(),
            hit.span.end,
            hit.rule,
        )
    });
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits.drain(..) {
        let is_known = |other: &&Hit| {
            other.rule == hit.rule
                && other.span.start < hit.span.end
                && hit.span.start < other.span.end
        };
        // Only the last few can overlap.
        let known = kept.iter().rev().take(8).any(|other| is_known(&other));
        if !known || hit.decoded.is_none() {
            kept.push(hit);
        }
    }
    *hits = kept;
}
