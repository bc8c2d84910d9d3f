//! What the fuzz targets in `fuzz/` call: every decoder by its name, as a container that
//! was recognised would be opened, within small limits.

use std::path::Path;
use std::time::Duration;

use crate::container::encoding::{CODES, Encodings};
use crate::container::format::testing::open_within;
use crate::container::format::{FORMATS, Head, Open};
use crate::limits::Limits;

/// Decodes bytes as a format or an encoding.
///
/// # Panics
/// Where none has the name.
pub fn decode(name: &str, bytes: &[u8]) {
    if let Some(format) = FORMATS.iter().find(|format| format.name == name) {
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
                let limits = Limits {
                    bytes: 4 << 20,
                    members: 10_000,
                    time: Duration::from_secs(10),
                    ..Limits::default()
                };
                open_within(format, bytes, limits);
            }
        }
        return;
    }
    let encodings = Encodings::new(&[b"hf_".to_vec(), b"api_org_".to_vec()], |it| {
        it.name() == name
    });
    let _ = encodings.first_in(bytes, 0);
    let mut decoded = 0;
    encodings.each(bytes, 0..bytes.len(), &mut |_| decoded += 1);
    assert!(
        CODES.iter().any(|code| code.encoding.name() == name),
        "no decoder is named {name}"
    );
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::container_choice::names;

    #[test]
    fn every_decoder_has_a_target() {
        let manifest: toml::Table = include_str!("../fuzz/Cargo.toml")
            .parse()
            .expect("it is TOML");
        let targets = manifest["bin"].as_array().expect("it has targets");
        let name = |target: &toml::Value| target["name"].as_str().map(str::to_owned);
        let targets: BTreeSet<String> = targets.iter().filter_map(name).collect();
        let decoders = names().into_iter().map(|name| format!("decode-{name}"));
        assert_eq!(targets, decoders.collect());
    }
}
