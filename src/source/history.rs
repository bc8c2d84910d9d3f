//! The history: every object of a repository, reachable or not.
//!
//! Blobs come first. When it is known which of them hold tokens, commits and tags
//! follow, whose texts leak too, and with them the trees, from which the graph of
//! the history is read as far as it leads to those blobs.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::blob::{Blob, Content, Origin, Role, Sink};
use crate::report::Unscanned;
use crate::repository::graph::Graph;
use crate::repository::graph_reader::{GraphReader, Kept};
use crate::repository::number_set::NumberSet;
use crate::repository::object::{Kind, Number, is_lfs_pointer};
use crate::repository::objects::Objects;
use crate::repository::walk::{Base, CopyOf, Data, Object, Selection, Unread, Visit, walk};
use crate::watch::Watch;

/// Everything that a repository holds.
pub(crate) struct History<'h> {
    pub(crate) objects: &'h Objects,
    pub(crate) watch: &'h Watch,
}

/// What blobs say of themselves beside their tokens.
#[derive(Debug, Default)]
pub(crate) struct Blobs {
    /// Those that stand for a file in Git LFS, whose contents are elsewhere.
    pub(crate) pointers: Vec<Number>,
    /// The objects that could not be read.
    pub(crate) unread: Vec<Unread>,
}

impl History<'_> {
    /// Hands every blob to a sink.
    pub(crate) fn push_blobs<S: Sink>(&self, sink: &(dyn Fn() -> S + Sync)) -> Blobs {
        let pointers = Mutex::default();
        let selection = Selection {
            kinds: &[Kind::Blob],
            only: None,
        };
        let unread = walk(self.objects, selection, self.watch, &|| BlobVisitor {
            sink: sink(),
            objects: self.objects,
            pointers: &pointers,
        });
        let pointers = pointers.into_inner();
        let pointers = pointers.unwrap_or_else(PoisonError::into_inner);
        Blobs { pointers, unread }
    }

    /// Hands every commit and tag to a sink, and reads the graph of the history
    /// as far as it leads to `wanted` blobs.
    pub(crate) fn push_messages<S: Sink>(
        &self,
        wanted: &NumberSet,
        sink: &(dyn Fn() -> S + Sync),
    ) -> (Graph, Vec<Unread>) {
        let graph = Mutex::default();
        let selection = Selection {
            kinds: &[Kind::Commit, Kind::Tag, Kind::Tree],
            only: None,
        };
        let unread = walk(self.objects, selection, self.watch, &|| GraphVisitor {
            sink: sink(),
            objects: self.objects,
            reader: Some(GraphReader::new(self.objects, wanted)),
            graph: &graph,
        });
        let graph = graph.into_inner();
        (graph.unwrap_or_else(PoisonError::into_inner), unread)
    }
}

/// Reports the objects that could not be read: the first by name, and how many
/// more there are.
pub(crate) fn report_unread(
    objects: &Objects,
    unread: &[Unread],
    most_named: usize,
    sink: &mut impl Sink,
) {
    // An object of unknown kind is tried in every walk.
    let unread: BTreeMap<Number, &Unread> = unread.iter().map(|it| (it.number, it)).collect();
    for Unread { number, error } in unread.values().take(most_named) {
        let id = objects.id(*number);
        let (path, offset) = objects.place(*number);
        let reason = match offset {
            Some(offset) => format!("cannot read object {id} at byte {offset}: {error}"),
            None => format!("cannot read object {id}: {error}"),
        };
        sink.unscanned(Unscanned { path, reason });
    }
    if let Some((number, _)) = unread.iter().nth(most_named) {
        let more = unread.len() - most_named;
        sink.unscanned(Unscanned {
            path: objects.place(*number).0,
            reason: format!("{more} more objects cannot be read"),
        });
    }
}

/// Hands blobs on.
struct BlobVisitor<'h, S> {
    sink: S,
    objects: &'h Objects,
    pointers: &'h Mutex<Vec<Number>>,
}

impl<S: Sink> Visit for BlobVisitor<'_, S> {
    type Kept = ();

    fn object(&mut self, object: Object<'_>, _: Option<Base<'_, ()>>) {
        if object.copy == CopyOf::Another {
            return;
        }
        if let Data::Bytes(bytes) = object.data
            && is_lfs_pointer(bytes)
        {
            let pointers = self.pointers.lock();
            pointers
                .unwrap_or_else(PoisonError::into_inner)
                .push(object.number);
        }
        let id = self.objects.id(object.number);
        self.sink.blob(Blob {
            origin: Origin::Git {
                id,
                role: Role::Blob,
            },
            class: None,
            content: content(object.data),
        });
    }
}

/// Hands commits and tags on, and reads the graph.
struct GraphVisitor<'h, S> {
    sink: S,
    objects: &'h Objects,
    /// There until it is given to `graph`.
    reader: Option<GraphReader<'h>>,
    graph: &'h Mutex<Graph>,
}

impl<S: Sink> Visit for GraphVisitor<'_, S> {
    type Kept = Option<Kept>;

    fn object(&mut self, object: Object<'_>, base: Option<Base<'_, Option<Kept>>>) -> Option<Kept> {
        let (Data::Bytes(bytes), Some(reader)) = (&object.data, &mut self.reader) else {
            return None;
        };
        let role = match object.kind {
            Kind::Tree => {
                let base = base.and_then(|Base { kept, common }| Some((kept.as_ref()?, common)));
                return Some(reader.tree(object.number, bytes, base));
            }
            _ if object.copy == CopyOf::Another => return None,
            Kind::Commit => {
                reader.commit(object.number, bytes);
                Role::Commit
            }
            Kind::Tag => {
                reader.tag(object.number, bytes);
                Role::Tag
            }
            Kind::Blob => return None,
        };
        let id = self.objects.id(object.number);
        self.sink.blob(Blob {
            origin: Origin::Git { id, role },
            class: None,
            content: content(object.data),
        });
        None
    }
}

impl<S> Drop for GraphVisitor<'_, S> {
    fn drop(&mut self) {
        if let Some(reader) = self.reader.take() {
            let graph = self.graph.lock();
            graph
                .unwrap_or_else(PoisonError::into_inner)
                .merge(reader.finish());
        }
    }
}

/// The same bytes as the content of a blob.
pub(super) fn content(data: Data<'_>) -> Content<'_> {
    match data {
        Data::Bytes(bytes) => Content::Bytes(bytes),
        Data::Large(stream) => Content::Replay(stream),
    }
}
