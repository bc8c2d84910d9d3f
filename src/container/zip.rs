//! `zip`, and the many formats that are zips with certain members in them.
//!
//! The directory at its end is read entry by entry, so a zip of a million members takes
//! no more memory than one of two, and of several members of the same name each is seen.
//! Where there is no directory the members tell of themselves.

mod content;
mod directory;
mod header;

use std::io::{Read, Seek, SeekFrom};

use memchr::memmem;

use self::content::{Checked, Said, is_stored, unpack};
use self::directory::{Directory, Entry};
use self::header::{CENTRAL, DESCRIPTOR, Header, LOCAL, LOCAL_LENGTH, u16_at};
use super::format::{Format, Head, Likeness, Members, Open, OpenError};
use super::store::Store;

pub(crate) const FORMAT: Format = Format {
    name: "zip",
    about: "zip (`.zip`, wheels, `.jar`, `.docx`, `.npz`, PyTorch, conda, zipapps)",
    seen: "Members that are stored, deflated (also with deflate64), or packed by bzip2, \
        lzma, xz or zstd, each under its name as it stands in the zip; several of one name \
        are all seen. What stands before the zip does no harm: a zipapp's `#!` line, the \
        program of an `.exe`, the signature of a `.crx`. If the directory at its end is \
        missing or damaged, the zip is reported as damaged, and members are found by their \
        own headers.",
    unseen: "Encrypted members, and methods of the last century, both of which are \
        reported. Comments, and members behind the first listed one that the directory \
        does not list, but for the raw bytes. Archives of several volumes, and those behind \
        other bytes, but for a line that runs them and programs named `.exe`.",
    is,
    open: Open::Anywhere(open),
};

fn is(head: &Head<'_>) -> Likeness {
    match head.bytes {
        [b'P', b'K', 3, 4, ..] => is_member(head.bytes),
        // One without members, and one that was once meant to have several volumes.
        [b'P', b'K', 5, 6, ..] => Likeness::sure_if(head.bytes.len() >= 22),
        [b'P', b'K', 7, 8, rest @ ..] => is_member(rest),
        [b'#', b'!', ..] => is_zipapp(head.bytes),
        // A browser's extension, signed.
        [b'C', b'r', b'2', b'4', ..] => Likeness::Maybe,
        [b'M', b'Z', ..] => Likeness::maybe_if(head.has_ending(".exe")),
        _ => Likeness::No,
    }
}

/// Four bytes alone are also what tests of other programs make do with.
fn is_member(bytes: &[u8]) -> Likeness {
    const LATEST_VERSION: u8 = 63;
    const LAST_METHOD: u16 = 99;
    if !bytes.starts_with(&LOCAL) {
        return Likeness::No;
    }
    match (bytes.get(4), u16_at(bytes, 8), bytes.len() > LOCAL_LENGTH) {
        (Some(..=LATEST_VERSION), Some(..=LAST_METHOD), true) => Likeness::Sure,
        _ => Likeness::Maybe,
    }
}

/// A line that says what runs it, and a zip behind that, at once or somewhere.
fn is_zipapp(bytes: &[u8]) -> Likeness {
    const FAR: usize = 64 << 10;
    match memmem::find(bytes.get(..FAR).unwrap_or(bytes), &LOCAL) {
        Some(at) if memchr::memchr(b'\n', bytes) == at.checked_sub(1) => {
            is_member(bytes.get(at..).unwrap_or_default())
        }
        Some(_) => Likeness::Maybe,
        None => Likeness::No,
    }
}

fn open(store: &mut Store<'_>, members: &mut dyn Members) -> Result<(), OpenError> {
    let mut zip = Zip {
        unmetered: store.length(),
        store,
        members,
        seen_to: 0,
        first: None,
    };
    zip.open()
}

/// A zip that is being opened.
struct Zip<'z, 's> {
    store: &'z mut Store<'s>,
    members: &'z mut dyn Members,
    /// How many bytes of stored members may still be handed on as no unpacking. There are
    /// only more of them than the zip is long where members overlap.
    unmetered: u64,
    /// Where the members that were handed on end.
    seen_to: u64,
    /// Where the first of the members begins of which the directory tells.
    first: Option<u64>,
}

impl Zip<'_, '_> {
    fn open(&mut self) -> Result<(), OpenError> {
        let read = OpenError::read(FORMAT.name);
        let Some(mut directory) = Directory::find(self.store).map_err(&read)? else {
            return self.open_without_directory("there is no directory at its end");
        };
        loop {
            self.members.budget().in_time()?;
            match directory.next(self.store).map_err(&read)? {
                Entry::Member(header) => self.listed_member(&header, directory.shift())?,
                Entry::End => return self.members_in_front(),
                Entry::Damaged => return self.open_without_directory("its directory is damaged"),
            }
        }
    }

    /// Hands on a member of which the directory tells.
    fn listed_member(&mut self, header: &Header, shift: u64) -> Result<(), OpenError> {
        let at = header.offset.checked_add(shift);
        self.first = self.first.into_iter().chain(at).min();
        if header.is_directory() {
            return Ok(());
        }
        let Some((at, local)) = at.and_then(|at| Some((at, self.local_length(at)?))) else {
            let reason = "a member is not where the directory says it is";
            return fault(
                self.members,
                header,
                OpenError::damaged(FORMAT.name, reason),
            );
        };
        let start = at.saturating_add(local);
        self.seen_to = self.seen_to.max(start.saturating_add(header.packed));
        self.content(header, start, Some(Said::by(header)))
    }

    /// How long the header of the member at an offset is.
    fn local_length(&mut self, at: u64) -> Option<u64> {
        let header = self.store.read_at(at, LOCAL_LENGTH as u64).ok()?;
        header.strip_prefix(&LOCAL)?;
        let (name, extra) = (u16_at(&header, 26)?, u16_at(&header, 28)?);
        Some(LOCAL_LENGTH as u64 + u64::from(name) + u64::from(extra))
    }

    /// Hands on what stands in front of the members of which the directory tells: a zip that
    /// another one was put behind, or members that were only taken out of the directory.
    fn members_in_front(&mut self) -> Result<(), OpenError> {
        let first = self.first.unwrap_or(self.store.length());
        let begins = self.store.read_at(0, LOCAL.len() as u64);
        if first > 0 && begins.is_ok_and(|it| *it == LOCAL) {
            self.unlisted_members(0, first)?;
        }
        Ok(())
    }

    /// Hands on the members that are found by their own headers behind those that were
    /// handed on before.
    fn open_without_directory(&mut self, reason: &str) -> Result<(), OpenError> {
        // Any program may hold such bytes.
        let is_program = self.store.read_at(0, 2).is_ok_and(|it| it == b"MZ");
        let found = if is_program {
            0
        } else {
            self.unlisted_members(self.seen_to, self.store.length())?
        };
        let reason = format!("{reason}; {found} members were found by their own headers");
        Err(OpenError::damaged(FORMAT.name, reason))
    }

    /// Hands on the members whose own headers are between two places, and counts them.
    fn unlisted_members(&mut self, from: u64, to: u64) -> Result<u64, OpenError> {
        let mut at = from;
        let mut found = 0;
        while let Some(start) = self.find(at, &[LOCAL])?.filter(|start| *start < to) {
            at = start + LOCAL.len() as u64;
            let Some(mut header) = self.local_header(start) else {
                continue;
            };
            let content = start + header.length;
            let mut said = Some(Said::by(&header));
            if header.is_described_later() && header.packed == 0 {
                let next = self.find(content, &[DESCRIPTOR, LOCAL, CENTRAL]);
                let end = next?.unwrap_or(self.store.length());
                header.packed = end.saturating_sub(content);
                header.unpacked = u64::MAX;
                said = None;
            }
            if !header.is_directory() {
                self.content(&header, content, said)?;
                found += 1;
            }
            at = content.saturating_add(header.packed);
        }
        Ok(found)
    }

    /// The header of the member at an offset, if it is whole.
    fn local_header(&mut self, at: u64) -> Option<Header> {
        let length = self.local_length(at)?;
        Header::local(&self.store.read_at(at, length).ok()?)
    }

    /// Where one of some signatures is next.
    fn find(&mut self, from: u64, signatures: &[[u8; 4]]) -> Result<Option<u64>, OpenError> {
        const CHUNK: u64 = 256 << 10;
        let mut at = from;
        while let left @ 4.. = self.store.length().saturating_sub(at) {
            self.members.budget().in_time()?;
            let chunk = self.store.read_at(at, left.min(CHUNK));
            let chunk = chunk.map_err(OpenError::read(FORMAT.name))?;
            let found = memmem::find_iter(&chunk, b"PK").find(|&found| {
                let signature = chunk.get(found..).and_then(<[u8]>::first_chunk);
                signature.is_some_and(|it| signatures.contains(it))
            });
            if let Some(found) = found {
                return Ok(Some(at + found as u64));
            }
            // One that is cut off at the end of a chunk is at the beginning of the next.
            at += chunk.len() as u64 - 3;
        }
        Ok(None)
    }

    /// Hands on a member whose content begins at an offset.
    fn content(
        &mut self,
        header: &Header,
        start: u64,
        said: Option<Said>,
    ) -> Result<(), OpenError> {
        if header.is_encrypted() {
            return fault(self.members, header, OpenError::Encrypted);
        }
        if let Err(error) = self.store.seek(SeekFrom::Start(start)) {
            return fault(self.members, header, OpenError::read(FORMAT.name)(error));
        }
        let packed = self.store.by_ref().take(header.packed);
        let mut content = match unpack(header, packed) {
            Ok(content) => Checked::new(content, said),
            Err(error) => return fault(self.members, header, error),
        };
        if is_stored(header)
            && let Some(left) = self.unmetered.checked_sub(header.packed)
        {
            self.unmetered = left;
            return self.members.member(&header.name, &mut content);
        }
        let mut content = self.members.budget().meter(content);
        #[cfg(any(feature = "xz", feature = "zstd"))]
        if content::has_large_window(header) {
            content = content.with_large_window();
        }
        self.members.member(&header.name, &mut content)
    }
}

fn fault(members: &mut dyn Members, header: &Header, error: OpenError) -> Result<(), OpenError> {
    members.budget().member()?;
    members.fault(&header.name, error);
    Ok(())
}

#[cfg(test)]
mod tests;
