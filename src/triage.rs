//! Triage: judges matches. How sure is it, what kind of place is it in, did
//! somebody say to leave it alone?
//!
//! It never drops a match. What is not reported is suppressed with a reason, or
//! counted.

mod allow;
pub(crate) mod extent;
mod grade;
pub(crate) mod judge;
mod neighbours;
mod place;
mod statistics;
mod surroundings;
