//! Writes the history that `benches/history.sh` measures on, as a stream for `git
//! fast-import`: the same bytes for the same numbers, wherever it runs.
//!
//! `make_history COMMITS TOKENS | git fast-import`. There are 5,000 files in 250
//! folders, of 6 kB on average; a commit changes a few lines in two or three of
//! them, and one commit in ten merges a branch. The tokens, made here and found
//! nowhere else, come and go in the files, each in a version of its own.

mod random;

use std::env;
use std::io::{self, BufWriter, Write};

use random::Random;

/// A line of words, and a number that makes it another than the others.
fn line(random: &mut Random) -> String {
    const WORDS: [&str; 16] = [
        "def", "self", "return", "import", "model", "config", "token", "None", "tensor", "for",
        "in", "range(", "shape", "[0]", "=", "#",
    ];
    let words = 3 + random.below(9);
    let mut line = format!("{:x}", random.below(1 << 20));
    for _ in 0..words {
        line.push(' ');
        line.push_str(WORDS[random.below(WORDS.len())]);
    }
    line
}

const FILES: usize = 5000;
const FOLDERS: usize = 250;

fn main() -> io::Result<()> {
    let usage = "usage: make_history COMMITS TOKENS";
    let mut numbers = env::args()
        .skip(1)
        .map(|argument| argument.parse().expect(usage));
    let commits: usize = numbers.next().expect(usage);
    let tokens: usize = numbers.next().expect(usage);
    let mut random = Random::new(0x2545_f491_4f6c_dd1d);
    let mut files: Vec<Vec<String>> = (0..FILES)
        .map(|_| {
            (0..20 + random.below(260))
                .map(|_| line(&mut random))
                .collect()
        })
        .collect();
    let mut out = BufWriter::new(io::stdout().lock());
    let mut left = tokens;
    for commit in 0..commits {
        let message = format!("change {commit}\n\n{}\n", line(&mut random));
        let time = 1_500_000_000 + commit * 600;
        writeln!(out, "commit refs/heads/main\nmark :{}", commit + 1)?;
        writeln!(
            out,
            "committer A <a@example.org> {time} +0000\ndata {}\n{message}",
            message.len()
        )?;
        if commit > 0 {
            writeln!(out, "from :{commit}")?;
        }
        if commit > 10 && commit % 10 == 0 {
            writeln!(out, "merge :{}", commit - 3)?;
        }
        let changed: Vec<usize> = match commit {
            0 => (0..FILES).collect(),
            _ => (0..2 + random.below(2))
                .map(|_| random.below(FILES))
                .collect(),
        };
        for file in changed {
            let lines = &mut files[file];
            for _ in 0..=random.below(4) {
                let place = random.below(lines.len());
                lines[place] = line(&mut random);
            }
            // As many tokens as there are, spread over the commits.
            let due = tokens * (commit + 1) / commits;
            if tokens - left < due {
                left -= 1;
                let place = random.below(lines.len());
                lines[place] = format!("login('{}')", random.token());
            }
            let text = lines.join("\n");
            let folder = file % FOLDERS;
            writeln!(
                out,
                "M 644 inline pkg{:02}/part{folder:03}/file{file:04}.py",
                folder % 16
            )?;
            writeln!(out, "data {}\n{text}", text.len())?;
        }
    }
    writeln!(out, "done")?;
    out.flush()
}
