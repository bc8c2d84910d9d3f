//! The list of container formats. A format is a file beside this one and a line in
//! [`FORMATS`]; the command line, its help and `docs/containers.md` follow from it.
//!
//! A format says by its first bytes whether something is of its kind, and hands on
//! what is inside, member by member. It finds nothing, judges nothing, writes nothing
//! to disk and runs nothing.

use std::io::{self, Read};
use std::path::Path;

use super::store::Store;
use super::{
    ar, arrow, avro, cpio, gguf, gzip, hdf5, notebook, npy, onnx, orc, parquet, pdf, pickle, png,
    rpm, safetensors, sevenz, sqlite, streams, tar, tfrecord, wandb, zip, zlib,
};
use crate::budget::{Budget, LimitReached};
use crate::source_map::Mapped;
use crate::within::Within;

/// Every format. Where two take a file for theirs, the first one has it.
pub(crate) const FORMATS: &[&Format] = &[
    &gzip::FORMAT,
    &hdf5::FORMAT,
    &png::FORMAT,
    &pdf::FORMAT,
    &npy::FORMAT,
    &gguf::FORMAT,
    &safetensors::FORMAT,
    &tfrecord::FORMAT,
    &wandb::FORMAT,
    &arrow::FORMAT,
    &avro::FORMAT,
    &orc::FORMAT,
    &parquet::FORMAT,
    &sqlite::FORMAT,
    &sqlite::WAL_FORMAT,
    &zip::FORMAT,
    &tar::FORMAT,
    &sevenz::FORMAT,
    &ar::FORMAT,
    &cpio::FORMAT,
    &rpm::FORMAT,
    &streams::BZIP2,
    &streams::XZ,
    &streams::ZSTD,
    &streams::LZ4,
    &streams::LZIP,
    &streams::SNAPPY,
    &zlib::FORMAT,
    &streams::LZMA,
    &pickle::FORMAT,
    &onnx::FORMAT,
    &streams::BROTLI,
    &notebook::FORMAT,
];

/// A container format.
#[derive(Debug)]
pub(crate) struct Format {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// What it is, in a few words: the title of its section in the documentation.
    pub(crate) about: &'static str,
    /// What of it is seen, and how a member is named; a few sentences in Markdown.
    pub(crate) seen: &'static str,
    /// What of it is not seen; a few sentences in Markdown, or nothing.
    pub(crate) unseen: &'static str,
    /// Whether something is of this format.
    pub(crate) is: fn(&Head<'_>) -> Likeness,
    /// How it is opened.
    pub(crate) open: Open,
}

/// What is known of a blob before it is opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head<'h> {
    /// Its first bytes: all of them, or at least 64 KiB.
    pub(crate) bytes: &'h [u8],
    /// Its name, which only breaks ties. It may be empty.
    pub(crate) name: &'h Path,
}

impl Head<'_> {
    /// Whether its name ends so, whatever the case: `ends_with(".br")`.
    pub(crate) fn has_ending(&self, ending: &str) -> bool {
        let name = self.name.as_os_str().as_encoded_bytes();
        let ending = ending.as_bytes();
        let start = name.len().checked_sub(ending.len());
        start.is_some_and(|start| name[start..].eq_ignore_ascii_case(ending))
    }
}

/// How sure it is that something is of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likeness {
    /// It is not.
    No,
    /// It may be: the magic number is short, or there is only the name. If nothing can
    /// be unpacked, it was something else, and nobody is told.
    Maybe,
    /// It is. If it cannot be opened, it is damaged.
    Sure,
}

impl Likeness {
    /// [`Likeness::Sure`] where something holds.
    pub(crate) fn sure_if(holds: bool) -> Self {
        if holds { Self::Sure } else { Self::No }
    }

    /// [`Likeness::Maybe`] where something holds.
    pub(crate) fn maybe_if(holds: bool) -> Self {
        if holds { Self::Maybe } else { Self::No }
    }
}

/// Takes a text that stands in a file, and what says which part of the file an offset of
/// it is in.
pub(crate) type TakePiece<'t> = &'t mut dyn FnMut(&Mapped, &dyn Fn(usize) -> Option<Within>);

/// How a format is opened.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Open {
    /// From its first byte to its last.
    Stream(fn(&mut dyn Read, &mut dyn Members) -> Result<(), OpenError>),
    /// Here and there.
    Anywhere(fn(&mut Store<'_>, &mut dyn Members) -> Result<(), OpenError>),
    /// As a text file in which other texts stand: it hands on each of them, with the
    /// places where it stands in the file's bytes, and says which part of the file an
    /// offset of the text is in. Only done where the file has
    /// something that can be read as a part of a credential.
    Pieces(fn(&[u8], TakePiece<'_>)),
    /// Not by this build, which was made without this cargo feature.
    #[allow(dead_code, reason = "a build with every feature has none")]
    Without(&'static str),
}

/// Takes the members of a container, one after the other.
///
/// Names are untrusted: any bytes, with slashes and dots in them as they stand in the
/// container.
pub(crate) trait Members {
    /// The budget that the members count against.
    fn budget(&self) -> Budget;

    /// The name of the container itself, without folders; it may be empty.
    fn name_of_container(&self) -> &Path;

    /// Takes a member, which is read to its end, scanned as it is, and opened in turn
    /// if it is a container. Counts it as a member of the budget. What it unpacks to is
    /// counted by [`Budget::meter`].
    ///
    /// A member that cannot be read to its end is reported; the container goes on.
    ///
    /// # Errors
    /// [`OpenError::Limit`] where no more members are wanted.
    fn member(&mut self, name: &[u8], content: &mut dyn Read) -> Result<(), OpenError>;

    /// Takes a text that is made of several parts, such as the values of a column with
    /// a line feed behind each. It is scanned as it is, encodings included, but is no
    /// container. `within` is asked about the offset, in bytes, of what is found.
    ///
    /// # Errors
    /// [`OpenError::Limit`] where no more is wanted.
    fn text(
        &mut self,
        name: &[u8],
        text: &[u8],
        within: &dyn Fn(usize) -> Option<Within>,
    ) -> Result<(), OpenError>;

    /// Whether anything could be found in some bytes, as they are or encoded. Where not,
    /// they need not be taken apart.
    fn is_worth_a_look(&self, bytes: &[u8]) -> bool {
        let _ = bytes;
        true
    }

    /// Reports a member that cannot be opened. The container goes on.
    fn fault(&mut self, name: &[u8], error: OpenError);
}

/// Why a container, or a member, cannot be opened, or not to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// It is not as its format wants it.
    #[error("damaged {format}: {reason}")]
    Damaged {
        /// The name of the format.
        format: &'static str,
        /// What is wrong, and where.
        reason: String,
    },
    /// It is encrypted.
    #[error("encrypted")]
    Encrypted,
    /// It uses something that is not understood.
    #[error("unsupported: {0}")]
    Unsupported(String),
    /// Reading failed, or unpacking.
    #[error("cannot unpack {format}: {source}")]
    Read {
        /// The name of the format.
        format: &'static str,
        /// What the reader said.
        source: io::Error,
    },
    /// A limit was reached: all that is opened of this file ends here.
    #[error("{0}")]
    Limit(#[from] LimitReached),
}

impl OpenError {
    /// What a reader of a format said: a limit, where it is one.
    pub(crate) fn read(format: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| match limit_in(&source) {
            Some(limit) => Self::Limit(limit),
            None => Self::Read { format, source },
        }
    }

    /// Something is wrong with a format.
    pub(crate) fn damaged(format: &'static str, reason: impl Into<String>) -> Self {
        Self::Damaged {
            format,
            reason: reason.into(),
        }
    }
}

/// The limit that an error holds, however it is wrapped.
pub(crate) fn limit_in(error: &io::Error) -> Option<LimitReached> {
    let mut inner: &(dyn std::error::Error + 'static) = error.get_ref()?;
    loop {
        if let Some(limit) = inner.downcast_ref::<LimitReached>() {
            return Some(*limit);
        }
        if let Some(error) = inner.downcast_ref::<io::Error>()
            && let Some(wrapped) = error.get_ref()
        {
            inner = wrapped;
            continue;
        }
        inner = inner.source()?;
    }
}

#[cfg(any(test, fuzzing))]
pub(crate) mod testing {
    //! Opens containers without a scan, for the tests of formats.

    #![allow(
        clippy::panic,
        dead_code,
        reason = "only tests and fuzz targets call it"
    )]

    use std::sync::Arc;

    use super::*;
    use crate::limits::Limits;

    /// What a container holds: the members by name, and the texts with the places that
    /// are told of each of their lines.
    #[derive(Debug, Default)]
    pub(crate) struct Opened {
        pub(crate) members: Vec<(String, Vec<u8>)>,
        pub(crate) faults: Vec<(String, String)>,
        /// How the container itself ended, if not well.
        pub(crate) error: Option<String>,
        /// What is told of the place of each line of the texts.
        pub(crate) places: Vec<Place>,
    }

    /// A line of a text, by the name of its member, and where it is said to be.
    pub(crate) type Place = (String, Vec<u8>, Option<Within>);

    impl Opened {
        /// The bytes of a member.
        pub(crate) fn member(&self, name: &str) -> &[u8] {
            let found = self.members.iter().find(|(it, _)| it == name);
            let names: Vec<_> = self.members.iter().map(|(name, _)| name).collect();
            &found
                .unwrap_or_else(|| panic!("{name} is none of {names:?}: {:?}", self.error))
                .1
        }
    }

    struct Taker<'t> {
        budget: Budget,
        name: &'t str,
        opened: Opened,
    }

    impl Members for Taker<'_> {
        fn budget(&self) -> Budget {
            self.budget.clone()
        }

        fn name_of_container(&self) -> &Path {
            Path::new(self.name)
        }

        fn member(&mut self, name: &[u8], content: &mut dyn Read) -> Result<(), OpenError> {
            self.budget.member()?;
            let name = String::from_utf8_lossy(name).into_owned();
            let mut bytes = Vec::new();
            if let Err(error) = content.read_to_end(&mut bytes) {
                self.opened.faults.push((name.clone(), error.to_string()));
                if let Some(limit) = limit_in(&error) {
                    return Err(limit.into());
                }
            }
            self.opened.members.push((name, bytes));
            Ok(())
        }

        fn text(
            &mut self,
            name: &[u8],
            text: &[u8],
            within: &dyn Fn(usize) -> Option<Within>,
        ) -> Result<(), OpenError> {
            let mut start = 0;
            for line in text.split_inclusive(|&byte| byte == b'\n') {
                let place = (
                    String::from_utf8_lossy(name).into_owned(),
                    line.trim_ascii_end().to_vec(),
                    within(start),
                );
                self.opened.places.push(place);
                start += line.len();
            }
            self.member(name, &mut &*text)
        }

        fn fault(&mut self, name: &[u8], error: OpenError) {
            let name = String::from_utf8_lossy(name).into_owned();
            self.opened.faults.push((name, error.to_string()));
        }
    }

    /// Opens `bytes` as a format, within limits.
    pub(crate) fn open_within(format: &Format, bytes: &[u8], limits: Limits) -> Opened {
        open_named_within(format, bytes, "sample", limits)
    }

    /// Opens `bytes` of a name as a format, within the usual limits.
    pub(crate) fn open_named(format: &Format, bytes: &[u8], name: &str) -> Opened {
        open_named_within(format, bytes, name, Limits::default())
    }

    fn open_named_within(format: &Format, bytes: &[u8], name: &str, limits: Limits) -> Opened {
        let budget = Budget::new(Arc::new(limits), bytes.len() as u64, Arc::default());
        let mut taker = Taker {
            budget,
            name,
            opened: Opened::default(),
        };
        let result = match format.open {
            Open::Stream(open) => open(&mut &*bytes, &mut taker),
            Open::Anywhere(open) => open(&mut Store::of_bytes(bytes), &mut taker),
            Open::Pieces(_) => panic!("the format has pieces, no members"),
            Open::Without(feature) => panic!("the test needs the feature {feature}"),
        };
        taker.opened.error = result.err().map(|error| error.to_string());
        taker.opened
    }

    /// Opens `bytes` as a format, within the usual limits.
    pub(crate) fn open(format: &Format, bytes: &[u8]) -> Opened {
        open_within(format, bytes, Limits::default())
    }

    /// Opens every prefix of a small sample, and the sample with every byte changed; it
    /// must end, and not in a panic.
    pub(crate) fn damage(format: &Format, sample: &[u8]) {
        for length in 0..sample.len() {
            likeness(format, &sample[..length], "");
            open(format, &sample[..length]);
        }
        let mut damaged = sample.to_vec();
        for at in 0..sample.len() {
            for change in [0x01, 0x80, 0xff] {
                damaged[at] ^= change;
                likeness(format, &damaged, "");
                open(format, &damaged);
                damaged[at] ^= change;
            }
        }
    }

    /// What the format says of bytes without a name.
    pub(crate) fn likeness(format: &Format, bytes: &[u8], name: &str) -> Likeness {
        (format.is)(&Head {
            bytes,
            name: Path::new(name),
        })
    }
}
