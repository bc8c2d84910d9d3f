//! The entries of a tree object: mode, name and id of what is in a folder.

use gix::hash::Kind as HashKind;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryKind {
    /// A file, or a symbolic link, whose blob is its target.
    Blob,
    /// A folder.
    Tree,
    /// A commit of another repository.
    Submodule,
}

/// An entry of a tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'t> {
    pub(crate) kind: EntryKind,
    pub(crate) name: &'t [u8],
    /// The bytes of the object's id.
    pub(crate) id: &'t [u8],
}

/// The entries of a tree, in its order, up to where it is damaged if it is.
pub(crate) struct Entries<'t> {
    rest: &'t [u8],
    id_length: usize,
}

impl<'t> Entries<'t> {
    pub(crate) fn new(tree: &'t [u8], hash: HashKind) -> Self {
        Self {
            rest: tree,
            id_length: hash.len_in_bytes(),
        }
    }

    /// How many bytes are left to read.
    pub(crate) fn rest(&self) -> usize {
        self.rest.len()
    }
}

impl<'t> Iterator for Entries<'t> {
    type Item = Entry<'t>;

    fn next(&mut self) -> Option<Entry<'t>> {
        // A mode has five or six digits, and says what the entry is by its first
        // two.
        let (kind, name_start) = match self.rest.first_chunk()? {
            [b'4', b'0', _, _, _, b' ', _] => (EntryKind::Tree, 6),
            [b'0', b'4', _, _, _, _, b' '] => (EntryKind::Tree, 7),
            [b'1', b'6', _, _, _, _, b' '] => (EntryKind::Submodule, 7),
            [_, _, _, _, _, _, b' '] => (EntryKind::Blob, 7),
            _ => return None,
        };
        let name = &self.rest[name_start..];
        let name = &name[..zero(name)?];
        let (id, rest) =
            self.rest[name_start + name.len() + 1..].split_at_checked(self.id_length)?;
        self.rest = rest;
        Some(Entry { kind, name, id })
    }
}

/// Where the first byte is that is zero. Names are short: eight bytes at a time
/// beat a search that is made for long texts.
fn zero(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);
    let (eights, rest) = bytes.as_chunks();
    for (place, eight) in eights.iter().enumerate() {
        let word = u64::from_le_bytes(*eight);
        // The lowest of these bits is that of the first zero.
        let zeros = word.wrapping_sub(ONES) & !word & HIGH_BITS;
        if zeros != 0 {
            return Some(place * 8 + zeros.trailing_zeros() as usize / 8);
        }
    }
    let in_rest = rest.iter().position(|byte| *byte == 0)?;
    Some(eights.len() * 8 + in_rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_in_order() {
        let mut tree = Vec::new();
        for (mode, name) in [("100644", "a b"), ("40000", "sub"), ("160000", "other")] {
            tree.extend_from_slice(format!("{mode} {name}\0").as_bytes());
            tree.extend_from_slice(&[7; 20]);
        }
        let read: Vec<_> = Entries::new(&tree, HashKind::Sha1)
            .map(|entry| (entry.kind, entry.name, entry.id.len()))
            .collect();
        let expected = [
            (EntryKind::Blob, &b"a b"[..], 20),
            (EntryKind::Tree, b"sub", 20),
            (EntryKind::Submodule, b"other", 20),
        ];
        assert_eq!(read, expected);
        assert_eq!(Entries::new(&tree[..20], HashKind::Sha1).count(), 0);
    }
}
