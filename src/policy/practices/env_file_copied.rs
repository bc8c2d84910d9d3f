//! An environment file that a recipe copies into the image.

use std::path::Path;

use crate::policy::File;
use crate::policy::breaches::Breaches;
use crate::policy::dockerfile::Dockerfile;
use crate::policy::env_file::is_example;
use crate::policy::practice::{Look, Practice};
use crate::standing::Standing;

pub(crate) const PRACTICE: Practice = Practice {
    name: "env-file-copied",
    looks: &[Look::Dockerfile(look)],
};

fn look(recipe: &Dockerfile, file: &File<'_>, breaches: &mut Breaches<'_>) {
    for instruction in &recipe.instructions {
        for source in instruction.sources() {
            let name = source.text.rsplit('/').next().unwrap_or_default();
            if is_env_file(name) && !is_example(name) && !is_public(&source.text, file) {
                let message = format!("`{}` puts {name} into the image", instruction.keyword);
                breaches.add(source.span.clone(), message);
            }
        }
    }
}

/// `.env`, `.env.production`, `.env*`. Other names that end like that are of other things,
/// too.
fn is_env_file(name: &str) -> bool {
    let behind = name.strip_prefix(".env");
    behind.is_some_and(|it| it.is_empty() || it == "rc" || it.starts_with(['.', '*', '?']))
}

/// Whether git has the file: then it is no secret, or that is another rule's to say.
fn is_public(source: &str, file: &File<'_>) -> bool {
    let path = Path::new(source.trim_start_matches('/'));
    let is_tracked = |path: &Path| (file.standing)(path) == Standing::Tracked;
    // It is relative to the folder that is built: this one, or more often the project's.
    is_tracked(path) || is_tracked(&file.root().join(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::breaches_where;

    #[test]
    fn what_git_has_is_no_secret() {
        let text = "FROM a\nCOPY .env /app/\n";
        let found = |standing| breaches_where(PRACTICE.name, "docker/Dockerfile", text, standing);
        assert_eq!(found(Standing::Ignored).len(), 1);
        assert_eq!(found(Standing::Untracked).len(), 1);
        assert_eq!(found(Standing::NoRepository).len(), 1);
        assert_eq!(found(Standing::Tracked).len(), 0);
    }
}
