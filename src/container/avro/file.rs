//! An object container file: its metadata, with the schema, then blocks of records.

use std::collections::BTreeSet;
use std::io::{self, Read};

use flate2::read::DeflateDecoder;

use super::datum::{Data, DatumError, long};
use super::schema::Schema;
use super::{FORMAT, damaged};
use crate::container::format::{Members, OpenError};
use crate::container::value_list::ValueList;

/// The largest block that is unpacked, and the largest part of the metadata.
const LARGEST: u64 = 64 << 20;

/// The largest window of zstandard, as a power of two.
const WINDOW: u32 = 26;

/// Values that are kept before they are handed on, of all paths.
const MOST_KEPT: usize = 1 << 18;

const MARKER: usize = 16;

pub(super) fn open(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    let read = OpenError::read(FORMAT.name);
    let mut magic = [0; 4];
    stream.read_exact(&mut magic).map_err(&read)?;
    let metadata = Metadata::read(stream)?;
    metadata.hand_on(members)?;
    let codec = Codec::new(&metadata.codec)?;
    let schema = Schema::read(&metadata.schema);
    let mut records = Records {
        lists: Vec::new(),
        schema: schema.ok_or_else(|| damaged("the schema cannot be read"))?,
        passed: 0,
        changed: BTreeSet::new(),
    };
    let lists = records.schema.paths.len();
    records.lists.resize_with(lists, ValueList::default);
    let mut fault = None;
    while let Some(count) = first_number(stream)? {
        members.budget().in_time()?;
        let length = number(stream)?;
        let packed = bytes(stream, length)?;
        let mut marker = [0; MARKER];
        stream.read_exact(&mut marker).map_err(&read)?;
        if marker != metadata.marker {
            return Err(damaged("a block does not end with its marker"));
        }
        match codec.unpack(&packed, members) {
            Ok(block) => records.hand_on(count, &block, members)?,
            Err(OpenError::Limit(limit)) => return Err(limit.into()),
            Err(error) => fault = fault.or(Some(error)),
        }
        records.passed = records.passed.saturating_add(count);
    }
    fault.map_or(Ok(()), Err)
}

#[derive(Default)]
struct Metadata {
    schema: Vec<u8>,
    codec: Vec<u8>,
    /// Everything else.
    pairs: Vec<(Vec<u8>, Vec<u8>)>,
    marker: [u8; MARKER],
}

impl Metadata {
    fn read(stream: &mut dyn Read) -> Result<Self, OpenError> {
        const MOST: usize = 10_000;
        let mut metadata = Self::default();
        loop {
            let count = signed(stream)?;
            if count < 0 {
                signed(stream)?;
            }
            if count == 0 {
                break;
            }
            for _ in 0..count.unsigned_abs() {
                let key = number(stream).and_then(|length| bytes(stream, length))?;
                let value = number(stream).and_then(|length| bytes(stream, length))?;
                match key.as_slice() {
                    b"avro.schema" => metadata.schema = value,
                    b"avro.codec" => metadata.codec = value,
                    _ if metadata.pairs.len() == MOST => {
                        return Err(OpenError::Unsupported("so much metadata".into()));
                    }
                    _ => metadata.pairs.push((key, value)),
                }
            }
        }
        stream
            .read_exact(&mut metadata.marker)
            .map_err(OpenError::read(FORMAT.name))?;
        Ok(metadata)
    }

    fn hand_on(&self, members: &mut dyn Members) -> Result<(), OpenError> {
        let mut list = ValueList::default();
        for (key, value) in &self.pairs {
            list.push(0, &[key, &b"="[..], value].concat());
        }
        list.push(0, &self.schema);
        list.hand_on(b"<metadata>", &|_| None, members)
    }
}

#[derive(Debug, Clone, Copy)]
enum Codec {
    Null,
    Deflate,
    Snappy,
    Zstandard,
}

impl Codec {
    fn new(name: &[u8]) -> Result<Self, OpenError> {
        Ok(match name {
            b"" | b"null" => Self::Null,
            b"deflate" => Self::Deflate,
            b"snappy" => Self::Snappy,
            b"zstandard" => Self::Zstandard,
            other => {
                let name = String::from_utf8_lossy(other).into_owned();
                return Err(OpenError::Unsupported(format!("the codec {name}")));
            }
        })
    }

    fn unpack(self, packed: &[u8], members: &dyn Members) -> Result<Vec<u8>, OpenError> {
        let budget = members.budget();
        let read = OpenError::read(FORMAT.name);
        let mut block = Vec::new();
        let mut fill = |stream: &mut dyn Read| {
            let mut stream = budget.meter(stream).take(LARGEST + 1);
            stream.read_to_end(&mut block)
        };
        match self {
            Self::Null => fill(&mut &*packed),
            Self::Deflate => fill(&mut DeflateDecoder::new(packed)),
            Self::Snappy => {
                // Behind it there is a checksum.
                let packed = packed
                    .get(..packed.len().saturating_sub(4))
                    .unwrap_or_default();
                let length = snap::raw::decompress_len(packed).unwrap_or(0) as u64;
                if length <= LARGEST {
                    budget.unpacked(length)?;
                    return snap::raw::Decoder::new()
                        .decompress_vec(packed)
                        .map_err(|error| read(error.into()));
                }
                return Err(OpenError::Unsupported("a block of this size".into()));
            }
            Self::Zstandard => zstd::stream::read::Decoder::new(packed).and_then(|mut stream| {
                stream.window_log_max(WINDOW)?;
                fill(&mut stream)
            }),
        }
        .map_err(read)?;
        if block.len() as u64 > LARGEST {
            return Err(OpenError::Unsupported("a block of this size".into()));
        }
        Ok(block)
    }
}

/// Hands records on.
struct Records {
    schema: Schema,
    /// The values of each path.
    lists: Vec<ValueList>,
    /// The lists that are not empty.
    changed: BTreeSet<usize>,
    /// Records in the blocks before.
    passed: u64,
}

impl Records {
    fn hand_on(
        &mut self,
        count: u64,
        block: &[u8],
        members: &mut dyn Members,
    ) -> Result<(), OpenError> {
        if !members.is_worth_a_look(block) {
            return Ok(());
        }
        let mut number = self.passed;
        let mut is_broken = false;
        let Self {
            schema,
            lists,
            changed,
            ..
        } = self;
        let mut data = Data::new(schema, block);
        let mut kept = 0;
        for _ in 0..count {
            // Records that have no bytes show nothing, however many there are.
            if data.is_empty() || is_broken {
                break;
            }
            number = number.saturating_add(1);
            let read = data.record(&mut |path, value| {
                let Some(list) = lists.get_mut(path) else {
                    return Ok(());
                };
                list.push(number, value);
                changed.insert(path);
                kept += 1;
                if list.is_full() || kept == MOST_KEPT {
                    kept = 0;
                    flush(schema, lists, changed, members)?;
                }
                Ok(())
            });
            match read {
                Ok(()) => {}
                Err(DatumError::Broken) => is_broken = true,
                Err(DatumError::Open(error)) => return Err(error),
            }
        }
        flush(schema, lists, changed, members)?;
        if is_broken || !data.is_empty() {
            members.member(b"<block>", &mut &*block)?;
            members.fault(b"<block>", damaged("records are not of the schema"));
        }
        Ok(())
    }
}

fn flush(
    schema: &Schema,
    lists: &mut [ValueList],
    changed: &mut BTreeSet<usize>,
    members: &mut dyn Members,
) -> Result<(), OpenError> {
    for path in std::mem::take(changed) {
        lists[path].hand_on(schema.paths[path].as_bytes(), &Some, members)?;
    }
    Ok(())
}

/// So many bytes, as far as they are there.
fn bytes(stream: &mut dyn Read, length: u64) -> Result<Vec<u8>, OpenError> {
    if length > LARGEST {
        return Err(OpenError::Unsupported("a block of this size".into()));
    }
    let mut bytes = Vec::new();
    stream
        .take(length)
        .read_to_end(&mut bytes)
        .map_err(OpenError::read(FORMAT.name))?;
    if (bytes.len() as u64) < length {
        return Err(damaged("it is cut off"));
    }
    Ok(bytes)
}

fn number(stream: &mut dyn Read) -> Result<u64, OpenError> {
    u64::try_from(signed(stream)?).map_err(|_| damaged("a length is negative"))
}

fn signed(stream: &mut dyn Read) -> Result<i64, OpenError> {
    read_number(stream)?.ok_or_else(|| damaged("it is cut off"))
}

/// The number that a block begins with, if there is one more.
fn first_number(stream: &mut dyn Read) -> Result<Option<u64>, OpenError> {
    let Some(count) = read_number(stream)? else {
        return Ok(None);
    };
    let count = u64::try_from(count).map_err(|_| damaged("a block has no records"))?;
    Ok(Some(count))
}

/// A number; none where the stream ends before it.
fn read_number(stream: &mut dyn Read) -> Result<Option<i64>, OpenError> {
    let mut bytes = Vec::new();
    loop {
        let mut byte = [0];
        match stream.read(&mut byte) {
            Ok(0) if bytes.is_empty() => return Ok(None),
            Ok(0) => return Err(damaged("it is cut off")),
            Ok(_) => bytes.push(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(OpenError::read(FORMAT.name)(error)),
        }
        if byte[0] < 0x80 || bytes.len() > 10 {
            let number = long(&mut &*bytes);
            return number
                .map(Some)
                .map_err(|_| damaged("a number is too long"));
        }
    }
}
