//! The commits that a report names: who, when, and what they say of themselves.

use std::collections::{BTreeSet, HashMap};

use gix::bstr::ByteSlice;
use rayon::prelude::*;

use super::order::Place;
use super::{MOST_LISTED, Traced};
use crate::history::{Bounded, Change, Reach};
use crate::repository::object::Number;
use crate::repository::objects::Objects;

/// Some commits, read.
pub(super) struct Details {
    changes: HashMap<Place, Change>,
}

impl Details {
    /// Reads commits.
    pub(super) fn read(traced: &Traced<'_>, places: &BTreeSet<Place>) -> Self {
        let objects = traced.attribution.objects;
        let read = |place: &Place| {
            let number = traced.order.commit(*place).number;
            let reach = traced.reaches.of_commit(*place);
            (*place, change(objects, number, reach, b"author "))
        };
        Self {
            changes: places.par_iter().map(read).collect(),
        }
    }

    /// The first of some commits.
    pub(super) fn changes(&self, places: Vec<Place>) -> Bounded<Change> {
        let Bounded { first, total } = Bounded::new(places, MOST_LISTED);
        let known = first.iter().filter_map(|place| self.changes.get(place));
        Bounded {
            first: known.cloned().collect(),
            total,
        }
    }
}

/// An annotated tag.
pub(super) fn tag(objects: &Objects, number: Number, reach: Reach) -> Change {
    change(objects, number, reach, b"tagger ")
}

/// A commit or a tag, whose writer is told after `label`. What cannot be read, or
/// is not as git writes it, stays empty: the id is what counts.
fn change(objects: &Objects, number: Number, reach: Reach, label: &[u8]) -> Change {
    let id = objects.id(number);
    let text = objects.read(&id).map(|(_, text)| text).unwrap_or_default();
    let (header, message) = text.split_once_str("\n\n").unwrap_or((&text, b""));
    let signature = header
        .lines()
        .find_map(|line| line.strip_prefix(label))
        .unwrap_or_default();
    let (author, time) = match signature.rfind_byte(b'>') {
        Some(end) => signature.split_at(end + 1),
        None => (signature, &b""[..]),
    };
    let time = time
        .to_str()
        .ok()
        .and_then(|time| gix::date::parse_header(time.trim()));
    let format = gix::date::time::format::ISO8601_STRICT;
    Change {
        id: id.to_hex().to_string(),
        author: author.to_vec(),
        date: time.and_then(|time| time.format(format).ok()),
        subject: message.lines().next().unwrap_or_default().to_vec(),
        reach,
    }
}
