//! Loose objects: each in a file of its own, named by its id and deflated.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::hash::Kind as HashKind;
use sirocco::Format;
use sirocco::inflate::Reader;

use super::inflate::InflateError;
use super::object::{Kind, ObjectError};

/// A loose object, open behind its header.
pub(crate) struct Loose {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its length in bytes, as its header says.
    pub(crate) length: u64,
    /// What follows the header.
    pub(crate) rest: Reader<BufReader<File>>,
}

/// The file of an object in an object folder.
pub(crate) fn path(folder: &Path, id: &ObjectId) -> PathBuf {
    let hex = id.to_hex().to_string();
    let (first, rest) = hex.split_at(2);
    folder.join(first).join(rest)
}

/// Opens an object's file and reads its header.
///
/// # Errors
/// [`ObjectError::Io`] where it cannot be read or inflated,
/// [`ObjectError::LooseHeader`] where it does not begin with a kind and a length.
pub(crate) fn open(path: &Path) -> Result<Loose, ObjectError> {
    // A pipe would make the scan wait for a writer.
    if !fs::metadata(path)?.is_file() {
        return Err(ObjectError::LooseHeader);
    }
    let mut rest = Reader::new(Format::Zlib, BufReader::new(File::open(path)?));
    let mut header = Vec::new();
    // `commit`, a space and twenty digits.
    while header.len() < 32 {
        let mut byte = [0];
        rest.read_exact(&mut byte)?;
        if byte[0] == 0 {
            let (kind, length) = parsed(&header).ok_or(ObjectError::LooseHeader)?;
            return Ok(Loose { kind, length, rest });
        }
        header.push(byte[0]);
    }
    Err(ObjectError::LooseHeader)
}

/// The bytes of a loose object.
///
/// # Errors
/// [`ObjectError::Io`] where they cannot be read or inflated,
/// [`ObjectError::Inflate`] where they are more or fewer than the header says.
pub(crate) fn whole(loose: Loose) -> Result<Vec<u8>, ObjectError> {
    let promised = loose.length;
    let mut bytes = Vec::new();
    // One more than there should be, to notice it.
    loose
        .rest
        .take(promised.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 == promised {
        Ok(bytes)
    } else {
        Err(InflateError::Length { promised }.into())
    }
}

fn parsed(header: &[u8]) -> Option<(Kind, u64)> {
    let space = header.iter().position(|byte| *byte == b' ')?;
    let (kind, length) = header.split_at(space);
    let length = std::str::from_utf8(&length[1..]).ok()?.parse().ok()?;
    Some((Kind::named(kind)?, length))
}

/// Lists the objects of an object folder into `ids`.
///
/// # Errors
/// Every folder that cannot be listed, with what the system says.
pub(crate) fn list(
    folder: &Path,
    hash: HashKind,
    ids: &mut Vec<ObjectId>,
) -> Vec<(PathBuf, io::Error)> {
    let mut faults = Vec::new();
    for first in 0..=u8::MAX {
        let prefix = format!("{first:02x}");
        let below = folder.join(&prefix);
        let entries = match fs::read_dir(&below) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                faults.push((below, error));
                continue;
            }
        };
        for entry in entries {
            match entry {
                Ok(entry) => {
                    // Others are files that git has not finished writing.
                    let name = entry.file_name();
                    let hex = name.to_str().map(|rest| format!("{prefix}{rest}"));
                    let id = hex.and_then(|hex| ObjectId::from_hex(hex.as_bytes()).ok());
                    ids.extend(id.filter(|id| id.kind() == hash));
                }
                Err(error) => faults.push((below.clone(), error)),
            }
        }
    }
    faults
}
