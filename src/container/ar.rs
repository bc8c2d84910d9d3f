//! `ar`: Debian packages and static libraries, in the dialects of GNU and BSD (FreeBSD's
//! `ar(5)`).

use std::io::{self, Read};

use super::format::{Format, Head, Likeness, Members, Open, OpenError};

pub(crate) const FORMAT: Format = Format {
    name: "ar",
    about: "ar (`.deb`, `.a`, `.rlib`)",
    seen: "Members, each under its name, long ones included.",
    unseen: "Symbol tables, and tables of names, but for the raw bytes. Thin archives, \
        which hold no files.",
    is,
    open: Open::Stream(open),
};

const MAGIC: &[u8] = b"!<arch>\n";
const HEADER: usize = 60;
/// How many bytes of a table of names are kept.
const NAMES: u64 = 4 << 20;
/// How long a name may be.
const NAME: u64 = 4096;

fn is(head: &Head<'_>) -> Likeness {
    Likeness::sure_if(head.bytes.starts_with(MAGIC))
}

fn open(stream: &mut dyn Read, members: &mut dyn Members) -> Result<(), OpenError> {
    let read = OpenError::read(FORMAT.name);
    let mut magic = Vec::new();
    let length = MAGIC.len() as u64;
    let mut start = stream.take(length);
    start.read_to_end(&mut magic).map_err(&read)?;
    let mut names = Vec::new();
    while let Some(header) = next_header(stream)? {
        members.budget().in_time()?;
        let mut content = stream.take(header.length);
        match header.kind() {
            Kind::Symbols => {}
            Kind::Names => {
                names.clear();
                let mut table = content.by_ref().take(NAMES);
                table.read_to_end(&mut names).map_err(&read)?;
            }
            Kind::Member(name) => {
                let name = name.resolve(&names, &mut content).map_err(&read)?;
                members.member(&name, &mut content)?;
            }
        }
        io::copy(&mut content, &mut io::sink()).map_err(&read)?;
        if content.limit() > 0 {
            return Err(OpenError::damaged(FORMAT.name, "it is cut off"));
        }
        if !header.length.is_multiple_of(2) {
            let mut padding = stream.take(1);
            io::copy(&mut padding, &mut io::sink()).map_err(&read)?;
        }
    }
    Ok(())
}

/// What stands before a member.
struct Header {
    /// Its name, and what fills its place.
    name: [u8; 16],
    length: u64,
}

fn next_header(stream: &mut dyn Read) -> Result<Option<Header>, OpenError> {
    let mut bytes = Vec::with_capacity(HEADER);
    stream
        .take(HEADER as u64)
        .read_to_end(&mut bytes)
        .map_err(OpenError::read(FORMAT.name))?;
    if bytes.is_empty() {
        return Ok(None);
    }
    match Header::parse(&bytes) {
        Some(header) => Ok(Some(header)),
        None => Err(OpenError::damaged(
            FORMAT.name,
            "no header is where one should be",
        )),
    }
}

/// What a member is.
enum Kind<'h> {
    Member(Name<'h>),
    /// Which symbols are where; it differs between dialects.
    Symbols,
    /// Names that are too long for a header.
    Names,
}

/// Where the name of a member is.
enum Name<'h> {
    Here(&'h [u8]),
    /// In the table of names.
    At(usize),
    /// Before the content, in so many bytes of it.
    Before(u64),
}

impl Header {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let name = bytes.first_chunk()?;
        bytes.get(58..HEADER)?.strip_prefix(b"`\n")?;
        Some(Self {
            name: *name,
            length: number(bytes.get(48..58)?)?,
        })
    }

    fn kind(&self) -> Kind<'_> {
        let name = self.name.trim_ascii_end();
        match name {
            b"/" | b"/SYM64/" => Kind::Symbols,
            b"//" => Kind::Names,
            [b'#', b'1', b'/', length @ ..] if let Some(length) = number(length) => {
                Kind::Member(Name::Before(length))
            }
            [b'/', at @ ..] if let Some(at) = number(at) => {
                Kind::Member(Name::At(usize::try_from(at).unwrap_or(usize::MAX)))
            }
            _ if name.starts_with(b"__.SYMDEF") => Kind::Symbols,
            _ => Kind::Member(Name::Here(name.strip_suffix(b"/").unwrap_or(name))),
        }
    }
}

impl Name<'_> {
    fn resolve(&self, names: &[u8], content: &mut impl Read) -> io::Result<Vec<u8>> {
        match *self {
            Self::Here(name) => Ok(name.to_vec()),
            Self::At(at) => {
                let name = names.get(at..).unwrap_or_default();
                let end = memchr::memchr2(b'\n', 0, name).unwrap_or(name.len());
                let name = name.get(..end.min(4096)).unwrap_or_default();
                Ok(name.strip_suffix(b"/").unwrap_or(name).to_vec())
            }
            Self::Before(length) => {
                let mut name = Vec::new();
                content.take(length.min(NAME)).read_to_end(&mut name)?;
                let end = memchr::memchr(0, &name).unwrap_or(name.len());
                name.truncate(end);
                Ok(name)
            }
        }
    }
}

/// A decimal number that spaces follow.
fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits.trim_ascii_end())
        .ok()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::format::testing::{Opened, damage, likeness, open, open_within};
    use crate::limits::Limits;

    fn ar(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for (name, content) in members {
            let length = content.len();
            bytes.extend(
                format!("{name:<16}0           0     0     100644  {length:<10}`\n").bytes(),
            );
            bytes.extend(*content);
            if length % 2 == 1 {
                bytes.push(b'\n');
            }
        }
        bytes
    }

    fn names(opened: &Opened) -> Vec<&str> {
        let names = opened.members.iter();
        names.map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn a_debian_package_has_members() {
        let bytes = ar(&[
            ("debian-binary", b"2.0\n"),
            ("control.tar.xz", b"odd"),
            ("data.tar.zst/", b"last"),
        ]);
        assert_eq!(likeness(&FORMAT, &bytes, "x.bin"), Likeness::Sure);
        let opened = open(&FORMAT, &bytes);
        assert_eq!(opened.member("control.tar.xz"), b"odd");
        assert_eq!(opened.member("data.tar.zst"), b"last");
        assert!(opened.error.is_none(), "{opened:?}");
        assert_eq!(likeness(&FORMAT, b"!<thin>\n", "x.a"), Likeness::No);
    }

    #[test]
    fn long_names_are_found_in_both_dialects() {
        let bytes = ar(&[
            ("/", b"symbols"),
            ("//", b"first_long_name.o/\nsecond_long_name.o/\n"),
            ("/0", b"1"),
            ("/19", b"2"),
            ("/999", b"3"),
            ("#1/20", b"a_name_of_bsd.o\0\0\0\0\x004"),
            ("__.SYMDEF SORTED", b""),
        ]);
        let opened = open(&FORMAT, &bytes);
        assert_eq!(
            names(&opened),
            [
                "first_long_name.o",
                "second_long_name.o",
                "",
                "a_name_of_bsd.o"
            ]
        );
        assert_eq!(opened.member("a_name_of_bsd.o"), b"4");
    }

    #[test]
    fn what_is_cut_off_is_seen_so_far() {
        let bytes = ar(&[("a", b"first"), ("b", b"second")]);
        let opened = open(&FORMAT, &bytes[..bytes.len() - 3]);
        assert_eq!(opened.member("b"), b"sec");
        assert!(opened.error.is_some_and(|it| it.contains("cut off")));
        let opened = open(&FORMAT, &[&bytes[..], b"garbage"].concat());
        assert_eq!(names(&opened), ["a", "b"]);
        assert!(opened.error.is_some());
    }

    #[test]
    fn too_many_members_end_at_their_limit() {
        let limits = Limits {
            members: 10,
            ..Limits::default()
        };
        let opened = open_within(&FORMAT, &ar(&[("a", &b""[..]); 11]), limits);
        assert!(opened.error.is_some_and(|it| it.contains("--max-members")));
    }

    #[test]
    fn damage_is_no_panic() {
        damage(
            &FORMAT,
            &ar(&[("//", b"a_name/\n"), ("/0", b"1"), ("#1/2", b"abc")]),
        );
    }
}
