//! The reader of `7z`, block by block.

use std::io::{self, Read};

use sevenz_rust2::{Archive, Block, BlockDecoder, EncoderMethod, Error, Password};

use super::FORMAT;
use crate::container::codec::{MEMORY, MEMORY_KIB};
use crate::container::format::{Members, OpenError};
use crate::container::store::Store;

/// How much the list of members may take, packed or not, in KiB: some programs pack it so
/// that its decoder remembers 16 MiB.
const LIST_KIB: usize = 18 << 10;

pub(super) fn open(store: &mut Store<'_>, members: &mut dyn Members) -> Result<(), OpenError> {
    let password = Password::empty();
    let archive = Archive::read_with_memory_limit(store, &password, LIST_KIB).map_err(explain)?;
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
        if memory(block) > MEMORY {
            members.budget().member()?;
            members.fault(first.as_bytes(), too_much_memory());
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
            content: members.budget().meter(content),
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
            // A power of two, or one and a half.
            EncoderMethod::ID_LZMA2 => {
                let size = u64::from(properties.first().copied().unwrap_or_default().min(40));
                (2 | (size & 1)) << (size / 2 + 11)
            }
            _ => 0,
        }
    });
    dictionaries.sum()
}

fn too_much_memory() -> OpenError {
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
    use crate::budget::Limits;
    use crate::container::format::Likeness;
    use crate::container::format::testing::{Opened, damage, likeness, open, open_within};

    fn lzma2() -> EncoderConfiguration {
        let mut options = Lzma2Options::from_level(1);
        options.set_dictionary_size(1 << 16);
        options.into()
    }

    fn aes() -> EncoderConfiguration {
        AesEncoderOptions::new(Password::from("password")).into()
    }

    /// Blocks of members that are packed as one.
    fn sevenz(blocks: &[(&[EncoderConfiguration], &[(&str, &[u8])])]) -> Vec<u8> {
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
    fn large_dictionaries_are_refused() {
        let mut options = Lzma2Options::from_level(1);
        options.set_dictionary_size(1 << 16);
        let small = EncoderConfiguration::from(options);
        let bytes = sevenz(&[(&[small.clone(), small], &[("a", b"text")])]);
        assert_eq!(open(&FORMAT, &bytes).member("a"), b"text");

        let mut coder = Block::default();
        assert_eq!(memory(&coder), 0);
        coder.coders = Vec::new();
        assert!(memory(&coder) <= MEMORY);
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
