//! `tar`, from that of Unix version 7 to those with long names and holes (POSIX.1-2001,
//! and GNU's manual).

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use tar::{Archive, Entry, EntryType, Header};

use super::format::{Format, Head, Likeness, Members, Open, OpenError};

pub(crate) const FORMAT: Format = Format {
    name: "tar",
    about: "tar (`.tar`, and inside `.tar.gz`, `.conda`, container images)",
    seen: "Files, each under its name as it stands in the archive, long ones included; of \
        files with holes what is between them. Several archives in a row are one. \
        Directories and links are no members.",
    unseen: "Owners, attributes and the targets of links, but for the raw bytes; and that one \
        is cut off just between two members, or begins with empty blocks, is not told.",
    is,
    open: Open::Stream(open),
};

/// The unit of everything.
const BLOCK: usize = 512;

/// How many bytes may stand before a member: its headers, with names, attributes and
/// where its holes are. They are kept in memory, and holes are slow.
const BEFORE_MEMBER: u64 = 256 << 10;

fn is(head: &Head<'_>) -> Likeness {
    let Some(header) = head.bytes.first_chunk::<BLOCK>() else {
        return Likeness::No;
    };
    let is_new = header[257..].starts_with(b"ustar");
    // There is no magic number in old ones: the checksum has to do, which is a number and
    // what ends it.
    let may_be_old = matches!(header[148], b' ' | b'0'..=b'7') && matches!(header[155], 0 | b' ');
    if !(is_new || may_be_old) || header[0] == 0 {
        return Likeness::No;
    }
    let header = Header::from_byte_slice(header);
    if !has_checksum(header) {
        return Likeness::No;
    }
    if is_new {
        Likeness::Sure
    } else {
        Likeness::Maybe
    }
}

/// Whether the checksum of a header is right, which counts its own place as spaces.
fn has_checksum(header: &Header) -> bool {
    let sum = header.as_bytes().iter().enumerate().map(|(at, &byte)| {
        if (148..156).contains(&at) {
            u32::from(b' ')
        } else {
            u32::from(byte)
        }
    });
    header.cksum().is_ok_and(|said| said == sum.sum::<u32>())
}

fn open(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    let mut first = Vec::new();
    loop {
        open_one(&mut first[..].chain(&mut *stream), members)?;
        match next_archive(stream, members)? {
            Some(block) => first = block,
            None => return Ok(()),
        }
    }
}

/// The first block of the archive that follows, behind zeros that end the one before.
fn next_archive(
    stream: &mut dyn Read,
    members: &mut dyn Members,
) -> Result<Option<Vec<u8>>, OpenError> {
    loop {
        members.budget().in_time()?;
        let mut block = Vec::with_capacity(BLOCK);
        stream
            .take(BLOCK as u64)
            .read_to_end(&mut block)
            .map_err(OpenError::read(FORMAT.name))?;
        let Some(header) = block.first_chunk::<BLOCK>() else {
            return Ok(None);
        };
        if header.iter().any(|&byte| byte != 0) {
            let is_one = has_checksum(Header::from_byte_slice(header));
            return Ok(is_one.then_some(block));
        }
    }
}

fn open_one(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    let left = Rc::new(Cell::new(BEFORE_MEMBER));
    let mut archive = Archive::new(Rationed {
        stream,
        left: Rc::clone(&left),
    });
    let read = OpenError::read(FORMAT.name);
    let mut entries = archive.entries().map_err(&read)?;
    loop {
        members.budget().in_time()?;
        left.set(BEFORE_MEMBER);
        let Some(entry) = entries.next() else {
            return Ok(());
        };
        let mut entry = entry.map_err(&read)?;
        left.set(u64::MAX);
        if is_file(&entry) {
            hand_on(&mut entry, members)?;
        }
        // What is left of it would be counted as what stands before the next.
        io::copy(&mut entry, &mut io::sink()).map_err(&read)?;
    }
}

/// A stream of which only so many bytes may be read.
struct Rationed<R> {
    stream: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Rationed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        let left = self.left.get().checked_sub(read as u64);
        let reason = "the headers of a member are too long";
        let left = left.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, reason))?;
        self.left.set(left);
        Ok(read)
    }
}

fn is_file<R: Read>(entry: &Entry<'_, R>) -> bool {
    match entry.header().entry_type() {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
            // In old archives a slash makes a directory.
            !entry.path_bytes().ends_with(b"/")
        }
        EntryType::Link
        | EntryType::Symlink
        | EntryType::Directory
        | EntryType::Char
        | EntryType::Block
        | EntryType::Fifo
        | EntryType::XGlobalHeader => false,
        // Whatever vendors have made of it, it may have a content.
        _ => entry.size() > 0,
    }
}

fn hand_on<R: Read>(entry: &mut Entry<'_, R>, members: &mut dyn Members) -> Result<(), OpenError> {
    let name = name(entry);
    if entry.header().entry_type() == EntryType::GNUSparse {
        // Holes are not in the archive: a small one may unpack to anything.
        let mut content = members.budget().meter(entry);
        return members.member(&name, &mut content);
    }
    members.member(&name, entry)
}

/// What a member is called. That of a file with holes may stand among its attributes.
fn name<R: Read>(entry: &mut Entry<'_, R>) -> Vec<u8> {
    const SPARSE_NAME: &[u8] = b"GNU.sparse.name";
    // Attributes whose own header is of no known kind would be read to their end.
    if !entry.header().entry_type().is_pax_local_extensions()
        && let Ok(Some(attributes)) = entry.pax_extensions()
    {
        for attribute in attributes.flatten() {
            if attribute.key_bytes() == SPARSE_NAME {
                return attribute.value_bytes().to_vec();
            }
        }
    }
    entry.path_bytes().into_owned()
}

#[cfg(test)]
mod tests {
    use tar::Builder;

    use super::*;
    use crate::container::format::testing::{damage, likeness, open, open_within};
    use crate::container::gzip;
    use crate::limits::Limits;

    fn header(kind: EntryType, size: u64) -> Header {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o644);
        header
    }

    fn append(builder: &mut Builder<Vec<u8>>, name: &str, content: &[u8]) {
        let mut header = header(EntryType::Regular, content.len() as u64);
        builder
            .append_data(&mut header, name, content)
            .expect("memory can be written to");
    }

    fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        for (name, content) in members {
            append(&mut builder, name, content);
        }
        builder.into_inner().expect("memory can be written to")
    }

    /// A header as it is, with a checksum.
    fn block(mut header: Header, name: &[u8]) -> Vec<u8> {
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_cksum();
        header.as_bytes().to_vec()
    }

    #[test]
    fn files_are_members() {
        let long = format!("{}/x.txt", ["directory"; 30].join("/"));
        let mut builder = Builder::new(Vec::new());
        append(&mut builder, "a.txt", b"some text");
        append(&mut builder, &long, b"more text");
        let mut link = header(EntryType::Symlink, 0);
        builder
            .append_link(&mut link, "link", "a.txt")
            .expect("memory can be written to");
        let mut directory = header(EntryType::Directory, 0);
        builder
            .append_data(&mut directory, "d/", &[][..])
            .expect("memory can be written to");
        builder
            .append_pax_extensions([("path", &b"../of attributes"[..]), ("comment", b"x")])
            .expect("memory can be written to");
        append(&mut builder, "b", b"the last");
        let bytes = builder.into_inner().expect("memory can be written to");
        assert_eq!(likeness(&FORMAT, &bytes, "x.bin"), Likeness::Sure);
        let opened = open(&FORMAT, &bytes);
        assert_eq!(opened.member("a.txt"), b"some text");
        assert_eq!(opened.member(&long), b"more text");
        assert_eq!(opened.member("../of attributes"), b"the last");
        assert_eq!(opened.members.len(), 3);
        assert_eq!(opened.error, None);
    }

    #[test]
    fn old_ones_are_known_by_their_checksum() {
        let mut old = Header::new_old();
        old.set_size(4);
        old.set_mode(0o644);
        let mut bytes = block(old, b"a");
        assert_eq!(likeness(&FORMAT, &bytes, ""), Likeness::Maybe);
        bytes.extend(b"text");
        bytes.resize(1024, 0);
        assert_eq!(open(&FORMAT, &bytes).member("a"), b"text");
        bytes[0] = b'b';
        assert_eq!(likeness(&FORMAT, &bytes, ""), Likeness::No);
        assert_eq!(likeness(&FORMAT, &[0; 1024], "x.tar"), Likeness::No);
        assert_eq!(likeness(&FORMAT, &[b' '; 1024], "x.tar"), Likeness::No);
        assert_eq!(likeness(&FORMAT, b"ustar", "x.tar"), Likeness::No);
    }

    #[test]
    fn archives_in_a_row_are_one() {
        let bytes = [tar(&[("a", b"1")]), tar(&[("b", b"2")]), vec![b'x'; 700]].concat();
        let opened = open(&FORMAT, &bytes);
        assert_eq!(opened.member("b"), b"2");
        assert_eq!(opened.members.len(), 2);
        assert_eq!(opened.error, None);
    }

    #[test]
    fn holes_count_as_unpacked() {
        let mut sparse = header(EntryType::GNUSparse, 512);
        let gnu = sparse.as_gnu_mut().expect("it is one");
        gnu.set_is_extended(false);
        gnu.sparse[0].set_offset(0);
        gnu.sparse[0].set_length(512);
        gnu.sparse[1].set_offset(4 << 20);
        gnu.sparse[1].set_length(0);
        gnu.set_real_size(4 << 20);
        let bytes = [block(sparse, b"holes"), vec![b'x'; 512]].concat();
        let opened = open(&FORMAT, &bytes);
        assert_eq!(opened.member("holes").len(), 4 << 20);
        let limits = Limits {
            bytes: 1 << 20,
            ..Limits::default()
        };
        let opened = open_within(&FORMAT, &bytes, limits);
        assert!(opened.error.is_some_and(|it| it.contains("--max-unpacked")));
    }

    #[test]
    fn too_many_members_end_at_their_limit() {
        let limits = Limits {
            members: 1,
            ..Limits::default()
        };
        let bytes = tar(&[("a", b"1"), ("b", b"2")]);
        let opened = open_within(&FORMAT, &bytes, limits);
        assert!(opened.error.is_some_and(|it| it.contains("--max-members")));
    }

    #[test]
    fn headers_of_any_length_are_not_kept() {
        for kind in [EntryType::GNULongName, EntryType::XHeader] {
            let mut bytes = tar(&[("a", b"seen")]);
            bytes.truncate(1024);
            bytes.extend(block(header(kind, 4 << 20), b"long"));
            bytes.extend(vec![b'x'; 4 << 20]);
            bytes.extend(tar(&[("b", b"not seen")]));
            let opened = open(&FORMAT, &bytes);
            assert_eq!(opened.member("a"), b"seen");
            let error = opened.error.expect("it is too long");
            assert!(error.contains("too long"), "{error}");
        }
    }

    #[test]
    fn what_is_cut_off_is_seen_so_far() {
        let bytes = tar(&[("a", b"first"), ("b", &[b'x'; 2000]), ("c", b"last")]);
        let opened = open(&FORMAT, &bytes[..2048]);
        assert_eq!(opened.member("a"), b"first");
        assert_eq!(opened.member("b").len(), 512);
        assert!(opened.error.is_some());
    }

    #[test]
    fn an_image_is_archives_in_an_archive() {
        use std::io::Write;

        let layer = tar(&[("root/.env", b"A=1")]);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&layer).expect("memory can be written to");
        let packed = packed.finish().expect("memory can be written to");
        let config = br#"{"config":{"Env":["A=1"]},"history":[{"created_by":"ENV A=1"}]}"#;
        let image = tar(&[
            ("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#),
            ("blobs/sha256/0a", config),
            ("blobs/sha256/0b", &packed),
            ("0c/layer.tar", &layer),
        ]);
        let opened = open(&FORMAT, &image);
        assert_eq!(opened.member("blobs/sha256/0a"), config);
        let plain = opened.member("0c/layer.tar");
        assert_eq!(likeness(&FORMAT, plain, "layer.tar"), Likeness::Sure);
        let packed = opened.member("blobs/sha256/0b");
        assert_eq!(likeness(&gzip::FORMAT, packed, "0b"), Likeness::Sure);
        let unpacked = open(&gzip::FORMAT, packed);
        let layer = unpacked.member("<gzip>");
        assert_eq!(open(&FORMAT, layer).member("root/.env"), b"A=1");
    }

    #[test]
    fn damage_is_no_panic() {
        damage(&FORMAT, &tar(&[("a", b"text"), ("b", b"more text")]));
    }
}
