//! `wandb`: the log of a run of Weights & Biases, which is a log of `LevelDB`: records
//! are cut where a block ends, and a token in them with it. Their content is Protocol
//! Buffers.

use std::io::Read;

use super::field_stream::{self, FieldStream};
use super::fields::Fields;
use super::format::{Format, Head, Likeness, Members, Open, OpenError};
use super::protobuf;
use super::values::Values;
use crate::within::Within;

pub(crate) const FORMAT: Format = Format {
    name: "wandb",
    about: "Weights & Biases (`.wandb`)",
    seen: "Strings of the records, joined where a block ends, as the member `<records>`; a finding \
        names the record.",
    unseen: "Of a record of more than 16 MiB, what is behind them, but for the raw bytes.",
    is,
    open: Open::Stream(open),
};

/// `:W&B`, and 0xBEE1.
const MAGIC: &[u8] = b":W&B\xe1\xbe";

/// The size of a block, in bytes.
const BLOCK: u64 = 32 << 10;

fn is(head: &Head<'_>) -> Likeness {
    Likeness::sure_if(head.bytes.starts_with(MAGIC))
}

/// Puts records together.
struct Records {
    values: Values<'static>,
    /// The record that goes on in the next block.
    started: Vec<u8>,
    number: u64,
}

fn open(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    let mut fields = FieldStream::new(FORMAT.name, stream);
    let mut records = Records {
        values: Values::parts(b"<records>", |record| Some(Within::Record(record))),
        started: Vec::new(),
        number: 0,
    };
    // Its header, in the first block: the magic number and a version.
    fields.skip(7)?;
    let mut length = BLOCK - 7;
    let mut read = Ok(());
    while read.is_ok() && !fields.is_at_end()? {
        members.budget().in_time()?;
        let mut block = Vec::new();
        let part = fields.part(length).read_to_end(&mut block);
        part.map_err(OpenError::read(FORMAT.name))?;
        read = records.block(&block, members);
        length = BLOCK;
    }
    // A run that was killed has not written its last record in full.
    records.end(members)?;
    records.values.finish(members)?;
    read
}

impl Records {
    /// Takes the parts of records in a block.
    fn block(&mut self, block: &[u8], members: &mut dyn Members) -> Result<(), OpenError> {
        let mut block = Fields::new(FORMAT.name, block);
        // There is no room for a head in the last bytes.
        while block.rest().len() >= 7 {
            let _checksum = block.u32()?;
            let length = u64::from(block.u16()?);
            let kind = block.u8()?;
            let there = length.min(block.rest().len() as u64);
            let part = block.take(there)?;
            match kind {
                // Space that was reserved.
                0 => return Ok(()),
                1 | 2 => self.end(members)?,
                3 | 4 => {}
                _ => {
                    let reason = format!("behind record {} is none", self.number);
                    return Err(OpenError::damaged(FORMAT.name, reason));
                }
            }
            let room = usize::try_from(field_stream::LARGEST).unwrap_or(usize::MAX);
            let room = room.saturating_sub(self.started.len());
            self.started
                .extend_from_slice(part.get(..room).unwrap_or(part));
            if matches!(kind, 1 | 4) {
                self.end(members)?;
            }
        }
        Ok(())
    }

    /// Hands on the record that was put together.
    fn end(&mut self, members: &mut dyn Members) -> Result<(), OpenError> {
        if self.started.is_empty() {
            return Ok(());
        }
        self.number += 1;
        let (number, values) = (self.number, &mut self.values);
        let each = &mut |text: &[u8]| values.push_part(number, text, members);
        protobuf::strings(&self.started, each)?;
        self.started.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::damage::survives;
    use crate::container::format::testing::{likeness, open, open_within};
    use crate::container::protobuf::writing::bytes;
    use crate::limits::Limits;

    fn log(records: &[Vec<u8>]) -> Vec<u8> {
        let mut log = [MAGIC, b"\0"].concat();
        for record in records {
            let mut rest = record.as_slice();
            let mut first = true;
            loop {
                let mut room = 32768 - log.len() % 32768;
                if room < 7 {
                    log.extend(vec![0; room]);
                    room = 32768;
                }
                let part = rest
                    .split_off(..rest.len().min(room - 7))
                    .unwrap_or_default();
                let kind = match (first, rest.is_empty()) {
                    (true, true) => 1,
                    (true, false) => 2,
                    (false, false) => 3,
                    (false, true) => 4,
                };
                let length = u16::try_from(part.len()).expect("a block is small");
                log.extend([b"crc.", &length.to_le_bytes()[..], &[kind], part].concat());
                first = false;
                if rest.is_empty() {
                    break;
                }
            }
        }
        log
    }

    fn sample() -> Vec<u8> {
        let inner = [bytes(1, b"HF_TOKEN"), bytes(2, b"\"hf_ab\"")].concat();
        log(&[bytes(16, b"0.26.1"), bytes(3, &inner)])
    }

    #[test]
    fn strings_of_records_are_parted() {
        let file = sample();
        assert_eq!(likeness(&FORMAT, &file, ""), Likeness::Sure);
        assert_eq!(likeness(&FORMAT, b":W&B", "a.wandb"), Likeness::No);
        let opened = open(&FORMAT, &file);
        assert_eq!(opened.error, None);
        assert!(
            opened
                .member("<records>")
                .ends_with(b"HF_TOKEN\n\"hf_ab\"\n")
        );
    }

    #[test]
    fn records_are_joined_where_blocks_end() {
        for filler in 32700..32768 {
            let records = [bytes(1, &vec![b'x'; filler]), bytes(2, &vec![b'y'; 70_000])];
            let file = log(&records);
            let text = open(&FORMAT, &file).members.remove(0).1;
            assert_eq!(text.len(), filler + 70_000 + 2);
        }
    }

    #[test]
    fn damage_does_no_harm() {
        let mut file = sample();
        survives(&FORMAT, &file, "");
        let last = file.len();
        file.extend([0; 100]);
        assert_eq!(open(&FORMAT, &file).error, None);
        file[last + 6] = 9;
        assert!(open(&FORMAT, &file).error.is_some());
        assert_eq!(open(&FORMAT, &sample()[..last - 4]).error, None);
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
