//! What the command line makes of itself: completions for shells, and a manual page.
//! Both come from the arguments as they are declared, so they cannot fall behind.

use std::io::{self, Write};

use clap::{Command, ValueEnum};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::args::EXIT_STATUSES;

/// Something that is made from the arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Artifact {
    /// Completions for bash.
    CompleteBash,
    /// Completions for elvish.
    CompleteElvish,
    /// Completions for fish.
    CompleteFish,
    /// Completions for PowerShell.
    CompletePowershell,
    /// Completions for zsh.
    CompleteZsh,
    /// A manual page, in roff.
    Man,
}

impl Artifact {
    /// Makes it.
    ///
    /// # Errors
    /// What `out` says.
    pub(super) fn write(self, mut command: Command, out: &mut dyn Write) -> io::Result<()> {
        let shell = match self {
            Self::CompleteBash => Shell::Bash,
            Self::CompleteElvish => Shell::Elvish,
            Self::CompleteFish => Shell::Fish,
            Self::CompletePowershell => Shell::PowerShell,
            Self::CompleteZsh => Shell::Zsh,
            Self::Man => return manual_page(command, out),
        };
        // The generator takes for granted that writing works.
        let mut script = Vec::new();
        let name = command.get_name().to_owned();
        clap_complete::generate(shell, &mut command, name, &mut script);
        out.write_all(&script)
    }
}

fn manual_page(mut command: Command, out: &mut dyn Write) -> io::Result<()> {
    // That of the generator names every option, and none of their values.
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let mut synopsis = Roff::new();
    synopsis.control("SH", ["SYNOPSIS"]).text([roman(usage)]);
    let man = Man::new(command);
    man.render_title(out)?;
    man.render_name_section(out)?;
    synopsis.to_writer(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (status, meaning) in EXIT_STATUSES {
        roff.control("TP", []);
        roff.text([roman(status.to_string())]);
        roff.text([roman(meaning)]);
    }
    roff.control("SH", ["FILES"]);
    for (file, meaning) in FILES {
        roff.control("TP", []);
        roff.text([roman(file)]);
        roff.text([roman(meaning)]);
    }
    roff.to_writer(out)?;
    man.render_version_section(out)
}

/// The files that are read without being named.
const FILES: [(&str, &str); 2] = [
    (
        "hfleaks.toml, .hfleaks.toml, pyproject.toml",
        "The configuration: the nearest one, from the scanned path up to the root of its \
         repository. In pyproject.toml it is the table [tool.hfleaks].",
    ),
    (
        ".gitignore",
        "Untracked files that it names are left out, unless --no-ignore is given.",
    ),
];
