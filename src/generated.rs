//! Generated files: keeps what is made from the code the same as the code.
//!
//! The tests make each file anew and compare. `UPDATE_GENERATED=1 cargo test`
//! writes them instead.

use std::env;
use std::fs;
use std::path::Path;

/// Compares the file `path` of the repository with `text`, or writes it.
pub(crate) fn check(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&file, text).expect("the repository can be written to");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == text,
        "{path} is out of date; run `UPDATE_GENERATED=1 cargo test` and commit it"
    );
}
