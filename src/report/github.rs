//! `github`: workflow commands, which GitHub shows as annotations beside the
//! code.
//!
//! GitHub keeps ten annotations of each level from one step, so the surest
//! findings come first and the rest is counted in a plain line of the log.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Report;
use super::format::{Delivery, Format, Presentation, SecretPolicy};
use super::level::{Level, loudest_first};
use super::message;
use super::same_token::SameToken;
use crate::config::Details;
use crate::finding::Finding;

pub(super) const FORMAT: Format = Format {
    name: "github",
    about: "annotations of a GitHub workflow",
    notes: "GitHub keeps ten annotations of each level from one step, so the surest findings \
        come first and the rest is counted.",
    secrets: SecretPolicy::Never,
    details: Details::NONE,
    delivery: Delivery::AtEnd(write),
};

/// How many annotations of a level GitHub keeps from one step.
const KEPT: usize = 10;

fn write(report: &Report, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    let mut written: BTreeMap<Level, usize> = BTreeMap::new();
    for unscanned in report.unscanned.iter().take(KEPT) {
        *written.entry(Level::Error).or_default() += 1;
        let title = property("Not scanned");
        let message = data(&message::unscanned(unscanned, &shown.mask));
        writeln!(out, "::error title={title}::{message}")?;
    }
    let same = SameToken::new(&report.findings);
    let mut left_out = report.unscanned.len().saturating_sub(KEPT);
    for finding in loudest_first(&report.findings) {
        let count = written.entry(Level::of(finding)).or_default();
        *count += 1;
        if *count > KEPT {
            left_out += 1;
        } else {
            writeln!(out, "{}", annotation(finding, &same, shown))?;
        }
    }
    if left_out > 0 {
        writeln!(
            out,
            "hfleaks: {left_out} more not shown here: GitHub keeps {KEPT} annotations of a level; \
             the formats text and sarif show all"
        )?;
    }
    Ok(())
}

fn annotation(finding: &Finding, same: &SameToken<'_>, shown: &Presentation) -> String {
    let (path, location) = finding.site();
    let message = message::text(finding, same, &shown.mask);
    format!(
        "::{} file={},line={},endLine={},col={},endColumn={},title={}::{}",
        Level::of(finding).command(),
        property(&shown.mask.text(path.bytes())),
        location.line,
        location.line,
        location.utf16_column,
        location.utf16_end_column,
        property(&format!("{}: {}", finding.rule.id, finding.rule.title)),
        data(&message),
    )
}

/// Text after the `::` of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Text in a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_taken_for_a_command() {
        assert_eq!(property("a:b,c\r\n%::"), "a%3Ab%2Cc%0D%0A%25%3A%3A");
        assert_eq!(data("50%: a,b\n"), "50%25: a,b%0A");
    }
}
