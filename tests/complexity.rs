//! What was made to be dear costs as much a byte in a large file as in a small one: nothing
//! takes the square of its length. How much that is, `benches/complexity.py` measures with
//! the release build.

mod support;

use std::fs;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use support::{Run, Sandbox, has_failed, letters, token};

/// How many times larger the large file is.
const LARGER: u8 = 8;

/// One scan at a time: the kernel adds up what all the children of a process take.
static TURN: Mutex<()> = Mutex::new(());

/// What the commands have taken so far: the processor's time where Linux tells it, which
/// a busy machine hardly changes.
fn spent(since: Instant) -> Duration {
    const TICK: Duration = Duration::from_millis(10);
    let children = || {
        let told = fs::read_to_string("/proc/self/stat").ok()?;
        let fields: Vec<&str> = told.rsplit_once(')')?.1.split_whitespace().collect();
        let [user, system] = [fields.get(13)?, fields.get(14)?];
        Some(TICK * (user.parse::<u32>().ok()? + system.parse::<u32>().ok()?))
    };
    children().unwrap_or_else(|| since.elapsed())
}

/// A scan, and what it took.
fn scan(sandbox: &Sandbox, arguments: &[&str]) -> (Run, Duration) {
    let _turn = TURN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let since = Instant::now();
    let before = spent(since);
    let run = sandbox.hfleaks(arguments);
    (run, spent(since).saturating_sub(before))
}

/// The shortest of a few scans of a file, without what a scan of nothing takes.
fn time(sandbox: &Sandbox, name: &str) -> Duration {
    let once = |name: &str| {
        let (run, time) = scan(sandbox, &["-q", "-j", "1", "--policy", name]);
        assert!(!has_failed(&run), "{run:?}");
        time
    };
    let scans = (0..3).map(|_| once(name)).min().unwrap();
    let nothing = (0..3).map(|_| once("nothing.txt")).min().unwrap();
    scans.saturating_sub(nothing)
}

/// Scans so many bytes of a text and [`LARGER`] times as many, and compares.
fn grows_with_its_length(name: &str, text: impl Fn(usize) -> String, bytes: usize) {
    let sandbox = Sandbox::new();
    sandbox.file("nothing.txt", "");
    let [short, long] = ["short", "long"].map(|size| format!("{size}/{name}"));
    sandbox
        .file(&short, text(bytes))
        .file(&long, text(bytes * usize::from(LARGER)));
    let growth = || {
        let [short, long] = [&short, &long].map(|name| time(&sandbox, name));
        long.div_duration_f64(short.max(Duration::from_millis(20)))
    };
    // Once is chance; what grows with the square of its length does so every time.
    let growths: Vec<f64> = (0..3)
        .map(|_| growth())
        .take_while(|it| *it > 2.5 * f64::from(LARGER))
        .collect();
    assert!(
        growths.len() < 3,
        "{name} of {LARGER} times the length takes {growths:?} times as long"
    );
}

/// The same text again and again.
fn again(text: &'static str) -> impl Fn(usize) -> String {
    move |bytes| text.repeat(bytes / text.len())
}

#[test]
fn texts_of_beginnings_grow_with_their_length() {
    grows_with_its_length("hf.txt", again("hf_"), 32 << 10);
    grows_with_its_length("oauth.txt", again("hf_oauth_eyJ.eyJ."), 32 << 10);
    grows_with_its_length(
        "near.txt",
        |bytes| {
            let near_miss = |seed| ["hf_", &letters(seed as u64, 33), " "].concat();
            (0..bytes / 37).map(near_miss).collect()
        },
        32 << 10,
    );
}

#[test]
fn one_line_of_anything_grows_with_its_length() {
    grows_with_its_length("letters.txt", |bytes| letters(7, bytes), 64 << 10);
    grows_with_its_length(
        "findings.txt",
        |bytes| {
            (0..bytes / 38)
                .map(|seed| token(seed as u64) + " ")
                .collect()
        },
        8 << 10,
    );
    grows_with_its_length(
        "allowed.txt",
        |bytes| {
            let line = |seed: usize| format!("{} # hfleaks:allow\n", token(seed as u64));
            (0..bytes / 53).map(line).collect()
        },
        8 << 10,
    );
}

#[test]
fn signs_of_encodings_grow_with_their_number() {
    for sign in [
        "aGZf",
        "686665",
        "%68%66",
        "&#104;&#102;",
        "\\x68\\x66",
        "\\u0068",
        "\"hf_\" + ",
        "\\",
    ] {
        grows_with_its_length("signs.txt", again(sign), 16 << 10);
    }
}

#[test]
fn what_the_policy_reads_grows_with_its_length() {
    let shell =
        |text: &'static str| move |bytes| format!("export HF_TOKEN=x\n{}", again(text)(bytes));
    grows_with_its_length(
        "a.sh",
        shell("if [ -n \"$x\" ]; then\n  echo \"$x\"\nfi\n"),
        16 << 10,
    );
    grows_with_its_length("b.sh", shell("a && "), 16 << 10);
    grows_with_its_length(
        "c.sh",
        |bytes| {
            let function =
                |number: usize| format!("f{number}() {{\n  g\n}}\nf{number} $HF_TOKEN\n");
            (0..bytes / 40).map(function).collect()
        },
        16 << 10,
    );
    let python =
        |text: &'static str| move |bytes| format!("HF_TOKEN = g()\n{}", again(text)(bytes));
    grows_with_its_length("a.py", python("x = f'{a} b {c!r:>{width}}'\n"), 8 << 10);
    grows_with_its_length("b.py", python("f("), 8 << 10);
    let workflow = |text: &'static str| {
        move |bytes| {
            format!(
                "on: push\nenv:\n  HF_TOKEN: x\njobs: {}",
                again(text)(bytes)
            )
        }
    };
    for text in ["[", "{a: ", "- ", "*a "] {
        grows_with_its_length(".github/workflows/a.yml", workflow(text), 16 << 10);
    }
}

#[test]
fn what_is_too_long_for_the_policy_is_told() {
    let sandbox = Sandbox::new();
    let long = "# hf_\nx = 1\n".repeat(200_000);
    sandbox.file("a.py", &long).file("a.sh", &long);
    let (run, _) = scan(&sandbox, &["--policy", "-q"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(
        run.stderr
            .contains("a.py: not read as Python: it is too long"),
        "{run:?}"
    );
    assert!(
        run.stderr
            .contains("a.sh: not read as a script: it is too long"),
        "{run:?}"
    );
}
