//! Writes the catalog to the file that is named: `cargo run --example catalog -- pkg/catalog.json`.

use std::{env, fs, io};

fn main() -> io::Result<()> {
    let file = env::args_os()
        .nth(1)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "Name the file to write to."))?;
    fs::write(file, glassbox::experiment::catalog::to_json().to_string())
}
