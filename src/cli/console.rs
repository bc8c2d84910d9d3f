//! The console: standard error, masked.
//!
//! An argument, a path or a message of the system may hold a token, so nothing
//! is written there but through this.

use std::io::{self, Write};

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};

use crate::mask::Mask;
use crate::rule_set::RuleSet;

/// Standard error, masked.
pub(super) struct Console {
    mask: Mask,
    color: ColorChoice,
}

impl Console {
    pub(super) fn new(color: ColorChoice) -> Self {
        Self {
            mask: Mask::new(&RuleSet::embedded()),
            color,
        }
    }

    pub(super) fn error(&self, message: &str) {
        self.say("error", AnsiColor::Red.on_default().bold(), message);
    }

    pub(super) fn note(&self, message: &str) {
        self.say("note", AnsiColor::Cyan.on_default().bold(), message);
    }

    fn say(&self, label: &str, style: Style, message: &str) {
        // A message of several lines is one of the program's own, with an
        // excerpt in it; each line is made harmless by itself.
        let lines: Vec<_> = message
            .lines()
            .map(|line| self.mask.text(line.as_bytes()))
            .collect();
        self.print(&format!("{style}{label}{style:#}: {}\n", lines.join("\n")));
    }

    pub(super) fn plain(&self, text: &str) {
        let masked = self.mask.tokens(text.as_bytes());
        self.print(&String::from_utf8_lossy(&masked));
    }

    fn print(&self, text: &str) {
        let mut stderr = anstream::AutoStream::new(io::stderr().lock(), self.color);
        // There is nobody to tell where standard error is closed.
        let _ = stderr.write_all(text.as_bytes());
    }
}
