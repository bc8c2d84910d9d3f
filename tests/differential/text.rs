//! Random bytes with tokens in them, at the places where a reader of windows might err, and
//! what the rule's expression finds there.

use std::sync::LazyLock;

use proptest::prelude::*;
use regex::bytes::Regex;

use crate::support::{letters, token};

/// What is read at once, at most.
const WINDOW: usize = 256 << 10;

/// A stretch of a file.
#[derive(Debug, Clone)]
pub enum Piece {
    Token(u64),
    /// So many letters behind the prefix.
    Prefixed(usize, u64),
    Prefix(usize),
    Newline,
    Bytes(Vec<u8>),
    /// So many of one byte.
    Fill(u8, usize),
    /// So many of one byte that the next piece begins near a multiple of a size.
    Edge {
        size: usize,
        before: usize,
        fill: u8,
    },
    /// So many letters.
    Run(usize, u64),
}

pub fn piece() -> impl Strategy<Value = Piece> {
    let fill = || prop::sample::select(vec![b'.', b' ', b'\n', 0, b'a', b'_', b'h', 0xff]);
    let size = prop::sample::select(vec![4096, 8192, 64 << 10, WINDOW, 2 * WINDOW]);
    prop_oneof![
        6 => any::<u64>().prop_map(|seed| Piece::Token(seed >> 1)),
        2 => (30..40_usize, any::<u64>()).prop_map(|(count, seed)| Piece::Prefixed(count, seed >> 1)),
        1 => (1..40_usize).prop_map(Piece::Prefix),
        2 => Just(Piece::Newline),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Piece::Bytes),
        2 => (fill(), 0..9000_usize).prop_map(|(byte, count)| Piece::Fill(byte, count)),
        3 => (size, 0..50_usize, fill()).prop_map(|(size, before, fill)| Piece::Edge {
            size,
            before,
            fill,
        }),
        1 => (0..300_000_usize, any::<u64>()).prop_map(|(count, seed)| Piece::Run(count, seed >> 1)),
    ]
}

pub fn bytes(pieces: &[Piece]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Token(seed) => bytes.extend(token(*seed).into_bytes()),
            Piece::Prefixed(count, seed) => {
                bytes.extend(format!("hf_{}", letters(*seed, *count)).into_bytes());
            }
            Piece::Prefix(count) => bytes.extend("hf_".repeat(*count).into_bytes()),
            Piece::Newline => bytes.push(b'\n'),
            Piece::Bytes(some) => bytes.extend(some),
            Piece::Fill(byte, count) => bytes.resize(bytes.len() + count, *byte),
            Piece::Edge { size, before, fill } => {
                let next = (bytes.len() + before + 1).next_multiple_of(*size);
                bytes.resize(next - before, *fill);
            }
            Piece::Run(count, seed) => bytes.extend(letters(*seed, *count).into_bytes()),
        }
    }
    bytes
}

/// Where the rule's expression matches, and how long each match is.
pub fn expected(bytes: &[u8]) -> Vec<(u64, u64)> {
    /// A longer match is told by its first bytes.
    const LONGEST: usize = 1 << 20;
    matches(bytes)
        .map(|it| (it.start() as u64, it.len().min(LONGEST) as u64))
        .collect()
}

pub fn matches(bytes: &[u8]) -> impl Iterator<Item = regex::bytes::Match<'_>> {
    static RULE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("hf_[A-Za-z0-9]{34,}").expect("it is an expression"));
    RULE.find_iter(bytes)
}
