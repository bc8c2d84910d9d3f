//! `lzip`, member after member.
//!
//! Every member says how much a decoder has to remember, so each is looked at before it
//! is decoded.

use std::io::{self, Chain, Cursor, Read};

use flate2::Crc;
use lzma_rust2::LzmaReader;

use super::{Decoder, MEMORY, too_much_memory};

/// What a member begins with: its name, and the only version there is.
const MAGIC: &[u8] = b"LZIP\x01";
const HEADER: usize = 6;
const TRAILER: usize = 20;

/// `lzip`, all members.
pub(crate) fn lzip<'d>(stream: impl Read + 'd) -> Decoder<'d> {
    let source = Cursor::new(Vec::new()).chain(stream);
    Box::new(Lzip {
        state: State::Between(source),
        first: true,
    })
}

/// What a decoder has read too far, and the rest.
type Source<R> = Chain<Cursor<Vec<u8>>, R>;

struct Lzip<R: Read> {
    state: State<R>,
    first: bool,
}

enum State<R: Read> {
    Between(Source<R>),
    Within(Box<Member<R>>),
    Ended,
}

struct Member<R: Read> {
    decoder: LzmaReader<Source<R>>,
    crc: Crc,
    length: u64,
}

impl<R: Read> Read for Lzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(0),
                State::Between(source) => self.state = self.next_member(source)?,
                State::Within(mut member) => {
                    let read = member.decoder.read(buffer)?;
                    if read > 0 {
                        member.crc.update(buffer.get(..read).unwrap_or_default());
                        member.length += read as u64;
                        self.state = State::Within(member);
                        return Ok(read);
                    }
                    self.state = State::Between(member.end()?);
                }
            }
        }
    }
}

impl<R: Read> Lzip<R> {
    fn next_member(&mut self, mut source: Source<R>) -> io::Result<State<R>> {
        let mut header = Vec::with_capacity(HEADER);
        source
            .by_ref()
            .take(HEADER as u64)
            .read_to_end(&mut header)?;
        let Some(&[coded]) = header.strip_prefix(MAGIC) else {
            if self.first || !header.is_empty() {
                return Err(damaged("it is no lzip member that follows"));
            }
            return Ok(State::Ended);
        };
        self.first = false;
        let dictionary = dictionary(coded).ok_or_else(|| damaged("its dictionary has no size"))?;
        if u64::from(dictionary) > MEMORY {
            return Err(too_much_memory());
        }
        // The properties are always these, and a mark ends it.
        let decoder = LzmaReader::new(source, u64::MAX, 3, 0, 2, dictionary, None)?;
        Ok(State::Within(Box::new(Member {
            decoder,
            crc: Crc::new(),
            length: 0,
        })))
    }
}

impl<R: Read> Member<R> {
    /// Reads what stands behind a member.
    fn end(self) -> io::Result<Source<R>> {
        let (source, mut ahead) = self.decoder.into_parts();
        let (mut before, stream) = source.into_inner();
        before.read_to_end(&mut ahead)?;
        let mut source = Cursor::new(ahead).chain(stream);
        let mut trailer = [0; TRAILER];
        source.read_exact(&mut trailer)?;
        let crc = self.crc.sum().to_le_bytes();
        if !trailer.starts_with(&[&crc[..], &self.length.to_le_bytes()].concat()) {
            return Err(damaged("its checksum is wrong"));
        }
        Ok(source)
    }
}

/// The size of the dictionary of a member, of which it has a power of two in the lower
/// five bits, and how many sixteenths are taken off it in the others.
fn dictionary(coded: u8) -> Option<u32> {
    let (bits, sixteenths) = (u32::from(coded & 0x1f), u32::from(coded >> 5));
    if !(12..=29).contains(&bits) {
        return None;
    }
    let size = 1 << bits;
    Some(size - size / 16 * sixteenths)
}

fn damaged(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}
