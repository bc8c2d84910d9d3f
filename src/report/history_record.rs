//! A finding's history as JSON says it.

use serde::Serialize;

use crate::history::{Bounded, Change, History, Presence, Reach};
use crate::mask::Mask;

/// How a token came into a repository, and what leads to it. Lists hold the first
/// few; the total beside each counts all.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct HistoryRecord {
    /// The git object that the location is in: the one in `HEAD`, or the last that
    /// had the token.
    object: String,
    /// The versions of the file that had the token; the messages, if it is in a
    /// commit or a tag.
    objects: Vec<String>,
    objects_total: u64,
    /// Whether it is at this path in `HEAD`.
    in_head: bool,
    /// The commits that brought it there; of a message, the commit or tag itself.
    introduced: Vec<ChangeRecord>,
    introduced_total: u64,
    /// The commits that took it away.
    removed: Vec<ChangeRecord>,
    removed_total: u64,
    /// What leads to it.
    reach: Reach,
    /// The references that reach a commit which introduced it.
    references: Vec<String>,
    references_total: u64,
    /// All paths that the token had.
    paths: Vec<String>,
    paths_total: u64,
}

/// A commit or a tag.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ChangeRecord {
    /// Its id.
    commit: String,
    /// Who wrote it: a name and an address.
    author: String,
    /// When it was written, in ISO 8601.
    date: Option<String>,
    /// The first line of its message.
    subject: String,
    /// What leads to it.
    reach: Reach,
}

impl HistoryRecord {
    pub(super) fn new(history: &History, mask: &Mask) -> Self {
        let texts =
            |list: &Bounded<Vec<u8>>| list.first.iter().map(|text| mask.text(text)).collect();
        let changes = |list: &Bounded<Change>| {
            let record = |change: &Change| ChangeRecord {
                commit: change.id.clone(),
                author: mask.words(&change.author),
                date: change.date.clone(),
                subject: mask.words(&change.subject),
                reach: change.reach,
            };
            list.first.iter().map(record).collect()
        };
        Self {
            object: history.object.clone(),
            objects: history.objects.first.clone(),
            objects_total: history.objects.total,
            in_head: history.in_head == Presence::Present,
            introduced: changes(&history.introduced),
            introduced_total: history.introduced.total,
            removed: changes(&history.removed),
            removed_total: history.removed.total,
            reach: history.reach,
            references: texts(&history.references),
            references_total: history.references.total,
            paths: texts(&history.paths),
            paths_total: history.paths.total,
        }
    }
}
