//! Raw views: a blob's bytes as they are, in windows if there are many.
//!
//! One buffer serves all blobs of a thread. It grows only while a match does
//! not fit into it, and never past [`MOST`].

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use crate::blob::Content;
use crate::view::{Appetite, Behind, End, View};

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
        mut decide: impl FnMut(&View<'_>, &mut dyn Behind) -> usize,
    ) -> Result<u64, ReadError> {
        if let Content::Bytes(bytes) = *content {
            decide(&View::whole(bytes), &mut Passed(content));
            return Ok(bytes.len() as u64);
        }
        if self.buffer.is_empty() {
            self.buffer.resize(WINDOW, 0);
        }
        let (mut offset, mut filled, mut decided) = (0, 0, 0);
        loop {
            let fault = self.fill(content, &mut filled);
            let end = match fault {
                Filled::Whole => End::OfView,
                Filled::ToTheEnd | Filled::UpTo(_) => End::OfBlob,
            };
            let view = View {
                bytes: &self.buffer[..filled],
                offset,
                decided,
                end,
            };
            let now_decided = decide(&view, &mut Passed(content));
            match fault {
                Filled::ToTheEnd => return Ok(offset + filled as u64),
                Filled::UpTo(source) => {
                    let offset = offset + filled as u64;
                    return Err(ReadError { offset, source });
                }
                Filled::Whole => {}
            }
            let kept = now_decided.saturating_sub(View::MARGIN);
            self.buffer.copy_within(kept..filled, 0);
            (offset, filled, decided) = (offset + kept as u64, filled - kept, now_decided - kept);
            if filled > self.buffer.len() / 2 && self.buffer.len() < MOST {
                let doubled = (self.buffer.len() * 2).min(MOST);
                self.buffer.resize(doubled, 0);
            }
        }
    }

    /// Reads until the buffer is full or the content ends.
    fn fill(&mut self, content: &mut Content<'_>, filled: &mut usize) -> Filled {
        while *filled < self.buffer.len() {
            match content.read(&mut self.buffer[*filled..]) {
                Ok(0) => return Filled::ToTheEnd,
                Ok(read) => *filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Filled::UpTo(error),
            }
        }
        Filled::Whole
    }
}

/// How far a buffer could be filled.
enum Filled {
    /// It is full; there may be more to read.
    Whole,
    /// There is nothing more to read.
    ToTheEnd,
    /// Reading failed.
    UpTo(io::Error),
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
        let read = Windows::new().show(&mut content, |view, _| {
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
