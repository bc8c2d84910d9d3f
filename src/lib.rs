//! hfleaks
pub mod confidence;
pub mod context;
mod document;
pub mod name_class;
pub mod rule;
pub mod rule_set;
pub mod severity;
