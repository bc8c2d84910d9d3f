//! The configuration: everything that a scan depends on, resolved once from
//! flags, configuration file and defaults, in this order.
//!
//! What a scan does with it is not here, nor how its report is written.

use std::env;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use crate::baseline::{Baseline, BaselineError};
use crate::confidence::Confidence;
use crate::config_file::{ConfigFile, ConfigFileError};
use crate::container_choice::{Choice, UnknownContainer};
use crate::exclusion::{BadGlob, Exclusion, IgnoredFiles, NamedFiles};
use crate::input::{Input, Part};
use crate::limits::Limits;
use crate::mask::Mask;
use crate::options::Options;
use crate::project::{Project, real_path, repository_above};
use crate::report::Scope;
use crate::repository::revisions::Revisions;
use crate::repository::{Repository, RepositoryError};
use crate::rule_set::{ALL, Policy, RuleSet, RuleSetError, Wanted};

/// What the user asks for.
#[derive(Debug, Default)]
pub struct Request {
    /// What to scan.
    pub inputs: Vec<Input>,
    /// The options of the command line.
    pub options: Options,
    /// Which configuration file counts.
    pub config: ConfigChoice,
    /// The baseline that the findings will be written to. It need not exist yet,
    /// even where it is the one that is read.
    pub new_baseline: Option<PathBuf>,
    /// How many threads to use; as many as there are cores, where it is `None`.
    pub jobs: Option<NonZeroUsize>,
}

/// Which configuration file counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ConfigChoice {
    /// The nearest one.
    #[default]
    Discover,
    /// This one.
    File(PathBuf),
    /// None.
    Nothing,
}

/// Everything that a scan depends on.
#[derive(Debug)]
pub struct Config {
    /// What to scan.
    pub inputs: Vec<Input>,
    /// The rules to look for.
    pub rules: RuleSet,
    /// All rules that are known, selected or not; those for practices only where one is
    /// asked for.
    pub known_rules: RuleSet,
    /// What hides tokens in texts.
    pub mask: Mask,
    /// What is left out.
    pub exclusion: Exclusion,
    /// What becomes of ignored files.
    pub ignored_files: IgnoredFiles,
    /// What becomes of excluded files that the user named.
    pub named_files: NamedFiles,
    /// Findings of less confidence are counted, not reported.
    pub min_confidence: Confidence,
    /// Which containers and encodings are looked into.
    pub containers: Choice,
    /// What the containers of one file may cost.
    pub limits: Arc<Limits>,
    /// Findings that are known.
    pub baseline: Baseline,
    /// How many threads to use.
    pub jobs: NonZeroUsize,
    /// The project that paths belong to.
    pub project: Project,
    /// The repository that is scanned, where one is.
    pub repository: Option<Repository>,
    /// The commits that are scanned, where some are.
    pub revisions: Option<Revisions>,
    /// The configuration file that was used.
    pub file: Option<PathBuf>,
    /// What a report needs beside the findings.
    pub details: Details,
}

/// What a report needs beside the findings. Each costs something, and nothing
/// where it is not asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Details {
    /// The lines around findings.
    pub excerpts: Detail,
    /// GitHub's names for the lines of findings.
    pub line_hashes: Detail,
    /// The paths that were left out.
    pub skipped_paths: Detail,
}

impl Details {
    /// Findings are enough.
    pub const NONE: Self = Self {
        excerpts: Detail::Omit,
        line_hashes: Detail::Omit,
        skipped_paths: Detail::Omit,
    };
}

/// Whether a report needs something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Detail {
    /// It does not.
    #[default]
    Omit,
    /// It does.
    Keep,
}

/// Why there is no configuration to scan with.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The configuration file cannot be used.
    #[error(transparent)]
    File(#[from] ConfigFileError),
    /// The rules cannot be used.
    #[error(transparent)]
    Rules(#[from] RuleSetError),
    /// A glob cannot be used.
    #[error(transparent)]
    Glob(#[from] BadGlob),
    /// The baseline cannot be used.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    /// The scanned paths are in repositories with configurations of their own.
    #[error(
        "the scanned paths have two configurations, {} and {}; scan them one by one, \
         or choose with --config or --no-config", .one.display(), .other.display()
    )]
    TwoFiles {
        /// The one.
        one: PathBuf,
        /// The other.
        other: PathBuf,
    },
    /// There is no container of a name.
    #[error(transparent)]
    Containers(#[from] UnknownContainer),
    /// There is no repository to scan.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// The current folder is gone or closed.
    #[error("cannot tell the current folder: {0}")]
    NoCurrentFolder(io::Error),
}

impl Config {
    /// Resolves what the user asks for.
    ///
    /// # Errors
    /// A [`ConfigError`] for anything that cannot be used as it is written.
    pub fn resolve(request: Request) -> Result<Self, ConfigError> {
        let here = env::current_dir()
            .and_then(|here| real_path(&here))
            .map_err(ConfigError::NoCurrentFolder)?;
        let repository = repository(&request.inputs)?;
        // What a repository holds is of all its folders, wherever the user is.
        let folders = match &repository {
            Some(repository) => vec![repository.root()],
            None => folders(&request.inputs, &here),
        };
        let file = match request.config {
            ConfigChoice::Discover => discover(&folders)?,
            ConfigChoice::File(path) => Some(ConfigFile::named(&path)?),
            ConfigChoice::Nothing => None,
        };
        let mut exclusion = Exclusion::default();
        let mut options = request.options;
        if let Some(globs) = options.exclude.take() {
            exclusion = exclusion.with_globs(&here, &globs)?;
        }
        let mut path = None;
        if let Some(mut file) = file {
            let folder = file.folder().to_path_buf();
            if let Some(globs) = file.options.exclude.take() {
                let root = real_path(&folder).unwrap_or_else(|_| folder.clone());
                exclusion = exclusion.with_globs(&root, &globs)?;
            }
            options = options.over(file.options.relative_to(&folder));
            path = Some(file.path);
        }
        let written = request.new_baseline.as_deref();
        let project = match &repository {
            Some(repository) => Project::of_repository(&repository.root()),
            None => project(
                &folders[0],
                &here,
                [written, options.baseline.as_deref(), path.as_deref()],
            ),
        };
        let is_new = written.is_some() && options.baseline.as_ref().is_some_and(|it| !it.exists());
        if is_new {
            options.baseline = None;
        }
        let mut config = Self::new(options, exclusion, project)?;
        config.inputs = request.inputs;
        config.jobs = request.jobs.unwrap_or(config.jobs);
        config.file = path;
        config.revisions = revisions(&config.inputs, repository.as_ref())?;
        config.repository = repository;
        Ok(config)
    }

    /// A configuration of merged options.
    fn new(
        options: Options,
        mut exclusion: Exclusion,
        project: Project,
    ) -> Result<Self, ConfigError> {
        let mut known_rules = RuleSet::embedded();
        for folder in options.rules.iter().flatten() {
            known_rules.add_folder(folder)?;
        }
        let (select, ignore) = (
            options.select.unwrap_or_default(),
            options.ignore.unwrap_or_default(),
        );
        let policy = match options.policy {
            Some(true) => Policy::Enforce,
            _ => Policy::LeaveOut,
        };
        let is_beyond =
            |selector: &String| selector.eq_ignore_ascii_case(ALL) || !known_rules.fits(selector);
        if policy == Policy::Enforce || select.iter().chain(&ignore).any(is_beyond) {
            known_rules = known_rules.with(&RuleSet::policy());
        }
        let rules = known_rules.selection(&Wanted {
            select: &select,
            ignore: &ignore,
            policy,
        })?;
        if options.default_excludes != Some(false) {
            exclusion = exclusion.with_classes();
        }
        let baseline = match options.baseline {
            Some(path) => Baseline::read(&path)?,
            None => Baseline::default(),
        };
        Ok(Self {
            inputs: Vec::new(),
            mask: Mask::new(&known_rules),
            rules,
            known_rules,
            exclusion,
            ignored_files: match options.respect_gitignore {
                Some(false) => IgnoredFiles::Scan,
                _ => IgnoredFiles::LeaveOut,
            },
            named_files: match options.force_exclude {
                Some(true) => NamedFiles::Exclude,
                _ => NamedFiles::Scan,
            },
            min_confidence: options.min_confidence.unwrap_or(Confidence::Low),
            containers: Choice::new(options.open_containers, options.containers)?,
            limits: Arc::new(options.limits.over_defaults()),
            baseline,
            jobs: cores(),
            project,
            repository: None,
            revisions: None,
            file: None,
            details: Details::default(),
        })
    }
}

impl Config {
    /// What kind of thing is scanned.
    pub(crate) fn scope(&self) -> Scope {
        self.inputs.first().map(Input::scope).unwrap_or_default()
    }
}

impl Default for Config {
    /// The embedded rules, and every option at its default; nothing to scan.
    fn default() -> Self {
        let here = Path::new(".");
        let folder = real_path(here).unwrap_or_else(|_| here.to_path_buf());
        let project = Project::find(&folder, &folder);
        Self::new(Options::default(), Exclusion::default(), project)
            .expect("the defaults name no file and no rule that could be wrong")
    }
}

/// As many threads as cores, up to what a file system can feed.
fn cores() -> NonZeroUsize {
    const MOST: NonZeroUsize = NonZeroUsize::new(12).expect("12 is not 0");
    thread::available_parallelism().map_or(NonZeroUsize::MIN, |cores| cores.min(MOST))
}

/// The repository that is to be scanned, if one is.
fn repository(inputs: &[Input]) -> Result<Option<Repository>, RepositoryError> {
    let found = inputs.iter().find_map(|input| match input {
        Input::Repository {
            near,
            surroundings,
            part,
        } => Some(Repository::find(near, *surroundings, part.option())),
        Input::Path(_) | Input::Stdin(_) => None,
    });
    found.transpose()
}

/// The commits that are to be scanned, if some are.
fn revisions(
    inputs: &[Input],
    repository: Option<&Repository>,
) -> Result<Option<Revisions>, RepositoryError> {
    let part = inputs.iter().find_map(|input| match input {
        Input::Repository { part, .. } => Some(part),
        Input::Path(_) | Input::Stdin(_) => None,
    });
    match (repository, part) {
        (Some(repository), Some(Part::Range { revisions, since })) => {
            let (revisions, since) = (revisions.as_deref(), since.as_deref());
            repository.revisions(revisions, since).map(Some)
        }
        _ => Ok(None),
    }
}

/// The folders that configurations are looked for from: of each repository the
/// one that all inputs in it have in common. All inputs outside of repositories
/// are taken together. There is at least one.
fn folders(inputs: &[Input], here: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<(Option<PathBuf>, PathBuf)> = Vec::new();
    for input in inputs {
        let Some(path) = input.path() else { continue };
        let Ok(real) = real_path(path) else { continue };
        let folder = match real.parent() {
            Some(parent) if !real.is_dir() => parent.to_path_buf(),
            _ => real,
        };
        let repository = repository_above(&folder).map(Path::to_path_buf);
        match folders.iter_mut().find(|(other, _)| *other == repository) {
            Some((_, common)) => {
                let above = common.ancestors().find(|above| folder.starts_with(above));
                *common = above.unwrap_or(here).to_path_buf();
            }
            None => folders.push((repository, folder)),
        }
    }
    let folders: Vec<_> = folders.into_iter().map(|(_, folder)| folder).collect();
    if folders.is_empty() {
        vec![here.to_path_buf()]
    } else {
        folders
    }
}

/// The one configuration that the folders have between them, if any.
fn discover(folders: &[PathBuf]) -> Result<Option<ConfigFile>, ConfigError> {
    let mut found: Option<ConfigFile> = None;
    for folder in folders {
        if let Some(file) = ConfigFile::discover(folder)? {
            match &found {
                Some(other) if other.path != file.path => {
                    return Err(ConfigError::TwoFiles {
                        one: other.path.clone(),
                        other: file.path,
                    });
                }
                _ => found = Some(file),
            }
        }
    }
    Ok(found)
}

/// The project of a scan near `folder`. Where there is no repository, it is the
/// folder of the first of `files`: a baseline means the same wherever it is used
/// from. Without any it is the current folder, if the scan is in it.
fn project(folder: &Path, here: &Path, files: [Option<&Path>; 3]) -> Project {
    let parent = |file: &Path| {
        let parent = file
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        real_path(parent.unwrap_or(Path::new("."))).ok()
    };
    let beside = files.into_iter().flatten().find_map(parent);
    let near = if folder.starts_with(here) {
        here
    } else {
        folder
    };
    Project::find(folder, beside.as_deref().unwrap_or(near))
}
