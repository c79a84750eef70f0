//! Writes what only people read of the catalog, which the wasm leaves out, to the file that is named:
//! `cargo run --example texts -- pkg/texts.json`.

use std::{env, fs, io};

fn main() -> io::Result<()> {
    let file = env::args_os()
        .nth(1)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "Name the file to write to."))?;
    fs::write(file, glassbox::experiment::catalog::texts().to_string())
}
