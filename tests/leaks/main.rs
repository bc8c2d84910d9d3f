//! No secret ever leaves: whatever holds a token, and however a run ends, nothing that it
//! writes gives eight characters in a row of it away. Cases are random, the
//! same in every run, and shrink; `PROPTEST_CASES=1000` tries as many new ones of each
//! property, and what fails tells its seed. `tests/secrets.rs` has the examples that a person
//! reads, and what `--show-secrets` may do.

mod arguments;
mod panics;
mod scans;
mod secret;
#[path = "../support/mod.rs"]
mod support;
mod tree;
mod watch;
