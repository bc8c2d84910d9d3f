//! The yardstick of `benches/containers.sh` for notebooks: parses each with `serde_json`
//! into a value and drops it.
//!
//! `read_notebooks FOLDER`. Files are read by as many threads as hfleaks scans with.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde_json::Value;

/// The files of a folder and of its folders.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// How many cells a notebook has.
fn cells(path: &PathBuf) -> usize {
    let text = fs::read(path).expect("the file can be read");
    let notebook: Value = serde_json::from_slice(&text).expect("it is JSON");
    notebook["cells"].as_array().map_or(0, Vec::len)
}

fn main() {
    let folder = env::args_os().nth(1).expect("usage: read_notebooks FOLDER");
    let mut notebooks = Vec::new();
    files(Path::new(&folder), &mut notebooks);
    let cells: usize = notebooks.par_iter().map(cells).sum();
    println!("{cells}");
}
