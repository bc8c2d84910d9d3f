//! Decoding: every container and encoding, opened as if it had been recognised, within
//! small limits.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use super::Kind;
use crate::container::encoding::{CODES, Encodings};
use crate::container::format::testing::open_within;
use crate::container::format::{FORMATS, Format, Head, Open};
use crate::container_choice::names;
use crate::limits::Limits;

pub(super) const KIND: Kind = Kind {
    name: "decode",
    subjects: names,
    run,
};

/// Each encoding alone.
static ENCODINGS: LazyLock<BTreeMap<&str, Encodings>> = LazyLock::new(|| {
    let literals = [b"hf_".to_vec(), b"api_org_".to_vec()];
    let names = CODES.iter().map(|code| code.encoding.name());
    names
        .map(|name| (name, Encodings::new(&literals, |it| it.name() == name)))
        .collect()
});

fn run(name: &str, bytes: &[u8]) {
    match FORMATS.iter().find(|format| format.name == name) {
        Some(format) => container(format, bytes),
        None => encoding(name, bytes),
    }
}

fn container(format: &Format, bytes: &[u8]) {
    let head = Head {
        bytes: &bytes[..bytes.len().min(256 << 10)],
        name: Path::new("sample.br"),
    };
    let _ = (format.is)(&head);
    match format.open {
        Open::Pieces(pieces) => pieces(bytes, &mut |text, within| {
            for at in [0, text.bytes.len() / 2, text.bytes.len()] {
                let _ = (
                    within(at),
                    text.source_of(&(at..text.bytes.len())),
                    text.text_at(at),
                );
            }
        }),
        Open::Without(_) => {}
        Open::Stream(_) | Open::Anywhere(_) => {
            // Not ended by the clock: what takes long is to be seen.
            let limits = Limits {
                bytes: 4 << 20,
                members: 10_000,
                time: Duration::from_hours(1),
                ..Limits::default()
            };
            open_within(format, bytes, limits);
        }
    }
}

fn encoding(name: &str, bytes: &[u8]) {
    let encodings = &ENCODINGS[name];
    let _ = encodings.first_in(bytes, 0);
    encodings.each(bytes, 0..bytes.len(), &mut |_| ());
}
