//! The command `hfleaks`. What it does is in the library; see `hfleaks::cli`.

use std::io::{self, Write};
use std::panic;
use std::process::ExitCode;

/// The allocator of musl makes threads wait for one another, which doubles the time of
/// a history.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // The message of a panic may hold part of a file that was scanned, and so a
    // token. Its place in the program is enough to report it.
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|place| format!(" at {place}"));
        let place = place.unwrap_or_default();
        // A panic of the hook would end the program by a signal: where standard error is
        // closed, there is nobody to tell.
        let _ = writeln!(
            io::stderr(),
            "error: hfleaks failed{place}; the scan is incomplete"
        );
    }));
    panic::catch_unwind(|| hfleaks::cli::run(std::env::args_os())).unwrap_or(ExitCode::from(2))
}
