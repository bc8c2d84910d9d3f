//! Look: goes through a blob, and through all that is inside of it.
//!
//! The bytes of a blob are seen as they are. Where they are a container's, its format
//! hands on the members, which are looked through in the same way. A clerk takes down
//! what is seen; who it is depends on the scan.

mod container;
mod item;
mod stream;

use std::cell::{OnceCell, RefCell};
use std::path::Path;
use std::sync::Arc;

pub(super) use item::{Item, Nest};

use super::Scanner;
use super::clerk::Clerk;
use super::sight::Seen;
use crate::blob::{Content, Origin};
use crate::budget::{Budget, LimitReached, Memory};
use crate::container::format::{Format, Head, Likeness, Open};
use crate::container::raw::{Patience, ReadError, Windows};
use crate::name_class::NameClass;
use crate::report::Unscanned;
use crate::view::{Behind, View};
use crate::watch::Watch;

/// The largest stream, in bytes, that is kept to be read here and there. Larger ones are
/// looked at as they are, and reported.
const LARGEST_KEPT: u64 = 48 << 20;

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

/// How much was read, and whether a limit was reached inside of it.
type Looked = (Result<u64, ReadError>, Option<LimitReached>);

/// What is left to do about something whose bytes were shown.
struct Left {
    /// Where containers begin that are there in base64, in bytes.
    packed: Vec<u64>,
    /// Whether there is something that a person could read as a part of a credential.
    is_readable: bool,
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
        let item = Item {
            origin,
            class,
            nest: &Nest::outermost(&budget),
        };
        self.inside(item, content).0
    }

    /// Looks through something, and says whether a limit was reached in it.
    pub(super) fn inside(&self, item: Item<'_>, content: Content<'_>) -> Looked {
        match content {
            Content::Stream(stream) => self.stream(item, stream),
            content => self.again(item, content),
        }
    }

    /// Looks through something that can be read again.
    fn again(&self, item: Item<'_>, mut content: Content<'_>) -> Looked {
        let mut format = None;
        let mut is_first = true;
        let (read, left) = self.show(item, |windows, see| {
            windows.show(&mut content, self.patience(), |view, behind| {
                if std::mem::take(&mut is_first) {
                    format = self.recognise(view.bytes, item.origin.name());
                }
                see(view, behind)
            })
        });
        let nest = item.nest.of(&read);
        let item = Item {
            nest: &nest,
            ..item
        };
        let mut limit = None;
        if let Some((format, likeness)) = format {
            let is_needed = left.is_readable || !matches!(format.open, Open::Pieces(_));
            if is_needed {
                limit = self.open(item, format, likeness, &mut content);
            }
        }
        for at in left.packed {
            limit = limit.or_else(|| self.packed(item, &mut content, at));
        }
        (read, limit)
    }

    /// Has the bytes of something shown to the clerk: `run` moves the windows over them, and
    /// tells of each view.
    fn show<T>(
        &self,
        item: Item<'_>,
        run: impl FnOnce(&mut Windows, &mut dyn FnMut(&View<'_>, &mut dyn Behind) -> usize) -> T,
    ) -> (T, Left) {
        let idle = self.desk.borrow_mut().windows.pop();
        let mut windows = idle.unwrap_or_else(Windows::new);
        let mut file = self.clerk.borrow().open(item.class);
        let mut seen = Seen::default();
        let mut is_readable = false;
        let done = run(&mut windows, &mut |view, behind| {
            let decided = self.scanner.see(view, &mut seen);
            is_readable |= seen.is_readable;
            self.view(&mut file, item.origin, view, &seen, decided, behind);
            decided
        });
        self.desk.borrow_mut().windows.push(windows);
        self.clerk.borrow_mut().close(file, item.origin);
        let mut packed = seen.packed;
        packed.sort_unstable();
        packed.dedup();
        let left = Left {
            packed,
            is_readable,
        };
        (done, left)
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

    /// How long a file is read.
    fn patience(&self) -> Patience<'l> {
        Patience {
            time: self.scanner.config.limits.time,
            watch: self.watch,
        }
    }

    fn budget(&self, nest: &Nest<'_>) -> Budget {
        nest.budget(|packed| {
            let limits = Arc::clone(&self.scanner.config.limits);
            Budget::new(limits, packed, Arc::clone(self.memory))
        })
    }
}
