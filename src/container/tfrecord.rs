//! `tfrecord`: records of TensorFlow, of which the events of `TensorBoard` are one kind.
//! Their content is Protocol Buffers, of whatever messages.

use std::io::Read;

use super::field_stream::{self, FieldStream};
use super::format::{Format, Head, Likeness, Members, Open, OpenError};
use super::protobuf;
use super::values::Values;
use crate::within::Within;

pub(crate) const FORMAT: Format = Format {
    name: "tfrecord",
    about: "TFRecord (`.tfrecord`, `events.out.tfevents.…` of TensorBoard)",
    seen: "Strings of the messages in the records, as the member `<records>`; a finding names the \
        record.",
    unseen: "Records of more than 16 MiB, but for the raw bytes.",
    is,
    open: Open::Stream(open),
};

fn is(head: &Head<'_>) -> Likeness {
    let Some((length, rest)) = head.bytes.split_first_chunk::<8>() else {
        return Likeness::No;
    };
    // No record is as long as five bytes can tell.
    let [_, _, _, _, _, 0, 0, 0] = length else {
        return Likeness::No;
    };
    let checksum = rest
        .first_chunk()
        .map(|checksum| u32::from_le_bytes(*checksum));
    Likeness::sure_if(checksum == Some(masked(crc32c(length))))
}

fn open(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    let mut fields = FieldStream::new(FORMAT.name, stream);
    let mut values = Values::parts(b"<records>", |record| Some(Within::Record(record)));
    let read = records(&mut fields, &mut values, members);
    values.finish(members)?;
    read
}

fn records(
    fields: &mut FieldStream<&mut dyn Read>,
    values: &mut Values<'_>,
    members: &mut dyn Members,
) -> Result<(), OpenError> {
    let mut number = 0;
    while !fields.is_at_end()? {
        members.budget().in_time()?;
        number += 1;
        let length = fields.array()?;
        if fields.u32()? != masked(crc32c(&length)) {
            let reason = format!("the length of record {number} is wrong");
            return Err(OpenError::damaged(FORMAT.name, reason));
        }
        let length = u64::from_le_bytes(length);
        if length > field_stream::LARGEST {
            fields.skip(length)?;
        } else {
            let record = fields.take(length)?;
            protobuf::strings(&record, &mut |text| values.push_part(number, text, members))?;
        }
        // A checksum; what is damaged is scanned all the same.
        fields.skip(4)?;
    }
    Ok(())
}

/// The checksum as it is written, so that one of a text with checksums in it is none of
/// them (`tensorflow/core/lib/hash/crc32c.h`).
fn masked(checksum: u32) -> u32 {
    checksum.rotate_right(15).wrapping_add(0xa282_ead8)
}

/// CRC-32C (RFC 3720), of few bytes.
fn crc32c(bytes: &[u8]) -> u32 {
    let next = |checksum: u32, byte: &u8| {
        let step = |checksum: u32, _| {
            let polynomial = if checksum & 1 == 1 { 0x82f6_3b78 } else { 0 };
            (checksum >> 1) ^ polynomial
        };
        (0..8).fold(checksum ^ u32::from(*byte), step)
    };
    !bytes.iter().fold(u32::MAX, next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::damage::survives;
    use crate::container::format::testing::{likeness, open, open_within};
    use crate::container::protobuf::writing::{bytes, number};
    use crate::limits::Limits;

    fn record(content: &[u8]) -> Vec<u8> {
        let length = (content.len() as u64).to_le_bytes();
        let checksum = masked(crc32c(&length)).to_le_bytes();
        [&length[..], &checksum, content, b"crc."].concat()
    }

    fn sample() -> Vec<u8> {
        let summary = bytes(1, &[bytes(1, b"text"), bytes(2, b"hf_ab")].concat());
        let event = [number(2, 7), bytes(5, &summary)].concat();
        [
            record(&bytes(3, b"brain.Event:2")),
            record(&event),
            record(b""),
        ]
        .concat()
    }

    #[test]
    fn the_checksum_is_the_right_one() {
        // The check value of CRC-32C.
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }

    #[test]
    fn strings_of_records_are_parted() {
        let file = sample();
        assert_eq!(likeness(&FORMAT, &file, ""), Likeness::Sure);
        assert_eq!(likeness(&FORMAT, &[0; 64], "a.tfrecord"), Likeness::No);
        let opened = open(&FORMAT, &file);
        assert_eq!(opened.error, None);
        assert_eq!(opened.member("<records>"), b"brain.Event:2\ntext\nhf_ab\n");
    }

    #[test]
    fn damage_is_told_and_does_no_harm() {
        let file = sample();
        let opened = open(&FORMAT, &file[..file.len() - 20]);
        assert!(opened.error.is_some() && opened.member("<records>").ends_with(b"hf_ab\n"));
        survives(&FORMAT, &file, "");
    }

    #[test]
    fn a_limit_ends_it() {
        let limits = Limits {
            members: 0,
            ..Limits::default()
        };
        let opened = open_within(&FORMAT, &sample(), limits);
        assert!(
            opened
                .error
                .is_some_and(|error| error.contains("--max-members"))
        );
    }
}
