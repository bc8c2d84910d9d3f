//! What a byte costs by what it is: the same scanner over a mebibyte of ordinary text, of
//! text made to be dear, and of containers. `cargo bench --bench parts` prints times and
//! rates; benches/all.sh compares whole commands with ripgrep and git.

use std::fmt::Write as _;
use std::io::Write as _;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use hfleaks::{Config, Scanner};

fn main() {
    divan::main();
}

const SIZE: usize = 1 << 20;

/// Letters that look random, the same for the same seed.
fn letters(seed: u64, count: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let letter = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        char::from(letters[usize::try_from(state >> 33).unwrap_or(0) % letters.len()])
    };
    (0..count).map(letter).collect()
}

/// So many bytes of one piece again and again.
fn filled(piece: &str) -> Vec<u8> {
    piece.bytes().cycle().take(SIZE).collect()
}

fn source() -> Vec<u8> {
    filled("def forward(self, hidden_states, attention_mask=None):\n    return self.model(x)\n")
}

/// A token in every line.
fn tokens() -> Vec<u8> {
    let mut text = String::new();
    for seed in 0.. {
        let _ = writeln!(text, "login(token='hf_{}')", letters(seed, 34));
        if text.len() > SIZE / 16 {
            break;
        }
    }
    text.into_bytes()
}

fn gzip() -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&source()).expect("memory takes it");
    packed.finish().expect("memory takes it")
}

fn notebook() -> Vec<u8> {
    let mut cells = String::new();
    while cells.len() < SIZE {
        let line = "x = model.forward(inputs)\\n";
        let _ = write!(
            cells,
            "{{\"cell_type\":\"code\",\"source\":[\"{line}\"],\"outputs\":[],\"metadata\":{{}}}},"
        );
    }
    cells.pop();
    format!("{{\"cells\":[{cells}],\"metadata\":{{}},\"nbformat\":4}}").into_bytes()
}

#[divan::bench(args = [
    ("source", "a.py", source as fn() -> Vec<u8>),
    ("letters and digits", "a.txt", || filled("aB3dEf9hIjK1mNoPq")),
    ("beginnings of tokens", "a.txt", || filled("hf_")),
    ("near misses", "a.txt", || filled("hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456 ")),
    ("signs of escapes", "a.txt", || filled("\"\\u0068f")),
    ("a run of base64", "a.txt", || filled("aGVsbG8gd29ybGQg")),
    ("tokens", "a.py", tokens),
    ("gzip", "a.gz", gzip),
    ("notebook", "a.ipynb", notebook),
])]
fn scan(bencher: Bencher<'_, '_>, (_, name, make): (&str, &str, fn() -> Vec<u8>)) {
    let scanner = Scanner::new(Config::default());
    let bytes = make();
    bencher
        .counter(BytesCount::new(bytes.len()))
        .bench(|| black_box(scanner.scan_bytes(name, &bytes)));
}

/// The policy's documents: a parser reads all of them.
#[divan::bench(args = [
    ("workflow", ".github/workflows/a.yml", "      - run: echo $HF_TOKEN | wc -c\n"),
    ("script", "a.sh", "hf upload a/b . --revision \"$HF_TOKEN\"\n"),
    ("Python", "a.py", "print(os.environ['HF_TOKEN'][:3], model(x))\n"),
])]
fn policy(bencher: Bencher<'_, '_>, (_, name, line): (&str, &str, &str)) {
    let request = hfleaks::Request {
        options: hfleaks::options::Options {
            policy: Some(true),
            ..Default::default()
        },
        config: hfleaks::config::ConfigChoice::Nothing,
        ..Default::default()
    };
    let scanner = Scanner::new(Config::resolve(request).expect("nothing is wrong with it"));
    let head = if name.ends_with("yml") {
        "on: push\njobs:\n  a:\n    steps:\n"
    } else {
        ""
    };
    let bytes = [head, &line.repeat(1000)].concat();
    bencher
        .counter(BytesCount::new(bytes.len()))
        .bench(|| black_box(scanner.scan_bytes(name, bytes.as_bytes())));
}
