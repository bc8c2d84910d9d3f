//! The page of `docs/` on containers: what of each is seen and what is not.

use super::encoding::CODES;
use super::format::FORMATS;

/// The page of `docs/` on containers and encodings.
#[must_use]
pub fn page() -> String {
    let mut text = String::from(
        "# Containers and encodings\n\n\
         This page is made from the code by a test.\n\n\
         The bytes of every file and every git object are scanned as they are. Where they are a\n\
         container, what is inside is scanned in addition, to any depth; where something stands in\n\
         them in another form, that is read too. First bytes decide what a file is; names only break\n\
         ties. Nothing is run, unpickled or written to disk, and no database is opened.\n\n\
         A finding inside a container has a path such as `image.tar!layer.tar!app/.env`, and line\n\
         and column are those in the member. Formats of platforms that know only files name the\n\
         container and tell the rest in the message. One token that is seen in several ways at one\n\
         place is one finding.\n\n\
         `--no-containers` (`open-containers = false`) scans the bytes as they are and nothing else;\n\
         `--containers NAME,…` (`containers = [\"NAME\", …]`) looks into those named only. The names\n\
         are the headings of this page.\n\n\
         ## Limits\n\n\
         They hold for each file with all that is in it. What goes beyond one is reported, and the\n\
         scan is incomplete; the bytes of the file itself are scanned in any case, for as long as\n\
         `max-seconds` lets them.\n\n\
         | option, and key of `[limits]` | limit |\n|---|---|\n\
         | `max-depth` | 8 containers within one another |\n\
         | `max-unpacked` | 1 GiB of unpacked bytes |\n\
         | `max-ratio` | 1000 times the size of the file, from 16 MiB of unpacked bytes on |\n\
         | `max-members` | 1,000,000 members |\n\
         | `max-seconds` | 120 seconds to read the file, and 120 for what is in it |\n\n\
         What is damaged, cut off or encrypted, or needs more than 192 MiB of buffers at once, is reported in\n\
         the same way. A format that is read here and there (zip, Parquet, SQLite, …) and lies inside\n\
         of a stream, such as a `.tar.gz`, or is a git object of more than 4 MiB, is kept in memory,\n\
         up to 48 MiB. Where the first bytes are too few to be sure of a format, and nothing but a\n\
         kilobyte can be unpacked, it was something else and nothing is said.\n\n\
         Two encodings within one another are read where the outer one is UTF-16, UTF-32 or made\n\
         of escapes, in which any other may be (not a container in base64); in base64 it is base64, hex, UTF-16 or a container,\n\
         and in hex base64. What is twice encoded, or has its first letter escaped in another way\n\
         than `\\x68`, is looked for in texts of up to 64 KiB at a time, and in larger ones where a\n\
         sample of them has a run of 32 characters without a blank, as long base64 has. So are\n\
         tokens in base64 that do not begin with `hf_`, which are sure to be found where the base64\n\
         has 63 characters, and in three of four places where it has 55. A token whose first two\n\
         letters are divided is not put together.\n",
    );
    for format in FORMATS {
        section(
            &mut text,
            format.name,
            format.about,
            format.seen,
            format.unseen,
        );
    }
    text.push_str("\n# Encodings\n");
    for code in CODES {
        section(
            &mut text,
            code.encoding.name(),
            code.about,
            code.seen,
            code.unseen,
        );
    }
    text
}

fn section(text: &mut String, name: &str, about: &str, seen: &str, unseen: &str) {
    text.push_str(&format!("\n## `{name}`: {about}\n\n{}\n", filled(seen)));
    if !unseen.is_empty() {
        text.push_str(&format!("\nNot seen: {}\n", filled(unseen)));
    }
}

fn filled(text: &str) -> String {
    let options = textwrap::Options::new(85)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated;

    #[test]
    fn the_page_in_docs_is_that_of_the_lists() {
        generated::check("docs/containers.md", &page());
    }
}
