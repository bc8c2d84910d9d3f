//! Opening: takes the members that a format hands on, and has each looked through.
//!
//! It counts them, stops at a limit, and keeps silent where something was no container
//! after all.

use std::io::Read;
use std::path::Path;

use super::clerk::Clerk;
use super::look::{Item, Look, Nest};
use super::sight::Seen;
use crate::blob::{Content, Origin};
use crate::budget::{Budget, LimitReached};
use crate::container::format::{Likeness, Members, OpenError, limit_in};
use crate::container::raw::{Gone, ReadError};
use crate::name_class::NameClass;
use crate::report::Skipped;
use crate::view::View;
use crate::within::Within;

/// Of something that may have been another format, so many bytes are unpacked by chance.
pub(super) const BY_CHANCE: u64 = 1024;

/// Takes the members of one container.
pub(super) struct Opening<'o, 'l, C> {
    pub(super) look: &'o Look<'l, C>,
    pub(super) origin: &'o Origin,
    pub(super) nest: Nest<'o>,
    pub(super) likeness: Likeness,
    pub(super) budget: Budget,
    /// Bytes of members so far.
    pub(super) unpacked: u64,
    /// The limit that was reached and told of.
    pub(super) limit: Option<LimitReached>,
}

impl<C: Clerk> Opening<'_, '_, C> {
    /// The class of a member's name, unless no rule holds in it; then it is left out.
    fn class(&self, member: &Origin) -> Result<Option<NameClass>, ()> {
        let config = &self.look.scanner.config;
        let Origin::Member(it) = member else {
            return Ok(None);
        };
        match config.exclusion.class_of(&it.name) {
            Some(class) if config.rules.all_exclude(class) => {
                self.look.clerk.borrow_mut().leave_out(Skipped {
                    path: member.path().to_path_buf(),
                    reason: class.into(),
                });
                Err(())
            }
            class => Ok(class),
        }
    }

    /// Says that a limit was reached in a member, and stops.
    fn stop(&mut self, member: &Origin, limit: LimitReached) -> OpenError {
        self.look.unscanned(member, limit.to_string());
        self.limit = Some(limit);
        OpenError::Limit(limit)
    }
}

impl<C: Clerk> Members for Opening<'_, '_, C> {
    fn budget(&self) -> Budget {
        self.budget.clone()
    }

    fn name_of_container(&self) -> &Path {
        self.origin.name()
    }

    fn is_worth_a_look(&self, bytes: &[u8]) -> bool {
        self.look.scanner.is_worth_a_look(bytes)
    }

    fn member(&mut self, name: &[u8], content: &mut dyn Read) -> Result<(), OpenError> {
        let member = self.origin.member(name);
        if self.look.watch.is_stopped() {
            return Err(self.stop(&member, LimitReached::Stopped));
        }
        if let Err(limit) = self.budget.member() {
            return Err(self.stop(self.origin, limit));
        }
        let Ok(class) = self.class(&member) else {
            return Ok(());
        };
        let item = Item {
            origin: &member,
            class,
            nest: &self.nest,
        };
        let (read, limit) = self.look.inside(item, Content::Stream(content));
        if let Some(limit) = limit {
            self.limit = Some(limit);
            return Err(OpenError::Limit(limit));
        }
        match read {
            Ok(bytes) => {
                self.unpacked += bytes;
                self.look.clerk.borrow_mut().member(bytes);
            }
            Err(ReadError { offset, source }) => {
                self.unpacked += offset;
                if let Some(limit) = limit_in(&source) {
                    return Err(self.stop(&member, limit));
                }
                if self.likeness == Likeness::Sure || self.unpacked >= BY_CHANCE {
                    let reason = format!("cannot be unpacked beyond byte {offset}: {source}");
                    self.look.unscanned(&member, reason);
                }
            }
        }
        Ok(())
    }

    fn text(
        &mut self,
        name: &[u8],
        text: &[u8],
        within: &dyn Fn(usize) -> Option<Within>,
    ) -> Result<(), OpenError> {
        let member = self.origin.member(name);
        if let Err(limit) = self.budget.in_time() {
            return Err(self.stop(&member, limit));
        }
        self.unpacked += text.len() as u64;
        let look = self.look;
        let mut seen = Seen::default();
        let view = View::whole(text);
        let decided = look.scanner.see(&view, &mut seen);
        if seen.hits.is_empty() {
            return Ok(());
        }
        for hit in &mut seen.hits {
            hit.within = within(hit.span.start);
        }
        let Ok(class) = self.class(&member) else {
            return Ok(());
        };
        let mut file = look.clerk.borrow().open(class);
        look.view(&mut file, &member, &view, &seen, decided, &mut Gone);
        look.clerk.borrow_mut().close(file, &member);
        Ok(())
    }

    fn fault(&mut self, name: &[u8], error: OpenError) {
        if self.likeness == Likeness::Sure || self.unpacked >= BY_CHANCE {
            let member = self.origin.member(name);
            self.look.unscanned(&member, error.to_string());
        }
    }
}
