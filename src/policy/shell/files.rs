//! Which files are scripts of a shell whose grammar is bash's, or near enough.

use std::path::Path;

use super::is_run_by_shell;

/// Ends of the names of scripts.
const EXTENSIONS: &[&str] = &["sh", "bash", "zsh", "ksh", "slurm", "sbatch"];

/// Files that a shell reads when it starts, without the dot or the `dot_` before them.
const PROFILES: &[&str] = &[
    "bashrc",
    "bash_profile",
    "bash_login",
    "bash_aliases",
    "bash_exports",
    "zshrc",
    "zshenv",
    "zprofile",
    "zlogin",
    "kshrc",
    "profile",
    "shrc",
    "exports",
];

/// Whether a file of this path may be a script, by its name.
pub(crate) fn may_be_script(path: &Path) -> bool {
    let extension = path.extension().and_then(|it| it.to_str());
    extension.is_none_or(|it| EXTENSIONS.contains(&it)) || is_profile(path)
}

/// Whether a file is a script. One whose name does not say so has to in its first line.
pub(crate) fn is_script(path: &Path, bytes: &[u8]) -> bool {
    if path.extension().is_none() && !is_profile(path) {
        return is_run_by_shell(bytes);
    }
    may_be_script(path)
}

/// Whether a shell reads a file when it starts, also where it is kept under another name:
/// `.zshrc`, `dot_zshrc`, `zsh/zshrc`, `.zshrc.local`.
pub(crate) fn is_profile(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|it| it.to_str()) else {
        return false;
    };
    let bare = name.strip_prefix('.').or_else(|| name.strip_prefix("dot_"));
    let is_marked = bare.is_some();
    let bare = bare.unwrap_or(name);
    let bare = bare.split_once('.').map_or(bare, |(bare, _)| bare);
    // Without a mark, these are names of other files, too.
    let is_plain = matches!(bare, "profile" | "exports");
    PROFILES.contains(&bare) && (is_marked || !is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_told_from_other_files() {
        let bash = b"#!/usr/bin/env bash\n";
        for (path, bytes) in [
            ("run.sh", &b""[..]),
            ("job.sbatch", b""),
            ("bin/run", bash),
            (".zshrc", b""),
            (".bashrc.local", b""),
            ("home/dot_zshenv", b""),
            ("zsh/zshrc", b""),
        ] {
            assert!(may_be_script(Path::new(path)), "{path}");
            assert!(is_script(Path::new(path), bytes), "{path}");
        }
        for (path, bytes) in [
            ("run.fish", &bash[..]),
            ("run.ps1", b""),
            ("Makefile", b""),
            ("bin/run", b"#!/usr/bin/env python3\n"),
            ("README", b""),
            ("profile", b""),
            ("exports.js", b""),
        ] {
            assert!(!is_script(Path::new(path), bytes), "{path}");
        }
    }
}
