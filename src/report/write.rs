//! Writes reports to where the user wants them: standard output, or whole files
//! that appear at once.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anstream::adapter::StripBytes;
use anstream::{AutoStream, ColorChoice};

use super::Report;
use super::format::{Delivery, Format, Presentation, Secrets};
use crate::finding::Finding;
use crate::forced::{Stage, panic_if_asked};

/// A report that the user asked for.
#[derive(Debug, Clone)]
pub struct Order {
    /// How it is written.
    pub format: &'static Format,
    /// Where it goes.
    pub to: Destination,
}

/// Where a report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Standard output.
    Stdout,
    /// A file.
    File(PathBuf),
}

/// A report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Standard output does not take it.
    #[error("cannot write to standard output: {0}")]
    Stdout(#[source] io::Error),
    /// The file cannot be written.
    #[error("cannot write {}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Writes what comes as it is found, and later the rest.
pub struct Writer<'o> {
    orders: &'o [Order],
    shown: &'o Presentation,
    color: ColorChoice,
    streams: Mutex<Vec<Stream<'o>>>,
}

/// An order that is filled while the scan goes on.
struct Stream<'o> {
    order: &'o Order,
    write: fn(&Finding, &Presentation, &mut dyn Write) -> io::Result<()>,
    out: Out,
    fault: Option<io::Error>,
}

enum Out {
    Stdout(io::Stdout),
    File(Replacement),
}

impl<'o> Writer<'o> {
    /// Opens what is written while the scan goes on.
    ///
    /// # Errors
    /// [`WriteError::File`] where a file cannot be made.
    pub fn open(
        orders: &'o [Order],
        shown: &'o Presentation,
        color: ColorChoice,
    ) -> Result<Self, WriteError> {
        let mut streams = Vec::new();
        for order in orders {
            if let Delivery::AsFound(write) = order.format.delivery {
                let out = match &order.to {
                    Destination::Stdout => Out::Stdout(io::stdout()),
                    Destination::File(path) => {
                        let file = Replacement::new(path, shown.secrets);
                        Out::File(file.map_err(file_error(path))?)
                    }
                };
                streams.push(Stream {
                    order,
                    write,
                    out,
                    fault: None,
                });
            }
        }
        Ok(Self {
            orders,
            shown,
            color,
            streams: Mutex::new(streams),
        })
    }

    /// Writes findings of a scan under way. What fails is told at the end.
    pub fn found(&self, findings: &[Finding]) {
        let streams = self.streams.lock();
        for stream in &mut *streams.unwrap_or_else(PoisonError::into_inner) {
            if stream.fault.is_none() {
                stream.fault = stream.findings(findings, self.shown).err();
            }
        }
    }

    /// Writes the report in every format that waits for it.
    ///
    /// # Errors
    /// The first [`WriteError`]; what can be written is written all the same.
    /// A reader of standard output that has gone away is no error.
    pub fn finish(self, report: &Report) -> Result<(), WriteError> {
        panic_if_asked(Stage::Report, || {
            let first = report.findings.first().and_then(Finding::token);
            first.map_or_else(Vec::new, |token| token.secret.bytes().to_vec())
        });
        let mut result = Ok(());
        let streams = self.streams.into_inner();
        for stream in streams.unwrap_or_else(PoisonError::into_inner) {
            result = result.and(stream.finish());
        }
        for order in self.orders {
            let Delivery::AtEnd(write) = order.format.delivery else {
                continue;
            };
            let written = match &order.to {
                Destination::Stdout => to_stdout(self.color, |out| write(report, self.shown, out)),
                Destination::File(path) => Replacement::new(path, self.shown.secrets)
                    .and_then(|mut file| {
                        let mut plain = BufWriter::new(Plain::new(&mut file));
                        write(report, self.shown, &mut plain)?;
                        plain.flush()?;
                        drop(plain);
                        file.appear()
                    })
                    .map_err(file_error(path)),
            };
            result = result.and(written);
        }
        result
    }
}

impl Stream<'_> {
    fn findings(&mut self, findings: &[Finding], shown: &Presentation) -> io::Result<()> {
        let mut lines = Vec::new();
        for finding in findings {
            (self.write)(finding, shown, &mut lines)?;
        }
        match &mut self.out {
            Out::Stdout(stdout) => {
                stdout.write_all(&lines)?;
                stdout.flush()
            }
            Out::File(file) => file.write_all(&lines),
        }
    }

    fn finish(self) -> Result<(), WriteError> {
        let result = match (self.fault, self.out) {
            (Some(fault), _) => Err(fault),
            (None, Out::Stdout(mut stdout)) => stdout.flush(),
            (None, Out::File(file)) => file.appear(),
        };
        match &self.order.to {
            Destination::Stdout => unless_closed(result),
            Destination::File(path) => result.map_err(file_error(path)),
        }
    }
}

fn file_error(path: &Path) -> impl FnOnce(io::Error) -> WriteError {
    let path = path.to_path_buf();
    |source| WriteError::File { path, source }
}

/// Writes to standard output, coloured where that is wanted.
///
/// # Errors
/// [`WriteError::Stdout`]; a reader that has gone away is no error.
pub fn to_stdout(
    color: ColorChoice,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), WriteError> {
    let mut out = BufWriter::new(AutoStream::new(io::stdout().lock(), color));
    unless_closed(write(&mut out).and_then(|()| out.flush()))
}

fn unless_closed(result: io::Result<()>) -> Result<(), WriteError> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(WriteError::Stdout(error)),
        _ => Ok(()),
    }
}

/// The system's error, without the name of a temporary file that nobody knows.
fn without_path(error: io::Error) -> io::Error {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "no such folder",
        io::ErrorKind::PermissionDenied => "permission denied",
        io::ErrorKind::NotADirectory => "not a folder",
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only",
        io::ErrorKind::StorageFull => "no space is left",
        _ => return error,
    };
    io::Error::new(error.kind(), reason)
}

/// A file's new contents, which take the place of the old ones at once.
///
/// A device, such as `/dev/null`, is written to as it is: it cannot be
/// replaced.
enum Replacement {
    Whole {
        temporary: tempfile::NamedTempFile,
        path: PathBuf,
    },
    InPlace(File),
}

impl Replacement {
    fn new(path: &Path, secrets: Secrets) -> io::Result<Self> {
        // The target of a link is replaced, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        if fs::metadata(&path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            return Ok(Self::InPlace(File::options().write(true).open(path)?));
        }
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".hfleaks-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // A report may be read by all whom the user's umask lets; one with
            // secrets in it only by the user.
            let mode = match secrets {
                Secrets::Redact => 0o666,
                Secrets::Show => 0o600,
            };
            // What replaces a file is no more open than the file was.
            let mode = fs::metadata(&path).map_or(mode, |old| old.permissions().mode() & mode);
            builder.permissions(fs::Permissions::from_mode(mode));
        }
        #[cfg(not(unix))]
        let _ = secrets;
        let temporary = builder.tempfile_in(folder).map_err(without_path)?;
        Ok(Self::Whole { temporary, path })
    }

    /// Lets the file appear under its name.
    fn appear(self) -> io::Result<()> {
        match self {
            Self::Whole { temporary, path } => {
                temporary
                    .persist(path)
                    .map_err(|error| without_path(error.error))?;
                Ok(())
            }
            Self::InPlace(mut file) => file.flush(),
        }
    }
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Whole { temporary, .. } => temporary.write(bytes),
            Self::InPlace(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Whole { temporary, .. } => temporary.flush(),
            Self::InPlace(file) => file.flush(),
        }
    }
}

/// Leaves colours out of what is written.
struct Plain<'w> {
    to: &'w mut Replacement,
    strip: StripBytes,
}

impl<'w> Plain<'w> {
    fn new(to: &'w mut Replacement) -> Self {
        let strip = StripBytes::new();
        Self { to, strip }
    }
}

impl Write for Plain<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for plain in self.strip.strip_next(bytes) {
            self.to.write_all(plain)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Writes a text to a file that appears at once.
///
/// # Errors
/// [`WriteError::File`].
pub fn to_file(path: &Path, text: &str) -> Result<(), WriteError> {
    Replacement::new(path, Secrets::Redact)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.appear()
        })
        .map_err(file_error(path))
}
