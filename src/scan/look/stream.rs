//! Streams: what can be read once only, as members of containers are.
//!
//! A short one is kept and looked at like a file. A long one is looked at in passing, while
//! its format reads it.

use std::io::{self, Read};

use super::{Item, LARGEST_KEPT, Left, Look, Looked};
use crate::blob::Content;
use crate::container::format::{Format, Likeness, Members, Open, OpenError};
use crate::container::raw::{ReadError, Tee};
use crate::scan::clerk::Clerk;

/// The first bytes of a stream, by which its format is told.
const HEAD: u64 = 256 << 10;

impl<C: Clerk> Look<'_, C> {
    /// Looks through a stream: in memory if it is short, in passing if it is not.
    pub(super) fn stream(&self, item: Item<'_>, stream: &mut dyn Read) -> Looked {
        let mut head = Vec::new();
        let read = stream.take(HEAD).read_to_end(&mut head);
        if read.is_err() || (head.len() as u64) < HEAD {
            return self.kept(item, &head, read.err());
        }
        let Some((format, likeness)) = self.recognise(&head, item.origin.name()) else {
            return (self.raw(item, &mut head.chain(stream)), None);
        };
        match format.open {
            Open::Stream(open) => self.passing(item, likeness, open, head.chain(stream)),
            Open::Anywhere(_) | Open::Pieces(_) => self.keep(item, head, stream, format),
            Open::Without(_) => {
                let limit = self.open(item, format, likeness, &mut Content::Bytes(&[]));
                (self.raw(item, &mut head.chain(stream)), limit)
            }
        }
    }

    /// Looks through the bytes of a stream, which may have ended in an error.
    fn kept(&self, item: Item<'_>, bytes: &[u8], fault: Option<io::Error>) -> Looked {
        let (read, limit) = self.again(item, Content::Bytes(bytes));
        match fault {
            Some(source) => {
                let offset = bytes.len() as u64;
                (Err(ReadError { offset, source }), limit)
            }
            None => (read, limit),
        }
    }

    /// Keeps a stream in memory, if it is not too long, as its format wants to read it
    /// here and there.
    fn keep(
        &self,
        item: Item<'_>,
        mut head: Vec<u8>,
        stream: &mut dyn Read,
        format: &Format,
    ) -> Looked {
        let claim = self.budget(item.nest).claim(LARGEST_KEPT);
        if claim.is_ok() {
            let room = LARGEST_KEPT - head.len() as u64;
            let read = stream.take(room).read_to_end(&mut head);
            if read.is_err() || (head.len() as u64) < LARGEST_KEPT {
                return self.kept(item, &head, read.err());
            }
        }
        let mebibytes = LARGEST_KEPT >> 20;
        self.unscanned(
            item.origin,
            format!(
                "{} inside of a stream, with more than {mebibytes} MiB: only its bytes as \
                 they are were scanned; unpack it and scan that",
                format.name
            ),
        );
        (self.raw(item, &mut head.chain(stream)), None)
    }

    /// Looks at the bytes of a stream as they are.
    fn raw(&self, item: Item<'_>, stream: &mut dyn Read) -> Result<u64, ReadError> {
        let (read, left) = self.show(item, |windows, see| {
            windows.show(&mut Content::Stream(stream), self.patience(), see)
        });
        self.tell_of_packed(item, &left);
        read
    }

    /// Looks at a stream while its format reads it.
    fn passing(
        &self,
        item: Item<'_>,
        likeness: Likeness,
        open: fn(&mut dyn Read, &mut dyn Members) -> Result<(), OpenError>,
        stream: impl Read,
    ) -> Looked {
        let (looked, left) = self.show(item, |windows, see| {
            let mut tee = Tee::new(windows, stream, see);
            let limit = self.opening(item, likeness, &mut |members| open(&mut tee, members));
            let read = match limit {
                // There is no more to be read within the limits.
                Some(_) => Ok(0),
                None => tee.finish(),
            };
            (read, limit)
        });
        self.tell_of_packed(item, &left);
        looked
    }

    /// Reports what stands in base64 in a stream, which is not there any more when it is to
    /// be opened.
    fn tell_of_packed(&self, item: Item<'_>, left: &Left) {
        if let Some(first) = left.packed.first() {
            let reason = format!(
                "what is in base64 from byte {first} on is not opened in a stream of more than \
                 {} KiB: scan it as a file",
                HEAD >> 10
            );
            self.unscanned(item.origin, reason);
        }
    }
}
