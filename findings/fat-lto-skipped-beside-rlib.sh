#!/usr/bin/env bash
# cargo 1.95.0 drops `lto = "fat"` from a library with crate-type ["cdylib", "rlib"], without a warning.
#
# This is the usual manifest of a wasm package: cdylib for wasm-bindgen, rlib for the integration tests. cargo passes no -C lto
# for it, and the shipped file is made without link-time optimization, whatever the profile says. With ["cdylib"] alone
# the same profile is obeyed, and the file that is linked differs. (Sizes of wasm that were compared "with fat LTO" and
# "with lto = false" in such a package are then equal for this reason.)
#
# Seen: "cdylib, rlib: 0 of 1 calls of rustc have lto", "cdylib: 1 of 1 calls of rustc have lto", no line with "warning".
set -euo pipefail
cargo --version | grep -q '^cargo 1\.95\.0 ' || { echo "This needs cargo 1.95.0."; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >src/lib.rs <<'RUST'
#[unsafe(no_mangle)]
pub extern "C" fn digits(number: u32) -> usize {
    itoa::Buffer::new().format(number).len()
}
RUST
for types in '"cdylib", "rlib"' '"cdylib"'; do
    cat >Cargo.toml <<TOML
[package]
name = "shipped"
version = "0.1.0"
edition = "2024"

[lib]
crate-type = [$types]

[dependencies]
itoa = "=1.0.15"

[profile.release]
lto = "fat"
codegen-units = 1
TOML
    rm -rf target
    cargo build --release --verbose 2>log
    calls=$(grep -c 'Running.*--crate-name shipped' log)
    with=$(grep 'Running.*--crate-name shipped' log | grep -cE -- '-C lto( |=)' || true)
    echo "${types//\"/}: $with of $calls calls of rustc have lto" | tee -a out
    if grep -i warning log; then exit 1; fi
done
grep -qx 'cdylib, rlib: 0 of 1 calls of rustc have lto' out
grep -qx 'cdylib: 1 of 1 calls of rustc have lto' out
