//! The watch over a scan under way: how far it is, and whether the user wants it
//! to stop.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Counts what is done, from all threads.
#[derive(Debug, Default)]
pub struct Watch {
    stopped: AtomicBool,
    objects: AtomicU64,
    bytes: AtomicU64,
    all_objects: AtomicU64,
}

impl Watch {
    /// Nothing done, and no wish to stop.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            stopped: AtomicBool::new(false),
            objects: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            all_objects: AtomicU64::new(0),
        }
    }

    /// Asks the scan to stop. What it has found by then is reported, and that it
    /// is incomplete.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether the scan is to stop.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Counts an object of so many bytes.
    pub(crate) fn saw(&self, bytes: u64) {
        self.objects.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Says how many objects there are to be seen.
    pub(crate) fn expect(&self, objects: u64) {
        self.all_objects.store(objects, Ordering::Relaxed);
    }

    /// Objects seen.
    pub fn objects(&self) -> u64 {
        self.objects.load(Ordering::Relaxed)
    }

    /// Bytes of the objects seen.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Objects that will have been seen at the end; 0 while that is not known.
    pub fn all_objects(&self) -> u64 {
        self.all_objects.load(Ordering::Relaxed)
    }
}
