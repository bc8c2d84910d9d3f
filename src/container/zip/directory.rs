//! The directory at the end of a zip: where it is, and its entries, one after the other.

use std::io;

use memchr::memmem;

use super::header::{CENTRAL, Header, LONGEST, u16_at, u32_at, u64_at};
use crate::container::store::Store;

/// What a zip ends with (APPNOTE 4.3.16).
pub(super) const END: [u8; 4] = *b"PK\x05\x06";
const END_LENGTH: usize = 22;
/// What stands before that if there is an end with numbers of 64 bits (4.3.15).
const LOCATOR: &[u8] = b"PK\x06\x07";
const LOCATOR_LENGTH: u64 = 20;
/// That end (4.3.14).
const END64: &[u8] = b"PK\x06\x06";
const END64_LENGTH: u64 = 56;

/// The directory of a zip, of which the entries before `at` have been read.
#[derive(Debug)]
pub(super) struct Directory {
    at: u64,
    end: u64,
    /// How many bytes stand before the zip, which its offsets do not count.
    shift: u64,
    /// Bytes from `at` on.
    ahead: Vec<u8>,
    /// How many of them have been read.
    read: usize,
}

/// What follows in a directory.
#[derive(Debug)]
pub(super) enum Entry {
    Member(Header),
    End,
    /// It is no entry.
    Damaged,
}

/// Where an end says that the directory is.
struct Place {
    /// Where the end itself begins, and so the directory ends.
    end: u64,
    length: u64,
    offset: u64,
}

impl Directory {
    /// The directory of a zip, if it has one.
    pub(super) fn find(store: &mut Store<'_>) -> io::Result<Option<Self>> {
        let length = store.length().min((END_LENGTH + 0xffff) as u64);
        let start = store.length() - length;
        let tail = store.read_at(start, length)?;
        for at in memmem::rfind_iter(&tail, &END) {
            let Some(end) = tail.get(at..at.saturating_add(END_LENGTH)) else {
                continue;
            };
            let Some(place) = place(store, end, start + at as u64)? else {
                continue;
            };
            if let Some(directory) = Self::at(store, &place) {
                return Ok(Some(directory));
            }
        }
        Ok(None)
    }

    fn at(store: &mut Store<'_>, place: &Place) -> Option<Self> {
        // Right before the end, whatever stands before the zip; else where it says it is.
        let before_end = place.end.checked_sub(place.length);
        for at in [before_end, Some(place.offset)] {
            let Some((at, shift)) = at.and_then(|at| Some((at, at.checked_sub(place.offset)?)))
            else {
                continue;
            };
            let empty = place.length == 0 && at == place.end;
            if empty || store.read_at(at, 4).is_ok_and(|it| it == CENTRAL) {
                return Some(Self {
                    at,
                    end: place.end,
                    shift,
                    ahead: Vec::new(),
                    read: 0,
                });
            }
        }
        None
    }

    /// How many bytes stand before the zip.
    pub(super) fn shift(&self) -> u64 {
        self.shift
    }

    /// The next entry.
    pub(super) fn next(&mut self, store: &mut Store<'_>) -> io::Result<Entry> {
        if self.at >= self.end {
            return Ok(Entry::End);
        }
        if self.ahead.len() - self.read < LONGEST.min(to_usize(self.end - self.at)) {
            // Room for one entry that is as long as can be, or a lot of usual ones.
            let length = (self.end - self.at).min(2 * LONGEST as u64);
            self.ahead = store.read_at(self.at, length)?;
            self.read = 0;
        }
        let ahead = self.ahead.get(self.read..).unwrap_or_default();
        let Some(header) = Header::central(ahead) else {
            return Ok(Entry::Damaged);
        };
        self.at += header.length;
        self.read += to_usize(header.length);
        Ok(Entry::Member(header))
    }
}

/// What an end says, or the one with larger numbers before it.
fn place(store: &mut Store<'_>, end: &[u8], at: u64) -> io::Result<Option<Place>> {
    let (Some(entries), Some(length), Some(offset)) =
        (u16_at(end, 10), u32_at(end, 12), u32_at(end, 16))
    else {
        return Ok(None);
    };
    if (entries == u16::MAX || length == u32::MAX || offset == u32::MAX)
        && let Some(place) = place64(store, at)?
    {
        return Ok(Some(place));
    }
    Ok(Some(Place {
        end: at,
        length: length.into(),
        offset: offset.into(),
    }))
}

fn place64(store: &mut Store<'_>, end: u64) -> io::Result<Option<Place>> {
    let Some(locator_at) = end.checked_sub(LOCATOR_LENGTH) else {
        return Ok(None);
    };
    let locator = store.read_at(locator_at, LOCATOR_LENGTH)?;
    let Some(said) = u64_at(&locator, 8).filter(|_| locator.starts_with(LOCATOR)) else {
        return Ok(None);
    };
    // It is not where it is said to be if something stands before the zip.
    for at in [locator_at.checked_sub(END64_LENGTH), Some(said)] {
        let Some((at, end)) = at.and_then(|at| Some((at, store.read_at(at, END64_LENGTH).ok()?)))
        else {
            continue;
        };
        if let (true, Some(length), Some(offset)) =
            (end.starts_with(END64), u64_at(&end, 40), u64_at(&end, 48))
        {
            return Ok(Some(Place {
                end: at,
                length,
                offset,
            }));
        }
    }
    Ok(None)
}

fn to_usize(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}
