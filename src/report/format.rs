//! The list of formats. A format is a file beside this one and a line in
//! [`FORMATS`]; the command line, its help and its errors follow from it.

use std::io::{self, Write};

use super::{
    Report, csv, github, github_summary, gitlab, json, jsonl, junit, markdown, rdjson, sarif, text,
};
use crate::config::Details;
use crate::finding::Finding;
use crate::mask::Mask;

/// Every format; the first is the default.
pub const FORMATS: [&Format; 11] = [
    &text::FORMAT,
    &json::FORMAT,
    &jsonl::FORMAT,
    &sarif::FORMAT,
    &github::FORMAT,
    &github_summary::FORMAT,
    &gitlab::FORMAT,
    &rdjson::FORMAT,
    &junit::FORMAT,
    &csv::FORMAT,
    &markdown::FORMAT,
];

/// A way to write a report.
#[derive(Debug)]
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is for, in a few words.
    pub about: &'static str,
    /// What who uses it has to know, in Markdown.
    pub notes: &'static str,
    /// Whether it may ever show a secret.
    pub secrets: SecretPolicy,
    /// What it needs of the scan beside the findings.
    pub details: Details,
    /// When and how it is written.
    pub delivery: Delivery,
}

/// Whether a format may ever show a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretPolicy {
    /// It may, to a person who asks for it.
    OnRequest,
    /// It never does.
    Never,
}

/// When and how a format is written.
#[derive(Debug, Clone, Copy)]
pub enum Delivery {
    /// As a whole, when the scan is over.
    AtEnd(fn(&Report, &Presentation, &mut dyn Write) -> io::Result<()>),
    /// Finding by finding, while the scan goes on.
    AsFound(fn(&Finding, &Presentation, &mut dyn Write) -> io::Result<()>),
}

/// How the user wants a report to be shown.
#[derive(Debug, Clone)]
pub struct Presentation {
    /// Hides tokens in texts.
    pub mask: Mask,
    /// Whether the secrets of findings are shown.
    pub secrets: Secrets,
    /// How much is told.
    pub verbosity: Verbosity,
    /// The columns there are.
    pub width: usize,
}

/// Whether the secrets of findings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    /// They are redacted.
    Redact,
    /// They are shown.
    Show,
}

/// How much a report tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Findings only.
    Quiet,
    /// What most people want to know.
    Normal,
    /// What was left out and suppressed, one by one.
    Verbose,
}

impl Format {
    /// The format of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.into_iter().find(|format| format.name == name)
    }
}

/// The page of `docs/` on all formats.
#[must_use]
pub fn page() -> String {
    let mut text = String::from(
        "# Formats\n\n\
         This page is made from the formats by a test. `-f FORMAT` writes to standard output,\n\
         `-f FORMAT=FILE` a file, which appears whole or not at all. Options repeat:\n\
         `-f text -f sarif=leaks.sarif`.\n\n\
         No format ever holds a token: it shows the prefix and the last four characters.\n\
         `--show-secrets` is the exception, for `text` and `json`, and only on a terminal or in\n\
         a file.\n",
    );
    for format in FORMATS {
        let notes = textwrap::fill(format.notes, 85);
        let about = format.about;
        text.push_str(&format!("\n## `{}`: {about}\n\n{notes}\n", format.name));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated;

    #[test]
    fn the_page_in_docs_is_that_of_the_formats() {
        generated::check("docs/formats.md", &page());
    }
}
