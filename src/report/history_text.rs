//! A finding's history in words, for text, SARIF and annotations.

use crate::history::{Bounded, Change, History, Presence, Reach};
use crate::mask::Mask;

/// How many commits and references are named before the others are counted.
const NAMED: usize = 3;

/// `added in 1f2e… on 2024-01-02 by A: subject`, or of a message who wrote it.
pub(super) fn added(history: &History, mask: &Mask) -> Option<String> {
    changes(&history.introduced, mask)
}

/// The same for what took it away.
pub(super) fn removed(history: &History, mask: &Mask) -> Option<String> {
    changes(&history.removed, mask)
}

/// Whether it is still there, and what leads to it.
pub(super) fn now(history: &History, mask: &Mask) -> String {
    let mut text = match (history.in_head, history.reach) {
        (Presence::Present, _) => "in HEAD".to_owned(),
        (Presence::NoFile, Reach::Reference) => "in the history".to_owned(),
        (Presence::Absent, Reach::Reference) => "not in HEAD, but in the history".to_owned(),
        (_, Reach::Notes) => "in the notes".to_owned(),
        (_, Reach::Stash) => "only in the stash".to_owned(),
        (_, Reach::Reflog) => "only in the reflog, until git collects it".to_owned(),
        (_, Reach::Index) => "in the index, in no commit yet".to_owned(),
        (_, Reach::Nothing) => {
            "in an object that nothing leads to, until git collects it".to_owned()
        }
    };
    let names: Vec<String> = history
        .references
        .first
        .iter()
        .take(NAMED)
        .map(|name| short(name, mask))
        .collect();
    if !names.is_empty() {
        text.push_str(&format!(" of {}", names.join(", ")));
        text.push_str(&more(history.references.total, names.len()));
    }
    let objects = history.objects.total;
    if objects > 1 {
        let noun = if history.in_head == Presence::NoFile {
            "messages"
        } else {
            "versions"
        };
        text.push_str(&format!("; in {objects} {noun}"));
    }
    text
}

/// All of it in a sentence or two, with a space at the end.
pub(super) fn sentence(history: &History, mask: &Mask) -> String {
    let added = added(history, mask).map(|added| format!("Added in {added}. "));
    let removed = removed(history, mask).map(|removed| format!("Removed in {removed}. "));
    let now = now(history, mask);
    format!(
        "{}{}Now {now}.",
        added.unwrap_or_default(),
        removed.unwrap_or_default()
    )
}

fn changes(list: &Bounded<Change>, mask: &Mask) -> Option<String> {
    let first = list.first.first()?;
    let others = list.first.iter().skip(1).take(NAMED - 1);
    let mut text = change(first, mask);
    for other in others {
        text.push_str(&format!("; {}", change(other, mask)));
    }
    text.push_str(&more(list.total, list.first.len().min(NAMED)));
    Some(text)
}

fn change(change: &Change, mask: &Mask) -> String {
    let id = change.id.get(..12).unwrap_or(&change.id);
    let mut text = id.to_owned();
    if let Some(date) = change.date.as_deref().and_then(|date| date.get(..10)) {
        text.push_str(&format!(", {date}"));
    }
    if !change.author.is_empty() {
        text.push_str(&format!(", {}", cut(&mask.words(&change.author))));
    }
    if !change.subject.is_empty() {
        text.push_str(&format!(": {}", cut(&mask.words(&change.subject))));
    }
    text
}

/// The first characters of a text that somebody may have made as long as a book.
fn cut(text: &str) -> String {
    const MOST: usize = 100;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A reference without what every branch's or tag's name begins with.
fn short(name: &[u8], mask: &Mask) -> String {
    let prefixes: [&[u8]; 3] = [b"refs/heads/", b"refs/tags/", b"refs/remotes/"];
    let short = prefixes
        .iter()
        .find_map(|prefix| name.strip_prefix(*prefix));
    mask.text(short.unwrap_or(name))
}

fn more(total: u64, named: usize) -> String {
    match total.saturating_sub(named as u64) {
        0 => String::new(),
        more => format!(" and {more} more"),
    }
}
