//! One thread's part of a walk: visits roots with all that is made from them, and
//! loose objects.

use std::ops::Range;

use super::delta;
use super::inflate::{Buffer, Inflater};
use super::large::{LARGE, LargeLoose, LargePacked};
use super::loose;
use super::number_set::NumberSet;
use super::object::{Kind, LARGEST, Number, ObjectError};
use super::objects::{Numbered, Objects};
use super::pack::Entry;
use super::walk::{Base, CopyOf, Data, Object, Selection, Unread, Visit};
use crate::watch::Watch;

/// Buffers of more bytes are given back to the system.
const MOST_KEPT: usize = 256 << 10;

/// One thread's part of a walk.
pub(super) struct Walker<'w, V: Visit> {
    objects: &'w Objects,
    selection: Selection<'w>,
    watch: &'w Watch,
    visitor: V,
    inflater: Inflater,
    delta: Buffer,
    spare: Vec<Buffer>,
    /// What could not be read so far.
    pub(super) failed: Vec<Unread>,
}

/// An object whose deltas are being visited.
struct Frame<K> {
    node: u32,
    next_child: usize,
    bytes: Buffer,
    kept: K,
}

impl<'w, V: Visit> Walker<'w, V> {
    pub(super) fn new(
        objects: &'w Objects,
        selection: Selection<'w>,
        watch: &'w Watch,
        visitor: V,
    ) -> Self {
        Self {
            objects,
            selection,
            watch,
            visitor,
            inflater: Inflater::new(),
            delta: Buffer::default(),
            spare: Vec::new(),
            failed: Vec::new(),
        }
    }

    /// Visits some roots of a pack, and what is made from them as far as it is
    /// needed.
    pub(super) fn roots(
        &mut self,
        numbered: &Numbered,
        roots: Range<usize>,
        needed: Option<&NumberSet>,
    ) {
        let is_needed = |root| needed.is_none_or(|needed| needed.contains(root));
        for &(kind, root) in &numbered.forest().roots()[roots] {
            let counts = self.selection.kinds.contains(&kind) && is_needed(root);
            if counts && !self.watch.is_stopped() {
                self.tree(numbered, kind, root, &is_needed);
            }
        }
    }

    /// Visits a root and everything that is made from it.
    fn tree(
        &mut self,
        numbered: &Numbered,
        kind: Kind,
        root: u32,
        is_needed: &dyn Fn(u32) -> bool,
    ) {
        let mut path = Vec::new();
        path.extend(self.root(numbered, kind, root));
        while let Some(base) = path.last_mut() {
            let children = numbered.forest().children(base.node);
            let Some(&child) = children.get(base.next_child) else {
                let done = path.pop().expect("there is a last one");
                self.give_back(done.bytes);
                continue;
            };
            base.next_child += 1;
            let is_last = base.next_child == children.len();
            let made = if is_needed(child) {
                self.child(numbered, kind, base, child)
            } else {
                None
            };
            if is_last {
                let done = path.pop().expect("there is a last one");
                self.give_back(done.bytes);
            }
            if self.watch.is_stopped() {
                return;
            }
            path.extend(made);
        }
    }

    /// Visits an object that the pack holds whole.
    fn root(&mut self, numbered: &Numbered, kind: Kind, node: u32) -> Option<Frame<V::Kept>> {
        let number = numbered.first + numbered.forest().place(node);
        let is_leaf = numbered.forest().children(node).is_empty();
        if kind == Kind::Blob && is_leaf && self.objects.is_repeated(number) {
            return None;
        }
        let mut bytes = self.spare.pop().unwrap_or_default();
        let read = entry(numbered, node).and_then(|(entry, data)| {
            if kind == Kind::Blob && is_leaf && entry.length >= LARGE {
                return Ok(Some((entry, data)));
            }
            self.inflater.inflate(data, entry.length, &mut bytes)?;
            Ok(None)
        });
        match read {
            Ok(None) => {
                let kept = self.visit(number, kind, Data::Bytes(bytes.bytes()), None);
                Some(Frame {
                    node,
                    next_child: 0,
                    bytes,
                    kept,
                })
            }
            Ok(Some((entry, data))) => {
                self.give_back(bytes);
                let mut inflated = LargePacked::new(data, entry.length, self.watch);
                self.visit(number, kind, Data::Large(&mut inflated), None);
                None
            }
            Err(error) => {
                self.give_back(bytes);
                self.fail(numbered, node, error);
                None
            }
        }
    }

    /// Visits an object that is a delta of `base`.
    fn child(
        &mut self,
        numbered: &Numbered,
        kind: Kind,
        base: &Frame<V::Kept>,
        node: u32,
    ) -> Option<Frame<V::Kept>> {
        let mut bytes = self.spare.pop().unwrap_or_default();
        let made = entry(numbered, node).and_then(|(entry, data)| {
            self.inflater.inflate(data, entry.length, &mut self.delta)?;
            let length = delta::result_length(self.delta.bytes())?;
            if length > LARGEST {
                return Err(ObjectError::TooLarge { length });
            }
            Ok(delta::apply(
                base.bytes.bytes(),
                self.delta.bytes(),
                &mut bytes,
            )?)
        });
        match made {
            Ok(common) => {
                let number = numbered.first + numbered.forest().place(node);
                let kept = &base.kept;
                let base = Some(Base { kept, common });
                let kept = self.visit(number, kind, Data::Bytes(bytes.bytes()), base);
                Some(Frame {
                    node,
                    next_child: 0,
                    bytes,
                    kept,
                })
            }
            Err(error) => {
                self.give_back(bytes);
                self.fail(numbered, node, error);
                None
            }
        }
    }

    fn visit(
        &mut self,
        number: Number,
        kind: Kind,
        data: Data<'_>,
        base: Option<Base<'_, V::Kept>>,
    ) -> V::Kept {
        let copy = if self.objects.is_repeated(number) {
            CopyOf::Another
        } else {
            CopyOf::Nothing
        };
        if let Data::Bytes(bytes) = &data {
            self.watch.saw(bytes.len() as u64);
        }
        self.visitor.object(
            Object {
                number,
                kind,
                copy,
                data,
            },
            base,
        )
    }

    /// Visits some loose objects.
    pub(super) fn loose(&mut self, numbers: Range<Number>) {
        for number in numbers {
            if self.watch.is_stopped() {
                return;
            }
            if !self.selection.has(number) {
                continue;
            }
            let (path, _) = self.objects.place(number);
            let read = loose::open(&path).and_then(|loose| {
                if !self.selection.kinds.contains(&loose.kind) {
                    return Ok(());
                }
                let kind = loose.kind;
                if kind == Kind::Blob && loose.length >= LARGE {
                    let mut large = LargeLoose::new(loose, &path, self.watch);
                    self.visit(number, kind, Data::Large(&mut large), None);
                    return Ok(());
                }
                let bytes = loose::whole(loose)?;
                self.visit(number, kind, Data::Bytes(&bytes), None);
                Ok(())
            });
            if let Err(error) = read {
                self.failed.push(Unread { number, error });
            }
        }
    }

    /// Takes note that a node cannot be read, and so neither what is made from it.
    fn fail(&mut self, numbered: &Numbered, node: u32, error: ObjectError) {
        let (forest, first) = (numbered.forest(), numbered.first);
        let number = |node: u32| first + forest.place(node);
        self.failed.push(Unread {
            number: number(node),
            error,
        });
        let mut open = forest.children(node).to_vec();
        while let Some(node) = open.pop() {
            let error = ObjectError::Base;
            self.failed.push(Unread {
                number: number(node),
                error,
            });
            open.extend(forest.children(node));
        }
    }

    fn give_back(&mut self, buffer: Buffer) {
        if buffer.capacity() <= MOST_KEPT {
            self.spare.push(buffer);
        }
    }
}

/// The entry of a node and its deflated data.
fn entry(numbered: &Numbered, node: u32) -> Result<(Entry, &[u8]), ObjectError> {
    let (pack, forest) = (&numbered.pack, numbered.forest());
    let (start, end) = forest.span(node, pack);
    let entry = pack.entry(start)?;
    let data = pack.slice(entry.data_offset, end);
    Ok((entry, data.ok_or(ObjectError::Entry)?))
}
