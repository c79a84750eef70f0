//! Trains the lesson's network on handwritten zeros and ones and prints what Keras would print:
//! `npm run setup && cargo run --release --example train`.

use flate2::read::GzDecoder;
use glassbox::experiment::Experiment;
use glassbox::run::{Run, Set};
use std::error::Error;
use std::fs::File;
use std::io::Read;

const LESSON: &str = r#"{
    "data": "Digits01",
    "model": {"class_name": "Sequential", "config": {"layers": [
        {"class_name": "Dense", "config": {"units": 25, "activation": "sigmoid"}},
        {"class_name": "Dense", "config": {"units": 15, "activation": "sigmoid"}},
        {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}}
    ]}},
    "compile": {"optimizer": "adam", "loss": "binary_crossentropy", "metrics": ["accuracy"]},
    "fit": {"epochs": 20, "batch_size": 32, "validation_split": 0.2},
    "seed": 42
}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut digits = Vec::new();
    GzDecoder::new(File::open("www/public/data/digits01.bin")?).read_to_end(&mut digits)?;
    let mut run = Run::new(Experiment::read(LESSON)?, Some(&digits.into()))?;
    println!("{}", run.summary());
    while !run.fit().done() {
        run.epoch();
    }
    println!("{}", run.log());
    println!("Loss and accuracy on the test set:");
    for metric in run.evaluate(Set::Test) {
        println!("{metric:?}");
    }
    Ok(())
}
