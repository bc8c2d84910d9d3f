//! Options: what a user may set both on the command line and in a
//! configuration file.
//!
//! One struct is both: its fields are the flags and the keys, its comments the
//! help and the documentation.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::confidence::Confidence;
use crate::limits::LimitOptions;

/// Settings that the user made; what is `None` is left to the next source.
#[derive(Debug, Clone, Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Options {
    /// Look only for rules whose ids begin with one of these, or for ALL
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        help_heading = "Rules"
    )]
    pub select: Option<Vec<String>>,

    /// Do not look for rules whose ids begin with one of these
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        help_heading = "Rules"
    )]
    pub ignore: Option<Vec<String>>,

    /// Look at how tokens are handled, too: the rules HFP (docs/policy.md lists them)
    #[arg(
        long,
        num_args = 0,
        default_missing_value = "true",
        help_heading = "Rules"
    )]
    pub policy: Option<bool>,

    /// Add the rules (*.toml) of this folder; adds up with the configuration's
    #[arg(long, value_name = "DIR", help_heading = "Rules")]
    pub rules: Option<Vec<PathBuf>>,

    /// Report only findings of at least this confidence [default: low]
    #[arg(long, value_name = "LEVEL", help_heading = "Rules")]
    pub min_confidence: Option<Confidence>,

    /// Leave out what fits a gitignore-style glob; adds up with the
    /// configuration's
    #[arg(long, value_name = "GLOB", help_heading = "Files")]
    pub exclude: Option<Vec<String>>,

    /// Scan lock, checksum and minified files too
    #[arg(
        long = "no-default-excludes",
        num_args = 0,
        default_missing_value = "false",
        help_heading = "Files"
    )]
    pub default_excludes: Option<bool>,

    /// Scan the files that git ignores too
    #[arg(
        long = "no-ignore",
        num_args = 0,
        default_missing_value = "false",
        help_heading = "Files"
    )]
    pub respect_gitignore: Option<bool>,

    /// Leave excluded files out even where they are named as arguments
    #[arg(
        long,
        num_args = 0,
        default_missing_value = "true",
        help_heading = "Files"
    )]
    pub force_exclude: Option<bool>,

    /// Scan only the bytes as they are: open no archive, decode no encoding
    #[arg(
        long = "no-containers",
        num_args = 0,
        default_missing_value = "false",
        help_heading = "Containers"
    )]
    pub open_containers: Option<bool>,

    /// Look only into these containers and encodings (docs/containers.md lists them)
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        conflicts_with = "open_containers",
        help_heading = "Containers"
    )]
    pub containers: Option<Vec<String>>,

    // A comment of documentation would be one in the help, too.
    #[allow(missing_docs, reason = "its fields have theirs")]
    #[command(flatten)]
    #[serde(default)]
    pub limits: LimitOptions,

    /// Do not report the findings that this file lists
    #[arg(long, value_name = "FILE", help_heading = "Known findings")]
    pub baseline: Option<PathBuf>,
}

impl Options {
    /// These options, and where they are silent those of `base`. Lists of rule
    /// folders add up; globs are not joined here, because each list has a
    /// folder of its own.
    #[must_use]
    pub(crate) fn over(self, base: Self) -> Self {
        Self {
            select: self.select.or(base.select),
            ignore: self.ignore.or(base.ignore),
            policy: self.policy.or(base.policy),
            rules: joined(base.rules, self.rules),
            min_confidence: self.min_confidence.or(base.min_confidence),
            exclude: self.exclude.or(base.exclude),
            default_excludes: self.default_excludes.or(base.default_excludes),
            respect_gitignore: self.respect_gitignore.or(base.respect_gitignore),
            force_exclude: self.force_exclude.or(base.force_exclude),
            open_containers: self.open_containers.or(base.open_containers),
            containers: self.containers.or(base.containers),
            limits: self.limits.over(&base.limits),
            baseline: self.baseline.or(base.baseline),
        }
    }

    /// The same with every path taken from `folder`, the configuration file's.
    #[must_use]
    pub(crate) fn relative_to(mut self, folder: &Path) -> Self {
        let paths = self.rules.iter_mut().flatten().chain(&mut self.baseline);
        for path in paths {
            *path = folder.join(&path);
        }
        self
    }
}

fn joined<T>(first: Option<Vec<T>>, second: Option<Vec<T>>) -> Option<Vec<T>> {
    match (first, second) {
        (Some(mut first), Some(second)) => {
            first.extend(second);
            Some(first)
        }
        (first, second) => first.or(second),
    }
}
