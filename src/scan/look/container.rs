//! Containers: has the format of something that can be read again hand on what is in it.

use std::io::{self, Read};

use super::{Item, LARGEST_KEPT, Look};
use crate::blob::Content;
use crate::budget::LimitReached;
use crate::container::encoding::base64_stream;
use crate::container::format::{Format, Likeness, Members, Open, OpenError, TakePiece};
use crate::container::raw::Gone;
use crate::container::store::Store;
use crate::scan::clerk::Clerk;
use crate::scan::opening::{BY_CHANCE, Opening};
use crate::scan::sight::Seen;
use crate::view::View;

/// The largest file, in bytes, of which the texts are told apart. A larger one is scanned as
/// it stands, and nothing of it is lost but their places.
const LARGEST_PIECES: u64 = 24 << 20;

impl<C: Clerk> Look<'_, C> {
    /// Opens a container that can be read again.
    pub(super) fn open(
        &self,
        item: Item<'_>,
        format: &Format,
        likeness: Likeness,
        content: &mut Content<'_>,
    ) -> Option<LimitReached> {
        match format.open {
            Open::Stream(open) => self.opening(item, likeness, &mut |members| {
                with_stream(content, |stream| open(stream, members))
                    .unwrap_or_else(|error| Err(OpenError::read(format.name)(error)))
            }),
            Open::Anywhere(open) => self.with_store(item, format, content, |store| {
                self.opening(item, likeness, &mut |members| open(store, members))
            }),
            Open::Pieces(pieces) => self.with_store(item, format, content, |store| {
                self.pieces(item, format, pieces, store);
                None
            }),
            Open::Without(feature) => {
                self.unscanned(
                    item.origin,
                    format!(
                        "{}: this build cannot open it; build hfleaks with the feature {feature}",
                        format.name
                    ),
                );
                None
            }
        }
    }

    /// Lets a format hand on its members.
    pub(super) fn opening(
        &self,
        item: Item<'_>,
        likeness: Likeness,
        open: &mut dyn FnMut(&mut dyn Members) -> Result<(), OpenError>,
    ) -> Option<LimitReached> {
        let origin = item.origin;
        let budget = self.budget(item.nest);
        let depth = budget.limits().depth;
        if item.nest.depth >= depth {
            self.unscanned(origin, LimitReached::Depth(depth).to_string());
            return None;
        }
        let mut opening = Opening {
            look: self,
            origin,
            nest: item.nest.deeper(),
            likeness,
            budget,
            unpacked: 0,
            limit: None,
        };
        let result = open(&mut opening);
        let Opening {
            unpacked, limit, ..
        } = opening;
        match result {
            Ok(()) => limit,
            // Where it was reached, it was told.
            Err(OpenError::Limit(_)) if limit.is_some() => limit,
            Err(OpenError::Limit(limit)) => {
                self.unscanned(origin, limit.to_string());
                Some(limit)
            }
            Err(_) if likeness == Likeness::Maybe && unpacked < BY_CHANCE => None,
            Err(error) => {
                self.unscanned(origin, error.to_string());
                None
            }
        }
    }

    /// Opens what stands in base64 at a place.
    pub(super) fn packed(
        &self,
        item: Item<'_>,
        content: &mut Content<'_>,
        at: u64,
    ) -> Option<LimitReached> {
        let result = with_stream(content, |stream| {
            io::copy(&mut stream.take(at), &mut io::sink())?;
            let mut decoded = self.budget(item.nest).meter(base64_stream(stream));
            let limit = self.opening(item, Likeness::Maybe, &mut |members| {
                members.member(b"<base64>", &mut decoded)
            });
            io::Result::Ok(limit)
        });
        match result.and_then(|result| result) {
            Ok(limit) => limit,
            Err(error) => {
                let reason = format!("cannot read base64 at byte {at}: {error}");
                self.unscanned(item.origin, reason);
                None
            }
        }
    }

    /// Reads a container here and there: a large object of git is kept in memory for it.
    fn with_store(
        &self,
        item: Item<'_>,
        format: &Format,
        content: &mut Content<'_>,
        read: impl FnOnce(&mut Store<'_>) -> Option<LimitReached>,
    ) -> Option<LimitReached> {
        let missed = |reason: String| {
            self.unscanned(item.origin, reason);
            None
        };
        let failed = |error: io::Error| missed(format!("cannot read {}: {error}", format.name));
        match content {
            Content::Bytes(bytes) => read(&mut Store::of_bytes(bytes)),
            Content::File(file) => match Store::of_file(file) {
                Ok(mut store) => read(&mut store),
                Err(error) => failed(error),
            },
            Content::Replay(_) | Content::Stream(_) => {
                if let Err(limit) = self.budget(item.nest).claim(LARGEST_KEPT) {
                    return missed(limit.to_string());
                }
                let mut bytes = Vec::new();
                let kept = with_stream(content, |stream| {
                    stream.take(LARGEST_KEPT + 1).read_to_end(&mut bytes)
                });
                match kept.and_then(|kept| kept) {
                    Ok(_) if bytes.len() as u64 <= LARGEST_KEPT => {
                        read(&mut Store::of_bytes(&bytes))
                    }
                    Ok(_) => missed(format!(
                        "{} of more than {} MiB in a git object: only its bytes as they are were \
                         scanned",
                        format.name,
                        LARGEST_KEPT >> 20
                    )),
                    Err(error) => failed(error),
                }
            }
        }
    }

    /// Looks through the texts of a file that says where in it they stand.
    fn pieces(
        &self,
        item: Item<'_>,
        format: &Format,
        pieces: fn(&[u8], TakePiece<'_>),
        store: &mut Store<'_>,
    ) {
        let length = store.length();
        // What its texts and their maps need is a multiple of it.
        let claim = self.budget(item.nest).claim(length.saturating_mul(7));
        if length > LARGEST_PIECES || claim.is_err() {
            return;
        }
        let bytes = match store.read_at(0, length) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.unscanned(item.origin, format!("cannot read {}: {error}", format.name));
                return;
            }
        };
        let mut seen = Seen::default();
        pieces(&bytes, &mut |text, within| {
            let first = seen.hits.len();
            self.scanner.see_mapped(text, &mut seen.hits);
            for hit in &mut seen.hits[first..] {
                let at = hit.decoded.as_ref().map(|reading| reading.span.start);
                let is_plain = hit.encodings().is_empty();
                let at = at
                    .filter(|_| is_plain)
                    .unwrap_or_else(|| text.text_at(hit.span.start));
                hit.within = within(at);
            }
        });
        if seen.hits.is_empty() {
            return;
        }
        seen.hits.sort_by_key(|hit| hit.span.start);
        let mut file = self.clerk.borrow().open(item.class);
        let view = View::whole(&bytes);
        self.view(&mut file, item.origin, &view, &seen, bytes.len(), &mut Gone);
        self.clerk.borrow_mut().close(file, item.origin);
    }
}

/// Hands the content on as a stream, from its start.
fn with_stream<T>(
    content: &mut Content<'_>,
    read: impl FnOnce(&mut dyn Read) -> T,
) -> io::Result<T> {
    Ok(match content {
        Content::Bytes(bytes) => read(&mut &bytes[..]),
        Content::File(file) => read(&mut io::BufReader::with_capacity(
            64 << 10,
            Store::of_file(file)?,
        )),
        Content::Replay(stream) => read(&mut stream.again()?),
        Content::Stream(stream) => read(stream),
    })
}
