//! A family: the shapes that begin with the same literal, told apart by the byte
//! behind it, so that a text full of the literal costs little.

use std::sync::Arc;

use crate::shape::Shape;

/// The shapes that begin with one literal.
#[derive(Debug)]
pub(super) struct Family {
    /// How many bytes the literal has.
    length: usize,
    shapes: Vec<Member>,
    /// The members that may match, by the byte behind the literal.
    by_next: Vec<Vec<usize>>,
}

/// A shape of a rule.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) rule: usize,
    pub(super) shape: Arc<Shape>,
}

impl Family {
    /// A family without members.
    pub(super) fn new(literal: &[u8]) -> Self {
        Self {
            length: literal.len(),
            shapes: Vec::new(),
            by_next: vec![Vec::new(); 256],
        }
    }

    /// Adds a shape, which begins with the literal.
    pub(super) fn add(&mut self, member: Member) {
        for (next, members) in (0..=u8::MAX).zip(&mut self.by_next) {
            if member.shape.may_have(next, self.length) {
                members.push(self.shapes.len());
            }
        }
        self.shapes.push(member);
    }

    /// Where the next match may begin behind `start`, if only the one member that
    /// is nothing but the literal and a run had a chance there and lost it.
    pub(super) fn skip(&self, bytes: &[u8], start: usize) -> Option<usize> {
        let mut members = self.at(bytes, start);
        let member = members.next().filter(|member| self.is_plain(member))?;
        if members.next().is_some() {
            return None;
        }
        let refuting = member.shape.refuting(bytes, start)?;
        Some((refuting + 1).saturating_sub(self.length).max(start + 1))
    }

    /// Whether none but that member may match at `start`.
    pub(super) fn is_plain_at(&self, bytes: &[u8], start: usize) -> bool {
        self.at(bytes, start).all(|member| self.is_plain(member))
    }

    fn is_plain(&self, member: &Member) -> bool {
        member.shape.literal().len() == self.length
    }

    /// The members that may match where the literal stands at `start`. None may at
    /// the end of the bytes.
    pub(super) fn at(&self, bytes: &[u8], start: usize) -> impl Iterator<Item = &Member> {
        let next = bytes.get(start + self.length);
        let members = next.map(|next| &self.by_next[usize::from(*next)]);
        let members = members.into_iter().flatten();
        members.map(|member| &self.shapes[*member])
    }
}
