//! A budget: how much work the containers of one file may make, and how much they
//! have made.
//!
//! Whatever a file unpacks to, and whatever is inside of that, is counted together:
//! a bomb is no smaller for being wrapped. A limit that is reached ends the file, not
//! the scan, and the report names it.

use std::io::{self, Read};
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Deserializer, de};

/// What the containers of one file may cost.
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
    /// How long the containers of one file may take.
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

    /// Spend this many seconds on the containers of one file [default: 120]
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

/// A limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitReached {
    /// [`Limits::depth`].
    #[error("it is nested more than {0} deep (--max-depth)")]
    Depth(u64),
    /// [`Limits::bytes`].
    #[error("it unpacks to more than {0} bytes (--max-unpacked)")]
    Bytes(u64),
    /// [`Limits::ratio`].
    #[error("it unpacks to more than {0} times its size (--max-ratio)")]
    Ratio(u64),
    /// [`Limits::members`].
    #[error("it has more than {0} members (--max-members)")]
    Members(u64),
    /// [`Limits::time`].
    #[error("it takes longer than {0} seconds (--max-seconds)")]
    Time(u64),
    /// A buffer would be larger than any container may have.
    #[error("it needs {0} MiB of memory at once")]
    Memory(u64),
    /// The user wants the scan to stop.
    #[error("the scan was stopped")]
    Stopped,
}

/// The budget of one file, which all that is inside of it shares.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    limits: Arc<Limits>,
    spent: Arc<Spent>,
}

#[derive(Debug)]
struct Spent {
    /// Bytes of the file itself, as far as they were read.
    packed: AtomicU64,
    unpacked: AtomicU64,
    members: AtomicU64,
    since: Instant,
    /// Nanoseconds of that in which it waited for memory that another file had.
    waited: AtomicU64,
    memory: Arc<Memory>,
    /// Bytes of buffers, and whether the memory for large ones was taken.
    claimed: Mutex<(u64, bool)>,
}

/// The memory that all files under way share. Small buffers are not counted; large ones are
/// one file's at a time, and others wait.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    is_taken: Mutex<bool>,
    returned: Condvar,
}

/// Smaller buffers are not waited for.
const LARGE: u64 = 4 << 20;

/// How many bytes of large buffers a file may have at once.
const SHARE: u64 = 192 << 20;

impl Memory {
    fn take(&self) {
        let mut is_taken = self.is_taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *is_taken {
            let waiting = self.returned.wait(is_taken);
            is_taken = waiting.unwrap_or_else(PoisonError::into_inner);
        }
        *is_taken = true;
    }

    fn give_back(&self) {
        *self.is_taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.returned.notify_one();
    }
}

impl Drop for Spent {
    fn drop(&mut self) {
        let claimed = self
            .claimed
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if claimed.1 {
            self.memory.give_back();
        }
    }
}

/// Memory that was claimed, until it is dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    bytes: u64,
    spent: Arc<Spent>,
}

impl Drop for Claim {
    fn drop(&mut self) {
        let claimed = self.spent.claimed.lock();
        claimed.unwrap_or_else(PoisonError::into_inner).0 -= self.bytes;
    }
}

impl Budget {
    /// The budget of a file of `packed` bytes.
    pub(crate) fn new(limits: Arc<Limits>, packed: u64, memory: Arc<Memory>) -> Self {
        let spent = Spent {
            packed: AtomicU64::new(packed),
            unpacked: AtomicU64::new(0),
            members: AtomicU64::new(0),
            since: Instant::now(),
            waited: AtomicU64::new(0),
            memory,
            claimed: Mutex::default(),
        };
        Self {
            limits,
            spent: Arc::new(spent),
        }
    }

    /// What is allowed.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts bytes that were unpacked.
    ///
    /// # Errors
    /// [`LimitReached`] where that is too many, or took too long.
    pub(crate) fn unpacked(&self, bytes: u64) -> Result<(), LimitReached> {
        let all = self.spent.unpacked.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let Limits { bytes, ratio, .. } = *self.limits;
        if all > bytes {
            return Err(LimitReached::Bytes(bytes));
        }
        let packed = self.spent.packed.load(Ordering::Relaxed);
        if all > Limits::RATIO_FROM && all / ratio.max(1) > packed {
            return Err(LimitReached::Ratio(ratio));
        }
        self.in_time()
    }

    /// How many more bytes may be unpacked: no buffer needs to be larger.
    #[cfg_attr(not(feature = "columnar"), allow(dead_code))]
    pub(crate) fn room(&self) -> u64 {
        let all = self.spent.unpacked.load(Ordering::Relaxed);
        self.limits.bytes.saturating_sub(all)
    }

    /// Counts a member.
    ///
    /// # Errors
    /// [`LimitReached`] where that is one too many, or took too long.
    pub(crate) fn member(&self) -> Result<(), LimitReached> {
        let members = self.spent.members.fetch_add(1, Ordering::Relaxed) + 1;
        if members > self.limits.members {
            return Err(LimitReached::Members(self.limits.members));
        }
        self.in_time()
    }

    /// Claims memory for a buffer, and waits for it where other files have it.
    ///
    /// # Errors
    /// [`LimitReached::Memory`] where it would be too much.
    pub(crate) fn claim(&self, bytes: u64) -> Result<Claim, LimitReached> {
        let claimed = self.spent.claimed.lock();
        let mut claimed = claimed.unwrap_or_else(PoisonError::into_inner);
        let all = claimed.0.saturating_add(bytes);
        if all > SHARE {
            return Err(LimitReached::Memory(all >> 20));
        }
        if all > LARGE && !claimed.1 {
            let since = Instant::now();
            self.spent.memory.take();
            let waited = u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX);
            self.spent.waited.store(waited, Ordering::Relaxed);
            claimed.1 = true;
        }
        claimed.0 = all;
        Ok(Claim {
            bytes,
            spent: Arc::clone(&self.spent),
        })
    }

    /// Says whether there is time left.
    ///
    /// # Errors
    /// [`LimitReached`] where there is none.
    pub(crate) fn in_time(&self) -> Result<(), LimitReached> {
        let waited = Duration::from_nanos(self.spent.waited.load(Ordering::Relaxed));
        if self.spent.since.elapsed().saturating_sub(waited) > self.limits.time {
            return Err(LimitReached::Time(self.limits.time.as_secs()));
        }
        Ok(())
    }

    /// The same stream, whose bytes are counted as unpacked. Where a limit is reached
    /// it ends in an error that holds the [`LimitReached`].
    pub(crate) fn meter<R: Read>(&self, stream: R) -> Metered<R> {
        Metered {
            stream,
            budget: self.clone(),
            window: Window::Small,
        }
    }
}

/// A stream whose bytes are counted.
#[derive(Debug)]
pub(crate) struct Metered<R> {
    stream: R,
    budget: Budget,
    window: Window,
}

/// What a decoder remembers of what it has decoded.
#[cfg_attr(
    not(any(feature = "xz", feature = "zstd")),
    allow(dead_code, reason = "no decoder is left that has one")
)]
#[derive(Debug)]
enum Window {
    /// Too little to be counted.
    Small,
    /// As much as it has decoded, of which so much was counted, up to [`Window::MOST`].
    Large(u64),
    /// All that it may remember, which was claimed.
    Claimed(#[expect(dead_code, reason = "it is given back when it is dropped")] Claim),
}

impl Window {
    /// Decoders that need more are not used.
    const MOST: u64 = 64 << 20;

    fn grow(&mut self, budget: &Budget, by: u64) -> Result<(), LimitReached> {
        if let Self::Large(grown) = self {
            *grown += by;
            if *grown > LARGE {
                *self = Self::Claimed(budget.claim(Self::MOST)?);
            }
        }
        Ok(())
    }
}

impl<R> Metered<R> {
    /// The same, whose decoder remembers as much as 64 MiB of what it has decoded.
    #[cfg(any(feature = "sevenz", feature = "xz", feature = "zstd"))]
    pub(crate) fn with_large_window(mut self) -> Self {
        self.window = Window::Large(0);
        self
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        let budget = &self.budget;
        let counted = budget.unpacked(read as u64);
        counted
            .and_then(|()| self.window.grow(budget, read as u64))
            .map_err(io::Error::other)?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(limits: Limits) -> Budget {
        Budget::new(Arc::new(limits), 100, Arc::default())
    }

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

    #[test]
    fn all_that_is_in_a_file_is_counted_together() {
        let budget = budget(Limits {
            bytes: 1000,
            members: 2,
            ..Limits::default()
        });
        let inner = budget.clone();
        assert_eq!((budget.unpacked(600), inner.room()), (Ok(()), 400));
        assert_eq!(inner.unpacked(401), Err(LimitReached::Bytes(1000)));
        assert_eq!((budget.member(), inner.member()), (Ok(()), Ok(())));
        assert_eq!(inner.member(), Err(LimitReached::Members(2)));
    }

    #[test]
    fn a_ratio_counts_from_so_many_bytes_on() {
        let budget = budget(Limits {
            ratio: 10,
            ..Limits::default()
        });
        assert_eq!(budget.unpacked(Limits::RATIO_FROM), Ok(()));
        assert_eq!(budget.unpacked(1), Err(LimitReached::Ratio(10)));
    }

    #[test]
    fn memory_is_claimed_and_given_back() {
        let memory = Arc::new(Memory::default());
        let file = || Budget::new(Arc::default(), 1, Arc::clone(&memory));
        let one = file();
        let claim = one.claim(SHARE);
        assert!(claim.is_ok() && one.claim(1).is_err());
        drop(claim);
        assert!(one.claim(SHARE).is_ok());
        let waiting = file();
        std::thread::scope(|scope| {
            let other = scope.spawn(|| waiting.claim(LARGE + 1).is_ok());
            drop(one);
            assert!(other.join().expect("it does not panic"));
        });
    }
}
