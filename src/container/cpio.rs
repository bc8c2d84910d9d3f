//! `cpio`, in the formats of POSIX (`odc`) and of System V (`newc`): what is inside of
//! `rpm` packages and of images that Linux boots from.

use std::io::{self, Read};

use super::format::{Format, Head, Likeness, Members, Open, OpenError};

pub(crate) const FORMAT: Format = Format {
    name: "cpio",
    about: "cpio (`.cpio`, and inside `.rpm`)",
    seen: "Files, each under its name as it stands in the archive.",
    unseen: "Binary headers, as Unix wrote them before POSIX. What stands behind the end of \
        an archive, such as another one, but for the raw bytes.",
    is,
    open: Open::Stream(open),
};

/// How long a name may be.
const NAME: u64 = 64 << 10;
/// What the last member is called, which is none.
const LAST: &[u8] = b"TRAILER!!!";

fn is(head: &Head<'_>) -> Likeness {
    let is_one = head.bytes.starts_with(b"0707") && Header::parse(head.bytes).is_some();
    Likeness::sure_if(is_one)
}

fn open(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    let read = OpenError::read(FORMAT.name);
    loop {
        members.budget().in_time()?;
        let header = next_header(stream)?;
        if header.name > NAME {
            return Err(OpenError::damaged(FORMAT.name, "a name is too long"));
        }
        let mut name = Vec::new();
        let mut stored = stream.take(header.name);
        stored.read_to_end(&mut name).map_err(&read)?;
        while name.last() == Some(&0) {
            name.pop();
        }
        if name == LAST {
            return Ok(());
        }
        skip(
            stream,
            header.padding(header.dialect.length() as u64 + header.name),
        )?;
        let mut content = stream.take(header.length);
        if header.is_file() {
            members.member(&name, &mut content)?;
        }
        io::copy(&mut content, &mut io::sink()).map_err(&read)?;
        if content.limit() > 0 {
            return Err(cut_off());
        }
        skip(stream, header.padding(header.length))?;
    }
}

fn skip(stream: &mut dyn Read, length: u64) -> Result<(), OpenError> {
    let skipped = io::copy(&mut stream.take(length), &mut io::sink());
    skipped.map(drop).map_err(OpenError::read(FORMAT.name))
}

fn cut_off() -> OpenError {
    OpenError::damaged(FORMAT.name, "it is cut off")
}

/// How headers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// In octal digits, without padding.
    Posix,
    /// In hexadecimal digits, padded to four bytes.
    SystemV,
}

/// What stands before the name of a member.
#[derive(Debug)]
struct Header {
    dialect: Dialect,
    mode: u64,
    name: u64,
    length: u64,
}

fn next_header(stream: &mut dyn Read) -> Result<Header, OpenError> {
    let read = OpenError::read(FORMAT.name);
    let shortest = Dialect::Posix.length();
    let mut bytes = Vec::with_capacity(Dialect::SystemV.length());
    let mut start = stream.take(shortest as u64);
    start.read_to_end(&mut bytes).map_err(&read)?;
    let dialect = Dialect::of(&bytes);
    if dialect == Some(Dialect::SystemV) {
        let mut rest = stream.take((Dialect::SystemV.length() - shortest) as u64);
        rest.read_to_end(&mut bytes).map_err(&read)?;
    }
    match (Header::parse(&bytes), dialect) {
        (Some(header), _) => Ok(header),
        (None, None) if bytes.len() == shortest => {
            let reason = "no header is where one should be";
            Err(OpenError::damaged(FORMAT.name, reason))
        }
        (None, _) => Err(cut_off()),
    }
}

impl Dialect {
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'0', b'7', b'0', b'7', b'0', b'7', ..] => Some(Self::Posix),
            // With checksums or without.
            [b'0', b'7', b'0', b'7', b'0', b'1' | b'2', ..] => Some(Self::SystemV),
            _ => None,
        }
    }

    /// How long a header is.
    fn length(self) -> usize {
        match self {
            Self::Posix => 76,
            Self::SystemV => 110,
        }
    }
}

impl Header {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let dialect = Dialect::of(bytes)?;
        let digits = bytes.get(..dialect.length())?;
        let number = |from: usize, to: usize, radix| {
            let digits = digits.get(from..to)?;
            let digits = std::str::from_utf8(digits).ok()?;
            // A sign is no digit.
            let unsigned = !digits.starts_with('+');
            u64::from_str_radix(digits, radix).ok().filter(|_| unsigned)
        };
        match dialect {
            Dialect::Posix => Some(Self {
                dialect,
                mode: number(18, 24, 8)?,
                name: number(59, 65, 8)?,
                length: number(65, 76, 8)?,
            }),
            Dialect::SystemV => Some(Self {
                dialect,
                mode: number(14, 22, 16)?,
                name: number(94, 102, 16)?,
                length: number(54, 62, 16)?,
            }),
        }
    }

    fn is_file(&self) -> bool {
        const KIND: u64 = 0o170_000;
        const FILE: u64 = 0o100_000;
        self.mode & KIND == FILE
    }

    /// How many bytes stand behind so many.
    fn padding(&self, length: u64) -> u64 {
        match self.dialect {
            Dialect::Posix => 0,
            Dialect::SystemV => length.wrapping_neg() % 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::format::testing::{damage, likeness, open, open_within};
    use crate::limits::Limits;

    fn member(dialect: Dialect, mode: u32, name: &str, content: &str) -> Vec<u8> {
        let (names, length) = (name.len() + 1, content.len());
        let header = match dialect {
            Dialect::Posix => format!(
                "070707{:06o}{:06o}{mode:06o}{:024o}{:011o}{names:06o}{length:011o}",
                1, 2, 0, 0
            ),
            Dialect::SystemV => format!(
                "070701{:08x}{mode:08x}{:032x}{length:08x}{:032x}{names:08x}{:08x}",
                1, 0, 0, 0
            ),
        };
        let mut bytes = format!("{header}{name}\0").into_bytes();
        let pad = |bytes: &mut Vec<u8>| {
            while dialect == Dialect::SystemV && !bytes.len().is_multiple_of(4) {
                bytes.push(0);
            }
        };
        pad(&mut bytes);
        bytes.extend(content.bytes());
        pad(&mut bytes);
        bytes
    }

    fn cpio(dialect: Dialect) -> Vec<u8> {
        [
            member(dialect, 0o040_755, "etc", ""),
            member(dialect, 0o100_644, "./etc/a.conf", "text"),
            member(dialect, 0o120_777, "etc/link", "a.conf"),
            member(dialect, 0o100_644, "etc/b", "odd"),
            member(dialect, 0, "TRAILER!!!", ""),
            vec![0; 100],
        ]
        .concat()
    }

    #[test]
    fn files_are_members() {
        for dialect in [Dialect::Posix, Dialect::SystemV] {
            let bytes = cpio(dialect);
            assert_eq!(likeness(&FORMAT, &bytes, "x.bin"), Likeness::Sure);
            let opened = open(&FORMAT, &bytes);
            assert_eq!(opened.member("./etc/a.conf"), b"text");
            assert_eq!(opened.member("etc/b"), b"odd");
            assert_eq!(opened.members.len(), 2);
            assert_eq!(opened.error, None);
        }
    }

    #[test]
    fn digits_are_not_taken_for_it() {
        for text in [
            "0707",
            "070701",
            &"070701x".repeat(20),
            &"070707-".repeat(20),
        ] {
            assert_eq!(likeness(&FORMAT, text.as_bytes(), ""), Likeness::No);
        }
    }

    #[test]
    fn what_is_cut_off_is_seen_so_far() {
        let bytes = member(Dialect::SystemV, 0o100_644, "a", "some text");
        for length in 1..bytes.len() {
            assert!(open(&FORMAT, &bytes[..length]).error.is_some());
        }
        let opened = open(&FORMAT, &bytes[..bytes.len() - 4]);
        assert_eq!(opened.member("a"), b"some tex");
    }

    #[test]
    fn too_many_members_end_at_their_limit() {
        let limits = Limits {
            members: 10,
            ..Limits::default()
        };
        let bytes = member(Dialect::Posix, 0o100_644, "a", "").repeat(11);
        let opened = open_within(&FORMAT, &bytes, limits);
        assert!(opened.error.is_some_and(|it| it.contains("--max-members")));
    }

    #[test]
    fn damage_is_no_panic() {
        damage(&FORMAT, &cpio(Dialect::Posix));
        damage(&FORMAT, &cpio(Dialect::SystemV));
    }
}
