//! Tokens in the texts of commits and annotated tags: those are their own history.

use std::collections::{BTreeSet, HashMap};

use super::details::{Details, tag};
use super::order::Place;
use super::{MOST_LISTED, Traced, reference_order};
use crate::history::{Bounded, Change, History, Presence};
use crate::repository::object::Number;

impl Traced<'_> {
    /// Whether an object is an annotated tag, and not a commit.
    pub(crate) fn is_tag(&self, object: Number) -> bool {
        self.order.place(object).is_none()
    }

    /// The histories of tokens, each in the texts of some commits or of some tags,
    /// of one at least; and these in order, the most public first.
    pub(crate) fn of_messages(
        &self,
        mut messages: Vec<Vec<Number>>,
    ) -> Vec<(Vec<Number>, History)> {
        let mut named = BTreeSet::new();
        let mut all = BTreeSet::new();
        for messages in &mut messages {
            messages.sort_by_key(|number| match self.order.place(*number) {
                Some(place) => (self.reaches.of_commit(place), place),
                None => (self.reaches.of_other(*number), *number),
            });
            let places = self.places(messages);
            named.extend(places.iter().copied().take(MOST_LISTED));
            all.extend(places);
        }
        let details = Details::read(self, &named);
        // Once for all tokens: it goes through the whole history.
        let all: Vec<Place> = all.into_iter().collect();
        let references = self.reaches.references(&all, &self.order);
        let history = |messages: Vec<Number>| {
            let history = self.of_message(&messages, &details, &references);
            (messages, history)
        };
        messages.into_iter().map(history).collect()
    }

    fn places(&self, messages: &[Number]) -> Vec<Place> {
        let places = messages.iter();
        places
            .filter_map(|number| self.order.place(*number))
            .collect()
    }

    fn of_message(
        &self,
        messages: &[Number],
        details: &Details,
        references: &HashMap<Place, Vec<&[u8]>>,
    ) -> History {
        let places = self.places(messages);
        let by = places.iter().filter_map(|place| references.get(place));
        let mut by: Vec<Vec<u8>> = by.flatten().map(|name| name.to_vec()).collect();
        let mut introduced: Vec<Change> = details.changes(places).first;
        let objects = self.attribution.objects;
        for number in messages.iter().filter(|number| self.is_tag(**number)) {
            if introduced.len() < MOST_LISTED {
                let reach = self.reaches.of_other(*number);
                introduced.push(tag(objects, *number, reach));
            }
            by.extend_from_slice(self.reaches.names_of_other(*number));
        }
        by.sort_by(|a, b| reference_order(a).cmp(&reference_order(b)));
        by.dedup();
        History {
            object: self.hex(messages[0]),
            objects: self.hexes(messages),
            in_head: Presence::NoFile,
            reach: introduced[0].reach,
            introduced: Bounded {
                first: introduced,
                total: messages.len() as u64,
            },
            removed: Bounded::new(Vec::new(), MOST_LISTED),
            references: Bounded::new(by, MOST_LISTED),
            paths: Bounded::new(Vec::new(), MOST_LISTED),
        }
    }
}
