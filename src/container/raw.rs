//! Raw views: a blob's bytes as they are, in windows if there are many.
//!
//! One buffer serves all blobs of a thread. It grows only while a match does
//! not fit into it, and never past [`MOST`].

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::time::{Duration, Instant};

use crate::blob::Content;
use crate::budget::LimitReached;
use crate::view::{Appetite, Behind, End, View};
use crate::watch::Watch;

/// The size of a window, in bytes: small enough to stay in a core's cache
/// between the read and the search, large enough that most files need one read.
const WINDOW: usize = 256 << 10;

/// The size to which a window may grow: the longest match and what belongs to
/// its judgement on both sides.
const MOST: usize = View::LONGEST_MATCH + 4 * View::MARGIN;

/// Bytes could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read on at byte {offset}: {source}")]
pub(crate) struct ReadError {
    /// Bytes that could be read.
    pub(crate) offset: u64,
    /// What the system said.
    pub(crate) source: io::Error,
}

/// A thread's buffer.
#[derive(Debug)]
pub(crate) struct Windows {
    buffer: Vec<u8>,
}

/// How long one file may be read.
///
/// What the system only pretends to be files may have no end, and a file of zeros that
/// takes no space on the disk takes time all the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience<'p> {
    /// At the longest.
    pub(crate) time: Duration,
    /// Who may end it at any time.
    pub(crate) watch: &'p Watch,
}

/// A reading under way, which is asked about its time now and then.
struct Reading<'p> {
    patience: Patience<'p>,
    /// Bytes since it was last asked.
    unasked: usize,
    since: Option<Instant>,
}

impl Reading<'_> {
    /// So many bytes are read without asking, as to ask takes time, too.
    const PORTION: usize = 4 << 20;

    /// Says whether to go on, as so many bytes more were read. A stream may be slow: who
    /// writes it decides when it ends.
    fn go_on(&mut self, read: usize, content: &Content<'_>) -> Result<(), LimitReached> {
        self.unasked += read;
        if self.unasked < Self::PORTION {
            return Ok(());
        }
        self.unasked = 0;
        let Patience { time, watch } = self.patience;
        if watch.is_stopped() {
            return Err(LimitReached::Stopped);
        }
        let since = *self.since.get_or_insert_with(Instant::now);
        if matches!(content, Content::File(_)) && since.elapsed() > time {
            return Err(LimitReached::Time(time.as_secs()));
        }
        Ok(())
    }
}

/// The content that is behind a view.
struct Passed<'a, 'b>(&'a mut Content<'b>);

impl Windows {
    pub(crate) fn new() -> Self {
        Self { buffer: Vec::new() }
    }

    /// Shows `content` to `decide`, view after view. It answers how many of a
    /// view's bytes are decided; the others are shown again.
    ///
    /// Gives back the number of bytes of the blob.
    ///
    /// # Errors
    /// [`ReadError`] where the content cannot be read to its end. Everything up
    /// to there has been shown.
    pub(crate) fn show(
        &mut self,
        content: &mut Content<'_>,
        patience: Patience<'_>,
        mut decide: impl FnMut(&View<'_>, &mut dyn Behind) -> usize,
    ) -> Result<u64, ReadError> {
        if let Content::Bytes(bytes) = *content {
            decide(&View::whole(bytes), &mut Passed(content));
            return Ok(bytes.len() as u64);
        }
        let mut feed = self.feed();
        let mut reading = Reading {
            patience,
            unasked: 0,
            since: None,
        };
        let fault = loop {
            match content.read(feed.room()) {
                Ok(0) => break None,
                Ok(read) => {
                    feed.add(read, |view| decide(view, &mut Passed(content)));
                    if let Err(limit) = reading.go_on(read, content) {
                        break Some(io::Error::other(limit));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(error),
            }
        };
        let offset = feed.finish(|view| decide(view, &mut Passed(content)));
        match fault {
            Some(source) => Err(ReadError { offset, source }),
            None => Ok(offset),
        }
    }

    /// Begins a blob whose bytes come piece by piece.
    pub(crate) fn feed(&mut self) -> Feed<'_> {
        if self.buffer.is_empty() {
            self.buffer.resize(WINDOW, 0);
        }
        Feed {
            buffer: &mut self.buffer,
            offset: 0,
            filled: 0,
            decided: 0,
        }
    }
}

/// A blob whose bytes come piece by piece, and are shown as soon as there are enough.
#[derive(Debug)]
pub(crate) struct Feed<'w> {
    buffer: &'w mut Vec<u8>,
    /// Where the first byte of the buffer lies in the blob.
    offset: u64,
    filled: usize,
    decided: usize,
}

impl Feed<'_> {
    /// Where the next bytes go. There is always room for some.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        &mut self.buffer[self.filled..]
    }

    /// Takes note that `count` bytes have been put where there was room.
    pub(crate) fn add(&mut self, count: usize, decide: impl FnOnce(&View<'_>) -> usize) {
        self.filled += count;
        if self.filled < self.buffer.len() {
            return;
        }
        let decided = decide(&self.view(End::OfView));
        let kept = decided.saturating_sub(View::MARGIN);
        self.buffer.copy_within(kept..self.filled, 0);
        self.offset += kept as u64;
        self.filled -= kept;
        self.decided = decided - kept;
        if self.filled > self.buffer.len() / 2 && self.buffer.len() < MOST {
            let doubled = (self.buffer.len() * 2).min(MOST);
            self.buffer.resize(doubled, 0);
        }
    }

    /// Ends the blob, and gives back how many bytes it had.
    pub(crate) fn finish(self, decide: impl FnOnce(&View<'_>) -> usize) -> u64 {
        decide(&self.view(End::OfBlob));
        self.offset + self.filled as u64
    }

    fn view(&self, end: End) -> View<'_> {
        View {
            bytes: &self.buffer[..self.filled],
            offset: self.offset,
            decided: self.decided,
            end,
        }
    }
}

/// A stream that is shown while somebody else reads it.
pub(crate) struct Tee<'w, R, D> {
    stream: R,
    feed: Feed<'w>,
    decide: D,
    fault: Option<io::Error>,
}

impl<'w, R: Read, D: FnMut(&View<'_>, &mut dyn Behind) -> usize> Tee<'w, R, D> {
    pub(crate) fn new(windows: &'w mut Windows, stream: R, decide: D) -> Self {
        Self {
            stream,
            feed: windows.feed(),
            decide,
            fault: None,
        }
    }

    /// Shows the rest of the stream, as the other reader is done, and gives back how many
    /// bytes there were.
    ///
    /// # Errors
    /// [`ReadError`] as [`Windows::show`].
    pub(crate) fn finish(mut self) -> Result<u64, ReadError> {
        let mut rest = [0; 8192];
        while self.fault.is_none() {
            match self.read(&mut rest) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.fault = Some(error),
            }
        }
        let mut decide = self.decide;
        let offset = self.feed.finish(|view| decide(view, &mut Gone));
        match self.fault {
            Some(source) => Err(ReadError { offset, source }),
            None => Ok(offset),
        }
    }
}

impl<R: Read, D: FnMut(&View<'_>, &mut dyn Behind) -> usize> Read for Tee<'_, R, D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = self.feed.room();
        let most = room.len().min(buffer.len());
        let read = self.stream.read(&mut room[..most])?;
        buffer[..read].copy_from_slice(&room[..read]);
        self.feed.add(read, |view| (self.decide)(view, &mut Gone));
        Ok(read)
    }
}

/// Bytes that cannot be had again.
pub(crate) struct Gone;

impl Behind for Gone {
    fn can_be_read_again(&self) -> bool {
        false
    }

    fn read_again(
        &mut self,
        _: Range<u64>,
        _: &mut dyn FnMut(&[u8]) -> Appetite,
    ) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Bytes(bytes) => bytes.read(buffer),
            #[cfg(unix)]
            Self::File(file) => Ok(rustix::io::read(&**file, buffer)?),
            #[cfg(not(unix))]
            Self::File(file) => file.read(buffer),
            Self::Stream(stream) => stream.read(buffer),
            Self::Replay(stream) => stream.read(buffer),
        }
    }
}

impl Behind for Passed<'_, '_> {
    fn can_be_read_again(&self) -> bool {
        !matches!(self.0, Content::Stream(_))
    }

    fn read_again(
        &mut self,
        range: Range<u64>,
        each: &mut dyn FnMut(&[u8]) -> Appetite,
    ) -> io::Result<()> {
        match self.0 {
            // All the bytes are one view, and none is behind it.
            Content::Bytes(_) | Content::Stream(_) => Err(io::ErrorKind::Unsupported.into()),
            Content::File(file) => {
                let read_up_to = file.stream_position()?;
                file.seek(SeekFrom::Start(range.start))?;
                show_pieces(file, range.end - range.start, each)?;
                file.seek(SeekFrom::Start(read_up_to))?;
                Ok(())
            }
            Content::Replay(stream) => {
                let mut again = stream.again()?;
                io::copy(&mut again.by_ref().take(range.start), &mut io::sink())?;
                show_pieces(&mut again, range.end - range.start, each)
            }
        }
    }
}

/// Shows the next `length` bytes of a stream, as many as there are.
fn show_pieces(
    from: &mut impl Read,
    length: u64,
    each: &mut dyn FnMut(&[u8]) -> Appetite,
) -> io::Result<()> {
    let mut piece = vec![0; WINDOW];
    let mut rest = from.take(length);
    loop {
        let length = rest.read(&mut piece)?;
        if length == 0 || each(&piece[..length]) == Appetite::Enough {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows a stream that gives `step` bytes at a time, and joins what was
    /// decided view by view.
    fn joined(bytes: &[u8], step: usize) -> Vec<u8> {
        struct Steps<'a>(&'a [u8], usize);
        impl Read for Steps<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let length = buffer.len().min(self.1);
                self.0.read(&mut buffer[..length])
            }
        }
        let mut stream = Steps(bytes, step);
        let mut joined = Vec::new();
        let mut content = Content::Stream(&mut stream);
        let patience = Patience {
            time: Duration::MAX,
            watch: &Watch::new(),
        };
        let read = Windows::new().show(&mut content, patience, |view, _| {
            let decided = match view.end {
                End::OfBlob => view.bytes.len(),
                End::OfView => view.bytes.len() - View::MARGIN,
            };
            assert_eq!(
                usize::try_from(view.offset).expect("a test is small") + view.decided,
                joined.len()
            );
            joined.extend_from_slice(&view.bytes[view.decided..decided]);
            decided
        });
        assert_eq!(read.expect("a slice can be read"), bytes.len() as u64);
        joined
    }

    #[test]
    fn views_decide_every_byte_once() {
        for length in [0, 1, WINDOW - 1, WINDOW, WINDOW + 1, 3 * WINDOW + 77] {
            let bytes: Vec<u8> = (0..length)
                .map(|place| u8::try_from(place % 251).expect("a remainder of 251 is a byte"))
                .collect();
            for step in [7919, usize::MAX] {
                assert!(joined(&bytes, step) == bytes, "{length} {step}");
            }
        }
    }
}
