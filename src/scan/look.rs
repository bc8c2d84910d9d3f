//! Look: goes through a blob, and through all that is inside of it.
//!
//! The bytes of a blob are seen as they are. Where they are a container's, its format
//! hands on the members, which are looked through in the same way. A clerk takes down
//! what is seen; who it is depends on the scan.

use std::cell::{OnceCell, RefCell};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use super::Scanner;
use super::clerk::Clerk;
use super::opening::{BY_CHANCE, Opening};
use super::sight::Seen;
use crate::blob::{Content, Origin};
use crate::budget::{Budget, LimitReached, Memory};
use crate::container::encoding::base64_stream;
use crate::container::format::{Format, Head, Likeness, Members, Open, OpenError, TakePiece};
use crate::container::raw::{Gone, Patience, ReadError, Tee, Windows};
use crate::container::store::Store;
use crate::name_class::NameClass;
use crate::report::Unscanned;
use crate::view::{Behind, View};
use crate::watch::Watch;

/// The largest stream, in bytes, that is kept to be read here and there. Larger ones are
/// looked at as they are, and reported.
const LARGEST_KEPT: u64 = 48 << 20;

/// The largest file, in bytes, of which the texts are told apart. A larger one is scanned as
/// it stands, and nothing of it is lost but their places.
const LARGEST_PIECES: u64 = 24 << 20;

/// The first bytes of a stream, by which its format is told.
const HEAD: u64 = 256 << 10;

/// What one thread needs to look.
#[derive(Debug, Default)]
pub(super) struct Desk {
    windows: Vec<Windows>,
}

/// A look through one blob.
pub(super) struct Look<'l, C> {
    pub(super) scanner: &'l Scanner,
    pub(super) watch: &'l Watch,
    memory: &'l Arc<Memory>,
    pub(super) clerk: RefCell<&'l mut C>,
    desk: RefCell<&'l mut Desk>,
}

/// Where in the containers of a blob something is.
#[derive(Clone)]
pub(super) struct Nest<'n> {
    /// Containers around it.
    depth: u64,
    /// The budget of all of them, made with the first.
    budget: &'n OnceCell<Budget>,
    /// Bytes of the outermost one, as far as they are known.
    packed: u64,
}

impl Nest<'_> {
    /// The same, as it is known how many bytes were read of the outermost one.
    fn of(&self, read: &Result<u64, ReadError>) -> Self {
        let packed = match read {
            Ok(bytes) => *bytes,
            Err(error) => error.offset,
        };
        Self {
            packed: if self.depth == 0 { packed } else { self.packed },
            ..self.clone()
        }
    }
}

impl<'l, C: Clerk> Look<'l, C> {
    pub(super) fn new(
        scanner: &'l Scanner,
        watch: &'l Watch,
        memory: &'l Arc<Memory>,
        clerk: &'l mut C,
        desk: &'l mut Desk,
    ) -> Self {
        Self {
            scanner,
            watch,
            memory,
            clerk: RefCell::new(clerk),
            desk: RefCell::new(desk),
        }
    }

    /// How long a file is read.
    fn patience(&self) -> Patience<'l> {
        Patience {
            time: self.scanner.config.limits.time,
            watch: self.watch,
        }
    }

    /// Looks through a blob, and gives back how many bytes it has.
    ///
    /// # Errors
    /// [`ReadError`] where it cannot be read to its end.
    pub(super) fn blob(
        &self,
        origin: &Origin,
        class: Option<NameClass>,
        content: Content<'_>,
    ) -> Result<u64, ReadError> {
        let budget = OnceCell::new();
        let nest = Nest {
            depth: 0,
            budget: &budget,
            packed: u64::MAX,
        };
        self.inside(origin, class, content, &nest).0
    }

    /// Looks through something, and says whether a limit was reached in it.
    pub(super) fn inside(
        &self,
        origin: &Origin,
        class: Option<NameClass>,
        content: Content<'_>,
        nest: &Nest<'_>,
    ) -> (Result<u64, ReadError>, Option<LimitReached>) {
        match content {
            Content::Stream(stream) => self.stream(origin, class, stream, nest),
            content => self.again(origin, class, content, nest),
        }
    }

    /// Looks through something that can be read again.
    fn again(
        &self,
        origin: &Origin,
        class: Option<NameClass>,
        mut content: Content<'_>,
        nest: &Nest<'_>,
    ) -> (Result<u64, ReadError>, Option<LimitReached>) {
        let mut windows = self.windows();
        let mut file = self.clerk.borrow().open(class);
        let mut seen = Seen::default();
        let mut format = None;
        let mut is_first = true;
        let mut is_readable = false;
        let read = windows.show(&mut content, self.patience(), |view, behind| {
            if std::mem::take(&mut is_first) {
                format = self.recognise(view.bytes, origin.name());
            }
            let decided = self.scanner.see(view, &mut seen);
            is_readable |= seen.is_readable;
            self.view(&mut file, origin, view, &seen, decided, behind);
            decided
        });
        self.desk.borrow_mut().windows.push(windows);
        self.clerk.borrow_mut().close(file, origin);
        let mut limit = None;
        let nest = &nest.of(&read);
        if let Some((format, likeness)) = format {
            let is_needed = is_readable || !matches!(format.open, Open::Pieces(_));
            if is_needed {
                limit = self.open(format, likeness, origin, class, &mut content, nest);
            }
        }
        seen.packed.sort_unstable();
        seen.packed.dedup();
        for at in seen.packed {
            limit = limit.or_else(|| self.packed(origin, &mut content, at, nest));
        }
        (read, limit)
    }

    /// Looks through a stream: in memory if it is short, in passing if it is not.
    fn stream(
        &self,
        origin: &Origin,
        class: Option<NameClass>,
        stream: &mut dyn Read,
        nest: &Nest<'_>,
    ) -> (Result<u64, ReadError>, Option<LimitReached>) {
        let mut head = Vec::new();
        let read = stream.take(HEAD).read_to_end(&mut head);
        if read.is_err() || (head.len() as u64) < HEAD {
            return self.kept(origin, class, &head, read.err(), nest);
        }
        match self.recognise(&head, origin.name()) {
            Some((format, likeness)) => match format.open {
                Open::Stream(open) => {
                    let whole = head.chain(stream);
                    self.passing(likeness, open, origin, class, whole, nest)
                }
                Open::Anywhere(_) | Open::Pieces(_) => {
                    self.keep(origin, class, head, stream, format, nest)
                }
                Open::Without(_) => {
                    let limit = self.open(
                        format,
                        likeness,
                        origin,
                        class,
                        &mut Content::Bytes(&[]),
                        nest,
                    );
                    (self.raw(origin, class, &mut head.chain(stream)), limit)
                }
            },
            None => (self.raw(origin, class, &mut head.chain(stream)), None),
        }
    }

    /// Looks through the bytes of a stream, which may have ended in an error.
    fn kept(
        &self,
        origin: &Origin,
        class: Option<NameClass>,
        bytes: &[u8],
        fault: Option<io::Error>,
        nest: &Nest<'_>,
    ) -> (Result<u64, ReadError>, Option<LimitReached>) {
        let (read, limit) = self.again(origin, class, Content::Bytes(bytes), nest);
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
        origin: &Origin,
        class: Option<NameClass>,
        mut head: Vec<u8>,
        stream: &mut dyn Read,
        format: &Format,
        nest: &Nest<'_>,
    ) -> (Result<u64, ReadError>, Option<LimitReached>) {
        let claim = self.budget(nest).claim(LARGEST_KEPT);
        if claim.is_ok() {
            let room = LARGEST_KEPT - head.len() as u64;
            let read = stream.take(room).read_to_end(&mut head);
            if read.is_err() || (head.len() as u64) < LARGEST_KEPT {
                return self.kept(origin, class, &head, read.err(), nest);
            }
        }
        let mebibytes = LARGEST_KEPT >> 20;
        self.unscanned(
            origin,
            format!(
                "{} inside of a stream, with more than {mebibytes} MiB: only its bytes as \
                 they are were scanned; unpack it and scan that",
                format.name
            ),
        );
        (self.raw(origin, class, &mut head.chain(stream)), None)
    }

    /// Looks at the bytes of a stream as they are.
    fn raw(
        &self,
        origin: &Origin,
        class: Option<NameClass>,
        stream: &mut dyn Read,
    ) -> Result<u64, ReadError> {
        let mut windows = self.windows();
        let mut file = self.clerk.borrow().open(class);
        let mut seen = Seen::default();
        let read = windows.show(
            &mut Content::Stream(stream),
            self.patience(),
            |view, behind| {
                let decided = self.scanner.see(view, &mut seen);
                self.view(&mut file, origin, view, &seen, decided, behind);
                decided
            },
        );
        self.desk.borrow_mut().windows.push(windows);
        self.clerk.borrow_mut().close(file, origin);
        self.tell_of_packed(origin, &seen);
        read
    }

    /// Reports what stands in base64 in a stream, which is not there any more when it is to
    /// be opened.
    fn tell_of_packed(&self, origin: &Origin, seen: &Seen) {
        if let Some(first) = seen.packed.first() {
            let reason = format!(
                "what is in base64 from byte {first} on is not opened in a stream of more than \
                 {} KiB: scan it as a file",
                HEAD >> 10
            );
            self.unscanned(origin, reason);
        }
    }

    /// Looks at a stream while its format reads it.
    fn passing(
        &self,
        likeness: Likeness,
        open: fn(&mut dyn Read, &mut dyn Members) -> Result<(), OpenError>,
        origin: &Origin,
        class: Option<NameClass>,
        stream: impl Read,
        nest: &Nest<'_>,
    ) -> (Result<u64, ReadError>, Option<LimitReached>) {
        let mut windows = self.windows();
        let mut file = self.clerk.borrow().open(class);
        let mut seen = Seen::default();
        let mut tee = Tee::new(&mut windows, stream, |view, behind| {
            let decided = self.scanner.see(view, &mut seen);
            self.view(&mut file, origin, view, &seen, decided, behind);
            decided
        });
        let limit = self.opening(likeness, origin, nest, &mut |members| {
            open(&mut tee, members)
        });
        let read = match limit {
            // There is no more to be read within the limits.
            Some(_) => Ok(0),
            None => tee.finish(),
        };
        self.desk.borrow_mut().windows.push(windows);
        self.clerk.borrow_mut().close(file, origin);
        self.tell_of_packed(origin, &seen);
        (read, limit)
    }

    /// Opens a container that can be read again.
    fn open(
        &self,
        format: &Format,
        likeness: Likeness,
        origin: &Origin,
        class: Option<NameClass>,
        content: &mut Content<'_>,
        nest: &Nest<'_>,
    ) -> Option<LimitReached> {
        match format.open {
            Open::Stream(open) => self.opening(likeness, origin, nest, &mut |members| {
                with_stream(content, |stream| open(stream, members))
                    .unwrap_or_else(|error| Err(OpenError::read(format.name)(error)))
            }),
            Open::Anywhere(open) => self.with_store(format, origin, content, nest, |store| {
                self.opening(likeness, origin, nest, &mut |members| open(store, members))
            }),
            Open::Pieces(pieces) => self.with_store(format, origin, content, nest, |store| {
                self.pieces(format, pieces, origin, class, store, nest);
                None
            }),
            Open::Without(feature) => {
                self.unscanned(
                    origin,
                    format!(
                        "{}: this build cannot open it; build hfleaks with the feature {feature}",
                        format.name
                    ),
                );
                None
            }
        }
    }

    /// Reads a container here and there: a large object of git is kept in memory for it.
    fn with_store(
        &self,
        format: &Format,
        origin: &Origin,
        content: &mut Content<'_>,
        nest: &Nest<'_>,
        read: impl FnOnce(&mut Store<'_>) -> Option<LimitReached>,
    ) -> Option<LimitReached> {
        let failed = |error: io::Error| {
            self.unscanned(origin, format!("cannot read {}: {error}", format.name));
            None
        };
        match content {
            Content::Bytes(bytes) => read(&mut Store::of_bytes(bytes)),
            Content::File(file) => match Store::of_file(file) {
                Ok(mut store) => read(&mut store),
                Err(error) => failed(error),
            },
            Content::Replay(_) | Content::Stream(_) => {
                if let Err(limit) = self.budget(nest).claim(LARGEST_KEPT) {
                    self.unscanned(origin, limit.to_string());
                    return None;
                }
                let mut bytes = Vec::new();
                let kept = with_stream(content, |stream| {
                    stream.take(LARGEST_KEPT + 1).read_to_end(&mut bytes)
                });
                match kept.and_then(|kept| kept) {
                    Ok(_) if bytes.len() as u64 <= LARGEST_KEPT => {
                        read(&mut Store::of_bytes(&bytes))
                    }
                    Ok(_) => {
                        let mebibytes = LARGEST_KEPT >> 20;
                        self.unscanned(
                            origin,
                            format!(
                                "{} of more than {mebibytes} MiB in a git object: only its bytes as \
                                 they are were scanned",
                                format.name
                            ),
                        );
                        None
                    }
                    Err(error) => failed(error),
                }
            }
        }
    }

    /// Lets a format hand on its members.
    fn opening(
        &self,
        likeness: Likeness,
        origin: &Origin,
        nest: &Nest<'_>,
        open: &mut dyn FnMut(&mut dyn Members) -> Result<(), OpenError>,
    ) -> Option<LimitReached> {
        let budget = self.budget(nest);
        let depth = budget.limits().depth;
        if nest.depth >= depth {
            self.unscanned(origin, LimitReached::Depth(depth).to_string());
            return None;
        }
        let mut opening = Opening {
            look: self,
            origin,
            nest: Nest {
                depth: nest.depth + 1,
                ..nest.clone()
            },
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

    /// Looks through the texts of a file that says where in it they stand.
    fn pieces(
        &self,
        format: &Format,
        pieces: fn(&[u8], TakePiece<'_>),
        origin: &Origin,
        class: Option<NameClass>,
        store: &mut Store<'_>,
        nest: &Nest<'_>,
    ) {
        let length = store.length();
        // What its texts and their maps need is a multiple of it.
        let claim = self.budget(nest).claim(length.saturating_mul(7));
        if length > LARGEST_PIECES || claim.is_err() {
            return;
        }
        let bytes = match store.read_at(0, length) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.unscanned(origin, format!("cannot read {}: {error}", format.name));
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
        let mut file = self.clerk.borrow().open(class);
        let view = View::whole(&bytes);
        self.view(&mut file, origin, &view, &seen, bytes.len(), &mut Gone);
        self.clerk.borrow_mut().close(file, origin);
    }

    /// Opens what stands in base64 at a place.
    fn packed(
        &self,
        origin: &Origin,
        content: &mut Content<'_>,
        at: u64,
        nest: &Nest<'_>,
    ) -> Option<LimitReached> {
        let result = with_stream(content, |stream| {
            io::copy(&mut stream.take(at), &mut io::sink())?;
            let mut decoded = self.budget(nest).meter(base64_stream(stream));
            let limit = self.opening(Likeness::Maybe, origin, nest, &mut |members| {
                members.member(b"<base64>", &mut decoded)
            });
            io::Result::Ok(limit)
        });
        match result.and_then(|result| result) {
            Ok(limit) => limit,
            Err(error) => {
                self.unscanned(origin, format!("cannot read base64 at byte {at}: {error}"));
                None
            }
        }
    }

    /// The format of something that begins with these bytes.
    fn recognise(&self, bytes: &[u8], name: &Path) -> Option<(&'static Format, Likeness)> {
        let head = Head { bytes, name };
        self.scanner.formats.iter().find_map(|format| {
            let likeness = (format.is)(&head);
            (likeness > Likeness::No).then_some((*format, likeness))
        })
    }

    pub(super) fn view(
        &self,
        file: &mut C::File,
        origin: &Origin,
        view: &View<'_>,
        seen: &Seen,
        decided: usize,
        behind: &mut dyn Behind,
    ) {
        let mut clerk = self.clerk.borrow_mut();
        clerk.view(file, origin, view, seen, decided, behind);
    }

    pub(super) fn unscanned(&self, origin: &Origin, reason: String) {
        let path = origin.path().to_path_buf();
        let reason = match origin.id() {
            Some(id) => format!("object {id}: {reason}"),
            None => reason,
        };
        self.clerk.borrow_mut().miss(Unscanned { path, reason });
    }

    fn windows(&self) -> Windows {
        self.desk
            .borrow_mut()
            .windows
            .pop()
            .unwrap_or_else(Windows::new)
    }

    fn budget(&self, nest: &Nest<'_>) -> Budget {
        let limits = &self.scanner.config.limits;
        let new = || Budget::new(Arc::clone(limits), nest.packed, Arc::clone(self.memory));
        nest.budget.get_or_init(new).clone()
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
