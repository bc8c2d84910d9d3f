//! What is read of recipes of all kinds.

use super::*;

fn read(text: &str) -> Dockerfile {
    Dockerfile::read(text.as_bytes())
}

/// The instructions, each by its words.
fn told(text: &str) -> Vec<String> {
    let told = |it: &Instruction| {
        let words: Vec<_> = it.words.iter().map(|word| &*word.text).collect();
        format!("{} {}", it.keyword, words.join("|"))
    };
    read(text).instructions.iter().map(told).collect()
}

fn scripts(text: &str) -> Vec<String> {
    let told = |it: &Mapped| String::from_utf8_lossy(&it.bytes).into_owned();
    read(text).scripts().map(told).collect()
}

#[test]
fn instructions_are_read_over_lines() {
    let text = "\u{feff}# syntax=docker/dockerfile:1\r\nfrom a AS b\r\n\r\nENV A=1 \\\r\n  # why\r\n\r\n  B=\"2 3\" \\\r\n  C='x'\r\nOnBuild copy --chown=a:b x \"y z\" /w\r\nADD [\"p q\", \"r\"]\r\nENV D e  f\nARG G\nARG H=1 I";
    let expected = [
        "FROM a|AS|b",
        "ENV A=1|B=2 3|C=x",
        "COPY --chown=a:b|x|y z|/w",
        "ADD p q|r",
        "ENV D|e|f",
        "ARG G",
        "ARG H=1|I",
    ];
    assert_eq!(told(text), expected);
    let recipe = read(text);
    let settings: Vec<_> = recipe
        .instructions
        .iter()
        .flat_map(Instruction::settings)
        .collect();
    let keys: Vec<_> = settings
        .iter()
        .map(|it| &text[it.key_span.clone()])
        .collect();
    assert_eq!(keys, ["A", "B", "C", "D", "G", "H", "I"]);
    let values: Vec<_> = settings.iter().map(|it| it.value.as_deref()).collect();
    let expected = [
        Some("1"),
        Some("2 3"),
        Some("x"),
        Some("e f"),
        None,
        Some("1"),
        None,
    ];
    assert_eq!(values, expected);
    let sources = recipe.instructions.iter().flat_map(Instruction::sources);
    let sources: Vec<_> = sources.map(|it| &text[it.span.clone()]).collect();
    assert_eq!(sources, ["x", "\"y z\"", "p q"]);
}

#[test]
fn what_is_run_is_one_script() {
    let text = "RUN --mount=type=secret,id=HF_TOKEN \\\n  a && \\\n# no\n  b\nRUN [\"x\"]\nCMD c $D\nENTRYPOINT [\"e\"]\nHEALTHCHECK --interval=1s CMD f\nRUN";
    assert_eq!(scripts(text), ["   a &&   b", " c $D", " f"]);
    let recipe = read(text);
    let script = recipe.scripts().next().expect("there is one");
    let at = script
        .bytes
        .iter()
        .position(|byte| *byte == b'b')
        .expect("it is there");
    let place = script.source_of(&(at..at + 1));
    assert_eq!(Some(place.start), text.find("b\nRUN"));
    assert_eq!(told(text)[0], "RUN --mount=type=secret,id=HF_TOKEN");
}

#[test]
fn here_documents_belong_to_their_instruction() {
    let text = "RUN <<EOF\r\nFROM x\r\nhf $A\r\nEOF\r\nRUN cat <<-\"E\" > f && b\n\ty\n\tE\nCOPY <<X <<Y /z\nENV A=1\nX\nENV B=1\nY\nRUN <<P\n#!/usr/bin/env python3\nprint()\nP\nRUN <<S\n#!/bin/bash -e\nc\nS\nENV C=1\nRUN <<OPEN\nrest";
    let expected = [
        "FROM x\nhf $A\n",
        " cat <<-\"E\" > f && b\n\ty\n\tE\n",
        "#!/bin/bash -e\nc\n",
        "rest\n",
    ];
    assert_eq!(scripts(text), expected);
    assert_eq!(told(text).len(), 7);
    let recipe = read(text);
    let script = recipe.scripts().next().expect("there is one");
    let at = script
        .bytes
        .iter()
        .position(|byte| *byte == b'$')
        .expect("it is there");
    assert_eq!(&text[script.source_of(&(at..at + 2))], "$A");
}

#[test]
fn other_shells_are_not_read() {
    let text = "# escape=`\nFROM w\nSHELL [\"powershell\", \"-Command\"]\nRUN a `\n b\nSHELL [\"/bin/bash\", \"-c\"]\nRUN c `\n d";
    assert_eq!(scripts(text), [" c  d"]);
    assert_eq!(scripts("SHELL [\"pwsh\"]\nRUN a"), [""; 0]);
}

#[test]
fn what_is_cut_off_is_read_as_far() {
    for text in [
        "",
        "\n",
        "#",
        "RUN",
        "ENV",
        "ENV \\",
        "COPY --x",
        "ADD [\"a",
        "ENV A=\"b",
        "ONBUILD",
        "RUN <<",
        "RUN <<A",
        "\\\n\\\n",
    ] {
        read(text);
    }
}
