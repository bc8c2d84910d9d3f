//! A secret: the bytes of a credential, which nothing prints by accident.
//!
//! `Debug`, `Display` and `Serialize` all give the redacted form. The one way
//! to the bytes is [`Secret::expose`].

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

/// How many characters the redacted form shows at the end.
const SHOWN: usize = 4;

/// A secret must have this many characters beside its prefix before any is
/// shown: of a shorter one, four would be too much.
const SHORTEST_SHOWN: usize = 16;

/// The bytes of a credential.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    bytes: Box<[u8]>,
    prefix: usize,
}

impl Secret {
    /// A secret whose first bytes, where they are `prefix`, are public.
    #[must_use]
    pub fn new(bytes: &[u8], prefix: &str) -> Self {
        let prefix = if bytes.starts_with(prefix.as_bytes()) {
            prefix.len()
        } else {
            0
        };
        Self {
            bytes: bytes.into(),
            prefix,
        }
    }

    /// The secret itself, for the eyes of a person who asked for it.
    #[must_use]
    pub fn expose(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// Its bytes, to name or compare it by; never to show them.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many bytes at the start and at the end may be shown of a secret of
    /// `length` bytes.
    pub(crate) fn shown(length: usize, prefix: usize) -> (usize, usize) {
        if length < prefix + SHORTEST_SHOWN {
            (prefix, 0)
        } else {
            (prefix, SHOWN)
        }
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = Self::shown(self.bytes.len(), self.prefix);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        write!(
            formatter,
            "{}…{}",
            text(&self.bytes[..start]),
            text(&self.bytes[self.bytes.len() - end..])
        )
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Secret({self})")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_printed_form_is_redacted() {
        let token = format!("hf_{}wxyz", "Ab".repeat(15));
        let secret = Secret::new(token.as_bytes(), "hf_");
        assert_eq!(secret.to_string(), "hf_…wxyz");
        assert_eq!(format!("{secret:?}"), "Secret(hf_…wxyz)");
        let json = serde_json::to_string(&secret).expect("a string is JSON");
        assert_eq!(json, "\"hf_…wxyz\"");
        assert_eq!(secret.expose(), token);
    }

    #[test]
    fn a_short_secret_shows_only_its_prefix() {
        assert_eq!(Secret::new(b"key_0123456789", "key_").to_string(), "key_…");
        assert_eq!(Secret::new(b"0123456789", "key_").to_string(), "…");
    }
}
