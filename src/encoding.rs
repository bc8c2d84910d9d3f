//! An encoding: a form in which bytes stand in other bytes, so that a token is there
//! and cannot be read.
//!
//! It names the form for a report. How it is found and read is the container stage's.

use std::fmt;

use serde::Serialize;

/// A form of bytes in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Encoding {
    /// Base64, or base64url (RFC 4648).
    #[serde(rename = "base64")]
    Base64,
    /// Two hexadecimal digits a byte.
    #[serde(rename = "hex")]
    Hexadecimal,
    /// Two bytes a character.
    #[serde(rename = "utf-16")]
    Utf16,
    /// Four bytes a character.
    #[serde(rename = "utf-32")]
    Utf32,
    /// Backslashes, as in JSON, Python, shells and Markdown.
    #[serde(rename = "escapes")]
    Backslash,
    /// `%5F`, as in URLs (RFC 3986).
    #[serde(rename = "percent")]
    Percent,
    /// `&#95;`, as in HTML and XML.
    #[serde(rename = "html")]
    Html,
    /// `=5F`, as in mail (RFC 2045).
    #[serde(rename = "quoted-printable")]
    QuotedPrintable,
    /// Colours of a terminal between the characters (ECMA-48).
    #[serde(rename = "ansi")]
    Ansi,
    /// String literals that a language joins.
    #[serde(rename = "joined-strings")]
    Joined,
}

impl Encoding {
    /// Its name, as reports and the command line write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Hexadecimal => "hex",
            Self::Utf16 => "utf-16",
            Self::Utf32 => "utf-32",
            Self::Backslash => "escapes",
            Self::Percent => "percent",
            Self::Html => "html",
            Self::QuotedPrintable => "quoted-printable",
            Self::Ansi => "ansi",
            Self::Joined => "joined-strings",
        }
    }

    /// `base64 of utf-16`: some encodings, the outermost first.
    #[must_use]
    pub fn phrase(encodings: &[Self]) -> String {
        let names: Vec<_> = encodings.iter().map(|it| it.name()).collect();
        names.join(" of ")
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
