//! The objects of a repository: everything that its object folder and those it
//! borrows from hold, in packs and loose, reachable or not. Each object has a
//! [`Number`].
//!
//! It knows where objects are. [`copies`](super::copies) reads single ones, and
//! [`walk`](super::walk) all of them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gix::ObjectId;
use gix::hash::{Kind as HashKind, oid};

use super::forest::Forest;
use super::loose;
use super::number_set::NumberSet;
use super::object::Number;
use super::pack::Pack;

/// Everything that object folders hold.
pub(crate) struct Objects {
    hash: HashKind,
    pub(super) packs: Vec<Numbered>,
    loose: Vec<ObjectId>,
    pub(super) folders: Vec<PathBuf>,
    /// The objects that a pack before the one they are in holds too.
    repeated: OnceLock<NumberSet>,
    faults: Vec<Fault>,
}

impl fmt::Debug for Objects {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Objects({})", self.len())
    }
}

/// A pack and the number of its first object.
pub(super) struct Numbered {
    pub(super) pack: Pack,
    pub(super) first: Number,
    forest: OnceLock<Forest>,
}

impl Numbered {
    /// The pack's forest, which is made when it is first asked for: to read a
    /// single object it is not needed.
    pub(super) fn forest(&self) -> &Forest {
        self.forest.get_or_init(|| Forest::new(&self.pack))
    }
}

/// A file or folder that should hold objects and cannot be read.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) path: PathBuf,
    pub(crate) reason: String,
}

impl Objects {
    /// Lists what the folders hold. Whatever cannot be read is a [`Fault`].
    pub(crate) fn open(folders: Vec<PathBuf>, hash: HashKind) -> Self {
        let mut faults = Vec::new();
        let mut packs = Vec::new();
        let mut loose = Vec::new();
        for folder in &folders {
            if let Err(error) = fs::read_dir(folder) {
                let (path, reason) = (folder.clone(), error.to_string());
                faults.push(Fault { path, reason });
                continue;
            }
            for index in pack_indexes(&folder.join("pack"), &mut faults) {
                match Pack::open(&index, hash) {
                    Ok(pack) => packs.push(pack),
                    Err((path, reason)) => faults.push(Fault { path, reason }),
                }
            }
            for (path, error) in loose::list(folder, hash, &mut loose) {
                let reason = error.to_string();
                faults.push(Fault { path, reason });
            }
        }
        packs.sort_by(|a, b| (b.size(), a.path()).cmp(&(a.size(), b.path())));
        loose.sort_unstable();
        loose.dedup();
        let mut first = 0;
        let packs: Vec<Numbered> = packs
            .into_iter()
            .map(|pack| {
                let forest = OnceLock::new();
                let numbered = Numbered {
                    pack,
                    first,
                    forest,
                };
                first += numbered.pack.len();
                numbered
            })
            .collect();
        loose.retain(|id| {
            packs
                .iter()
                .all(|numbered| numbered.pack.place(id).is_none())
        });
        Self {
            hash,
            packs,
            loose,
            folders,
            repeated: OnceLock::new(),
            faults,
        }
    }

    /// What should hold objects and cannot be read.
    pub(crate) fn faults(&self) -> &[Fault] {
        &self.faults
    }

    pub(crate) fn add_fault(&mut self, fault: Option<Fault>) {
        self.faults.extend(fault);
    }

    pub(crate) fn hash(&self) -> HashKind {
        self.hash
    }

    /// How many numbers there are. An object that two packs hold has two.
    pub(crate) fn len(&self) -> Number {
        let loose = Number::try_from(self.loose.len()).expect("as many files fit on no disk");
        self.first_loose() + loose
    }

    pub(super) fn packs(&self) -> &[Numbered] {
        &self.packs
    }

    pub(super) fn loose_numbers(&self) -> Range<Number> {
        self.first_loose()..self.len()
    }

    fn first_loose(&self) -> Number {
        let last = self.packs.last();
        last.map_or(0, |numbered| numbered.first + numbered.pack.len())
    }

    /// Whether an object has a smaller number too.
    pub(super) fn is_repeated(&self, number: Number) -> bool {
        let repeated = || repeated(&self.packs, self.first_loose());
        self.repeated.get_or_init(repeated).contains(number)
    }

    /// The id of an object.
    pub(crate) fn id(&self, number: Number) -> ObjectId {
        if let Some(loose) = number.checked_sub(self.first_loose()) {
            return self.loose[loose as usize];
        }
        let numbered = self.pack_of(number);
        numbered.pack.id(number - numbered.first).to_owned()
    }

    fn pack_of(&self, number: Number) -> &Numbered {
        let after = self
            .packs
            .partition_point(|numbered| numbered.first <= number);
        &self.packs[after - 1]
    }

    /// The number of an object, the smallest if it has several.
    pub(crate) fn number(&self, id: &oid) -> Option<Number> {
        for numbered in &self.packs {
            if let Some(place) = numbered.pack.place(id) {
                return Some(numbered.first + place);
            }
        }
        let loose = self.loose.binary_search_by(|loose| loose.as_ref().cmp(id));
        let loose = Number::try_from(loose.ok()?).expect("as many files fit on no disk");
        Some(self.first_loose() + loose)
    }

    /// Whether the packs came from a remote that keeps objects back (`git clone
    /// --filter`).
    pub(crate) fn is_partial(&self) -> bool {
        let mut packs = self.packs.iter().map(|numbered| numbered.pack.path());
        packs.any(|path| path.with_extension("promisor").exists())
    }

    /// The file that holds an object, and its offset there if that is a pack.
    pub(crate) fn place(&self, number: Number) -> (PathBuf, Option<u64>) {
        if number >= self.first_loose() {
            let id = self.id(number);
            let mut files = self.folders.iter().map(|folder| loose::path(folder, &id));
            let file = files.find(|file| file.exists());
            return (file.unwrap_or_else(|| self.folders[0].clone()), None);
        }
        let Numbered { pack, first, .. } = self.pack_of(number);
        (pack.path().to_path_buf(), Some(pack.offset(number - first)))
    }
}

/// The indexes of the packs in a folder. A pack without an index cannot be read,
/// and neither can one whose index alone is left.
fn pack_indexes(folder: &Path, faults: &mut Vec<Fault>) -> Vec<PathBuf> {
    let mut fault = |path: PathBuf, reason: String| faults.push(Fault { path, reason });
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            fault(folder.to_path_buf(), error.to_string());
            return Vec::new();
        }
    };
    let mut indexes = Vec::new();
    for entry in entries {
        let path = match entry {
            Ok(entry) => entry.path(),
            Err(error) => {
                fault(folder.to_path_buf(), error.to_string());
                continue;
            }
        };
        // Others are files that git has not finished writing.
        let name = path.file_name().map(OsStr::as_encoded_bytes);
        if !name.is_some_and(|name| name.starts_with(b"pack-")) {
            continue;
        }
        if !fs::metadata(&path).is_ok_and(|found| found.is_file()) {
            fault(path, "it is no regular file".to_owned());
            continue;
        }
        let extension = path.extension().map(OsStr::as_encoded_bytes);
        if extension == Some(b"idx") {
            indexes.push(path);
        } else if extension == Some(b"pack") && !path.with_extension("idx").exists() {
            fault(
                path,
                "the pack has no index; `git index-pack` makes one".to_owned(),
            );
        }
    }
    indexes.sort();
    indexes
}

/// The objects that more than one pack holds, but for the first copy of each.
fn repeated(packs: &[Numbered], count: Number) -> NumberSet {
    if packs.len() < 2 {
        return NumberSet::default();
    }
    let mut repeated = NumberSet::new(count);
    let at = |pack: usize, place: u32| {
        let numbered = &packs[pack];
        (place < numbered.pack.len()).then(|| Reverse((numbered.pack.id(place), pack, place)))
    };
    let mut next: BinaryHeap<_> = (0..packs.len()).filter_map(|pack| at(pack, 0)).collect();
    let mut last = None;
    while let Some(Reverse((id, pack, place))) = next.pop() {
        if last.replace(id) == Some(id) {
            repeated.insert(packs[pack].first + place);
        }
        next.extend(at(pack, place + 1));
    }
    repeated
}
