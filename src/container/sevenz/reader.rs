//! The reader of `7z`, block by block.

use std::io::{self, Read};

use sevenz_rust2::{Archive, Block, BlockDecoder, Coder, EncoderMethod, Error, Password};

use super::{FORMAT, list};
use crate::budget::LimitReached;
use crate::container::codec::{MEMORY, MEMORY_KIB, lzma2_dictionary};
use crate::container::format::{Members, OpenError};
use crate::container::store::Store;

pub(super) fn open(store: &mut Store<'_>, members: &mut dyn Members) -> Result<(), OpenError> {
    let password = Password::empty();
    let most = members.budget().limits().members;
    if list::length(store)? > most {
        return Err(LimitReached::Members(most).into());
    }
    let archive = Archive::read_with_memory_limit(store, &password, list::LONGEST_KIB.into());
    let archive = archive.map_err(explain)?;
    for index in 0..archive.blocks.len() {
        members.budget().in_time()?;
        let decoder = BlockDecoder::new_with_memory_limit(
            1,
            MEMORY_KIB as usize,
            index,
            &archive,
            &password,
            store,
        );
        let first = decoder.entries().first();
        let first = first.map(|entry| entry.name.clone()).unwrap_or_default();
        let Some(block) = archive.blocks.get(index) else {
            continue;
        };
        let methods = &mut block.coders.iter().map(Coder::encoder_method_id);
        let error = if methods.any(|method| method == EncoderMethod::ID_AES256_SHA256) {
            Some(OpenError::Encrypted)
        } else {
            (memory(block) > MEMORY).then(too_much_memory)
        };
        if let Some(error) = error {
            members.budget().member()?;
            members.fault(first.as_bytes(), error);
            continue;
        }
        open_block(decoder, first, members)?;
    }
    Ok(())
}

fn open_block(
    decoder: BlockDecoder<'_, Store<'_>>,
    first: String,
    members: &mut dyn Members,
) -> Result<(), OpenError> {
    let mut limit = None;
    let mut failed = false;
    let mut unseen = first;
    let result = decoder.for_each_entries(&mut |entry, content| {
        unseen.clone_from(&entry.name);
        if !entry.has_stream {
            return Ok(true);
        }
        let mut content = Watched {
            content: members.budget().meter(content).with_large_window(),
            failed: &mut failed,
        };
        let taken = members.member(entry.name.as_bytes(), &mut content);
        limit = taken.err();
        // Whoever has read it has said why it cannot be read on.
        Ok(limit.is_none() && !failed)
    });
    if let Some(limit) = limit {
        return Err(limit);
    }
    if let Err(error) = result
        && !failed
    {
        members.budget().member()?;
        members.fault(unseen.as_bytes(), explain(error));
    }
    Ok(())
}

/// A content that remembers whether it could be read.
struct Watched<'w, R> {
    content: R,
    failed: &'w mut bool,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.content.read(buffer);
        *self.failed |= read.is_err();
        read
    }
}

/// What the decoders of a block remember together: a block may have many, one behind the
/// other.
fn memory(block: &Block) -> u64 {
    let dictionaries = block.coders.iter().map(|coder| {
        let properties = coder.properties();
        match coder.encoder_method_id() {
            EncoderMethod::ID_LZMA | EncoderMethod::ID_PPMD => {
                let size = properties.get(1..).and_then(<[u8]>::first_chunk);
                size.map_or(0, |size| u64::from(u32::from_le_bytes(*size)))
            }
            EncoderMethod::ID_LZMA2 => {
                lzma2_dictionary(properties.first().copied().unwrap_or_default())
            }
            _ => 0,
        }
    });
    dictionaries.sum()
}

pub(super) fn too_much_memory() -> OpenError {
    OpenError::Unsupported(format!("it takes more than {} MiB to unpack", MEMORY >> 20))
}

/// What the library said.
fn explain(error: Error) -> OpenError {
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => OpenError::Encrypted,
        Error::MaxMemLimited { .. } => too_much_memory(),
        Error::Io(error, _) => OpenError::read(FORMAT.name)(error),
        Error::UnsupportedCompressionMethod(method) => {
            OpenError::Unsupported(format!("method {method}"))
        }
        Error::Unsupported(what) => OpenError::Unsupported(what.into_owned()),
        Error::ExternalUnsupported => {
            OpenError::Unsupported("a list of members in several streams".to_owned())
        }
        other => OpenError::damaged(FORMAT.name, other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use sevenz_rust2::encoder_options::{AesEncoderOptions, Lzma2Options};
    use sevenz_rust2::{ArchiveEntry, ArchiveWriter, EncoderConfiguration, SourceReader};

    use super::*;
    use crate::container::format::Likeness;
    use crate::container::format::testing::{Opened, damage, likeness, open, open_within};
    use crate::limits::Limits;

    fn lzma2() -> EncoderConfiguration {
        let mut options = Lzma2Options::from_level(1);
        options.set_dictionary_size(1 << 16);
        options.into()
    }

    fn aes() -> EncoderConfiguration {
        AesEncoderOptions::new(Password::from("password")).into()
    }

    type Files<'f> = &'f [(&'f str, &'f [u8])];

    /// Blocks of members that are packed as one.
    fn sevenz(blocks: &[(&[EncoderConfiguration], Files<'_>)]) -> Vec<u8> {
        let mut writer =
            ArchiveWriter::new(Cursor::new(Vec::new())).expect("memory can be written to");
        for (methods, members) in blocks {
            writer.set_content_methods(methods.to_vec());
            let entries = members.iter();
            let entries = entries
                .map(|(name, _)| ArchiveEntry::new_file(name))
                .collect();
            let contents = members.iter();
            let contents = contents
                .map(|(_, content)| SourceReader::new(*content))
                .collect();
            writer
                .push_archive_entries(entries, contents)
                .expect("memory can be written to");
        }
        writer
            .finish()
            .expect("memory can be written to")
            .into_inner()
    }

    fn crc(bytes: &[u8]) -> [u8; 4] {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum().to_le_bytes()
    }

    /// The same archive, whose first block says that it is packed with another dictionary.
    fn with_dictionary(bytes: &[u8], property: u8) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        let list = bytes.len() - usize::from(bytes[20]);
        let at = memchr::memmem::find(&bytes[list..], b"\x21\x01\x08");
        bytes[list + at.expect("it is there") + 2] = property;
        let checksum = crc(&bytes[list..]);
        bytes[28..32].copy_from_slice(&checksum);
        let checksum = crc(&bytes[12..32]);
        bytes[8..12].copy_from_slice(&checksum);
        bytes
    }

    fn names(opened: &Opened) -> Vec<&str> {
        let names = opened.members.iter();
        names.map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn members_of_solid_blocks_are_seen() {
        let bytes = sevenz(&[
            (&[lzma2()], &[("a", b"one"), ("d/b", b"two")]),
            (&[EncoderMethod::PPMD.into()], &[("c", b"three")]),
            (&[EncoderMethod::COPY.into()], &[("d", b"four")]),
        ]);
        assert_eq!(likeness(&FORMAT, &bytes, "x.bin"), Likeness::Sure);
        assert_eq!(likeness(&FORMAT, b"7z is a format", "x.7z"), Likeness::No);
        let opened = open(&FORMAT, &bytes);
        assert_eq!(names(&opened), ["a", "d/b", "c", "d"]);
        assert_eq!(opened.member("d/b"), b"two");
        assert_eq!(opened.member("c"), b"three");
        assert!(opened.faults.is_empty() && opened.error.is_none());
    }

    #[test]
    fn encrypted_blocks_are_faults_and_the_others_are_seen() {
        let bytes = sevenz(&[
            (&[aes(), lzma2()], &[("a", b"secret"), ("b", b"secret")]),
            (&[lzma2()], &[("c", b"open")]),
        ]);
        let opened = open(&FORMAT, &bytes);
        assert_eq!(names(&opened), ["c"]);
        assert_eq!(opened.faults, [("a".to_owned(), "encrypted".to_owned())]);
    }

    #[test]
    fn an_encrypted_list_is_reported() {
        let writer = ArchiveWriter::new(Cursor::new(Vec::new()));
        let mut writer = writer.expect("memory can be written to");
        writer.set_encrypt_header(true);
        writer.set_content_methods(vec![aes(), lzma2()]);
        writer
            .push_archive_entry(ArchiveEntry::new_file("a"), Some(&b"secret"[..]))
            .expect("memory can be written to");
        let bytes = writer.finish().expect("memory can be written to");
        let opened = open(&FORMAT, &bytes.into_inner());
        assert_eq!(opened.error.as_deref(), Some("encrypted"));
    }

    #[test]
    fn large_dictionaries_are_refused() {
        let bytes = sevenz(&[(&[lzma2(), lzma2()], &[("a", b"text")])]);
        assert_eq!(open(&FORMAT, &bytes).member("a"), b"text");
        let opened = open(&FORMAT, &with_dictionary(&bytes, 28));
        assert_eq!(opened.faults.len(), 1, "{opened:?}");
        assert!(opened.faults[0].1.contains("64 MiB"), "{opened:?}");
    }

    #[test]
    fn a_list_of_any_length_is_not_kept() {
        let members = vec![("a", &b"text"[..]); 100];
        let bytes = sevenz(&[(&[lzma2()], &members)]);
        let limits = Limits {
            members: 99,
            ..Limits::default()
        };
        let opened = open_within(&FORMAT, &bytes, limits);
        assert!(opened.error.is_some_and(|it| it.contains("--max-members")));
        assert!(opened.members.is_empty());
        assert_eq!(open(&FORMAT, &bytes).members.len(), 100);
    }

    #[test]
    fn damaged_blocks_are_faults_and_the_others_are_seen() {
        let text = b"0123456789abcdef".repeat(4);
        let mut bytes = sevenz(&[
            (&[EncoderMethod::COPY.into()], &[("a", &text)]),
            (&[lzma2()], &[("b", b"whole")]),
        ]);
        bytes[40] ^= 1;
        let opened = open(&FORMAT, &bytes);
        assert_eq!(opened.member("a").len(), text.len());
        assert_eq!(opened.member("b"), b"whole");
        assert_eq!(opened.faults.len(), 1, "{opened:?}");
    }

    #[test]
    fn a_bomb_ends_at_its_limit() {
        let zeros = vec![0; 3 << 20];
        let bytes = sevenz(&[(&[lzma2()], &[("a", &zeros), ("b", b"not seen")])]);
        let limits = Limits {
            bytes: 1 << 20,
            ..Limits::default()
        };
        let opened = open_within(&FORMAT, &bytes, limits);
        assert!(opened.error.is_some_and(|it| it.contains("--max-unpacked")));
        assert_eq!(opened.members.len(), 0);
    }

    #[test]
    fn damage_is_no_panic() {
        damage(
            &FORMAT,
            &sevenz(&[(&[lzma2()], &[("a", b"one"), ("b", b"two")])]),
        );
    }
}
