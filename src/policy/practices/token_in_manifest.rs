//! A manifest of Kubernetes has a token written in it.

use crate::policy::breaches::Breaches;
use crate::policy::manifest::{Kept, ManifestValue, Manifests};
use crate::policy::names;
use crate::policy::practice::{Look, Practice};
use crate::policy::value::{self, Value};

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-in-manifest",
    looks: &[Look::Manifests(look)],
};

fn look(manifests: &Manifests, breaches: &mut Breaches<'_>) {
    for value in &manifests.values {
        if is_token(value) && Value::of(value.value.trim()) == Value::Literal {
            let (object, name) = (&value.object, &value.name);
            let message = match value.kept {
                Kept::Secret => format!("`{object}` is committed with the value of {name}"),
                Kept::Variable | Kept::ConfigMap => {
                    format!("`{object}` has {name} written as it is")
                }
                Kept::ChartValue => format!("{name} is written among {object}"),
            };
            breaches.add_with_secret(value.span.clone(), value.value_span.clone(), message);
        }
    }
}

/// Whether a value is a token's by its name, by what it is kept in, or by its looks.
fn is_token(value: &ManifestValue) -> bool {
    let object = value.object.split(' ').nth(1).unwrap_or_default();
    let is_secret = value.kept == Kept::Secret;
    let is_of_hub = is_secret && names::is_token_name(object);
    names::is_token_name(&value.name)
        || is_of_hub
        || is_secret && value::begins_like_token(&value.value)
}
