//! Headers of members: what the directory says of one, or the member itself.
//!
//! Numbers of sections are those of PKWARE's APPNOTE.

/// What a member in place begins with (4.3.7).
pub(super) const LOCAL: [u8; 4] = *b"PK\x03\x04";
/// What an entry of the directory begins with (4.3.12).
pub(super) const CENTRAL: [u8; 4] = *b"PK\x01\x02";
/// What stands behind a member whose sizes were not known before (4.3.9).
pub(super) const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";

/// How long a header is before its name.
pub(super) const LOCAL_LENGTH: usize = 30;
const CENTRAL_LENGTH: usize = 46;
/// The longest header there can be.
pub(super) const LONGEST: usize = CENTRAL_LENGTH + 3 * 0xffff;

/// What is said of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) name: Vec<u8>,
    pub(super) method: u16,
    flags: u16,
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) unpacked: u64,
    /// Where it says it is; a member in place says nothing.
    pub(super) offset: u64,
    /// How long the header itself is.
    pub(super) length: u64,
}

impl Header {
    /// The entry of a directory at the beginning of some bytes, if it is whole.
    pub(super) fn central(bytes: &[u8]) -> Option<Self> {
        bytes.strip_prefix(&CENTRAL)?;
        let lengths = [
            u16_at(bytes, 28)?.into(),
            u16_at(bytes, 30)?.into(),
            u16_at(bytes, 32)?.into(),
        ];
        let mut header = Self {
            name: Vec::new(),
            flags: u16_at(bytes, 8)?,
            method: u16_at(bytes, 10)?,
            crc: u32_at(bytes, 16)?,
            packed: u32_at(bytes, 20)?.into(),
            unpacked: u32_at(bytes, 24)?.into(),
            offset: u32_at(bytes, 42)?.into(),
            length: 0,
        };
        header.complete(bytes.get(CENTRAL_LENGTH..)?, lengths, CENTRAL_LENGTH)?;
        Some(header)
    }

    /// The header of a member at the beginning of some bytes, if it is whole.
    pub(super) fn local(bytes: &[u8]) -> Option<Self> {
        bytes.strip_prefix(&LOCAL)?;
        let lengths = [u16_at(bytes, 26)?.into(), u16_at(bytes, 28)?.into(), 0];
        let mut header = Self {
            name: Vec::new(),
            flags: u16_at(bytes, 6)?,
            method: u16_at(bytes, 8)?,
            crc: u32_at(bytes, 14)?,
            packed: u32_at(bytes, 18)?.into(),
            unpacked: u32_at(bytes, 22)?.into(),
            offset: 0,
            length: 0,
        };
        header.complete(bytes.get(LOCAL_LENGTH..)?, lengths, LOCAL_LENGTH)?;
        Some(header)
    }

    /// Reads what is behind the numbers: the name, the extra fields and the comment.
    fn complete(
        &mut self,
        rest: &[u8],
        [name, extra, comment]: [usize; 3],
        fixed: usize,
    ) -> Option<()> {
        let (name, rest) = rest.split_at_checked(name)?;
        let (extra, rest) = rest.split_at_checked(extra)?;
        rest.get(..comment)?;
        self.name = name.to_vec();
        self.length = (fixed + name.len() + extra.len() + comment) as u64;
        self.widen(extra);
        Some(())
    }

    /// Takes numbers that need 64 bits from the field that has them, in which only those
    /// stand whose place is full of ones (4.5.3).
    fn widen(&mut self, mut extra: &[u8]) {
        while let [a, b, c, d, rest @ ..] = extra {
            let length = usize::from(u16::from_le_bytes([*c, *d]));
            let Some((field, rest)) = rest.split_at_checked(length) else {
                return;
            };
            if [*a, *b] == [1, 0] {
                let mut numbers = field.chunks_exact(8);
                for narrow in [&mut self.unpacked, &mut self.packed, &mut self.offset] {
                    if *narrow == u64::from(u32::MAX)
                        && let Some(Ok(number)) = numbers.next().map(TryInto::try_into)
                    {
                        *narrow = u64::from_le_bytes(number);
                    }
                }
                return;
            }
            extra = rest;
        }
    }

    /// Whether a password is needed, in one of the ways to need one.
    pub(super) fn is_encrypted(&self) -> bool {
        const AES: u16 = 99;
        self.flags & 1 != 0 || self.method == AES
    }

    /// Whether its sizes and its checksum stand behind it.
    pub(super) fn is_described_later(&self) -> bool {
        self.flags & 8 != 0
    }

    /// Whether a mark ends it if it is packed by `lzma` (5.8.9).
    #[cfg(feature = "xz")]
    pub(super) fn is_ended_by_a_mark(&self) -> bool {
        self.flags & 2 != 0
    }

    pub(super) fn is_directory(&self) -> bool {
        self.name.ends_with(b"/") && self.unpacked == 0
    }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*bytes))
}
