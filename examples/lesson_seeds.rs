//! The lesson's run from many seeds, held to the issue's bounds:
//! `gzip -dc www/public/data/digits01.bin > digits01`, then
//! `cargo run --release --example lesson_seeds -- digits01 [seeds]`.

use glassbox::experiment::Experiment;
use glassbox::run::{Run, Set};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

/// The published lab: all 1,000 rows train, none validate.
fn experiment(seed: u32) -> String {
    let dense = |units: u32| {
        format!(
            r#"{{"class_name": "Dense", "config": {{"units": {units}, "activation": "sigmoid"}}}}"#
        )
    };
    format!(
        r#"{{"data": "Digits01", "seed": {seed},
            "model": {{"layers": [{}, {}, {}]}},
            "compile": {{"loss": "binary_crossentropy", "metrics": ["accuracy"],
                "optimizer": {{"class_name": "Adam", "config": {{"learning_rate": 0.001}}}}}},
            "fit": {{"epochs": 20, "batch_size": 32}}}}"#,
        dense(25),
        dense(15),
        dense(1)
    )
}

/// What is printed of a run.
#[derive(Clone, Debug)]
struct Figures {
    first_loss: f64,
    last_loss: f64,
    /// As `fit` logs it: over the last epoch's batches, each before its update.
    logged_accuracy: f64,
    /// After the last update.
    accuracy: f64,
    test_accuracy: f64,
}

fn train(seed: u32, digits: &[u8]) -> Figures {
    let experiment = Experiment::read(&experiment(seed)).unwrap_or_else(|r| panic!("{r}"));
    let mut run = Run::new(experiment, Some(digits)).unwrap_or_else(|r| panic!("{r}"));
    while !run.fit().done() {
        run.epoch();
    }
    assert!(run.trouble().is_none(), "seed {seed}: {:?}", run.trouble());
    let column = |name: &str| {
        let names = run.fit().names();
        let i = names.iter().position(|n| n == name).unwrap_or(0);
        let rows = run.fit().history().chunks_exact(names.len());
        rows.map(|row| row[i]).collect::<Vec<f64>>()
    };
    let (losses, accuracies) = (column("loss"), column("accuracy"));
    Figures {
        first_loss: losses[0],
        last_loss: losses[19],
        logged_accuracy: accuracies[19],
        accuracy: run.evaluate(Set::Train)[1],
        test_accuracy: run.evaluate(Set::Test)[1],
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else {
        eprintln!(
            "Give the inflated digits01 file: gzip -dc www/public/data/digits01.bin > digits01"
        );
        std::process::exit(2);
    };
    let digits = std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let n: u32 = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(100);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (start, next) = (Instant::now(), AtomicU32::new(0));
    let work = || {
        let mut done = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= n {
                return done;
            }
            done.push((seed, train(seed, &digits)));
        }
    };
    let mut all: Vec<(u32, Figures)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|w| w.join().unwrap_or_default())
            .collect()
    });
    all.sort_by_key(|(seed, _)| *seed);
    let seconds = start.elapsed().as_secs_f64();
    println!("{n} runs of 20 epochs in {seconds:.1} s on {threads} threads");
    report("loss of epoch 1", &all, |f| f.first_loss);
    report("loss of epoch 20", &all, |f| f.last_loss);
    report("training accuracy, as logged", &all, |f| f.logged_accuracy);
    report("training accuracy, at the end", &all, |f| f.accuracy);
    report("test accuracy", &all, |f| f.test_accuracy);
    let count = |holds: fn(&Figures) -> bool| all.iter().filter(|(_, f)| holds(f)).count();
    let middle = median(&all, |f| f.first_loss);
    println!(
        "median loss of epoch 1 within 0.5 ... 0.7: {}",
        (0.5..=0.7).contains(&middle)
    );
    println!(
        "loss of epoch 20 below 0.05: {} of {n}",
        count(|f| f.last_loss < 0.05)
    );
    for (seed, figures) in all.iter().filter(|(_, f)| f.last_loss >= 0.05) {
        println!("  not seed {seed}: {:.4}", figures.last_loss);
    }
    println!(
        "training accuracy from 99 %, as logged: {} of {n}",
        count(|f| f.logged_accuracy >= 0.99)
    );
    println!(
        "training accuracy from 99 %, at the end: {} of {n}",
        count(|f| f.accuracy >= 0.99)
    );
    let tested = median(&all, |f| f.test_accuracy);
    println!("median test accuracy from 99 %: {}", tested >= 0.99);
}

fn sorted(all: &[(u32, Figures)], figure: fn(&Figures) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = all.iter().map(|(_, f)| figure(f)).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn median(all: &[(u32, Figures)], figure: fn(&Figures) -> f64) -> f64 {
    let values = sorted(all, figure);
    (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0
}

fn report(name: &str, all: &[(u32, Figures)], figure: fn(&Figures) -> f64) {
    let values = sorted(all, figure);
    println!(
        "{name}: median {:.4}, from {:.4} to {:.4}",
        median(all, figure),
        values[0],
        values[values.len() - 1]
    );
}
