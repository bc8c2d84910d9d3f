//! Streams: the formats that are one compressed stream and nothing else. `gzip` and
//! `zlib` have files of their own.

use std::io;

use super::codec::Decoder;
use super::format::{Format, Head, Likeness, Members, Open, OpenError};
use super::member_name::unpacked_name;

pub(crate) const BZIP2: Format = Format {
    name: "bzip2",
    about: "bzip2 (`.bz2`, `.tbz2`)",
    seen: "What it unpacks to, all streams of a file. `app.log.bz2` holds `app.log`, \
        `a.tbz2` holds `a.tar`, and where the name says nothing the member is `<bzip2>`.",
    unseen: "",
    is: |head| {
        // Behind the level there is pi, or the square root of it where nothing is packed.
        let [b'B', b'Z', b'h', b'1'..=b'9', block @ ..] = head.bytes else {
            return Likeness::No;
        };
        Likeness::sure_if(
            block.starts_with(b"1AY&SY") || block.starts_with(b"\x17\x72\x45\x38\x50\x90"),
        )
    },
    #[cfg(feature = "bzip2")]
    open: Open::Stream(|stream, members| {
        let endings = [(".bz2", ""), (".tbz2", ".tar"), (".tbz", ".tar")];
        unpack(members, &BZIP2, &endings, Ok(super::codec::bzip2(stream)))
    }),
    #[cfg(not(feature = "bzip2"))]
    open: Open::Without("bzip2"),
};

pub(crate) const XZ: Format = Format {
    name: "xz",
    about: "xz (`.xz`, `.txz`)",
    seen: "What it unpacks to, all streams of a file. `app.log.xz` holds `app.log`, \
        `a.txz` holds `a.tar`, and where the name says nothing the member is `<xz>`.",
    unseen: "What takes more than 64 MiB to unpack, which no preset does.",
    is: |head| Likeness::sure_if(head.bytes.starts_with(b"\xfd7zXZ\0")),
    #[cfg(feature = "xz")]
    open: Open::Stream(|stream, members| {
        let endings = [(".xz", ""), (".txz", ".tar")];
        unpack(members, &XZ, &endings, Ok(super::codec::xz(stream)))
    }),
    #[cfg(not(feature = "xz"))]
    open: Open::Without("xz"),
};

pub(crate) const LZMA: Format = Format {
    name: "lzma",
    about: "lzma (`.lzma`, `.tlz`)",
    seen: "What it unpacks to. `app.log.lzma` holds `app.log`, `a.tlz` holds `a.tar`, and \
        where the name says nothing the member is `<lzma>`.",
    unseen: "What takes more than 64 MiB to unpack, and streams with other properties than \
        the usual ones: nothing else tells them from any other bytes.",
    is: is_lzma,
    #[cfg(feature = "xz")]
    open: Open::Stream(|stream, members| {
        let endings = [(".lzma", ""), (".tlz", ".tar")];
        unpack(members, &LZMA, &endings, super::codec::lzma(stream))
    }),
    #[cfg(not(feature = "xz"))]
    open: Open::Without("xz"),
};

/// It has no magic number: the usual properties, a dictionary of 2^n or 2^n + 2^(n-1)
/// bytes, a length that is unknown or below 256 GiB, and the zero that every range coder
/// begins with.
fn is_lzma(head: &Head<'_>) -> Likeness {
    let Some((&[0x5d, a, b, c, d], rest)) = head.bytes.split_first_chunk() else {
        return Likeness::No;
    };
    let Some((&length, [0, ..])) = rest.split_first_chunk() else {
        return Likeness::No;
    };
    let dictionary = u32::from_le_bytes([a, b, c, d]);
    let lowest = dictionary & dictionary.wrapping_neg();
    let sane = dictionary >= 1 << 12
        && (dictionary == lowest || dictionary == lowest.wrapping_mul(3) || dictionary == u32::MAX);
    let length = u64::from_le_bytes(length);
    Likeness::maybe_if(sane && (length == u64::MAX || length < 256 << 30))
}

pub(crate) const LZIP: Format = Format {
    name: "lzip",
    about: "lzip (`.lz`)",
    seen: "What it unpacks to, all members of a file as one. `app.log.lz` holds `app.log`, \
        and where the name says nothing the member is `<lzip>`.",
    unseen: "What takes more than 64 MiB to unpack.",
    is: |head| Likeness::sure_if(head.bytes.starts_with(b"LZIP\x01")),
    #[cfg(feature = "xz")]
    open: Open::Stream(|stream, members| {
        let endings = [(".lz", ""), (".tlz", ".tar")];
        unpack(members, &LZIP, &endings, Ok(super::codec::lzip(stream)))
    }),
    #[cfg(not(feature = "xz"))]
    open: Open::Without("xz"),
};

pub(crate) const ZSTD: Format = Format {
    name: "zstd",
    about: "Zstandard (`.zst`, `.tzst`)",
    seen: "What it unpacks to, all frames of a file. `app.log.zst` holds `app.log`, \
        `a.tzst` holds `a.tar`, and where the name says nothing the member is `<zstd>`.",
    unseen: "What takes more than 64 MiB to unpack (`--ultra -22`, `--long=27`), and what \
        needs a dictionary.",
    is: |head| match head.bytes {
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Likeness::Sure,
        // A frame to skip, which lz4 has too.
        [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
            Likeness::sure_if(after_skipped(head.bytes).starts_with(&[0x28, 0xb5, 0x2f, 0xfd]))
        }
        _ => Likeness::No,
    },
    #[cfg(feature = "zstd")]
    open: Open::Stream(|stream, members| {
        let endings = [(".zst", ""), (".zstd", ""), (".tzst", ".tar")];
        unpack(members, &ZSTD, &endings, super::codec::zstd(stream))
    }),
    #[cfg(not(feature = "zstd"))]
    open: Open::Without("zstd"),
};

/// What follows the frames that decoders skip (RFC 8878, section 3.1.2).
fn after_skipped(mut bytes: &[u8]) -> &[u8] {
    while let [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, rest @ ..] = bytes {
        let length = usize::try_from(u32::from_le_bytes([*a, *b, *c, *d]));
        bytes = length
            .ok()
            .and_then(|length| rest.get(length..))
            .unwrap_or_default();
    }
    bytes
}

pub(crate) const LZ4: Format = Format {
    name: "lz4",
    about: "LZ4 (`.lz4`)",
    seen: "What it unpacks to, all frames of a file, those of the first version too. \
        `app.log.lz4` holds `app.log`, `a.tlz4` holds `a.tar`, and where the name says \
        nothing the member is `<lz4>`.",
    unseen: "Blocks without frames, and what needs a dictionary. A file that is cut off \
        between two blocks is not reported.",
    is: |head| match after_skipped(head.bytes) {
        [0x04, 0x22, 0x4d, 0x18, flags, ..] => Likeness::sure_if(flags >> 6 == 1),
        [0x02, 0x21, 0x4c, 0x18, ..] => Likeness::Sure,
        _ => Likeness::No,
    },
    #[cfg(feature = "lz4")]
    open: Open::Stream(|stream, members| {
        let endings = [(".lz4", ""), (".tlz4", ".tar")];
        unpack(members, &LZ4, &endings, Ok(super::codec::lz4(stream)))
    }),
    #[cfg(not(feature = "lz4"))]
    open: Open::Without("lz4"),
};

pub(crate) const BROTLI: Format = Format {
    name: "brotli",
    about: "Brotli (`.br`)",
    seen: "What a file whose name ends in `.br` unpacks to. `app.js.br` holds `app.js`.",
    unseen: "Files of another name: nothing else tells them from any other bytes.",
    is: |head| Likeness::maybe_if(head.has_ending(".br")),
    #[cfg(feature = "brotli")]
    open: Open::Stream(|stream, members| {
        unpack(
            members,
            &BROTLI,
            &[(".br", "")],
            Ok(super::codec::brotli(stream)),
        )
    }),
    #[cfg(not(feature = "brotli"))]
    open: Open::Without("brotli"),
};

pub(crate) const SNAPPY: Format = Format {
    name: "snappy",
    about: "Snappy with frames (`.sz`)",
    seen: "What it unpacks to. `app.log.sz` holds `app.log`, and where the name says \
        nothing the member is `<snappy>`.",
    unseen: "Snappy without frames.",
    is: |head| Likeness::sure_if(head.bytes.starts_with(b"\xff\x06\0\0sNaPpY")),
    #[cfg(feature = "columnar")]
    open: Open::Stream(|stream, members| {
        let endings = [(".sz", ""), (".snappy", "")];
        unpack(members, &SNAPPY, &endings, Ok(super::codec::snappy(stream)))
    }),
    #[cfg(not(feature = "columnar"))]
    open: Open::Without("columnar"),
};

/// Hands on what a stream unpacks to.
#[allow(dead_code, reason = "a build without codecs opens none of them")]
fn unpack(
    members: &mut dyn Members,
    format: &Format,
    endings: &[(&str, &str)],
    decoder: io::Result<Decoder<'_>>,
) -> Result<(), OpenError> {
    let name = unpacked_name(members.name_of_container(), format.name, endings);
    let decoder = decoder.map_err(OpenError::read(format.name))?;
    let mut unpacked = members.budget().meter(decoder);
    #[cfg(any(feature = "xz", feature = "zstd"))]
    if [XZ.name, LZMA.name, LZIP.name, ZSTD.name].contains(&format.name) {
        unpacked = unpacked.with_large_window();
    }
    members.member(&name, &mut unpacked)
}

#[cfg(all(
    test,
    feature = "brotli",
    feature = "bzip2",
    feature = "columnar",
    feature = "lz4",
    feature = "xz",
    feature = "zstd"
))]
mod tests;
