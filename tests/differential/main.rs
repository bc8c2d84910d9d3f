//! No token is lost: what the command finds is what a plain expression finds in the same
//! bytes, wherever tokens stand, however the bytes come, and with any number of threads.
//! `tests/windows.rs` has the places by lines and columns; what is inside of containers is
//! no matter of this. Cases are random, the same in every run, and
//! shrink; `PROPTEST_CASES=1000` tries as many new ones of each property, and what fails
//! tells its seed.

mod history;
#[path = "../support/mod.rs"]
mod support;
mod text;
mod tree;
