//! `rpm` packages: two headers, and a compressed `cpio` behind them (RPM's manual,
//! "Package format").

use std::io::{self, Read};

use super::format::{Format, Head, Likeness, Members, Open, OpenError};

pub(crate) const FORMAT: Format = Format {
    name: "rpm",
    about: "RPM packages (`.rpm`)",
    seen: "The payload as the member `payload`, in which files are found by opening it in \
        turn.",
    unseen: "Scripts and other values of the headers, but for the raw bytes.",
    is,
    open: Open::Stream(open),
};

const MAGIC: &[u8] = b"\xed\xab\xee\xdb";
/// How long the lead is, of which nothing is needed.
const LEAD: u64 = 96;
const HEADER_MAGIC: &[u8] = b"\x8e\xad\xe8\x01";
/// How long a header is before its entries, and an entry.
const HEADER: usize = 16;
const ENTRY: u64 = 16;

fn is(head: &Head<'_>) -> Likeness {
    Likeness::sure_if(head.bytes.starts_with(MAGIC))
}

fn open(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    skip(stream, LEAD)?;
    // Only that of signatures is padded.
    let signatures = skip_header(stream)?;
    skip(stream, signatures.wrapping_neg() % 8)?;
    skip_header(stream)?;
    members.member(b"payload", stream)
}

/// Passes a header, and says how long it was.
fn skip_header(stream: &mut dyn Read) -> Result<u64, OpenError> {
    let mut start = [0; HEADER];
    stream
        .read_exact(&mut start)
        .map_err(OpenError::read(FORMAT.name))?;
    if !start.starts_with(HEADER_MAGIC) {
        return Err(OpenError::damaged(FORMAT.name, "a header is missing"));
    }
    // How many entries there are, and how long their values are.
    let counts = start.last_chunk().map_or(0, |it| u64::from_be_bytes(*it));
    let length = (counts >> 32) * ENTRY + (counts & u64::from(u32::MAX));
    skip(stream, length)?;
    Ok(HEADER as u64 + length)
}

fn skip(stream: &mut dyn Read, length: u64) -> Result<(), OpenError> {
    let skipped = io::copy(&mut stream.take(length), &mut io::sink());
    if skipped.map_err(OpenError::read(FORMAT.name))? < length {
        return Err(OpenError::damaged(FORMAT.name, "it is cut off"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::format::testing::{damage, likeness, open, open_within};
    use crate::limits::Limits;

    fn header(values: &[u8]) -> Vec<u8> {
        let length = u32::try_from(values.len()).expect("it is small");
        [
            b"\x8e\xad\xe8\x01\0\0\0\0\0\0\0\x01",
            &length.to_be_bytes()[..],
            &[0; 16],
            values,
        ]
        .concat()
    }

    fn rpm() -> Vec<u8> {
        let mut lead = MAGIC.to_vec();
        lead.resize(96, 0);
        let signatures = [header(b"abc"), vec![0; 5]].concat();
        [lead, signatures, header(b"some"), b"payload of it".to_vec()].concat()
    }

    #[test]
    fn the_payload_is_a_member() {
        let bytes = rpm();
        assert_eq!(likeness(&FORMAT, &bytes, "x.bin"), Likeness::Sure);
        assert_eq!(likeness(&FORMAT, b"\xed\xab\xee", "x.rpm"), Likeness::No);
        let opened = open(&FORMAT, &bytes);
        assert_eq!(opened.member("payload"), b"payload of it");
        assert_eq!(opened.error, None);
    }

    #[test]
    fn damage_is_reported_and_no_panic() {
        let bytes = rpm();
        let opened = open(&FORMAT, &bytes[..150]);
        assert!(opened.error.is_some() && opened.members.is_empty());
        damage(&FORMAT, &bytes);
    }

    #[test]
    fn too_many_members_end_at_their_limit() {
        let limits = Limits {
            members: 0,
            ..Limits::default()
        };
        let opened = open_within(&FORMAT, &rpm(), limits);
        assert!(opened.error.is_some_and(|it| it.contains("--max-members")));
    }
}
