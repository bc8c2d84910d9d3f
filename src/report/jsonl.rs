//! `jsonl`: a finding a line, written as soon as its file is done.
//!
//! It is the one format that does not wait for the end, so files come in the
//! order in which they are done; within a file the order is that of position.
//! Whether the scan was complete is told by the exit status.

use std::io::{self, Write};

use super::format::{Delivery, Format, Presentation, SecretPolicy};
use super::json::Record;
use crate::config::Details;
use crate::finding::Finding;

pub(super) const FORMAT: Format = Format {
    name: "jsonl",
    about: "a JSON object for each finding, as they are found",
    notes: "The records are those of `findings` in `json`. It is the one format that is written \
        while the scan goes on, and the one that does not tell what could not be scanned: \
        the exit status does.",
    secrets: SecretPolicy::Never,
    details: Details::NONE,
    delivery: Delivery::AsFound(write),
};

fn write(finding: &Finding, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &Record::new(finding, shown))?;
    out.write_all(b"\n")
}
