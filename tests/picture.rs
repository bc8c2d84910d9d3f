//! The picture in the README is a run of the command, as a terminal shows it.

mod support;

use std::fs;
use std::path::Path;

use anstyle_svg::{Term, WIN10_CONSOLE};
use regex::Regex;
use support::{Sandbox, token};

const PICTURE: &str = "docs/hfleaks.svg";

/// A small project with a token where each of them is easily overlooked.
fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    let script = format!(
        "from huggingface_hub import login\n\nlogin(\"{}\")\n",
        token(1)
    );
    let stored = token(2);
    let pickle = [
        b"\x80\x02}q\x00X\x09\x00\x00\x00hub_tokenq\x01X\x25\x00\x00\x00",
        stored.as_bytes(),
        b"q\x02s.",
    ]
    .concat();
    let remote = format!("https://user:{}@huggingface.co/acme/model", token(1));
    sandbox
        .file("train.py", script)
        .file("out/training_args.bin", pickle)
        .git(&["init", "-q"])
        .git(&["remote", "add", "origin", &remote]);
    sandbox
}

/// A text with the time of a scan replaced.
fn timeless(text: &str) -> String {
    let time = Regex::new(r"in (\d+ ms|\d+\.\d\d s)\.").unwrap();
    time.replace_all(text, "in [TIME].").into_owned()
}

#[test]
fn the_picture_is_what_a_terminal_shows() {
    let run = project().hfleaks(&["--color", "always"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    let shown = format!("\u{1b}[1m$ hfleaks\u{1b}[0m\n{}", run.stdout);
    let picture = Term::new().palette(WIN10_CONSOLE).render_svg(&shown);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(PICTURE);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&file, &picture).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        timeless(&written) == timeless(&picture),
        "{PICTURE} is out of date; run `UPDATE_GENERATED=1 cargo test` and commit it"
    );
}
