//! The yardstick of `benches/containers.sh` for Parquet: unpacks the pages of all
//! columns of bytes with the library that hfleaks uses, and does nothing with them.
//!
//! `read_parquet FILE…`. Files are read by as many threads as hfleaks scans with.

use std::env;
use std::ffi::OsString;
use std::fs::File;

use parquet::basic::Type;
use parquet::column::page::PageReader;
use parquet::file::reader::{FileReader, SerializedFileReader};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

/// How many bytes the pages of a file unpack to.
fn unpacked(path: &OsString) -> usize {
    let file = File::open(path).expect("the file can be opened");
    let file = SerializedFileReader::new(file).expect("it is a Parquet file");
    let mut bytes = 0;
    for group in 0..file.num_row_groups() {
        let group = file.get_row_group(group).expect("the footer lists it");
        for column in 0..group.num_columns() {
            let kind = group.metadata().column(column).column_type();
            if matches!(kind, Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY) {
                let pages = group.get_column_page_reader(column);
                bytes += length(pages.expect("the footer lists it").as_mut());
            }
        }
    }
    bytes
}

fn length(pages: &mut dyn PageReader) -> usize {
    let mut bytes = 0;
    while let Some(page) = pages.get_next_page().expect("pages can be unpacked") {
        bytes += page.buffer().len();
    }
    bytes
}

fn main() {
    let files: Vec<OsString> = env::args_os().skip(1).collect();
    let bytes: usize = files.par_iter().map(unpacked).sum();
    println!("{bytes}");
}
