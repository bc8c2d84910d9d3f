//! A token in the URL of a remote.

use crate::policy::breaches::Breaches;
use crate::policy::git_config::{GitConfig, Login};
use crate::policy::practice::{Look, Practice};
use crate::policy::value::Value;

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-in-remote-url",
    looks: &[Look::GitConfig(look)],
};

fn look(config: &GitConfig, breaches: &mut Breaches<'_>) {
    for login in config
        .logins
        .iter()
        .filter(|it| is_of_hub(&it.host) && has_token(it))
    {
        let message = format!(
            "the URL of {} logs in to {} with a token",
            login.of, login.host
        );
        breaches.add_with_secret(login.span.clone(), login.span.clone(), message);
    }
}

/// Whether a host is the Hub's.
pub(super) fn is_of_hub(host: &str) -> bool {
    ["huggingface.co", "hf.co"].iter().any(|hub| {
        let before = host.strip_suffix(hub);
        before.is_some_and(|it| it.is_empty() || it.ends_with('.'))
    })
}

/// The Hub takes no passwords, so what may be a token is one.
fn has_token(login: &Login) -> bool {
    let is_token = |text: &str| Value::of(text) == Value::Literal;
    match &login.password {
        Some(password) => {
            is_token(password) || login.user.starts_with("hf_") && is_token(&login.user)
        }
        None => login.user.starts_with("hf_") && is_token(&login.user),
    }
}
