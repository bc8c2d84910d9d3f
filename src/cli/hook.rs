//! Arguments of a hook. pre-commit puts the names of files behind the options without
//! a sign between them, and somebody may name a file `--exit-zero`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;

/// The flag that says that the arguments are those of a hook.
pub(super) const FLAG: &str = "--hook";

/// The arguments, where they have [`FLAG`] with every one that could be an option and
/// names a file turned into that file's path. So a file may take an option's effect
/// away, but never have one.
pub(super) fn with_files_as_paths(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    let Some(flag) = arguments.iter().position(|argument| argument == FLAG) else {
        return arguments;
    };
    for (place, argument) in arguments.iter_mut().enumerate().skip(1) {
        if place != flag && is_file_like_an_option(argument) {
            *argument = Path::new(".").join(&argument).into_os_string();
        }
    }
    arguments
}

fn is_file_like_an_option(argument: &OsStr) -> bool {
    argument.as_encoded_bytes().starts_with(b"-") && fs::symlink_metadata(argument).is_ok()
}
