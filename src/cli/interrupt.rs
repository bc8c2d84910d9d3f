//! Interrupts: Ctrl-C and the signals that end a program let the scan stop and
//! report what it has found by then. A second one ends the program at once.

use std::process;
use std::sync::Arc;

use crate::watch::Watch;

/// What a shell reports of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Lets interrupts stop the scan.
pub(super) fn stops(watch: &Arc<Watch>) {
    let watch = Arc::clone(watch);
    let handled = ctrlc::set_handler(move || {
        if watch.is_stopped() {
            process::exit(INTERRUPTED);
        }
        watch.stop();
    });
    // Without a handler an interrupt ends the program, as it does others.
    drop(handled);
}
