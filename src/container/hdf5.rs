//! `hdf5`: the attributes and datasets of HDF5 files, Keras weights and `MATLAB` 7.3
//! files among them (HDF5 File Format Specification 4.0).
//!
//! Only what can hold text is read. Numbers of more than a byte, which is what
//! weights are, stay unread.

use std::collections::HashSet;
use std::rc::Rc;

use self::data::{Data, Dataset};
use self::file::File;
use self::header::Message;
use super::format::{Format, Head, Likeness, Members, Open, OpenError};
use super::store::Store;
use super::values::Values;
use crate::within::Within;

mod array;
mod attribute;
mod chunk_index;
mod data;
mod datatype;
mod file;
mod filter;
mod fractal_heap;
mod header;
mod link;
mod tree;

pub(crate) const FORMAT: Format = Format {
    name: NAME,
    about: "HDF5 (`.h5`, `.hdf5`, `.keras` weights, `.mat` of MATLAB 7.3)",
    seen: "Attributes, and datasets of strings, bytes, opaque values and compounds of those, \
        chunks unpacked where their filters are deflate, shuffle, Fletcher32 or LZF. A dataset \
        is named by its path, as in `weights.h5!model/vocab`, an attribute by its name behind \
        that of its owner, as in `weights.h5!model@config`.",
    unseen: "Datasets of numbers of more than one byte, and of bytes in three dimensions or \
        more, which are pictures. Chunks with other filters. Attributes that are kept outside \
        of a header because they are huge.",
    is,
    open: Open::Anywhere(open),
};

/// What its errors call it.
const NAME: &str = "hdf5";

const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";

/// Where the signature may be: something of the user's may stand in front of it.
const PLACES: [usize; 8] = [0, 512, 1024, 2048, 4096, 8192, 16384, 32768];

/// The longest path that is told in full, in bytes.
const LONGEST_PATH: usize = 4096;

fn is(head: &Head<'_>) -> Likeness {
    let is_at = |place: &usize| {
        let bytes = head.bytes.get(*place..);
        bytes.is_some_and(|bytes| bytes.starts_with(SIGNATURE))
    };
    Likeness::sure_if(PLACES.iter().any(is_at))
}

/// An object that was found and not yet visited.
struct Object {
    address: u64,
    /// The path of the group it is in, which many have in common.
    parent: Rc<[u8]>,
    name: Vec<u8>,
}

fn open(store: &mut Store<'_>, members: &mut dyn Members) -> Result<(), OpenError> {
    let (mut file, root) = File::open(store, members.budget())?;
    let mut seen = HashSet::from([root]);
    let mut objects = vec![Object {
        address: root,
        parent: Rc::from([]),
        name: Vec::new(),
    }];
    while let Some(object) = objects.pop() {
        members.budget().in_time()?;
        let path: Rc<[u8]> = joined(&object.parent, &object.name).into();
        let messages = match header::messages(&mut file, object.address) {
            Ok(messages) => messages,
            Err(error) => {
                fault(members, &path, error)?;
                continue;
            }
        };
        show(&mut file, &path, &messages, members)?;
        match link::links(&mut file, &messages) {
            Ok(links) => {
                for link in links.into_iter().rev() {
                    if seen.insert(link.address) {
                        objects.push(Object {
                            address: link.address,
                            parent: Rc::clone(&path),
                            name: link.name,
                        });
                    }
                }
            }
            Err(error) => fault(members, &path, error)?,
        }
    }
    Ok(())
}

/// Hands on the attributes and the data of an object.
fn show(
    file: &mut File<'_, '_>,
    path: &[u8],
    messages: &[Message],
    members: &mut dyn Members,
) -> Result<(), OpenError> {
    match attribute::attributes(file, messages) {
        Ok(attributes) => {
            for attribute in attributes {
                let (name, dataset) = attribute.dataset();
                hand_on(file, &[path, b"@", &name].concat(), dataset, members)?;
            }
        }
        Err(error) => fault(members, path, error)?,
    }
    match Dataset::of_object(file, messages) {
        Ok(Some(dataset)) => hand_on(file, path, dataset, members),
        Ok(None) => Ok(()),
        Err(error) => fault(members, path, error),
    }
}

/// Hands on what text a dataset has, or its bytes.
fn hand_on(
    file: &mut File<'_, '_>,
    name: &[u8],
    dataset: Dataset,
    members: &mut dyn Members,
) -> Result<(), OpenError> {
    let shown = match Data::of(file, dataset) {
        Ok(None) => Ok(()),
        Ok(Some(data)) if data.is_bytes() => {
            let mut bytes = data.bytes(file);
            return members.member(name, &mut bytes);
        }
        Ok(Some(data)) => texts(file, name, data, members),
        Err(error) => Err(error),
    };
    shown.or_else(|error| fault(members, name, error))
}

fn texts(
    file: &mut File<'_, '_>,
    name: &[u8],
    mut data: Data,
    members: &mut dyn Members,
) -> Result<(), OpenError> {
    let mut values = if data.is_column() {
        Values::parts(name, |row| Some(Within::Row(row)))
    } else {
        Values::new(name)
    };
    loop {
        let piece = match data.next_piece(file) {
            Ok(Some(piece)) => piece,
            Ok(None) => break,
            Err(error) => {
                fault(members, name, error)?;
                continue;
            }
        };
        members.budget().in_time()?;
        let mut row = piece.first_row;
        for element in data.elements(&piece.bytes) {
            let push = &mut |text: &[u8]| values.push_part(row, text, members);
            data.datatype().texts(file, element, push)?;
            row = row.saturating_add(1);
        }
    }
    values.finish(members)
}

/// Reports what is wrong with a part, and goes on, unless a limit is reached.
fn fault(members: &mut dyn Members, path: &[u8], error: OpenError) -> Result<(), OpenError> {
    if matches!(error, OpenError::Limit(_)) {
        return Err(error);
    }
    members.fault(if path.is_empty() { b"/" } else { path }, error);
    Ok(())
}

fn joined(path: &[u8], name: &[u8]) -> Vec<u8> {
    if path.is_empty() || path.len() + name.len() > LONGEST_PATH {
        return name.to_vec();
    }
    [path, b"/", name].concat()
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;
    use flate2::read::ZlibDecoder;
    use std::io::Read;

    use super::*;
    use crate::container::damage::survives;
    use crate::container::format::testing::{Opened, likeness, open, open_within};
    use crate::limits::Limits;

    /// Files of h5py, whose `libver` is the name: a group `model` with more than eight
    /// links, of which `vocab` is chunked by two with gzip, shuffle and Fletcher32,
    /// `growing` has no upper end and LZF, `blob` is a gzipped row of bytes, `letters` are
    /// two times two characters, and `weights` are numbers; `note` and `config` are attributes, of any and of a fixed length.
    const EARLIEST: &str = include_str!("hdf5/sample_earliest.base64");
    const LATEST: &str = include_str!("hdf5/sample_latest.base64");

    fn sample(text: &str) -> Vec<u8> {
        let text = text.replace('\n', "");
        let packed = BASE64.decode(text.as_bytes()).expect("it is base64");
        let mut file = Vec::new();
        ZlibDecoder::new(&*packed)
            .read_to_end(&mut file)
            .expect("it is zlib");
        file
    }

    /// The documented example.
    const TOKEN: &str = "hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789AB"; // hfleaks:allow the documented example

    #[test]
    fn attributes_and_datasets_are_members() {
        for text in [EARLIEST, LATEST] {
            let file = sample(text);
            assert_eq!(likeness(&FORMAT, &file, ""), Likeness::Sure);
            let opened = open(&FORMAT, &file);
            assert!(
                opened.error.is_none() && opened.faults.is_empty(),
                "{opened:?}"
            );
            let line = format!("{TOKEN}\n");
            assert_eq!(opened.member("@note"), line.as_bytes());
            assert_eq!(opened.member("model@config"), line.as_bytes());
            let values = format!("the\n{TOKEN}\nend\n");
            assert_eq!(opened.member("model/vocab"), values.as_bytes());
            assert_eq!(opened.member("model/growing"), values.as_bytes());
            assert_eq!(opened.member("model/blob"), TOKEN.as_bytes());
            assert_eq!(opened.member("model/letters"), b"ab\ncd\n");
            assert_eq!(opened.members.len(), 6, "{:?}", names(&opened));
        }
    }

    fn names(opened: &Opened) -> Vec<&str> {
        let members = opened.members.iter();
        members.map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn something_of_the_user_may_stand_in_front() {
        let file = [&[b' '; 512], &*sample(LATEST)].concat();
        assert_eq!(likeness(&FORMAT, &file, ""), Likeness::Sure);
        assert_eq!(open(&FORMAT, &file).members.len(), 6);
        let other = [&[b' '; 511], &*sample(LATEST)].concat();
        assert_eq!(likeness(&FORMAT, &other, "a.h5"), Likeness::No);
    }

    #[test]
    fn damage_is_told_and_the_rest_is_seen() {
        let mut file = sample(EARLIEST);
        // The header of zlib, in front of the bytes of `blob`.
        let places = file.windows(2).enumerate();
        let chunks: Vec<_> = places
            .filter(|(_, it)| *it == b"\x78\x5e" || *it == b"\x78\x9c")
            .map(|(place, _)| place)
            .collect();
        assert!(!chunks.is_empty(), "it has chunks");
        for place in chunks {
            file[place] = 0;
        }
        let opened = open(&FORMAT, &file);
        assert!(opened.error.is_none(), "{opened:?}");
        let faults: Vec<_> = opened
            .faults
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert!(faults.contains(&"model/vocab"), "{faults:?}");
        assert!(opened.member("model/growing").starts_with(b"the\n"));
    }

    #[test]
    fn damaged_files_do_no_harm() {
        survives(&FORMAT, &sample(LATEST), "");
    }

    #[test]
    fn a_limit_ends_it() {
        let limits = Limits {
            bytes: 1000,
            ..Limits::default()
        };
        let opened = open_within(&FORMAT, &sample(LATEST), limits);
        let error = opened.error.expect("its headers are larger");
        assert!(error.contains("1000 bytes"), "{error}");
    }
}
