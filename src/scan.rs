//! The scan: wires the stages together. It is the only place that knows more
//! than one of them.
//!
//! A source pushes blobs; the container stage makes views of them; detect finds
//! matches; triage judges them; what comes of it is a [`Report`].

mod clerk;
mod history;
mod look;
mod newest;
mod once;
mod opening;
mod placing;
mod practices;
mod range;
mod repository;
mod sight;
mod spotting;
mod staged;
mod uncommitted;
mod worker;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use self::worker::Worker;
use crate::baseline::Entry;
use crate::blob::{Blob, Content, Origin, Sink};
use crate::budget::Memory;
use crate::config::Config;
use crate::container::encoding::Encodings;
use crate::container::format::{FORMATS, Format};
use crate::detect::Engine;
use crate::exclusion::{Fit, NamedFiles, PathKind};
use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use crate::input::Input;
use crate::policy::Policy;
use crate::report::{Report, SkipReason, Skipped, Unscanned};
use crate::repository::standings::Standings;
use crate::source::stdin;
use crate::source::tree::Tree;
use crate::triage::judge::Law;
use crate::watch::Watch;

/// Finds credentials, as configured.
///
/// ```
/// use hfleaks::{Config, Scanner};
///
/// let scanner = Scanner::new(Config::default());
/// let report = scanner.scan_bytes("train.py", b"login('hf_')");
/// assert!(report.findings.is_empty() && report.is_complete());
/// ```
#[derive(Debug)]
pub struct Scanner {
    config: Config,
    engine: Engine,
    encodings: Encodings,
    formats: Vec<&'static Format>,
    policy: Policy,
}

/// What is told of findings while a scan goes on. It is called from all
/// threads, with the findings of one blob in order of position.
pub type OnFindings<'a> = &'a (dyn Fn(&[Finding]) + Sync);

impl Scanner {
    /// A scanner for a configuration.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let engine = Engine::new(&config.rules);
        let is_chosen = |name: &str| config.containers.has(name);
        let formats = FORMATS.iter().copied();
        Self {
            encodings: Encodings::new(engine.literals(), |it| is_chosen(it.name())),
            formats: formats.filter(|format| is_chosen(format.name)).collect(),
            policy: Policy::of(&config.rules),
            engine,
            config,
        }
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The same, to scan other inputs: what is compiled stays as it is.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn config_mut(&mut self) -> &mut Config {
        &mut self.config
    }

    /// Why standard input of this name is left out, where the user wants named
    /// files to be.
    fn reason_to_leave_out(&self, name: Option<&Path>) -> Option<SkipReason> {
        let config = &self.config;
        let name = name.filter(|_| config.named_files == NamedFiles::Exclude)?;
        let real = || std::path::absolute(name).unwrap_or_else(|_| name.to_path_buf());
        if config
            .exclusion
            .excludes(PathKind::File, Fit::OrParent, real)
        {
            return Some(SkipReason::Excluded);
        }
        let class = config.exclusion.class_of(name)?;
        config.rules.all_exclude(class).then(|| class.into())
    }

    /// What of folders is scanned.
    fn tree(&self) -> Tree<'_> {
        let config = &self.config;
        Tree {
            exclusion: &config.exclusion,
            rules: &config.rules,
            ignored: config.ignored_files,
            named: config.named_files,
            jobs: config.jobs,
        }
    }

    fn law(&self) -> Law<'_> {
        Law {
            config: &self.config,
        }
    }

    /// Scans bytes in memory, as if they stood in a file of this name.
    #[must_use]
    pub fn scan_bytes(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Report {
        let watch = Watch::new();
        let scan = Scan::new(self, &|_| (), &watch);
        let name = name.as_ref().to_path_buf();
        let class = self.config.exclusion.class_of(&name);
        let mut worker = Worker::new(&scan);
        match class {
            Some(class) if self.config.rules.all_exclude(class) => worker.skipped(Skipped {
                path: name,
                reason: class.into(),
            }),
            class => worker.blob(Blob {
                origin: Origin::Memory(name),
                class,
                content: Content::Bytes(bytes),
            }),
        }
        drop(worker);
        scan.report()
    }

    /// Scans everything that the configuration names as input.
    #[must_use]
    pub fn scan(&self) -> Report {
        self.scan_telling(&|_| ())
    }

    /// The same, and tells of findings as soon as a blob is done.
    #[must_use]
    pub fn scan_telling(&self, on_findings: OnFindings<'_>) -> Report {
        self.scan_watched(on_findings, &Watch::new())
    }

    /// The same, under the eyes of a watch, which tells how far the scan is and
    /// may stop it.
    #[must_use]
    pub fn scan_watched(&self, on_findings: OnFindings<'_>, watch: &Watch) -> Report {
        let scan = Scan::new(self, on_findings, watch);
        let config = &self.config;
        let mut paths = Vec::new();
        for input in &config.inputs {
            match input {
                Input::Path(path) => paths.push(path.clone()),
                Input::Stdin(name) => {
                    let mut worker = Worker::new(&scan);
                    match self.reason_to_leave_out(name.as_deref()) {
                        Some(reason) => worker.skipped(Skipped {
                            path: Origin::Stdin(name.clone()).path().to_path_buf(),
                            reason,
                        }),
                        None => stdin::push(name.clone(), &mut worker),
                    }
                }
                Input::Repository { part, .. } => scan.repository(part),
            }
        }
        self.tree().push(&paths, &|| Worker::new(&scan));
        if watch.is_stopped() && config.repository.is_none() {
            scan.report_interrupt();
        }
        scan.report()
    }
}

/// A scan under way: what its threads share.
struct Scan<'s> {
    scanner: &'s Scanner,
    on_findings: OnFindings<'s>,
    watch: &'s Watch,
    started: Instant,
    /// What large containers share.
    memory: Arc<Memory>,
    known: Mutex<BTreeSet<Fingerprint>>,
    /// The paths of the baseline that were scanned.
    covered: Mutex<BTreeSet<String>>,
    report: Mutex<Report>,
    /// The current folder, where practices need it.
    here: PathBuf,
    standings: OnceLock<Option<Standings>>,
}

impl<'s> Scan<'s> {
    fn new(scanner: &'s Scanner, on_findings: OnFindings<'s>, watch: &'s Watch) -> Self {
        let config = &scanner.config;
        let mut report = Report::new(config.rules.clone(), config.project.clone());
        report.scope = config.scope();
        Self {
            scanner,
            on_findings,
            watch,
            started: Instant::now(),
            memory: Arc::default(),
            known: Mutex::default(),
            covered: Mutex::default(),
            report: Mutex::new(report),
            here: env::current_dir().unwrap_or_default(),
            standings: OnceLock::new(),
        }
    }

    /// Takes note that an entry of the baseline is not stale.
    fn note_known(&self, finding: &Finding) {
        if self.scanner.config.baseline.contains(&finding.fingerprint) {
            let known = self.known.lock();
            let mut known = known.unwrap_or_else(PoisonError::into_inner);
            known.insert(finding.fingerprint);
        }
    }

    /// Takes note that a file of the baseline was scanned.
    fn note_covered(&self, origin: &Origin) {
        let config = &self.scanner.config;
        if config.baseline.has_name(origin.path()) {
            let path = config.project.path_of_origin(origin);
            let covered = self.covered.lock();
            let mut covered = covered.unwrap_or_else(PoisonError::into_inner);
            covered.insert(config.mask.text(path.bytes()));
        }
    }

    /// Reports that files may be left that nobody has looked at.
    fn report_interrupt(&self) {
        let report = self.report.lock();
        let mut report = report.unwrap_or_else(PoisonError::into_inner);
        let files = report.files;
        report.unscanned.push(Unscanned {
            path: PathBuf::from("."),
            reason: format!("the scan was stopped after {files} files"),
        });
    }

    fn report(self) -> Report {
        let known = self.known.into_inner();
        let known = known.unwrap_or_else(PoisonError::into_inner);
        let covered = self.covered.into_inner();
        let covered = covered.unwrap_or_else(PoisonError::into_inner);
        let report = self.report.into_inner();
        let mut report = report.unwrap_or_else(PoisonError::into_inner);
        report.sort();
        if report.is_complete() {
            report.stale_baseline = stale(&self.scanner.config, &known, &covered);
        }
        report.elapsed = self.started.elapsed();
        report
    }
}

/// The entries of the baseline that nothing matched, of files that were scanned
/// or are gone from the scanned folders. What was left out may still be there.
fn stale(config: &Config, known: &BTreeSet<Fingerprint>, covered: &BTreeSet<String>) -> Vec<Entry> {
    let project = &config.project;
    let roots: Vec<String> = config
        .inputs
        .iter()
        .filter_map(|input| match input {
            Input::Path(path) => Some(config.mask.text(project.path_of(path).bytes())),
            Input::Stdin(_) | Input::Repository { .. } => None,
        })
        .collect();
    let is_gone = |entry: &Entry| {
        let found = fs::symlink_metadata(project.root().join(&entry.path));
        // What stands for a path in the history was never a file.
        !entry.path.starts_with('<')
            && found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
            && roots.iter().any(|root| is_at_or_below(&entry.path, root))
    };
    let is_stale = |entry: &&Entry| {
        config.rules.iter().any(|rule| rule.id == entry.rule)
            && !known.contains(&entry.fingerprint)
            && (covered.contains(&entry.path) || is_gone(entry))
    };
    let entries = config.baseline.entries().filter(is_stale);
    entries.map(|entry| entry.masked(&config.mask)).collect()
}

fn is_at_or_below(path: &str, root: &str) -> bool {
    root.is_empty()
        || path
            .strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || root.ends_with('/'))
}

/// Scans files and folders with the defaults.
///
/// ```no_run
/// let report = hfleaks::scan_paths(["src", "notebooks"]);
/// for finding in &report.findings {
///     println!("{} line {}", finding.origin, finding.location.line);
/// }
/// ```
pub fn scan_paths(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Report {
    let inputs = paths.into_iter().map(|path| Input::Path(path.into()));
    let config = Config {
        inputs: inputs.collect(),
        ..Config::default()
    };
    Scanner::new(config).scan()
}
