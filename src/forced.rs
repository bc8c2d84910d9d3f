//! A panic that a test asks for, to show that the message of one gives nothing away.
//!
//! Only builds with debug assertions know how; a release never panics on demand.

/// Where a panic can be asked for, by what `HFLEAKS_FORCED_PANIC` says.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stage {
    /// While the command line is looked at.
    Usage,
    /// While bytes are scanned, on a thread of the scan.
    Scan,
    /// While the report is written.
    Report,
}

/// Panics where it is asked for, with a message that holds these bytes: as it does if a text
/// is cut inside of a character.
#[cfg_attr(
    not(debug_assertions),
    expect(unused_variables, reason = "nothing is forced")
)]
pub(crate) fn panic_if_asked<B: AsRef<[u8]>>(stage: Stage, bytes: impl FnOnce() -> B) {
    #[cfg(debug_assertions)]
    {
        let name = match stage {
            Stage::Usage => "usage",
            Stage::Scan => "scan",
            Stage::Report => "report",
        };
        if std::env::var_os("HFLEAKS_FORCED_PANIC").is_some_and(|asked| asked == name) {
            let text = format!("é{}", String::from_utf8_lossy(bytes().as_ref()));
            let _ = text[1..].len();
        }
    }
}
