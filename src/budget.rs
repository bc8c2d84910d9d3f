//! A budget: how much work the containers of one file may make, and how much they
//! have made.
//!
//! Whatever a file unpacks to, and whatever is inside of that, is counted together:
//! a bomb is no smaller for being wrapped. A limit that is reached ends the file, not
//! the scan, and the report names it.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::limits::Limits;

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
