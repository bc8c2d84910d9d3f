//! A budget: how much work the containers of one file may make, and how much they
//! have made.
//!
//! Whatever a file unpacks to, and whatever is inside of that, is counted together:
//! a bomb is no smaller for being wrapped. A limit that is reached ends the file, not
//! the scan, and the report names it.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

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
            time: Duration::from_secs(120),
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
}

impl Budget {
    /// The budget of a file of `packed` bytes.
    pub(crate) fn new(limits: Arc<Limits>, packed: u64) -> Self {
        let spent = Spent {
            packed: AtomicU64::new(packed),
            unpacked: AtomicU64::new(0),
            members: AtomicU64::new(0),
            since: Instant::now(),
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

    /// Says whether there is time left.
    ///
    /// # Errors
    /// [`LimitReached`] where there is none.
    pub(crate) fn in_time(&self) -> Result<(), LimitReached> {
        if self.spent.since.elapsed() > self.limits.time {
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
        }
    }
}

/// A stream whose bytes are counted.
#[derive(Debug)]
pub(crate) struct Metered<R> {
    stream: R,
    budget: Budget,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        self.budget
            .unpacked(read as u64)
            .map_err(io::Error::other)?;
        Ok(read)
    }
}
