//! The files of a small repository. The ids of its objects are no hashes, so that a fuzzer
//! can make objects that name one another.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// What the kinds of objects are called; behind them come the two kinds of deltas.
const KINDS: [&str; 4] = ["commit", "tree", "blob", "tag"];

const MOST: usize = 100;

/// An object, or a delta.
pub(super) struct Object {
    /// Its place in [`KINDS`].
    kind: usize,
    content: Vec<u8>,
}

/// The id of the object at a place.
pub(super) fn id(place: usize) -> String {
    format!("{:02x}", place + 1).repeat(20)
}

pub(super) fn loose_path(place: usize) -> String {
    let id = id(place);
    format!("objects/{}/{}", &id[..2], &id[2..])
}

/// Objects, each a byte for its kind, two for its length, and its content. In it, `\x80` and
/// what follows up to `\xbf` stand for the ids of the objects.
pub(super) fn objects(bytes: &[u8]) -> Vec<Object> {
    let mut objects = Vec::new();
    let mut rest = bytes;
    while let Some(([kind, low, high], after)) = rest.split_first_chunk()
        && objects.len() < MOST
    {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let (written, after) = after.split_at(length.min(after.len()));
        rest = after;
        let kind = usize::from(*kind) % (KINDS.len() + 2);
        let mut content = Vec::new();
        for byte in written {
            match byte {
                0x80..0xc0 if kind == 1 => content.extend([byte - 0x80 + 1; 20]),
                0x80..0xc0 if kind < 4 => content.extend(id(usize::from(byte - 0x80)).bytes()),
                _ => content.push(*byte),
            }
        }
        objects.push(Object { kind, content });
    }
    objects
}

/// A commit of one file that holds nothing, and a tag of it.
pub(super) fn sample() -> Vec<Object> {
    let mut text = String::new();
    let mut commit = format!("tree {}\n", id(1));
    for role in ["author", "committer"] {
        let _ = writeln!(commit, "{role} A <a@example.org> 1700000000 +0000");
    }
    let _ = writeln!(text, "object {}\ntype commit\ntag v1", id(0));
    let mut tree = b"100644 file\0".to_vec();
    tree.extend([3; 20]);
    [
        (0, (commit + "\nIt begins\n").into_bytes()),
        (1, tree),
        (2, b"nothing\n".to_vec()),
        (
            3,
            (text + "tagger A <a@example.org> 1700000000 +0000\n\nIt is out\n").into_bytes(),
        ),
    ]
    .map(|(kind, content)| Object { kind, content })
    .into()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("memory takes everything")
}

impl Object {
    /// Its file. A delta is none, and becomes a blob.
    pub(super) fn loose(&self) -> Vec<u8> {
        let kind = KINDS.get(self.kind).unwrap_or(&"blob");
        let header = format!("{kind} {}\0", self.content.len());
        deflated(&[header.as_bytes(), &self.content].concat())
    }

    /// Its entry in a pack, where the entries before it are at these offsets. The first
    /// byte of a delta tells what it is a delta of.
    fn entry(&self, offset: usize, before: &[usize]) -> Vec<u8> {
        let (first, delta) = self.content.split_first().unwrap_or((&0, &[]));
        let (kind, base, content) = match self.kind {
            4 if !before.is_empty() => {
                let base = before[usize::from(*first) % before.len()];
                (6, distance(offset - base), delta)
            }
            4 | 5 => (7, vec![first.wrapping_add(1); 20], delta),
            whole => (whole + 1, Vec::new(), &self.content[..]),
        };
        let mut entry = Vec::new();
        let mut length = content.len();
        let mut byte = kind << 4 | length & 0xf;
        length >>= 4;
        while length > 0 {
            entry.push(low_byte(byte | 0x80));
            byte = length & 0x7f;
            length >>= 7;
        }
        entry.push(low_byte(byte));
        entry.extend(base);
        entry.extend(deflated(content));
        entry
    }
}

fn low_byte(number: usize) -> u8 {
    number.to_le_bytes()[0]
}

/// How the entry of a delta tells how far before it its base is.
fn distance(mut distance: usize) -> Vec<u8> {
    let mut bytes = vec![low_byte(distance & 0x7f)];
    while distance >> 7 > 0 {
        distance = (distance >> 7) - 1;
        bytes.push(low_byte(distance & 0x7f | 0x80));
    }
    bytes.reverse();
    bytes
}

/// A pack's index and the pack.
pub(super) fn pack(objects: &[Object]) -> (Vec<u8>, Vec<u8>) {
    let count = u32::try_from(objects.len()).expect("there are few");
    let mut pack = [
        b"PACK".as_slice(),
        &2_u32.to_be_bytes(),
        &count.to_be_bytes(),
    ]
    .concat();
    let mut offsets = Vec::new();
    for object in objects {
        let entry = object.entry(pack.len(), &offsets);
        offsets.push(pack.len());
        pack.extend(entry);
    }
    pack.extend([0; 20]);
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255 {
        index.extend(count.min(first).to_be_bytes());
    }
    for place in 1..=objects.len() {
        index.extend([low_byte(place); 20]);
    }
    index.extend(vec![0; 4 * objects.len()]);
    for offset in offsets {
        let offset = u32::try_from(offset).expect("the pack is small");
        index.extend(offset.to_be_bytes());
    }
    index.extend([0; 40]);
    (index, pack)
}
