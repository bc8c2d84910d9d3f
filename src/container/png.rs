//! `png`: the text chunks of PNG pictures, where image generators keep prompts and
//! whole workflows (PNG Specification, third edition). Pixels stay packed.

use std::io::{self, BufReader, Read};

use flate2::read::ZlibDecoder;

use super::format::{Format, Head, Likeness, Members, Open, OpenError};

pub(crate) const FORMAT: Format = Format {
    name: "png",
    about: "PNG (`.png`)",
    seen: "The texts, packed or not, and EXIF. They are named by their chunk and keyword, as in \
        `a.png!tEXt:prompt`, `a.png!zTXt:parameters` and `a.png!eXIf`.",
    unseen: "Pixels and colour profiles. What stands behind the end of the picture is seen as \
        raw bytes only.",
    is,
    open: Open::Stream(open),
};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The largest text that is read, in bytes; pictures have no larger one.
const LARGEST: u32 = 16 << 20;

fn is(head: &Head<'_>) -> Likeness {
    Likeness::sure_if(head.bytes.starts_with(SIGNATURE))
}

fn open(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    let mut stream = BufReader::new(stream);
    let mut signature = [0; SIGNATURE.len()];
    let read = stream.read_exact(&mut signature);
    read.map_err(OpenError::read(FORMAT.name))?;
    loop {
        members.budget().in_time()?;
        // A picture that is cut off between texts has lost none.
        let Some([length, kind]) = chunk_head(&mut stream)? else {
            return Ok(());
        };
        let length = u32::from_be_bytes(length);
        match &kind {
            b"IEND" => return Ok(()),
            b"tEXt" | b"zTXt" | b"iTXt" | b"eXIf" if length <= LARGEST => {
                let mut chunk = Vec::new();
                let read = (&mut stream).take(length.into()).read_to_end(&mut chunk);
                read.map_err(OpenError::read(FORMAT.name))?;
                show(&kind, &chunk, members)?;
                if chunk.len() as u64 != u64::from(length) {
                    return Err(OpenError::damaged(FORMAT.name, "a text is cut off"));
                }
                pass(&mut stream, 4)?;
            }
            // What it holds, and a checksum.
            _ => pass(&mut stream, u64::from(length) + 4)?,
        }
    }
}

/// The length and the type of the next chunk, if there is one.
fn chunk_head(stream: &mut dyn Read) -> Result<Option<[[u8; 4]; 2]>, OpenError> {
    let mut head = [[0; 4]; 2];
    for part in &mut head {
        match stream.read_exact(part) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(OpenError::read(FORMAT.name)(error)),
        }
    }
    Ok(Some(head))
}

fn pass(stream: &mut dyn Read, length: u64) -> Result<(), OpenError> {
    let passed = io::copy(&mut stream.take(length), &mut io::sink());
    passed.map(|_| ()).map_err(OpenError::read(FORMAT.name))
}

/// Hands on what a chunk says.
fn show(kind: &[u8], chunk: &[u8], members: &mut dyn Members) -> Result<(), OpenError> {
    if kind == b"eXIf" {
        return members.text(kind, chunk, &|_| None);
    }
    let (keyword, rest) = up_to_zero(chunk);
    // Keywords have 79 bytes at most.
    let keyword = keyword.get(..79).unwrap_or(keyword);
    let name = [kind, b":", keyword].concat();
    let (packing, text) = match (kind, rest) {
        (b"tEXt", text) => (0, text),
        // Its method, of which there is one.
        (b"zTXt", [_, text @ ..]) => (1, text),
        (_, [packing, _, rest @ ..]) => {
            let (_language, rest) = up_to_zero(rest);
            let (_translated, text) = up_to_zero(rest);
            (*packing, text)
        }
        _ => (0, rest),
    };
    if packing == 0 {
        return members.text(&name, text, &|_| None);
    }
    let mut unpacked = members.budget().meter(ZlibDecoder::new(text));
    members.member(&name, &mut unpacked)
}

/// What is in front of the first zero, and what is behind it.
fn up_to_zero(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some(zero) = memchr::memchr(0, bytes) else {
        return (bytes, &[]);
    };
    let (before, behind) = bytes.split_at(zero);
    (before, behind.get(1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;
    use crate::container::damage::survives;
    use crate::container::format::testing::{likeness, open, open_within};
    use crate::limits::Limits;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).expect("memory can be written to");
        encoder.finish().expect("memory can be written to")
    }

    fn picture(chunks: &[(&[u8], &[u8])]) -> Vec<u8> {
        let mut picture = SIGNATURE.to_vec();
        for (kind, chunk) in chunks {
            let length = u32::try_from(chunk.len()).expect("samples are small");
            picture.extend_from_slice(&length.to_be_bytes());
            picture.extend_from_slice(kind);
            picture.extend_from_slice(chunk);
            picture.extend_from_slice(b"CRC.");
        }
        picture
    }

    fn sample() -> Vec<u8> {
        let zipped = [b"parameters\0\0", &*packed(b"steps: 20")].concat();
        let international = [b"XML:xmp\0\x01\0de\0Titel\0", &*packed(b"<x/>")].concat();
        picture(&[
            (b"IHDR", &[0; 13]),
            (b"tEXt", b"prompt\0{\"a\": 1}"),
            (b"zTXt", &zipped),
            (b"IDAT", &[7; 300]),
            (b"iTXt", &international),
            (b"iTXt", b"workflow\0\0\0\0\0plain"),
            (b"eXIf", b"MM\0*"),
            (b"IEND", b""),
        ])
    }

    #[test]
    fn texts_are_members() {
        let picture = sample();
        assert_eq!(likeness(&FORMAT, &picture, ""), Likeness::Sure);
        assert_eq!(likeness(&FORMAT, b"\x89PNG", "a.png"), Likeness::No);
        let opened = open(&FORMAT, &picture);
        assert!(
            opened.error.is_none() && opened.faults.is_empty(),
            "{opened:?}"
        );
        assert_eq!(opened.member("tEXt:prompt"), b"{\"a\": 1}");
        assert_eq!(opened.member("zTXt:parameters"), b"steps: 20");
        assert_eq!(opened.member("iTXt:XML:xmp"), b"<x/>");
        assert_eq!(opened.member("iTXt:workflow"), b"plain");
        assert_eq!(opened.member("eXIf"), b"MM\0*");
    }

    #[test]
    fn a_text_that_is_cut_off_is_told() {
        let picture = picture(&[(b"tEXt", b"prompt\0{\"a\": 1}")]);
        let opened = open(&FORMAT, &picture[..picture.len() - 6]);
        assert_eq!(opened.member("tEXt:prompt"), b"{\"a\": ");
        assert!(opened.error.is_some());
        // Of pixels nobody would have seen anything.
        assert_eq!(open(&FORMAT, &sample()[..120]).error, None);
    }

    #[test]
    fn damage_does_no_harm() {
        survives(&FORMAT, &sample(), "");
    }

    #[test]
    fn a_bomb_ends_at_its_limit() {
        let bomb = [b"a\0\0", &*packed(&vec![0; 4 << 20])].concat();
        let limits = Limits {
            bytes: 1 << 20,
            ..Limits::default()
        };
        let opened = open_within(&FORMAT, &picture(&[(b"zTXt", &bomb)]), limits);
        assert!(
            opened
                .error
                .is_some_and(|error| error.contains("--max-unpacked"))
        );
    }
}
