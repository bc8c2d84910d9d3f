//! The command line: turns arguments into a [`Config`] and a [`Presentation`],
//! runs the scan, and turns its outcome into an exit status.

mod args;
mod console;
mod generate;
mod hook;
mod interrupt;
mod progress;

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anstream::ColorChoice;
use clap::{CommandFactory, FromArgMatches};

use self::args::Args;
use self::console::Console;
use self::progress::Progress;
use crate::baseline::Baseline;
use crate::config::{Config, ConfigChoice, ConfigError, Detail, Details, Request};
use crate::finding::Finding;
use crate::forced::{Stage, panic_if_asked};
use crate::input::{Input, Part};
use crate::mask::Mask;
use crate::report::format::{FORMATS, Presentation, SecretPolicy, Secrets, Verbosity};
use crate::report::summary::summary;
use crate::report::write::{self, Destination, Order, WriteError, Writer};
use crate::report::{Outcome, Report, catalogue};
use crate::repository::Surroundings;
use crate::rule_set::{RuleSet, RuleSetError};
use crate::scan::Scanner;
use crate::suppression::Suppression;
use crate::watch::Watch;

/// Why there is no scan, or no report of it.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Rules(#[from] RuleSetError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("{0}")]
    Usage(String),
}

/// Runs the command with these arguments, the first of which is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::command()
        .try_get_matches_from(hook::with_files_as_paths(arguments))
        .and_then(|matches| Args::from_arg_matches(&matches))
    {
        Ok(args) => args,
        Err(error) => return usage(&error),
    };
    panic_if_asked(Stage::Usage, || format!("{args:?}"));
    let console = Console::new(args.color.choice());
    match execute(&args, &console) {
        Ok(code) => code,
        Err(failure) => {
            console.error(&failure.to_string());
            ExitCode::from(2)
        }
    }
}

/// Prints help, the version, or what is wrong with the arguments.
fn usage(error: &clap::Error) -> ExitCode {
    let mask = Mask::new(&RuleSet::embedded());
    let rendered = error.render().ansi().to_string();
    // Where there are no colours, those in an argument go too, and may leave a token.
    let plain = anstream::adapter::strip_str(&rendered).to_string();
    let masked = match mask.tokens(plain.as_bytes()) {
        Cow::Borrowed(_) => Cow::Borrowed(rendered.as_bytes()),
        masked @ Cow::Owned(_) => masked,
    };
    if error.use_stderr() {
        // There is nobody to tell where standard error is closed.
        let _ = anstream::stderr().write_all(&masked);
        ExitCode::from(2)
    } else {
        let written = write::to_stdout(ColorChoice::Auto, |out| out.write_all(&masked));
        if written.is_ok() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(2)
        }
    }
}

fn execute(args: &Args, console: &Console) -> Result<ExitCode, Failure> {
    if let Some(artifact) = args.generate {
        let make = |out: &mut dyn Write| artifact.write(Args::command(), out);
        write::to_stdout(ColorChoice::AlwaysAnsi, make)?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.list_rules || args.explain.is_some() {
        return tell_of_rules(args);
    }
    let orders = orders(args)?;
    let mut config = Config::resolve(request(args)?)?;
    config.details = details(&orders, args.verbose);
    let shown = Presentation {
        mask: config.mask.clone(),
        secrets: if args.show_secrets {
            Secrets::Show
        } else {
            Secrets::Redact
        },
        verbosity: verbosity(args),
        width: width(),
    };
    if args.verbose {
        console.note(&match &config.file {
            Some(path) => format!("configuration: {}", path.display()),
            None => "no configuration file".to_owned(),
        });
    }
    let writer = Writer::open(&orders, &shown, args.color.choice())?;
    let scanner = Scanner::new(config);
    let watch = Arc::new(Watch::new());
    let is_repository = scanner.config().repository.is_some();
    let reads_stdin = |input: &Input| matches!(input, Input::Stdin(_));
    if !scanner.config().inputs.iter().any(reads_stdin) {
        // Who waits for standard input looks at no watch; there, an interrupt ends it.
        interrupt::stops(&watch);
    }
    let shows_progress = is_repository && !args.quiet && !args.no_progress;
    let progress = shows_progress.then(|| Progress::start(&watch));
    let report = scanner.scan_watched(&|findings| writer.found(findings), &watch);
    drop(progress);
    for unscanned in &report.unscanned {
        console.error(&format!(
            "{}: {}",
            unscanned.path.display(),
            unscanned.reason
        ));
    }
    let written = writer.finish(&report);
    let no_report_shown = orders.iter().all(|order| order.to != Destination::Stdout);
    if no_report_shown && !args.quiet {
        console.plain(&summary(&report));
    }
    written?;
    if let Some(path) = &args.write_baseline {
        return write_baseline(path, &report, &shown.mask, console);
    }
    Ok(status(&report, args.exit_zero))
}

fn status(report: &Report, exit_zero: bool) -> ExitCode {
    match report.outcome() {
        Outcome::Clean => ExitCode::SUCCESS,
        Outcome::Findings if exit_zero && report.is_complete() => ExitCode::SUCCESS,
        Outcome::Findings if exit_zero => ExitCode::from(2),
        Outcome::Findings => ExitCode::from(1),
        Outcome::Incomplete => ExitCode::from(2),
    }
}

fn request(args: &Args) -> Result<Request, Failure> {
    let inputs = match part(args) {
        Some(part) => vec![repository(args, part)?],
        None => files(args),
    };
    if args.stdin_filename.is_some() && !inputs.iter().any(|i| matches!(i, Input::Stdin(_))) {
        let reason = "--stdin-filename names standard input, which is not scanned; pass `-` too";
        return Err(Failure::Usage(reason.to_owned()));
    }
    if args.options.policy == Some(true) && inputs.contains(&Input::Stdin(None)) {
        let reason = "--policy goes by the name of a file, and standard input has none; give it one \
                      with --stdin-filename";
        return Err(Failure::Usage(reason.to_owned()));
    }
    let mut options = args.options.clone();
    if args.hook {
        options.force_exclude = Some(true);
    }
    Ok(Request {
        inputs,
        options,
        config: match (&args.config, args.no_config) {
            (Some(path), _) => ConfigChoice::File(path.clone()),
            (None, true) => ConfigChoice::Nothing,
            (None, false) => ConfigChoice::Discover,
        },
        new_baseline: args.write_baseline.clone(),
        jobs: args.jobs,
    })
}

/// The part of a repository that is asked for, if one is.
fn part(args: &Args) -> Option<Part> {
    if args.history {
        Some(Part::History)
    } else if args.staged {
        Some(Part::Staged)
    } else if args.range.is_some() || args.since.is_some() {
        let (revisions, since) = (args.range.clone(), args.since.clone());
        Some(Part::Range { revisions, since })
    } else {
        None
    }
}

/// The repository that is asked for: the one that the user names, or else the one
/// that the environment or the current folder says.
fn repository(args: &Args, part: Part) -> Result<Input, Failure> {
    let (near, surroundings) = match args.paths.as_slice() {
        [] => (PathBuf::from("."), Surroundings::Count),
        [near] if near.as_os_str() == "." => (near.clone(), Surroundings::Count),
        [near] => (near.clone(), Surroundings::AreIgnored),
        _ => {
            return Err(Failure::Usage(format!(
                "{} takes one repository at a time; --exclude leaves out paths in it",
                part.option()
            )));
        }
    };
    Ok(Input::Repository {
        near,
        surroundings,
        part,
    })
}

/// The files and folders that are named, or the current folder.
fn files(args: &Args) -> Vec<Input> {
    let mut inputs: Vec<Input> = Vec::new();
    for path in &args.paths {
        let input = match path.to_str() {
            Some("-") => Input::Stdin(args.stdin_filename.clone()),
            _ => Input::Path(path.clone()),
        };
        // Standard input can be read once.
        if !inputs.contains(&input) {
            inputs.push(input);
        }
    }
    if inputs.is_empty() {
        inputs.push(Input::Path(PathBuf::from(".")));
    }
    inputs
}

/// The reports to write; text to standard output where none is asked for.
fn orders(args: &Args) -> Result<Vec<Order>, Failure> {
    let mut orders = args.formats.clone();
    if orders.is_empty() {
        orders.push(Order {
            format: FORMATS[0],
            to: Destination::Stdout,
        });
    }
    for (place, order) in orders.iter().enumerate() {
        if orders[..place].iter().any(|other| other.to == order.to) {
            let name = order.format.name;
            return Err(Failure::Usage(match &order.to {
                Destination::Stdout => format!(
                    "two formats go to standard output; give one a file, as in -f {name}=FILE"
                ),
                Destination::File(path) => {
                    format!(
                        "two formats go to {}; give each its own file",
                        path.display()
                    )
                }
            }));
        }
        if args.show_secrets {
            check_secrets(order)?;
        }
    }
    Ok(orders)
}

/// Refuses to show secrets in a format or a place where they would stay.
fn check_secrets(order: &Order) -> Result<(), Failure> {
    if order.format.secrets == SecretPolicy::Never {
        let name = order.format.name;
        return Err(Failure::Usage(format!(
            "--show-secrets: the format {name} never shows secrets; use text or json"
        )));
    }
    if order.to == Destination::Stdout && !stdout_is_terminal_or_file() {
        return Err(Failure::Usage(
            "--show-secrets: standard output is neither a terminal nor a file; \
             name a file, as in -f json=FILE"
                .to_owned(),
        ));
    }
    Ok(())
}

#[cfg(unix)]
fn stdout_is_terminal_or_file() -> bool {
    use std::os::fd::AsFd;
    let stdout = io::stdout();
    let is_file = || {
        let owned = stdout.as_fd().try_clone_to_owned().ok()?;
        std::fs::File::from(owned).metadata().ok()
    };
    stdout.is_terminal() || is_file().is_some_and(|found| found.is_file())
}

#[cfg(not(unix))]
fn stdout_is_terminal_or_file() -> bool {
    io::stdout().is_terminal()
}

/// Everything that some report needs.
fn details(orders: &[Order], verbose: bool) -> Details {
    let needs = |of: fn(&Details) -> Detail| {
        let needed = orders
            .iter()
            .any(|order| of(&order.format.details) == Detail::Keep);
        if needed { Detail::Keep } else { Detail::Omit }
    };
    Details {
        excerpts: needs(|details| details.excerpts),
        line_hashes: needs(|details| details.line_hashes),
        skipped_paths: if verbose { Detail::Keep } else { Detail::Omit },
    }
}

fn verbosity(args: &Args) -> Verbosity {
    match (args.quiet, args.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, true) => Verbosity::Verbose,
        (false, false) => Verbosity::Normal,
    }
}

/// The columns of the terminal, or what a log is read in.
fn width() -> usize {
    const OF_A_LOG: usize = 80;
    terminal_size::terminal_size().map_or(OF_A_LOG, |(width, _)| usize::from(width.0))
}

fn tell_of_rules(args: &Args) -> Result<ExitCode, Failure> {
    let config = Config::resolve(request(args)?)?;
    // A user who wants to know of rules wants to know of those that are off, too.
    let known = if config.known_rules.fits("HFP-") {
        config.known_rules
    } else {
        config.known_rules.with(&RuleSet::policy())
    };
    let text = match &args.explain {
        Some(id) => catalogue::explain(known.get(id)?),
        None => catalogue::list(&known, &config.rules),
    };
    // The examples of the rules that come with the program are documented ones; anybody may
    // have written another.
    let own = [RuleSet::embedded(), RuleSet::policy()];
    let is_own = |id: &String| own.iter().any(|rules| rules.get(id).is_ok());
    let masked = if args.explain.as_ref().is_some_and(is_own) {
        Cow::Borrowed(text.as_bytes())
    } else {
        config.mask.tokens(text.as_bytes())
    };
    write::to_stdout(args.color.choice(), |out| out.write_all(&masked))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes everything that was found, known or new, to a baseline.
fn write_baseline(
    path: &Path,
    report: &Report,
    mask: &Mask,
    console: &Console,
) -> Result<ExitCode, Failure> {
    if !report.is_complete() {
        return Err(Failure::Usage(format!(
            "{} is not written: the scan is incomplete, and what it missed would be missing there",
            path.display()
        )));
    }
    let known = report
        .suppressed
        .iter()
        .filter(|suppressed| suppressed.suppression == Suppression::Baseline)
        .map(|suppressed| &suppressed.finding);
    let findings: Vec<&Finding> = report.findings.iter().chain(known).collect();
    let baseline = Baseline::of(findings.into_iter(), mask);
    write::to_file(path, &baseline.to_text())?;
    console.note(&format!(
        "wrote {} to {}; later scans leave them out with --baseline",
        match baseline.entries().len() {
            1 => "1 entry".to_owned(),
            count => format!("{count} entries"),
        },
        path.display()
    ));
    Ok(ExitCode::SUCCESS)
}
