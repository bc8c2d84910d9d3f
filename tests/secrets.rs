//! No run without --show-secrets writes a token, wherever the token stands.

mod support;

use hfleaks::report::format::FORMATS;
use support::{Sandbox, token};

/// Whether a text holds eight characters in a row of the token's random part.
fn leaks(text: &str, token: &str) -> bool {
    (3..=token.len() - 8).any(|start| text.contains(&token[start..start + 8]))
}

#[test]
fn tokens_in_files_and_names_are_never_written() {
    let secret = token(7);
    let sandbox = Sandbox::new();
    sandbox
        .file(
            format!("{secret}/{secret}.py"),
            format!("a = '{secret}' # {secret} {secret}"),
        )
        .file("allowed.txt", format!("{secret} # hfleaks:allow {secret}"))
        .file(
            "long.txt",
            format!("{}{secret}{}", "x".repeat(500), "y".repeat(500)),
        )
        .file(
            "many.txt",
            format!("{secret}{secret} {secret}é{secret}\n").repeat(40),
        )
        .file(format!("{secret}.lock"), &secret);
    for format in FORMATS {
        for verbosity in [&[][..], &["-q"], &["-v"]] {
            for color in ["always", "never"] {
                let arguments = [&["-f", format.name, "--color", color][..], verbosity].concat();
                let run = sandbox.hfleaks(&arguments);
                assert_eq!(run.status, 1, "{arguments:?}: {}", run.stderr);
                assert!(
                    !leaks(&run.stdout, &secret),
                    "{arguments:?}: {}",
                    run.stdout
                );
                assert!(
                    !leaks(&run.stderr, &secret),
                    "{arguments:?}: {}",
                    run.stderr
                );
            }
        }
    }
    sandbox.hfleaks(&["--write-baseline", "baseline.json"]);
    let baseline = std::fs::read_to_string(sandbox.path().join("baseline.json")).unwrap();
    assert!(
        baseline.contains("fingerprint") && !leaks(&baseline, &secret),
        "{baseline}"
    );
}

#[test]
fn tokens_in_arguments_and_configurations_are_never_written() {
    let secret = token(8);
    let sandbox = Sandbox::new();
    sandbox
        .file("bad.toml", format!("min-confidence = '{secret}'"))
        .file("worse.toml", format!("'{secret}' = 1"))
        .file(format!("{secret}.toml"), "exclude = 1")
        .file("rules/a.toml", format!("id = '{secret}'\n{secret}"))
        .file("baseline.json", format!("{{\"{secret}\": 1}}"))
        .file("latin1.toml", [secret.as_bytes(), b"\xff"].concat());
    let named = format!("{secret}.toml");
    let glob = format!("{secret}/{{a");
    let format = format!("{secret}=x");
    let flag = format!("--{secret}");
    let option = format!("--no-ignore={secret}");
    for arguments in [
        &[secret.as_str()][..],
        &["--config", "bad.toml"],
        &["--config", "worse.toml"],
        &["--config", "latin1.toml"],
        &["--config", &named],
        &["--config", &secret],
        &["--rules", "rules"],
        &["--rules", &secret],
        &["--baseline", "baseline.json"],
        &["--baseline", &secret],
        &["--exclude", &glob],
        &["--select", &secret],
        &["--explain", &secret],
        &["--min-confidence", &secret],
        &["-f", &secret],
        &["-f", &format],
        &["-f", &format!("json=/{secret}/x")],
        &["--jobs", &secret],
        &[&flag],
        &[&option],
        &["--stdin-filename", &secret],
    ] {
        let run = sandbox.hfleaks(arguments);
        assert_eq!(run.status, 2, "{arguments:?}");
        assert!(
            !run.stderr.is_empty() && !leaks(&run.stdout, &secret),
            "{arguments:?}"
        );
        assert!(
            !leaks(&run.stderr, &secret),
            "{arguments:?}: {}",
            run.stderr
        );
    }
}

#[test]
fn a_token_at_the_end_of_a_reason_and_one_with_colours_in_it_are_never_written() {
    let sandbox = Sandbox::new();
    let (reason, argument) = (token(31), token(32));
    sandbox.file(
        "a.py",
        format!(
            "x = '{}' # hfleaks:allow {}{reason}\n",
            token(30),
            "a ".repeat(90)
        ),
    );
    let (start, end) = argument.split_at(20);
    let coloured = format!("--{start}\u{1b}[31m{end}");
    for run in [
        sandbox.hfleaks(&["-v"]),
        sandbox.hfleaks(&["-f", "json"]),
        sandbox.hfleaks(&[&coloured]),
    ] {
        for secret in [&reason, &argument] {
            assert!(
                !leaks(&run.stdout, secret) && !leaks(&run.stderr, secret),
                "{run:?}"
            );
        }
    }
}

#[test]
fn secrets_are_shown_only_where_they_do_not_stay() {
    let secret = token(9);
    let sandbox = Sandbox::new();
    sandbox.file("a.txt", &secret);
    for arguments in [
        &["--show-secrets"][..],
        &["--show-secrets", "-f", "json"],
        &["--show-secrets", "-f", "sarif=s"],
        &["--show-secrets", "-f", "github"],
        &["--show-secrets", "-f", "jsonl=s"],
    ] {
        let run = sandbox.hfleaks(arguments);
        assert_eq!(run.status, 2, "{arguments:?}");
        assert!(run.stderr.contains("--show-secrets"), "{}", run.stderr);
        assert!(!leaks(&run.stdout, &secret) && !sandbox.path().join("s").exists());
    }
    for format in ["text", "json"] {
        let run = sandbox.hfleaks(&["--show-secrets", "-f", &format!("{format}=out"), "a.txt"]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        assert!(!leaks(&run.stderr, &secret) && !leaks(&run.stdout, &secret));
        let out = sandbox.path().join("out");
        assert!(std::fs::read_to_string(&out).unwrap().contains(&secret));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&out).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "only its owner may read it");
        }
    }
    let out = std::fs::File::create(sandbox.path().join("redirected")).unwrap();
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_hfleaks"));
    command.args(["--show-secrets", "a.txt"]).stdout(out);
    assert_eq!(command.status().unwrap().code(), Some(1));
    let redirected = std::fs::read_to_string(sandbox.path().join("redirected")).unwrap();
    assert!(redirected.contains(&secret));
}
