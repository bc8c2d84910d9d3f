//! `gzip`: one stream, or several in a row (RFC 1952).

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::format::{Format, Head, Likeness, Members, Open, OpenError};
use super::member_name::unpacked_name;

pub(crate) const FORMAT: Format = Format {
    name: "gzip",
    about: "gzip (`.gz`, `.tgz`)",
    seen: "What it unpacks to, all streams of a file. `app.log.gz` holds `app.log`, `a.tgz` \
        holds `a.tar`, and where the name says nothing the member is `<gzip>`.",
    unseen: "The comment and the name in its header, but for the raw bytes.",
    is,
    open: Open::Stream(open),
};

fn is(head: &Head<'_>) -> Likeness {
    // The magic number, and the only method there is.
    Likeness::sure_if(head.bytes.starts_with(b"\x1f\x8b\x08"))
}

fn open(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    let name = unpacked_name(
        members.name_of_container(),
        FORMAT.name,
        &[(".gz", ""), (".tgz", ".tar")],
    );
    let mut unpacked = members.budget().meter(MultiGzDecoder::new(stream));
    members.member(&name, &mut unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::container::format::testing::{likeness, open, open_within};
    use crate::limits::Limits;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("memory can be written to");
        encoder.finish().expect("memory can be written to")
    }

    #[test]
    fn all_streams_are_one_member() {
        let bytes = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(likeness(&FORMAT, &bytes, "events.log"), Likeness::Sure);
        assert_eq!(open(&FORMAT, &bytes).member("<gzip>"), b"one two");
    }

    #[test]
    fn what_is_cut_off_is_a_fault_and_the_rest_is_seen() {
        let bytes = gzip(&b"0123456789".repeat(10_000));
        let opened = open(&FORMAT, &bytes[..bytes.len() / 2]);
        assert_eq!(opened.faults.len(), 1, "{opened:?}");
        assert!(!opened.members[0].1.is_empty());
    }

    #[test]
    fn a_bomb_ends_at_its_limit() {
        let bytes = gzip(&vec![0; 32 << 20]);
        let opened = open_within(
            &FORMAT,
            &bytes,
            Limits {
                ratio: 100,
                ..Limits::default()
            },
        );
        let error = opened.error.expect("the bomb is one");
        assert!(error.contains("100 times"), "{error}");
        assert!(opened.members.is_empty() || opened.members[0].1.len() <= 17 << 20);
    }
}
