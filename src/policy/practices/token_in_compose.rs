//! A compose file has a token written in it.

use crate::policy::breaches::Breaches;
use crate::policy::compose::{Compose, Receiver};
use crate::policy::names;
use crate::policy::practice::{Look, Practice};
use crate::policy::value::Value;

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-in-compose",
    looks: &[Look::Compose(look)],
};

fn look(compose: &Compose, breaches: &mut Breaches<'_>) {
    for variable in &compose.variables {
        let is_token = names::is_token_name(&variable.name);
        let (service, name) = (&variable.service, &variable.name);
        if is_token && is_written(&variable.value) {
            let message = match variable.receiver {
                Receiver::Container => {
                    format!("service `{service}` has {name} written in its environment")
                }
                Receiver::Build => {
                    format!("the build of `{service}` has {name} written in its arguments")
                }
            };
            let (span, value) = (variable.span.clone(), variable.value_span.clone());
            breaches.add_with_secret(span, value, message);
        }
    }
}

/// Whether a value is a token, or a variable that is one if it is not set.
fn is_written(value: &str) -> bool {
    let default = value.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
    let default = default.and_then(|it| it.split_once('-'));
    let default = default.filter(|(name, _)| {
        let name = name.trim_end_matches(':');
        name.bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'_')
    });
    let value = default.map_or(value, |(_, default)| default);
    Value::of(value) == Value::Literal
}
