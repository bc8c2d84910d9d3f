//! A worker: one thread's part of a scan. It takes what a source pushes, has it looked
//! through and judged, and reports what comes of it.

use std::sync::PoisonError;

use super::clerk::Clerk;
use super::look::{Desk, Look};
use super::sight::Seen;
use super::{Scan, once};
use crate::blob::{Blob, Content, Origin, Sink};
use crate::config::Detail;
use crate::container::raw::ReadError;
use crate::finding::Finding;
use crate::name_class::NameClass;
use crate::report::{Report, Skipped, Unscanned};
use crate::suppression::Suppressed;
use crate::triage::judge::{Judge, Judgement, Verdict};
use crate::view::{Behind, View};

/// One thread's part of a scan.
pub(super) struct Worker<'s> {
    pub(super) scan: &'s Scan<'s>,
    pub(super) desk: Desk,
    /// What was judged of the blob under way, and of what is in it.
    judged: Vec<(Finding, Verdict)>,
    pub(super) report: Report,
}

impl<'s> Worker<'s> {
    pub(super) fn new(scan: &'s Scan<'s>) -> Self {
        let config = &scan.scanner.config;
        Self {
            scan,
            desk: Desk::default(),
            judged: Vec::new(),
            report: Report::new(config.rules.clone(), config.project.clone()),
        }
    }
}

impl Worker<'_> {
    /// Judges a blob and what is in it.
    pub(super) fn judge(
        &mut self,
        origin: &Origin,
        class: Option<NameClass>,
        content: Content<'_>,
    ) -> (Result<u64, ReadError>, Vec<(Finding, Verdict)>) {
        let mut desk = std::mem::take(&mut self.desk);
        let Scan {
            scanner,
            watch,
            ref memory,
            ..
        } = *self.scan;
        let look = Look::new(scanner, watch, memory, self, &mut desk);
        let read = look.blob(origin, class, content);
        self.desk = desk;
        (read, once::once(std::mem::take(&mut self.judged)))
    }

    /// Judges a blob that somebody else counts and says the faults of.
    pub(super) fn judge_again(
        &mut self,
        origin: &Origin,
        class: Option<NameClass>,
        content: Content<'_>,
    ) -> Vec<(Finding, Verdict)> {
        let report = &self.report;
        let told = (report.unscanned.len(), report.skipped_paths.len());
        let skipped = report.skipped.clone();
        let counted = (report.members, report.unpacked);
        let (_, findings) = self.judge(origin, class, content);
        let report = &mut self.report;
        report.unscanned.truncate(told.0);
        report.skipped_paths.truncate(told.1);
        report.skipped = skipped;
        (report.members, report.unpacked) = counted;
        findings
    }

    /// Counts a blob that was looked at, or says how far.
    pub(super) fn count(&mut self, read: Result<u64, ReadError>, origin: &Origin) {
        self.report.files += 1;
        match read {
            Ok(bytes) => self.report.bytes += bytes,
            Err(error) => {
                self.report.bytes += error.offset;
                let path = origin.path().to_path_buf();
                let reason = match origin.id() {
                    Some(id) => format!("object {id}: {error}"),
                    None => error.to_string(),
                };
                self.report.unscanned.push(Unscanned { path, reason });
            }
        }
    }

    /// Scans a blob.
    pub(super) fn plain_blob(&mut self, blob: Blob<'_>) {
        let Blob {
            origin,
            class,
            content,
        } = blob;
        let (read, findings) = self.judge(&origin, class, content);
        self.scan.note_covered(&origin);
        self.count(read, &origin);
        self.report(findings);
    }

    /// Takes findings into the report.
    pub(super) fn report(&mut self, findings: Vec<(Finding, Verdict)>) {
        let report = &mut self.report;
        let first = report.findings.len();
        for (finding, verdict) in findings {
            self.scan.note_known(&finding);
            match verdict {
                Verdict::Report => report.findings.push(finding),
                Verdict::BelowMinConfidence => report.below_min_confidence += 1,
                Verdict::Suppress(suppression) => report.suppressed.push(Suppressed {
                    finding,
                    suppression,
                }),
            }
        }
        if report.findings.len() > first {
            (self.scan.on_findings)(&report.findings[first..]);
        }
    }
}

impl<'s> Clerk for Worker<'s> {
    type File = Judge<'s>;

    fn open(&self, class: Option<NameClass>) -> Judge<'s> {
        Judge::new(self.scan.scanner.law(), class)
    }

    fn view(
        &mut self,
        judge: &mut Judge<'s>,
        origin: &Origin,
        view: &View<'_>,
        seen: &Seen,
        decided: usize,
        behind: &mut dyn Behind,
    ) {
        judge.view(origin, view, &seen.hits, decided, behind);
    }

    fn close(&mut self, judge: Judge<'s>, origin: &Origin) {
        let Judgement { findings, fault } = judge.finish();
        if let Some(error) = fault {
            self.report.unscanned.push(Unscanned {
                path: origin.path().to_path_buf(),
                reason: format!("lines of findings may be wrong: cannot read again: {error}"),
            });
        }
        self.judged.extend(findings);
    }

    fn member(&mut self, bytes: u64) {
        self.report.members += 1;
        self.report.unpacked += bytes;
    }

    fn leave_out(&mut self, skipped: Skipped) {
        self.skipped(skipped);
    }

    fn miss(&mut self, unscanned: Unscanned) {
        self.unscanned(unscanned);
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        let config = &self.scan.scanner.config;
        let empty = Report::new(config.rules.clone(), config.project.clone());
        let own = std::mem::replace(&mut self.report, empty);
        let shared = self.scan.report.lock();
        shared.unwrap_or_else(PoisonError::into_inner).merge(own);
    }
}

impl Sink for Worker<'_> {
    fn blob(&mut self, blob: Blob<'_>) {
        match self.path_for_practices(&blob.origin) {
            Some(path) => self.blob_and_practices(&path, blob),
            None => self.plain_blob(blob),
        }
    }

    fn skipped(&mut self, skipped: Skipped) {
        *self.report.skipped.entry(skipped.reason).or_default() += 1;
        if self.scan.scanner.config.details.skipped_paths == Detail::Keep {
            self.report.skipped_paths.push(skipped);
        }
    }

    fn unscanned(&mut self, unscanned: Unscanned) {
        self.report.unscanned.push(unscanned);
    }

    fn is_closed(&self) -> bool {
        self.scan.watch.is_stopped()
    }
}
