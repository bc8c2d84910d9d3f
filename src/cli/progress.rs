//! Progress: one line on a terminal's standard error that says how far a scan is.
//! Where standard error is no terminal, nothing is written.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{DecimalBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::watch::Watch;

/// A scan that takes less has no progress to show.
const PATIENCE: Duration = Duration::from_millis(400);

/// The time from one look at the watch to the next.
const BEAT: Duration = Duration::from_millis(100);

/// Shows progress until it is dropped.
pub(super) struct Progress {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins to show how far the watched scan is.
    pub(super) fn start(watch: &Arc<Watch>) -> Self {
        let (end, ended) = mpsc::channel();
        let watch = Arc::clone(watch);
        let show = move || {
            let mut wait = PATIENCE;
            let mut bar = None;
            while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                draw(bar.get_or_insert_with(new_bar), &watch);
                wait = BEAT;
            }
            if let Some(bar) = bar {
                bar.finish_and_clear();
            }
        };
        Self {
            end: Some(end),
            thread: thread::Builder::new().spawn(show).ok(),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // What went wrong while it drew is nobody's concern.
            let _ = thread.join();
        }
    }
}

fn new_bar() -> ProgressBar {
    ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
}

fn draw(bar: &ProgressBar, watch: &Watch) {
    let template = match watch.all_objects() {
        0 => "{spinner} {human_pos} objects, {msg}",
        all => {
            bar.set_length(all);
            "{bar:16} {human_pos} of {human_len} objects, {msg}, {eta} left"
        }
    };
    let style = ProgressStyle::with_template(template);
    bar.set_style(style.expect("the templates are valid"));
    let bytes = watch.bytes();
    let milliseconds = (bar.elapsed() + PATIENCE).as_millis().max(1);
    let rate = u64::try_from(u128::from(bytes) * 1000 / milliseconds).unwrap_or(u64::MAX);
    let state = if watch.is_stopped() { ", stopping" } else { "" };
    bar.set_message(format!(
        "{}, {}/s{state}",
        DecimalBytes(bytes),
        DecimalBytes(rate)
    ));
    bar.set_position(watch.objects());
}
