//! The arguments as they are written. What they mean is decided in `cli.rs`.

use std::ffi::OsStr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anstream::ColorChoice;
use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command, Parser, ValueEnum};

use super::generate::Artifact;
use crate::document::nearest;
use crate::options::Options;
use crate::report::format::{FORMATS, Format};
use crate::report::write::{Destination, Order};

/// Finds leaked Hugging Face tokens, and says what to do about them.
// Flags are what a command line is made of; what they mean is typed below.
#[expect(clippy::struct_excessive_bools)]
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = exit_statuses())]
pub(super) struct Args {
    /// Files and folders to scan; `-` is standard input [default: .]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) options: Options,

    /// Scan everything that a git repository ever held, reachable or not
    #[arg(long, group = "part", help_heading = "Git")]
    pub(super) history: bool,

    /// Scan what the next commit would change, from the index
    #[arg(long, group = "part", help_heading = "Git")]
    pub(super) staged: bool,

    /// Scan what these commits introduced: A..B, A...B, or a revision and what it
    /// descends from
    #[arg(long, value_name = "A..B", group = "part", help_heading = "Git")]
    pub(super) range: Option<String>,

    /// Scan what commits since this date introduced, of HEAD or of --range
    #[arg(
        long,
        value_name = "DATE",
        conflicts_with_all = ["history", "staged"],
        help_heading = "Git"
    )]
    pub(super) since: Option<String>,

    /// Be a hook of pre-commit: leave excluded files out, and take an argument that
    /// begins with a dash for a file if there is one
    #[arg(long, help_heading = "Files")]
    pub(super) hook: bool,

    /// Call standard input by this name
    #[arg(long, value_name = "PATH", help_heading = "Files")]
    pub(super) stdin_filename: Option<PathBuf>,

    /// Write everything that is found to this file, for --baseline
    #[arg(long, value_name = "FILE", help_heading = "Known findings")]
    pub(super) write_baseline: Option<PathBuf>,

    /// How to report, and where to; repeatable, at most one to standard output
    /// [default: text]
    #[arg(
        short,
        long = "format",
        value_name = "FORMAT[=FILE]",
        value_parser = OrderParser,
        help_heading = "Output",
    )]
    pub(super) formats: Vec<Order>,

    /// Exit with 0 even if something was found
    #[arg(long, help_heading = "Output")]
    pub(super) exit_zero: bool,

    /// Show secrets in full, in text and JSON, on a terminal or in a file
    #[arg(long, help_heading = "Output")]
    pub(super) show_secrets: bool,

    /// When to use colours
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    pub(super) color: Color,

    /// Show no progress
    #[arg(long, help_heading = "Output")]
    pub(super) no_progress: bool,

    /// Report findings only
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Output")]
    pub(super) quiet: bool,

    /// Also list what was left out and suppressed
    #[arg(short, long, help_heading = "Output")]
    pub(super) verbose: bool,

    /// Use this configuration file
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "no_config",
        help_heading = "Configuration"
    )]
    pub(super) config: Option<PathBuf>,

    /// Use no configuration file
    #[arg(long, help_heading = "Configuration")]
    pub(super) no_config: bool,

    /// Use this many threads [default: the number of cores]
    #[arg(short, long, value_name = "NUMBER", value_parser = parse_jobs, help_heading = "Configuration")]
    pub(super) jobs: Option<NonZeroUsize>,

    /// List the rules
    #[arg(long, help_heading = "Rules")]
    pub(super) list_rules: bool,

    /// Explain a rule
    #[arg(
        long,
        value_name = "RULE",
        conflicts_with = "list_rules",
        help_heading = "Rules"
    )]
    pub(super) explain: Option<String>,

    /// Print completions for a shell, or a manual page
    #[arg(
        long,
        value_name = "KIND",
        exclusive = true,
        help_heading = "About hfleaks"
    )]
    pub(super) generate: Option<Artifact>,
}

/// What each exit status says.
pub(super) const EXIT_STATUSES: [(u8, &str); 3] = [
    (0, "everything was scanned and nothing found"),
    (1, "something was found"),
    (
        2,
        "wrong usage or configuration, or nothing was found but something could not be scanned",
    ),
];

fn exit_statuses() -> String {
    let statuses = EXIT_STATUSES.map(|(status, meaning)| format!("{status} {meaning}"));
    format!("Exit status: {}.", statuses.join("; "))
}

/// When to use colours.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, as `NO_COLOR` and `CLICOLOR_FORCE` say.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    pub(super) fn choice(self) -> ColorChoice {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
    }
}

/// Reads a report to write. It lists the formats for help and completions, though
/// `=FILE` may follow.
#[derive(Debug, Clone)]
struct OrderParser;

impl TypedValueParser for OrderParser {
    type Value = Order;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Order, clap::Error> {
        parse_order.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = FORMATS.into_iter();
        let values = values.map(|format| PossibleValue::new(format.name).help(format.about));
        Some(Box::new(values))
    }
}

/// Reads `FORMAT` or `FORMAT=FILE`.
fn parse_order(value: &str) -> Result<Order, String> {
    let (name, to) = match value.split_once('=') {
        Some((_, "")) => return Err("no file after `=`".to_owned()),
        Some((name, "-")) => (name, Destination::Stdout),
        Some((name, file)) => (name, Destination::File(PathBuf::from(file))),
        None => (value, Destination::Stdout),
    };
    let format = Format::named(name).ok_or_else(|| {
        let names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
        match nearest(name, names.iter().copied()) {
            Some(near) => format!("no such format; did you mean `{near}`?"),
            None => format!("no such format; there are {}", names.join(", ")),
        }
    })?;
    Ok(Order { format, to })
}

/// Reads a number of threads.
fn parse_jobs(value: &str) -> Result<NonZeroUsize, String> {
    /// More of them only wait for one another.
    const MOST: usize = 256;
    match value.parse() {
        Ok(jobs) if (1..=MOST).contains(&jobs) => {
            Ok(NonZeroUsize::new(jobs).expect("it is at least 1"))
        }
        _ => Err(format!("a number of threads is from 1 to {MOST}")),
    }
}
