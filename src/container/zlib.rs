//! `zlib`: one stream (RFC 1950), bare or behind the header that joblib once wrote.

use std::io::{Cursor, Read};

use flate2::{Decompress, FlushDecompress, Status};

use super::codec;
use super::format::{Format, Head, Likeness, Members, Open, OpenError};
use super::member_name::unpacked_name;

pub(crate) const FORMAT: Format = Format {
    name: "zlib",
    about: "zlib (`.zz`, `.zlib`, joblib's `.z`)",
    seen: "What it unpacks to, also behind the header of the files of old versions of \
        joblib. `app.log.zlib` holds `app.log`, and where the name says nothing the member \
        is `<zlib>`.",
    unseen: "What stands behind the first stream, but for the raw bytes.",
    is,
    open: Open::Stream(open),
};

/// What joblib wrote before zlib: these letters, and the length in hexadecimal digits.
const JOBLIB: &[u8] = b"ZF0x";
/// How long that is. Some versions wrote another space.
const JOBLIB_LENGTH: usize = 21;

fn is(head: &Head<'_>) -> Likeness {
    match head.bytes {
        // The only window in use, with which two bytes say almost nothing.
        [0x78, _, ..] => Likeness::maybe_if(unpacks(head.bytes)),
        [b'Z', b'F', ..] if head.bytes.starts_with(JOBLIB) => {
            Likeness::sure_if(unpacks(after_joblib(head.bytes)))
        }
        _ => Likeness::No,
    }
}

fn after_joblib(bytes: &[u8]) -> &[u8] {
    let stream = bytes.get(JOBLIB_LENGTH..).unwrap_or_default();
    stream.strip_prefix(b" ").unwrap_or(stream)
}

/// Whether the beginning of a stream unpacks to something: what is none is told after a
/// few bytes.
fn unpacks(bytes: &[u8]) -> bool {
    const FAR: usize = 4096;
    let bytes = bytes.get(..FAR).unwrap_or(bytes);
    let mut unpacked = [0; 1024];
    let mut decoder = Decompress::new(true);
    let status = decoder.decompress(bytes, &mut unpacked, FlushDecompress::None);
    match status {
        Ok(Status::StreamEnd) => true,
        Ok(Status::Ok) => decoder.total_out() > 0,
        Ok(Status::BufError) | Err(_) => false,
    }
}

fn open(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    let mut first = Vec::with_capacity(JOBLIB_LENGTH + 1);
    let length = first.capacity() as u64;
    stream
        .take(length)
        .read_to_end(&mut first)
        .map_err(OpenError::read(FORMAT.name))?;
    let first = if first.starts_with(JOBLIB) {
        after_joblib(&first)
    } else {
        &first
    };
    let name = unpacked_name(
        members.name_of_container(),
        FORMAT.name,
        &[(".zlib", ""), (".zz", ""), (".z", "")],
    );
    let stream = Cursor::new(first).chain(stream);
    let mut unpacked = members.budget().meter(codec::zlib(stream));
    members.member(&name, &mut unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;
    use crate::container::format::testing::{damage, likeness, open, open_named, open_within};
    use crate::limits::Limits;

    fn zlib(bytes: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(bytes).expect("memory can be written to");
        encoder.finish().expect("memory can be written to")
    }

    #[test]
    fn it_is_seen_at_every_level() {
        for level in 0..=9 {
            let bytes = zlib(&b"a line of a log\n".repeat(100), level);
            assert_eq!(likeness(&FORMAT, &bytes, ""), Likeness::Maybe, "{level}");
            let opened = open_named(&FORMAT, &bytes, "a.log.zlib");
            assert_eq!(opened.member("a.log"), b"a line of a log\n".repeat(100));
        }
    }

    #[test]
    fn other_bytes_are_not_taken_for_it() {
        for text in [
            "x^2 + y^2 = z^2",
            "x\u{1}",
            "x",
            "",
            "x\u{1}\u{1}\u{1}abc",
            "ZF0x12",
        ] {
            assert_eq!(
                likeness(&FORMAT, text.as_bytes(), ""),
                Likeness::No,
                "{text}"
            );
        }
    }

    #[test]
    fn joblib_had_a_header() {
        for space in ["", " "] {
            let header = format!("ZF{:<19}{space}", "0x4");
            let bytes = [header.as_bytes(), &zlib(b"text", 3)].concat();
            assert_eq!(likeness(&FORMAT, &bytes, ""), Likeness::Sure);
            assert_eq!(open(&FORMAT, &bytes).member("<zlib>"), b"text");
        }
    }

    #[test]
    fn what_is_cut_off_is_a_fault_and_the_rest_is_seen() {
        let bytes = zlib(&b"0123456789".repeat(10_000), 6);
        let opened = open(&FORMAT, &bytes[..bytes.len() / 2]);
        assert_eq!(opened.faults.len(), 1, "{opened:?}");
        assert!(!opened.members[0].1.is_empty());
        damage(&FORMAT, &zlib(b"a short text, a short text", 6));
    }

    #[test]
    fn a_bomb_ends_at_its_limit() {
        let limits = Limits {
            bytes: 1 << 20,
            ..Limits::default()
        };
        let opened = open_within(&FORMAT, &zlib(&vec![0; 2 << 20], 9), limits);
        assert!(opened.error.is_some_and(|it| it.contains("--max-unpacked")));
    }
}
