//! What an instruction runs in a shell.

use super::lines::HereDocument;
use crate::policy::shell::is_run_by_shell;
use crate::source_map::{Mapped, Rate};

/// The script of an instruction from a place on. A list in brackets runs without a shell.
pub(super) fn script(line: &Mapped, start: usize, bodies: &[HereDocument]) -> Option<Mapped> {
    let command = line.bytes[start..].trim_ascii();
    if let ([body], true) = (bodies, is_here_document_only(command)) {
        let runs_other = body.body.bytes.starts_with(b"#!") && !is_run_by_shell(&body.body.bytes);
        return (!runs_other).then(|| body.body.clone());
    }
    if command.is_empty() || command.starts_with(b"[") {
        return None;
    }
    let mut script = Mapped::default();
    append(&mut script, line, start);
    for body in bodies {
        let end = script.source_of(&(0..script.bytes.len())).end;
        if !script.bytes.ends_with(b"\n") {
            script.push_escape(b"\n", end..end);
        }
        append(&mut script, &body.body, 0);
        append(&mut script, &body.closing, 0);
    }
    Some(script)
}

fn is_here_document_only(command: &[u8]) -> bool {
    command.starts_with(b"<<") && !command.iter().any(u8::is_ascii_whitespace)
}

/// Adds a text from a place on, byte for byte where it stands.
fn append(script: &mut Mapped, text: &Mapped, start: usize) {
    for (place, byte) in text.bytes.iter().enumerate().skip(start) {
        let source = text.source_of(&(place..place + 1));
        match source.len() {
            1 => script.push(&[*byte], source, Rate::PLAIN),
            _ => script.push_escape(&[*byte], source),
        }
    }
}
