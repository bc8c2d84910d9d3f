//! Threads: as many as there should be, or the current one alone where the system gives no
//! more.
//!
//! Users, containers and memory have limits, and a program that insists on a thread ends
//! where they are reached.

use std::num::NonZeroUsize;
use std::sync::{Mutex, mpsc};
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// A pool of so many threads, or of the current one.
///
/// # Errors
/// [`ThreadPoolBuildError`] where there is no thread to be had and the current one is in
/// another pool, which serves as well.
pub(crate) fn pool(jobs: NonZeroUsize) -> Result<ThreadPool, ThreadPoolBuildError> {
    let pool = ThreadPoolBuilder::new().num_threads(jobs.get()).build();
    pool.or_else(|_| {
        let alone = ThreadPoolBuilder::new().num_threads(1);
        alone.use_current_thread().build()
    })
}

/// Whether so many threads can be started at once.
///
/// The walk ends in a panic where one cannot, so it is tried before. To start a thread
/// takes as long as to open a file or two.
pub(crate) fn can_start(jobs: NonZeroUsize) -> bool {
    let (end, ended) = mpsc::channel::<()>();
    let ended = Mutex::new(ended);
    thread::scope(|scope| {
        // Each waits until `end` is gone, so all of them are there at once.
        let wait = || drop(ended.lock().map(|ended| ended.recv()));
        let start = |_| thread::Builder::new().spawn_scoped(scope, wait).is_ok();
        let could = (0..jobs.get()).all(start);
        drop(end);
        could
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_started_is_used() {
        let jobs = NonZeroUsize::new(2).expect("2 is not 0");
        assert!(can_start(jobs));
        let pool = pool(jobs).expect("there are two threads");
        assert_eq!(pool.current_num_threads(), 2);
    }
}
