//! A set of object numbers, one bit for each.

use super::object::Number;

/// A set of object numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct NumberSet {
    words: Vec<u64>,
}

impl NumberSet {
    /// An empty set with room for the numbers below `count`.
    pub(crate) fn new(count: Number) -> Self {
        let mut set = Self::default();
        set.make_room(count);
        set
    }

    /// Makes room for the numbers below `count`.
    pub(crate) fn make_room(&mut self, count: Number) {
        let words = count.div_ceil(u64::BITS) as usize;
        if self.words.len() < words {
            self.words.resize(words, 0);
        }
    }

    /// Adds a number; whether it is new.
    pub(crate) fn insert(&mut self, number: Number) -> bool {
        let word = &mut self.words[(number / u64::BITS) as usize];
        let bit = 1 << (number % u64::BITS);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    pub(crate) fn contains(&self, number: Number) -> bool {
        let word = self.words.get((number / u64::BITS) as usize);
        word.is_some_and(|word| word & (1 << (number % u64::BITS)) != 0)
    }
}
