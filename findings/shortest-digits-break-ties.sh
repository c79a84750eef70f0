#!/usr/bin/env bash
# Rust 1.95.0's standard library prints another shortest decimal of an f64 than the crate ryu 1.0.20, Python 3 and JavaScript.
#
# 0.9999771118164063 and 0.9999771118164062 are equally near to the double 0.99997711181640625 and are both read back as it.
# Python's repr, JavaScript's String and ryu take the even last digit, `{:?}` of std takes the upper one. Such ties are common
# where float32 numbers are widened, as in logs of training: about 1 in 500 between 0.5 and 1. A CSV file that is written
# with `{}` or `{:?}` then differs from the one that Keras' CSVLogger writes for the same float32 losses.
#
# Seen: "std 0.9999771118164063, ryu 0.9999771118164062", "python 0.9999771118164062", "3906 of 2000000 differ".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cargo init --quiet --name ties .
echo 'ryu = "=1.0.20"' >>Cargo.toml
cat >src/main.rs <<'RUST'
fn ryu_of(value: f64) -> String {
    ryu::Buffer::new().format(value).to_string()
}

fn main() {
    let tie = 0.999_977_111_816_406_25_f64;
    println!("std {tie:?}, ryu {}", ryu_of(tie));
    let singles = (0..2_000_000u32).map(|i| f32::from_bits(0x3f00_0000 + i.wrapping_mul(4_194_301) % 0x80_0000));
    let differ = singles.map(f64::from).filter(|v| format!("{v:?}") != ryu_of(*v)).count();
    println!("{differ} of 2000000 differ");
}
RUST
cargo run --quiet --release | tee out
python3 -c 'print("python", 0.99997711181640625)' | tee -a out
grep -qx 'std 0.9999771118164063, ryu 0.9999771118164062' out
grep -qx '3906 of 2000000 differ' out
grep -qx 'python 0.9999771118164062' out
