//! Tokens in the texts of commits and annotated tags: those are their own history.

use super::order::Place;
use super::{Details, MOST_LISTED, Traced, details, reference_order};
use crate::history::{Bounded, Change, History, Presence};
use crate::repository::object::Number;

impl Traced<'_> {
    /// Whether an object is an annotated tag, and not a commit.
    pub(crate) fn is_tag(&self, object: Number) -> bool {
        self.order.place(object).is_none()
    }

    /// The history of a token in the texts of some commits, or of some tags, and
    /// these in order, the most public first. There is at least one.
    pub(crate) fn of_messages(&self, mut messages: Vec<Number>) -> (Vec<Number>, History) {
        messages.sort_by_key(|number| match self.order.place(*number) {
            Some(place) => (self.reaches.of_commit(place), place),
            None => (self.reaches.of_other(*number), *number),
        });
        let places = messages
            .iter()
            .filter_map(|number| self.order.place(*number));
        let places: Vec<Place> = places.collect();
        let details = Details::read(self, &places.iter().copied().take(MOST_LISTED).collect());
        let mut introduced: Vec<Change> = details.changes(places.clone()).first;
        let references = self.reaches.references(&places, &self.order);
        let mut by: Vec<Vec<u8>> = references
            .into_values()
            .flatten()
            .map(<[u8]>::to_vec)
            .collect();
        let objects = self.attribution.objects;
        for number in messages.iter().filter(|number| self.is_tag(**number)) {
            if introduced.len() < MOST_LISTED {
                let reach = self.reaches.of_other(*number);
                introduced.push(details::tag(objects, *number, reach));
            }
            by.extend_from_slice(self.reaches.names_of_other(*number));
        }
        by.sort_by(|a, b| reference_order(a).cmp(&reference_order(b)));
        by.dedup();
        let history = History {
            object: self.hex(messages[0]),
            objects: self.hexes(&messages),
            in_head: Presence::NoFile,
            reach: introduced[0].reach,
            introduced: Bounded {
                first: introduced,
                total: messages.len() as u64,
            },
            removed: Bounded::new(Vec::new(), MOST_LISTED),
            references: Bounded::new(by, MOST_LISTED),
            paths: Bounded::new(Vec::new(), MOST_LISTED),
        };
        (messages, history)
    }
}
