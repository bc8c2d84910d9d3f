//! Permissions: what a workflow or a job may do with GitHub's own token.

use crate::policy::yaml::Yaml;

/// What is said behind `permissions`.
#[derive(Debug, Clone)]
pub(crate) struct Permissions {
    /// What stands behind it.
    pub(crate) value: Yaml,
}

/// How far something is allowed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Grant<'p> {
    /// With everything else.
    WithAll,
    /// By name, where this is.
    Named(&'p Yaml),
}

impl Permissions {
    pub(super) fn read(value: &Yaml) -> Self {
        Self {
            value: value.clone(),
        }
    }

    /// How a job gets an identity to show to others, `id-token: write`, if it does.
    pub(crate) fn id_token(&self) -> Option<Grant<'_>> {
        if self.value.as_str() == Some("write-all") {
            return Some(Grant::WithAll);
        }
        let (key, value) = self.value.entry("id-token")?;
        (value.as_str() == Some("write")).then_some(Grant::Named(key))
    }
}
