//! `npy`: arrays of `NumPy` that hold strings, or objects (NEP 1). Numbers stay unread.

use std::io::Read;

use super::field_stream::FieldStream;
use super::format::{Format, Head, Likeness, Members, Open, OpenError};
use super::values::Values;
use crate::within::Within;

pub(crate) const FORMAT: Format = Format {
    name: "npy",
    about: "NumPy (`.npy`, and `.npz`, which is a ZIP of them)",
    seen: "Strings, also as fields of records, as the member `<values>`; a finding names the row. \
        Of an array of objects, the pickle `<objects>` that holds them.",
    unseen: "Numbers; records with records or arrays in them.",
    is,
    open: Open::Stream(open),
};

const MAGIC: &[u8] = b"\x93NUMPY";

/// The largest record whose strings are read, in bytes.
const LARGEST_RECORD: u64 = 1 << 20;

fn is(head: &Head<'_>) -> Likeness {
    let version = head.bytes.get(MAGIC.len());
    Likeness::sure_if(head.bytes.starts_with(MAGIC) && matches!(version, Some(1..=3)))
}

/// A string in a record.
#[derive(Debug, PartialEq, Eq)]
struct Text {
    start: usize,
    length: usize,
    coding: Coding,
}

/// How the characters of a string are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Bytes,
    LittleEndian,
    BigEndian,
}

/// What the elements of an array are.
#[derive(Debug, PartialEq, Eq)]
enum Elements {
    Objects,
    /// So many bytes, with these strings.
    Records(u64, Vec<Text>),
}

fn open(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    let mut fields = FieldStream::new(FORMAT.name, stream);
    let [.., major, _minor] = fields.array::<8>()?;
    let length = if major == 1 {
        let length = fields.array().map(u16::from_le_bytes)?;
        u32::from(length)
    } else {
        fields.u32()?
    };
    let header = fields.take(length.into())?;
    match elements(&String::from_utf8_lossy(&header)) {
        Some(Elements::Objects) => members.member(b"<objects>", fields.rest()),
        Some(Elements::Records(size, texts)) if !texts.is_empty() => {
            let mut values = Values::parts(b"<values>", |row| Some(Within::Row(row)));
            let mut row = 1;
            while !fields.is_at_end()? {
                members.budget().in_time()?;
                let record = fields.take(size)?;
                for text in &texts {
                    let value = text.of(&record);
                    values.push_part(row, &value, members)?;
                }
                row += 1;
            }
            values.finish(members)
        }
        _ => Ok(()),
    }
}

/// Reads the type of the elements from the header, which is a Python literal; none if
/// it is one that is not understood.
fn elements(header: &str) -> Option<Elements> {
    let (_, behind) = header.split_once("'descr':")?;
    let behind = behind.trim_start();
    if !behind.starts_with('[') {
        let descriptor = quoted(behind)?;
        if descriptor.ends_with('O') {
            return Some(Elements::Objects);
        }
        return record(&[descriptor]);
    }
    let (fields, _) = behind.split_once("'fortran_order'")?;
    let fields = fields.trim_end().trim_end_matches(',').trim_end();
    let fields = fields.strip_prefix("[(")?.strip_suffix(")]")?;
    let descriptors = fields.split("), (").map(|field| {
        let (_name, descriptor) = field.split_once("', ")?;
        let is_plain = !descriptor.contains(['(', '[']) || descriptor.starts_with("'<M8[");
        is_plain.then(|| quoted(descriptor))?
    });
    let descriptors: Vec<_> = descriptors.collect::<Option<_>>()?;
    if descriptors
        .iter()
        .any(|descriptor| descriptor.ends_with('O'))
    {
        return Some(Elements::Objects);
    }
    record(&descriptors)
}

/// What stands in the quotes at the start.
fn quoted(text: &str) -> Option<&str> {
    let text = text.strip_prefix('\'')?;
    text.split_once('\'').map(|(quoted, _)| quoted)
}

/// A record whose fields have these types, such as `<U41` or `|S8`.
fn record(descriptors: &[&str]) -> Option<Elements> {
    let mut size = 0_u64;
    let mut texts = Vec::new();
    for descriptor in descriptors {
        let (order, rest) = descriptor.split_at_checked(1)?;
        let (kind, number) = rest.split_at_checked(1)?;
        let number = number.split('[').next()?.parse::<u64>().ok()?;
        let length = if kind == "U" {
            number.checked_mul(4)?
        } else {
            number
        };
        let coding = match (kind, order) {
            ("U", ">") => Some(Coding::BigEndian),
            ("U", _) => Some(Coding::LittleEndian),
            ("S" | "a", _) => Some(Coding::Bytes),
            _ => None,
        };
        if let Some(coding) = coding {
            texts.push(Text {
                start: usize::try_from(size).ok()?,
                length: usize::try_from(length).ok()?,
                coding,
            });
        }
        size = size.checked_add(length)?;
    }
    let is_usual = size > 0 && size <= LARGEST_RECORD;
    is_usual.then_some(Elements::Records(size, texts))
}

impl Text {
    /// The text in a record, without the zeros that fill it up.
    fn of(&self, record: &[u8]) -> Vec<u8> {
        let bytes = record.get(self.start..).unwrap_or_default();
        let bytes = bytes.get(..self.length).unwrap_or(bytes);
        let number = match self.coding {
            Coding::Bytes => {
                let last = bytes.iter().rposition(|byte| *byte != 0);
                let end = last.map_or(0, |last| last + 1);
                return bytes.get(..end).unwrap_or(bytes).to_vec();
            }
            Coding::LittleEndian => u32::from_le_bytes,
            Coding::BigEndian => u32::from_be_bytes,
        };
        let (characters, _) = bytes.as_chunks::<4>();
        let characters = characters.iter().map(|bytes| {
            let character = char::from_u32(number(*bytes));
            character.unwrap_or(char::REPLACEMENT_CHARACTER)
        });
        let text: String = characters.collect();
        text.trim_end_matches('\0').as_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::damage::survives;
    use crate::container::format::testing::{likeness, open};

    fn array(descriptor: &str, data: &[u8]) -> Vec<u8> {
        let header =
            format!("{{'descr': {descriptor}, 'fortran_order': False, 'shape': (2,), }}\n");
        let length = u16::try_from(header.len()).expect("samples are small");
        [
            MAGIC,
            b"\x01\0",
            &length.to_le_bytes(),
            header.as_bytes(),
            data,
        ]
        .concat()
    }

    fn utf32(text: &str) -> Vec<u8> {
        let characters = text.chars();
        characters
            .flat_map(|it| u32::from(it).to_le_bytes())
            .collect()
    }

    #[test]
    fn strings_are_parted() {
        let sample = array("'<U3'", &utf32("onetwoö\0\0"));
        assert_eq!(likeness(&FORMAT, &sample, ""), Likeness::Sure);
        assert_eq!(likeness(&FORMAT, MAGIC, "a.npy"), Likeness::No);
        assert_eq!(
            open(&FORMAT, &sample).member("<values>"),
            "one\ntwo\nö\n".as_bytes()
        );
        let sample = array("'|S3'", b"onetwo6\0\0");
        assert_eq!(open(&FORMAT, &sample).member("<values>"), b"one\ntwo\n6\n");
        let big: Vec<_> = "ab"
            .bytes()
            .flat_map(|it| u32::from(it).to_be_bytes())
            .collect();
        assert_eq!(
            open(&FORMAT, &array("'>U1'", &big)).member("<values>"),
            b"a\nb\n"
        );
    }

    #[test]
    fn records_have_fields() {
        let descriptor = "[('id', '<i4'), ('name', '|S2'), ('token', '<U2')]";
        let data = [
            b"\x01\0\0\0ab",
            &*utf32("cd"),
            b"\x02\0\0\0ef",
            &*utf32("gh"),
        ]
        .concat();
        let opened = open(&FORMAT, &array(descriptor, &data));
        assert_eq!(opened.member("<values>"), b"ab\ncd\nef\ngh\n");
        let nested = "[('a', [('b', '<U2')])]";
        assert!(open(&FORMAT, &array(nested, &data)).members.is_empty());
    }

    #[test]
    fn objects_are_a_pickle_and_numbers_nothing() {
        let opened = open(&FORMAT, &array("'|O'", b"\x80\x04N."));
        assert_eq!(opened.member("<objects>"), b"\x80\x04N.");
        let opened = open(&FORMAT, &array("'<f8'", &[0; 80]));
        assert!(opened.members.is_empty() && opened.error.is_none());
    }

    #[test]
    fn damage_is_told_and_does_no_harm() {
        let sample = array("[('a', '<i4'), ('b', '<U2')]", &[b'x'; 24]);
        let opened = open(&FORMAT, &sample[..sample.len() - 1]);
        assert!(opened.error.is_some(), "{opened:?}");
        survives(&FORMAT, &sample, "");
    }
}
