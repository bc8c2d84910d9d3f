//! Limits: what one file and its containers may cost, and how the user sets it.
//!
//! What they have cost is a budget's.

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

/// What one file and its containers may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Containers within one another.
    pub depth: u64,
    /// Bytes that are unpacked from one file, and from what is in it.
    pub bytes: u64,
    /// How many times the bytes of a file may be unpacked from it, once
    /// [`Limits::RATIO_FROM`] bytes are.
    pub ratio: u64,
    /// Members of one file, and of what is in it.
    pub members: u64,
    /// How long one file may be read, and how long its containers may take then.
    pub time: Duration,
}

/// Limits that the user set; what is `None` is left to the next source.
#[derive(Debug, Clone, Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct LimitOptions {
    /// Open containers that are nested this deep [default: 8]
    #[arg(long, value_name = "NUMBER", help_heading = "Containers")]
    pub max_depth: Option<u64>,

    /// Unpack this many bytes of one file [default: 1GiB]
    #[arg(long, value_name = "SIZE", help_heading = "Containers")]
    pub max_unpacked: Option<Size>,

    /// Unpack a file to this many times its size [default: 1000]
    #[arg(long, value_name = "NUMBER", help_heading = "Containers")]
    pub max_ratio: Option<u64>,

    /// Open this many members of one file [default: 1000000]
    #[arg(long, value_name = "NUMBER", help_heading = "Containers")]
    pub max_members: Option<u64>,

    /// Read one file for this many seconds, and its containers as long [default: 120]
    #[arg(long, value_name = "SECONDS", help_heading = "Containers")]
    pub max_seconds: Option<u64>,
}

impl LimitOptions {
    /// These limits, and where they are silent those of `base`.
    #[must_use]
    pub(crate) fn over(&self, base: &Self) -> Self {
        Self {
            max_depth: self.max_depth.or(base.max_depth),
            max_unpacked: self.max_unpacked.or(base.max_unpacked),
            max_ratio: self.max_ratio.or(base.max_ratio),
            max_members: self.max_members.or(base.max_members),
            max_seconds: self.max_seconds.or(base.max_seconds),
        }
    }

    /// These limits, and where they are silent the usual ones.
    #[must_use]
    pub(crate) fn over_defaults(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            depth: self.max_depth.unwrap_or(usual.depth),
            bytes: self.max_unpacked.map_or(usual.bytes, |Size(bytes)| bytes),
            ratio: self.max_ratio.unwrap_or(usual.ratio),
            members: self.max_members.unwrap_or(usual.members),
            time: self.max_seconds.map_or(usual.time, Duration::from_secs),
        }
    }
}

/// A number of bytes, as people write it: `512MiB`, `2GB`, `1000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub u64);

/// A text that is no size.
#[derive(Debug, thiserror::Error)]
#[error("a size is a number and a unit: B, kB, MB, GB, KiB, MiB or GiB, as in 512MiB")]
pub struct NotASize;

impl FromStr for Size {
    type Err = NotASize;

    fn from_str(text: &str) -> Result<Self, NotASize> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let unit = match unit.trim_start().to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "kb" => 1_000,
            "mb" => 1_000_000,
            "gb" => 1_000_000_000,
            "k" | "kib" => 1 << 10,
            "m" | "mib" => 1 << 20,
            "g" | "gib" => 1 << 30,
            _ => return Err(NotASize),
        };
        let number: u64 = number.parse().map_err(|_| NotASize)?;
        number.checked_mul(unit).map(Self).ok_or(NotASize)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Bytes(u64),
            Text(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Bytes(bytes) => Ok(Self(bytes)),
            Written::Text(text) => text.parse().map_err(de::Error::custom),
        }
    }
}

#[cfg(test)]
impl serde::Serialize for Size {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl Limits {
    /// A ratio says nothing of less: a small file of zeros is no bomb.
    pub const RATIO_FROM: u64 = 16 << 20;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 8,
            bytes: 1 << 30,
            ratio: 1000,
            members: 1_000_000,
            time: Duration::from_mins(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        for (text, bytes) in [
            ("512MiB", 512 << 20),
            ("2 GB", 2_000_000_000),
            ("1000", 1000),
        ] {
            assert_eq!(
                text.parse::<Size>().map_err(|error| error.to_string()),
                Ok(Size(bytes))
            );
        }
        for text in ["", "MiB", "-1", "1TB", "99999999999GiB"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
