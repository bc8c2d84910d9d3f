//! `safetensors`: the metadata of tensors, which is JSON. The tensors stay unread.

use std::io::{BufReader, Read};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::format::{Format, Head, Likeness, Members, Open, OpenError};

pub(crate) const FORMAT: Format = Format {
    name: "safetensors",
    about: "safetensors (`.safetensors`)",
    seen: "The values of `__metadata__`, their JSON undone, as in \
        `a.safetensors!__metadata__.note`.",
    unseen: "Tensors, and their names, but for the raw bytes.",
    is,
    open: Open::Stream(open),
};

/// The largest header that the format allows, in bytes.
const LARGEST: u64 = 100_000_000;

/// The longest key that is told in full, in bytes.
const LONGEST_KEY: usize = 1024;

fn is(head: &Head<'_>) -> Likeness {
    let Some((length, json)) = head.bytes.split_first_chunk() else {
        return Likeness::No;
    };
    let length = u64::from_le_bytes(*length);
    if !(2..=LARGEST).contains(&length) || !json.starts_with(b"{") {
        return Likeness::No;
    }
    let mut behind = json
        .iter()
        .skip(1)
        .filter(|byte| !byte.is_ascii_whitespace());
    if !matches!(behind.next(), Some(b'"' | b'}')) {
        return Likeness::No;
    }
    if head.has_ending(".safetensors") {
        Likeness::Sure
    } else {
        Likeness::Maybe
    }
}

/// The header, of which the tensors are passed.
#[derive(Deserialize)]
struct Header {
    #[serde(rename = "__metadata__", default)]
    metadata: Option<Map<String, Value>>,
}

fn open(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    let mut stream = BufReader::new(stream);
    let mut length = [0; 8];
    let read = stream.read_exact(&mut length);
    read.map_err(OpenError::read(FORMAT.name))?;
    let length = u64::from_le_bytes(length).min(LARGEST);
    let header = members.budget().meter(stream.take(length));
    // Its strings are gathered byte by byte, which a buffer makes bearable.
    let header: Header = serde_json::from_reader(BufReader::new(header)).map_err(|error| {
        if error.is_io() {
            OpenError::read(FORMAT.name)(error.into())
        } else {
            OpenError::damaged(FORMAT.name, error.to_string())
        }
    })?;
    for (key, value) in header.metadata.unwrap_or_default() {
        let key = key.as_bytes();
        let key = key.get(..LONGEST_KEY).unwrap_or(key);
        let name = [b"__metadata__.", key].concat();
        let text = match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        members.text(&name, text.as_bytes(), &|_| None)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::damage::survives;
    use crate::container::format::testing::{likeness, open, open_within};
    use crate::limits::Limits;

    fn sample(header: &str) -> Vec<u8> {
        let length = header.len() as u64;
        [&length.to_le_bytes(), header.as_bytes(), &[0; 16]].concat()
    }

    const HEADER: &str = r#"{"__metadata__":{"format":"pt","note":"hf\u005fab\"c"},"#;

    fn usual() -> Vec<u8> {
        let tensor = r#""w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}  "#;
        sample(&[HEADER, tensor].concat())
    }

    #[test]
    fn metadata_are_members() {
        let file = usual();
        assert_eq!(likeness(&FORMAT, &file, "a.safetensors"), Likeness::Sure);
        assert_eq!(likeness(&FORMAT, &file, ""), Likeness::Maybe);
        let opened = open(&FORMAT, &file);
        assert_eq!(opened.error, None);
        assert_eq!(opened.member("__metadata__.note"), b"hf_ab\"c");
        assert_eq!(opened.member("__metadata__.format"), b"pt");
        assert!(open(&FORMAT, &sample("{}")).members.is_empty());
    }

    #[test]
    fn other_files_are_not_of_it() {
        let name = "a.safetensors";
        assert_eq!(likeness(&FORMAT, b"{\"a\": 1}", name), Likeness::No);
        assert_eq!(
            likeness(&FORMAT, b"\x01\0\0\0\0\0\0\0{", name),
            Likeness::No
        );
        assert_eq!(
            likeness(&FORMAT, b"\xff\0\0\0\0\0\0\x01{\"", name),
            Likeness::No
        );
        assert_eq!(
            likeness(&FORMAT, b"\xff\0\0\0\0\0\0\0[\"", name),
            Likeness::No
        );
    }

    #[test]
    fn damage_is_told_and_does_no_harm() {
        let opened = open(&FORMAT, &sample(HEADER));
        assert!(opened.error.is_some(), "{opened:?}");
        survives(&FORMAT, &usual(), "a.safetensors");
    }

    #[test]
    fn a_limit_ends_it() {
        let limits = Limits {
            bytes: 40,
            ..Limits::default()
        };
        let opened = open_within(&FORMAT, &usual(), limits);
        assert!(
            opened
                .error
                .is_some_and(|error| error.contains("--max-unpacked"))
        );
    }
}
