//! Completions and the manual page, as `--generate` prints them.

mod support;

use hfleaks::report::format::FORMATS;
use support::Sandbox;

fn generated(kind: &str) -> String {
    let run = Sandbox::new().hfleaks(&["--generate", kind]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{kind}");
    run.stdout
}

#[test]
fn bash_completes_flags_and_formats() {
    let sandbox = Sandbox::new();
    sandbox.file("complete.bash", generated("complete-bash"));
    let complete = |word: &str, previous: &str| {
        let script = format!(
            "source complete.bash; COMP_WORDS=(hfleaks {previous} {word}); COMP_CWORD=2; \
             _hfleaks hfleaks '{word}' '{previous}'; echo \"${{COMPREPLY[@]}}\""
        );
        let output = sandbox.command("bash").args(["-c", &script]).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let formats = complete("", "--format");
    for format in FORMATS {
        let has = formats.split_whitespace().any(|word| word == format.name);
        assert!(has, "{}: {formats}", format.name);
    }
    assert_eq!(complete("--hist", "-q").trim(), "--history");
}

#[test]
fn every_shell_has_completions_of_every_flag() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = generated(&format!("complete-{shell}"));
        for flag in ["history", "min-confidence", "generate"] {
            assert!(script.contains(flag), "{shell}: {flag}");
        }
    }
}

#[test]
fn the_manual_page_tells_of_flags_formats_files_and_exit_statuses() {
    let page = generated("man");
    assert!(
        page.starts_with(".ie") || page.contains(".TH hfleaks 1"),
        "{page}"
    );
    for section in [
        "NAME",
        "SYNOPSIS",
        "OPTIONS",
        "\"EXIT STATUS\"",
        "FILES",
        "VERSION",
    ] {
        assert!(
            page.contains(&format!(".SH {section}\n")),
            "{section}: {page}"
        );
    }
    for format in FORMATS {
        assert!(
            page.contains(&format.name.replace('-', "\\-")),
            "{}",
            format.name
        );
    }
    assert!(page.contains("hfleaks.toml"), "{page}");
}

#[test]
fn a_wrong_kind_is_told_with_the_right_ones() {
    let run = Sandbox::new().hfleaks(&["--generate", "complete-tcsh"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("complete-zsh") && run.stderr.contains("man"),
        "{}",
        run.stderr
    );
    assert_eq!(
        Sandbox::new()
            .hfleaks(&["--generate", "man", "--history"])
            .status,
        2
    );
}
