//! hfleaks finds leaked Hugging Face credentials and says what to do about
//! them.

pub mod confidence;
pub mod context;
mod detect;
mod document;
pub mod excerpt;
pub mod fingerprint;
mod hit;
pub mod line_hash;
mod lossy;
pub mod mask;
pub mod name_class;
pub mod project;
pub mod rule;
pub mod rule_set;
pub mod secret;
pub mod severity;
mod view;
