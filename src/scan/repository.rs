//! The scan of a repository: which part of it is asked for.

use super::Scan;
use crate::blob::Sink;
use crate::input::Part;
use crate::report::Unscanned;
use crate::repository::objects::Objects;
use crate::threads;

impl Scan<'_> {
    /// Scans a part of the configured repository.
    pub(super) fn repository(&self, part: &Part) {
        let config = &self.scanner.config;
        let repository = config.repository.as_ref();
        let repository = repository.expect("a configuration opens the repository that it names");
        let scan = || match part {
            Part::History => self.history(repository),
            Part::Range { .. } => self.range(repository),
            Part::Staged => self.staged(repository),
        };
        match threads::pool(config.jobs) {
            Ok(pool) => pool.install(scan),
            // It is within one of its own already.
            Err(_) => scan(),
        }
    }
}

/// Reports the places that should hold objects and cannot be read.
pub(super) fn report_faults(objects: &Objects, sink: &mut impl Sink) {
    for fault in objects.faults() {
        sink.unscanned(Unscanned {
            path: fault.path.clone(),
            reason: fault.reason.clone(),
        });
    }
}
