//! What is read of scripts of all kinds.

use super::word::Variable;
use super::*;

fn read(text: &str) -> Script {
    Script::read(text.as_bytes(), Context::Shell).expect("it is short")
}

/// The commands, each by its words.
fn told(text: &str) -> Vec<String> {
    let told = |it: &Command| {
        let words: Vec<_> = it.words.iter().map(|word| &*word.raw).collect();
        words.join(" ")
    };
    read(text).commands.iter().map(told).collect()
}

fn outputs(text: &str) -> Vec<Output> {
    read(text).commands.iter().map(|it| it.output).collect()
}

fn traced(text: &str) -> String {
    let mark = |it: &Command| if it.traced { 'x' } else { '-' };
    read(text).commands.iter().map(mark).collect()
}

#[test]
fn commands_stand_in_order() {
    let text =
        "a 1 && b \"$(c '2')\" || d\nif e; then f; fi\nfor x in $(g); do h; done\n{ i; } > j\n";
    let words = [
        "a 1",
        "b \"$(c '2')\"",
        "c '2'",
        "d",
        "e",
        "f",
        "g",
        "h",
        "i",
    ];
    assert_eq!(told(text), words);
    let long = format!("{}b", "a && ".repeat(3_000));
    assert_eq!(told(&long).len(), 3_001);
}

#[test]
fn a_deep_script_is_no_danger() {
    for piece in [
        "(",
        "$(",
        "{ ",
        "if a; then ",
        "\"$(",
        "${a:-",
        "a <<X\n",
        "[[ ( ",
    ] {
        let script = Script::read(piece.repeat(20_000).as_bytes(), Context::Shell);
        assert!(
            script.is_none_or(|it| it.commands.len() < 100_000),
            "{piece}"
        );
    }
}

#[test]
fn a_word_has_parts() {
    let text =
        "hf --token=\"$HF_TOKEN\" a' b '\"c\\\"${D:-e}\" `f` \\$g ${{ secrets.X }}y '${{ z }}'\n";
    let script = read(text);
    let words = &script.commands[0].words;
    let variable = |part: &Part| match part {
        Part::Variable(it) => format!("{} {:?} {}", it.name, it.operator, &text[it.span.clone()]),
        Part::Text(span, it) => format!("{it:?} {}", &text[span.clone()]),
        Part::Substitution(span) => text[span.clone()].to_owned(),
        Part::Expression(it) => it.text.clone(),
    };
    let parts = |place: usize| words[place].parts.iter().map(variable).collect::<Vec<_>>();
    assert_eq!(
        parts(1),
        ["\"--token=\" --token=", "HF_TOKEN \"\" $HF_TOKEN"]
    );
    assert_eq!(
        words[1].tokens().collect::<Vec<_>>(),
        [(12..21, "HF_TOKEN")]
    );
    assert_eq!(parts(2)[1..], ["D \":-\" ${D:-e}"]);
    assert!(parts(2)[0].starts_with("\"a b c\\\"\""), "{:?}", parts(2));
    assert_eq!(parts(3), ["`f`"]);
    assert_eq!(words[4].literal().as_deref(), Some("$g"));
    assert_eq!(parts(5), ["${{ secrets.X }}", "\"y\" y"]);
    assert_eq!(parts(6), ["${{ z }}"]);
    assert_eq!(words[6].raw, "'........'");
}

#[test]
fn a_variable_has_an_operator() {
    let read = |text: &str| Variable::of(0..text.len(), text).expect(text);
    for (text, name, operator, is_whole) in [
        ("$A", "A", "", true),
        ("${A}", "A", "", true),
        ("${A:-b}", "A", ":-", true),
        ("${A:?}", "A", ":?", true),
        ("${A[0]}", "A", "", true),
        ("${#A}", "A", "#", false),
        ("${!A}", "A", "!", false),
        ("${A:0:4}", "A", ":", false),
        ("${A: -4}", "A", ":", false),
        ("${A:+set}", "A", ":+", false),
        ("${A%%_*}", "A", "%%", false),
        ("${A//?/x}", "A", "//", false),
        ("$1", "1", "", true),
        ("$@", "@", "", true),
        ("${#}", "#", "", true),
    ] {
        let variable = read(text);
        assert_eq!(
            (&*variable.name, variable.operator),
            (name, operator),
            "{text}"
        );
        assert_eq!(variable.is_whole(), is_whole, "{text}");
    }
    assert_eq!(read("${A:-b}").default(), Some("b"));
    assert_eq!(Variable::of(0..2, "${"), None);
}

#[test]
fn output_is_followed() {
    use Output::{Captured, File, Piped, Printed, Returned};
    for (text, expected) in [
        (
            "a; b >&2; c > f; d >> f; e 2> f",
            vec![Printed, Printed, File, File, Printed],
        ),
        (
            "x=$(a); y=`b > f`; $(c >&2)",
            vec![Printed, Captured, Printed, File, Printed, Printed],
        ),
        ("a | b | c > f", vec![Piped(Some(1)), Piped(Some(2)), File]),
        (
            "{ a; b; } | c",
            vec![Piped(Some(2)), Piped(Some(2)), Printed],
        ),
        ("{ a; b; } >> f", vec![File, File]),
        ("a && b > f", vec![Printed, File]),
        ("for i in 1; do a; done > f", vec![File]),
        ("f() { a; b >&2; }", vec![Returned, Printed]),
        ("cat <<E | a >> f\nx\nE\n", vec![Piped(Some(1)), File]),
        ("cat <<E > f\nx\nE\n", vec![File]),
        (
            "a &> f; b > /dev/stderr; c > /dev/null",
            vec![File, Printed, File],
        ),
        ("> f a", vec![File]),
    ] {
        assert_eq!(outputs(text), expected, "{text}");
    }
}

#[test]
fn a_here_document_is_text() {
    let text = "cat <<EOF && b\nhf x $HF_TOKEN \\$A ${{ c }}\nEOF\nd <<'E'\n$B\nE\ne <<< \"$F\"\n";
    let script = read(text);
    assert_eq!(told(text), ["cat", "b", "d", "e"]);
    let here = |place: usize| &script.commands[place].redirections[0];
    assert!(here(0).is_here() && here(3).is_here());
    let tokens: Vec<_> = here(0).target.tokens().collect();
    assert_eq!(tokens, [(20..29, "HF_TOKEN")]);
    assert_eq!(
        &text[here(0).target.span.clone()],
        "hf x $HF_TOKEN \\$A ${{ c }}\n"
    );
    assert_eq!(here(0).target.parts.len(), 5);
    assert_eq!(here(2).target.literal().as_deref(), Some("$B\n"));
}

#[test]
fn tracing_is_followed() {
    for (text, expected) in [
        ("a; set -x; b; set +x; c", "--xx-"),
        ("set -ex\na", "-x"),
        ("set -euxo pipefail\na", "-x"),
        ("set -o xtrace\na", "-x"),
        ("set -eo pipefail\na", "--"),
        ("set -- -x\na", "--"),
        ("#!/bin/bash -ex\na", "x"),
        ("#!/usr/bin/env -S bash -x\na", "x"),
        ("#!/bin/bash --posix\na", "-"),
        ("set -ex && a && b", "-xx"),
        ("if [ -n \"$D\" ]; then set -x; a; fi\nb", "--x-"),
        ("[ -n \"$D\" ] && set -x\na", "---"),
        ("(set -x; a); b", "-x-"),
        ("f() { set -x; a; }\nb", "-x-"),
        ("set -x\n{ set +x; } 2>/dev/null\na", "-x-"),
    ] {
        assert_eq!(traced(text), expected, "{text}");
    }
}

#[test]
fn declarations_and_tests_are_commands() {
    let text =
        "export -x A=1 B\nC=2 d\nE=$F\n[ -z \"$G\" ] && [[ -n $H && $I == j ]]\nlocal k=(1 2)\n";
    let script = read(text);
    let kinds: Vec<_> = script.commands.iter().map(|it| it.kind).collect();
    use Kind::{Assignment, Declaration, Simple, Test};
    assert_eq!(
        kinds,
        [Declaration, Simple, Assignment, Test, Test, Declaration]
    );
    assert_eq!(
        told(text),
        [
            "export -x B",
            "d",
            "",
            "-z \"$G\"",
            "-n $H && $I == j",
            "local"
        ]
    );
    let names = |place: usize| {
        let names = script.commands[place].assignments.iter();
        names
            .map(|it| &text[it.name_span.clone()])
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (names(0), names(1), names(2)),
        (vec!["A"], vec!["C"], vec!["E"])
    );
}

#[test]
fn a_program_is_found_behind_what_runs_it() {
    for text in [
        "hf auth login a",
        "hf --quiet auth login a",
        "hf --log-level debug auth login a",
        "X=y /usr/bin/hf auth login a",
        "\"$VENV/bin/hf\" auth login a",
        "sudo -u user hf auth login a",
        "env X=y hf auth login a",
        "uvx hf@1.0 auth login a",
        "uvx --from huggingface_hub hf auth login a",
        "uv run hf auth login a",
        "pipx run hf auth login a",
        "python3 -m huggingface_hub.cli.hf auth login a",
        "echo x | hf auth login a",
    ] {
        let script = read(text);
        let call = script
            .commands
            .iter()
            .find_map(|it| it.call("hf", &["auth", "login"]));
        assert!(
            call.is_some_and(|rest| rest.len() == 1 && rest[0].is("a")),
            "{text}"
        );
    }
    for text in [
        "echo hf auth login",
        "hf upload auth login",
        "shf auth login",
        "pip install hf",
        "# hf auth login",
        "cat <<E\nhf auth login\nE\n",
    ] {
        let script = read(text);
        let call = script
            .commands
            .iter()
            .find_map(|it| it.call("hf", &["auth", "login"]));
        assert!(call.is_none(), "{text}");
    }
}

#[test]
fn line_ends_of_windows_and_marks_are_read_over() {
    let text = "\u{feff}a \\\r\n  b\r\nc d\r\n";
    assert_eq!(told(text), ["a b", "c d"]);
}
