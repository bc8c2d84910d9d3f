//! Makes the tree that `benches/tree.sh` measures on: the same bytes for the
//! same number of files, wherever it runs.
//!
//! `make_tree FOLDER FILES`. The sizes follow a Python installation's: most
//! files are a few kilobytes, a few are megabytes, and one in ten is binary.
//! One file in 500 has a token, made here and found nowhere else.

mod random;

use std::env;
use std::fs;
use std::path::PathBuf;

use random::Random;

/// A size in bytes: 2 to 10 kB for most, up to 4 MB for one in 250.
fn size(random: &mut Random) -> usize {
    let (least, spread) = match random.below(500) {
        0..=1 => (1_000_000, 3_000_000),
        2..=20 => (60_000, 100_000),
        21..=120 => (0, 1_500),
        _ => (1_500, 9_000),
    };
    least + random.below(spread)
}

const WORDS: [&str; 24] = [
    "def ", "self", "return ", "import ", "(", ")", ":\n    ", " = ", "model", "config", "\n",
    "\n\n", "token", "None", "for ", " in ", "tensor", ".shape", "[0]", ", ", "# the ", "\"hf\"",
    "if ", "_id",
];

fn main() {
    let mut arguments = env::args_os().skip(1);
    let usage = "usage: make_tree FOLDER FILES";
    let folder = PathBuf::from(arguments.next().expect(usage));
    let files = arguments
        .next()
        .and_then(|files| files.to_str()?.parse().ok());
    let files: usize = files.expect(usage);
    let mut random = Random::new(0x5eed_1e55_0f5e_c2e7);
    let text = text(&mut random);
    let bytes: Vec<u8> = (0..1 << 22)
        .map(|_| random.next().to_le_bytes()[3])
        .collect();
    for file in 0..files {
        let parent = folder.join(format!("{}/{}/{}", file % 7, file % 131, file % 1117 / 131));
        fs::create_dir_all(&parent).expect("the folder can be made");
        let size = size(&mut random);
        let (source, ending) = if random.below(10) == 0 {
            (&bytes, "so")
        } else {
            (&text, "py")
        };
        let start = random.below(source.len() / 4);
        let mut contents = source[start..]
            .iter()
            .copied()
            .cycle()
            .take(size)
            .collect::<Vec<u8>>();
        if random.below(500) == 0 {
            let place = random.below(contents.len() + 1);
            let token = format!("\n{}\n", random.token()).into_bytes();
            contents.splice(place..place, token);
        }
        let name = parent.join(format!("module_{file}.{ending}"));
        fs::write(name, contents).expect("the file can be written");
    }
}

/// A few megabytes that look like Python from afar.
fn text(random: &mut Random) -> Vec<u8> {
    let mut text = Vec::new();
    while text.len() < 1 << 22 {
        text.extend_from_slice(WORDS[random.below(WORDS.len())].as_bytes());
    }
    text
}
