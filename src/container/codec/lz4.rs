//! `lz4`, frame after frame; also the frames of its first years.

use std::io::{self, Read};

use lz4_flex::frame::{Error, FrameDecoder};

use super::Decoder;

/// `lz4`, all frames.
pub(crate) fn lz4<'d>(stream: impl Read + 'd) -> Decoder<'d> {
    Box::new(Frames {
        frame: Some(FrameDecoder::new(Source {
            stream,
            ended: false,
        })),
    })
}

struct Frames<R: Read> {
    /// There is none once one could not be decoded.
    frame: Option<FrameDecoder<Source<R>>>,
}

/// A stream that knows whether it is at its end.
struct Source<R> {
    stream: R,
    ended: bool,
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        self.ended |= read == 0 && !buffer.is_empty();
        Ok(read)
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(mut frame) = self.frame.take() {
            let read = match frame.read(buffer) {
                Ok(read) => read,
                Err(error) => {
                    let Some(length) = skippable(&error) else {
                        return Err(error);
                    };
                    let skipped = &mut frame.get_mut().take(length);
                    io::copy(skipped, &mut io::sink())?;
                    0
                }
            };
            if read > 0 {
                self.frame = Some(frame);
                return Ok(read);
            }
            // A decoder keeps the buffers of its first frame, which may not suit the next.
            let source = frame.into_inner();
            if !source.ended {
                self.frame = Some(FrameDecoder::new(source));
            }
        }
        Ok(0)
    }
}

/// How long the frame is that an error says is none of `lz4`.
fn skippable(error: &io::Error) -> Option<u64> {
    match error.get_ref()?.downcast_ref()? {
        Error::SkippableFrame(length) => Some(u64::from(*length)),
        _ => None,
    }
}
