//! A token in an environment file that git has, or would take.

use std::path::Path;

use crate::policy::File;
use crate::policy::breaches::Breaches;
use crate::policy::env_file::{EnvFile, is_example};
use crate::policy::names::is_token_name;
use crate::policy::practice::{Look, Practice};
use crate::policy::value::Value;
use crate::standing::Standing;

pub(crate) const PRACTICE: Practice = Practice {
    name: "env-file-not-ignored",
    looks: &[Look::EnvFile(look)],
};

fn look(variables: &EnvFile, file: &File<'_>, breaches: &mut Breaches<'_>) {
    let name = file.path.file_name().unwrap_or_default();
    if is_example(&name.to_string_lossy()) {
        return;
    }
    let entries = variables.entries.iter();
    let mut tokens = entries
        .filter(|it| is_token_name(&it.key) && Value::of(&it.value) == Value::Literal)
        .peekable();
    if tokens.peek().is_none() {
        return;
    }
    let what = match (file.standing)(Path::new(name)) {
        Standing::Tracked => "git tracks this file",
        Standing::Untracked => "git does not ignore this file",
        Standing::Ignored | Standing::NoRepository => return,
    };
    for token in tokens {
        let message = format!("{what}, and {} is set in it", token.key);
        breaches.add_with_secret(token.key_span.clone(), token.value_span.clone(), message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::breaches_where;

    #[test]
    fn it_depends_on_what_the_file_is_to_git() {
        let text = format!("HF_TOKEN={}_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789AB\n", "hf");
        let told = |standing| breaches_where(PRACTICE.name, "app/.env", &text, standing);
        let key = "HF_TOKEN".to_owned();
        let tracked = "git tracks this file, and HF_TOKEN is set in it".to_owned();
        assert_eq!(told(Standing::Tracked), [(key.clone(), tracked)]);
        let untracked = "git does not ignore this file, and HF_TOKEN is set in it".to_owned();
        assert_eq!(told(Standing::Untracked), [(key, untracked)]);
        assert_eq!(told(Standing::Ignored), []);
        assert_eq!(told(Standing::NoRepository), []);
    }
}
