//! hfleaks finds leaked Hugging Face credentials and says what to do about
//! them. The binary of the same name is a thin shell around this library.
//!
//! # The pipeline
//!
//! ```text
//!             source       container     detect      triage         report
//!  tree  ─┐
//!  stdin ─┼──► Blob ──────► View ───────► Hit ──────► Finding ─────► text, JSON,
//!  bytes ─┘    origin and   a stretch     a rule and  judged, or     SARIF, …
//!              bytes, lent  of a blob     a span      suppressed
//! ```
//!
//! Nouns are files, stages are folders, and only [`scan`] knows two stages. A
//! source pushes what it opens into a sink of its own thread; nothing is copied
//! and nothing is allocated for a file in which nothing is found.
//!
//! # Using it
//!
//! [`Scanner::scan_bytes`] looks at bytes in memory:
//!
//! ```
//! use hfleaks::{Config, Confidence, Outcome, Scanner};
//!
//! let scanner = Scanner::new(Config::default());
//! let token = format!("hf_{}", "x".repeat(34));
//! let report = scanner.scan_bytes("train.py", format!("login('{token}')").as_bytes());
//!
//! assert_eq!(report.outcome(), Outcome::Findings);
//! let finding = &report.findings[0];
//! assert_eq!((finding.location.line, finding.location.column), (1, 8));
//! assert_eq!(finding.confidence, Confidence::Low); // one letter repeated
//! assert!(!format!("{finding:?}").contains(&token)); // secrets stay secret
//! ```
//!
//! [`Config::resolve`] and [`Scanner::scan`] look at files and folders the way
//! the command does:
//!
//! ```
//! use hfleaks::{Config, Input, Request, Scanner};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = Config::resolve(Request {
//!     inputs: vec![Input::Path("src".into())],
//!     ..Request::default()
//! })?;
//! let report = Scanner::new(config).scan();
//! assert!(report.is_complete());
//! # Ok(())
//! # }
//! ```

#![warn(clippy::unwrap_used, clippy::panic)]

mod attribution;
pub mod baseline;
pub mod blob;
mod breach;
pub mod budget;
mod checklist;
pub mod cli;
pub mod confidence;
pub mod config;
pub mod config_file;
mod container;
pub mod container_choice;
pub mod context;
mod cursor;
mod detect;
pub mod digest;
mod disguise;
pub mod document;
pub mod encoding;
pub mod excerpt;
pub mod exclusion;
pub mod finding;
pub mod fingerprint;
mod forced;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
#[cfg(test)]
mod generated;
pub mod history;
mod hit;
pub mod input;
pub mod jwt;
pub mod limits;
pub mod line_hash;
mod literals;
mod lossy;
pub mod mask;
pub mod name_class;
mod near_miss;
pub mod options;
pub mod pattern;
mod policy;
pub mod project;
pub mod reason;
pub mod remedy;
pub mod report;
pub mod repository;
pub mod rule;
pub mod rule_set;
pub mod scan;
pub mod secret;
pub mod severity;
mod shape;
mod source;
mod source_map;
mod standing;
pub mod suppression;
mod threads;
mod triage;
mod view;
pub mod watch;
pub mod within;

pub use confidence::Confidence;
pub use config::{Config, Request};
pub use finding::Finding;
pub use input::{Input, Part};
pub use report::{Outcome, Report};
pub use scan::{Scanner, scan_paths};
pub use severity::Severity;
