//! A step opened up: its bits are those of the trained one, its gradients agree with differences of its
//! loss, and what it shows of a layer hangs together.

#![cfg(not(target_arch = "wasm32"))]

use glassbox::experiment::Experiment;
use glassbox::numerics::rng::Stream;
use glassbox::run::Run;
use glassbox::run::trace::Trace;
use serde_json::{Value as Json, json};

fn layer(class: &str, config: &Json) -> Json {
    json!({"class_name": class, "config": config})
}

fn dense(units: usize, activation: &str) -> Json {
    layer("Dense", &json!({"units": units, "activation": activation}))
}

fn run(data: &str, layers: &Json, optimizer: &Json) -> Run {
    let text = json!({
        "data": layer(data, &json!({"n": 120})),
        "model": {"layers": layers},
        "compile": {"optimizer": optimizer, "loss": "binary_crossentropy", "metrics": ["accuracy"]},
        "fit": {"epochs": 6, "batch_size": 13, "validation_split": 0.2},
        "seed": 6
    });
    Run::new(Experiment::read(&text.to_string()).unwrap(), None).unwrap()
}

/// A network of each kind, created at each call.
fn networks() -> Vec<(&'static str, Run)> {
    let adam = json!("adam");
    let momentum = layer("SGD", &json!({"learning_rate": 0.1, "momentum": 0.9}));
    let image = layer("Reshape", &json!({"target_shape": [5, 5, 1]}));
    let conv = json!({"filters": 3, "kernel_size": 2, "activation": "relu"});
    let sequence = layer("Reshape", &json!({"target_shape": [2, 1]}));
    let dropout = layer("Dropout", &json!({"rate": 0.3}));
    let moments = layer("BatchNormalization", &json!({}));
    let last = dense(1, "sigmoid");
    vec![
        (
            "dense",
            run(
                "Spiral",
                &json!([dense(7, "tanh"), dense(5, "gelu"), last]),
                &momentum,
            ),
        ),
        (
            "dropout",
            run(
                "Moons",
                &json!([dense(9, "relu"), dropout, dense(4, "sigmoid"), last]),
                &adam,
            ),
        ),
        (
            "cnn",
            run(
                "Circle",
                &json!([
                    dense(25, "tanh"),
                    image,
                    layer("Conv2D", &conv),
                    layer("MaxPooling2D", &json!({})),
                    layer("Flatten", &json!({})),
                    last
                ]),
                &json!("rmsprop"),
            ),
        ),
        (
            "lstm",
            run(
                "Xor",
                &json!([sequence, layer("LSTM", &json!({"units": 5})), last]),
                &adam,
            ),
        ),
        (
            "batch normalization",
            run(
                "Gaussians",
                &json!([dense(8, "linear"), moments, dense(3, "elu"), last]),
                &adam,
            ),
        ),
    ]
}

/// The run at its start, trained to batch `moment`.
fn at(which: usize, moment: u32) -> Run {
    let (_, mut run) = networks().swap_remove(which);
    (0..moment).for_each(|_| run.step());
    run
}

#[test]
fn bits_of_a_traced_step_are_those_of_the_trained_one() {
    let mut stream = Stream::new(31, 0);
    for which in 0..networks().len() {
        let (name, mut whole) = networks().swap_remove(which);
        while !whole.fit().done() {
            whole.step();
        }
        for _ in 0..20 {
            let moment = stream.below(whole.steps() as u32);
            let (mut trained, mut traced) = (at(which, moment), at(which, moment));
            let before: Vec<f32> = trained.model().weights().collect();
            trained.step();
            let trace = traced.trace();
            assert_eq!(
                traced.checkpoint(),
                trained.checkpoint(),
                "{name} at {moment}"
            );
            assert_eq!(trace.before, before, "{name} at {moment}");
            let after: Vec<f32> = trained.model().weights().collect();
            assert_eq!(trace.after, after, "{name} at {moment}");
            assert_eq!(
                trained.fit().batch_losses().numbers().last(),
                Some(&trace.loss)
            );
            let looked = traced.checkpoint();
            traced.difference(3, 0.01);
            traced.loss_with(&trace.before);
            assert_eq!(
                traced.checkpoint(),
                looked,
                "{name}: looking changed the run"
            );
        }
        assert_eq!(whole.trace(), Trace::default(), "{name} is over");
    }
}

/// In every architecture, for every weight of one batch: (L(w + h) - L(w - h)) / 2h.
#[test]
fn oracle_gradients_agree_with_differences_of_the_loss() {
    const H: f32 = 1.0 / 128.0;
    for which in 0..networks().len() {
        let (name, _) = networks().swap_remove(which);
        let gradients = at(which, 11).trace().gradients;
        let mut run = at(which, 11);
        let mut compared = 0;
        // Where relu or max pooling turn a corner between w - h and w + h, the two differ honestly.
        let mut corners = 0;
        for (i, g) in gradients.iter().enumerate() {
            let Some(difference) = run.difference(i, H) else {
                continue;
            };
            let off = (difference.slope() - f64::from(*g)).abs();
            // h^2 times a third derivative, and a rounded loss divided by h.
            if off > 2e-4 + 2e-3 * f64::from(g.abs()) {
                corners += 1;
            }
            compared += 1;
        }
        let frozen = gradients.len() - run.model().trainable().len();
        assert_eq!(compared + frozen, gradients.len(), "{name}");
        let allowed = if ["cnn", "dropout"].contains(&name) {
            compared / 5
        } else {
            0
        };
        assert!(corners <= allowed, "{name}: {corners} of {compared} differ");
    }
}

/// delta = (W' delta of the layer above) f'(z); dL/dW = a' delta; summed from the first to the last, to the bit.
#[test]
fn bits_of_what_a_trace_shows_hang_together() {
    let trace = at(0, 17).trace();
    let run = at(0, 17);
    let batch = run.next_batch();
    assert_eq!(trace.rows.len(), batch.t.len());
    let kernels: Vec<&[f32]> = {
        let table = run.model().table().iter().filter(|p| p.name() == "kernel");
        table.map(|p| run.model().param(p)).collect()
    };
    let [first, second, last] = &trace.layers[..] else {
        panic!("three layers");
    };
    for (below, above, kernel) in [(first, second, kernels[1]), (second, last, kernels[2])] {
        let rows = trace.rows.len();
        let (n, m) = (below.a.len() / rows, above.a.len() / rows);
        for (i, delta) in below.delta.iter().enumerate() {
            let (row, unit) = (i / n, i % n);
            let mut sum = 0.0f32;
            for k in 0..m {
                sum += kernel[unit * m + k] * above.delta[row * m + k];
            }
            let wanted = sum * below.slope[i];
            assert!(
                (delta - wanted).abs() <= 2e-7 * wanted.abs().max(1e-3),
                "{delta} {wanted}"
            );
        }
    }
    // The gradient of the first kernel.
    let (rows, units) = (trace.rows.len(), 7);
    for at in 0..2 * units {
        let (from, unit) = (at / units, at % units);
        let mut sum = 0.0f32;
        for row in 0..rows {
            sum += batch.x.all()[row * 2 + from] * first.delta[row * units + unit];
        }
        assert_eq!(trace.gradients[at], sum, "kernel [{from}, {unit}]");
    }
}

#[test]
fn reaches_what_the_optimizer_remembers() {
    let trace = at(1, 5).trace();
    let [(m, m_after), (v, v_after)] = &trace.slots[..] else {
        panic!("Adam remembers two numbers of each weight");
    };
    assert_eq!(
        at(1, 5).trainer().optimizer().names()[..2],
        ["momentum", "velocity"]
    );
    // Each row's own loss, of which the batch's is the mean.
    let mean = trace.terms.iter().sum::<f32>() / trace.rows.len() as f32;
    assert!(trace.at_logits && trace.terms.len() == trace.rows.len());
    assert!((mean - trace.loss).abs() < 1e-6, "{mean} {}", trace.loss);
    assert_eq!(trace.update, 6);
    let power = |beta: f64| (0..trace.update).fold(1.0, |all, _| all * beta);
    for i in 0..trace.gradients.len() {
        let g = trace.gradients[i];
        let close = |a: f32, b: f64| (f64::from(a) - b).abs() <= 1e-6 * b.abs() + 1e-12;
        assert!(close(
            m_after[i],
            f64::from(m[i]) * 0.9 + 0.1 * f64::from(g)
        ));
        let square = f64::from(v[i]) * 0.999 + 0.001 * f64::from(g) * f64::from(g);
        assert!(close(v_after[i], square));
        let rate =
            f64::from(trace.learning_rate) * (1.0 - power(0.999)).sqrt() / (1.0 - power(0.9));
        let step = rate * f64::from(m_after[i]) / (f64::from(v_after[i]).sqrt() + 1e-7);
        let moved = f64::from(trace.before[i]) - step;
        assert!((f64::from(trace.after[i]) - moved).abs() <= 2e-7 * (1.0 + moved.abs()));
    }
}

/// A golden case as an experiment: its rows in its text, its first weights set by hand.
fn golden_case(case: &Json) -> String {
    let class = |c: &Json| json!({"class_name": c["class"], "config": c["args"]});
    let weights = case["weights_init"].as_array().unwrap().iter();
    let path = |w: &Json| {
        w["path"]
            .as_str()
            .unwrap()
            .split_once('/')
            .unwrap()
            .1
            .to_string()
    };
    let edits = weights.map(|w| json!({"path": path(w), "values": w["data"]}));
    json!({
        "data": {"class_name": "Numbers", "config": {
            "x": case["x"]["data"], "y": case["y"]["data"], "shape": case["x"]["shape"][1]}},
        "model": {"class_name": "Sequential", "config": case["model_config"]["config"]},
        "compile": {
            "optimizer": class(&case["compile"]["optimizer"]), "loss": class(&case["compile"]["loss"]),
            "metrics": case["compile"]["metrics"]},
        "fit": {"batch_size": case["batch_size"], "shuffle": false},
        "seed": 0,
        "start": {"weights": edits.collect::<Vec<_>>()},
    })
    .to_string()
}

#[test]
fn oracle_keras_first_gradients_and_weights() {
    let case = include_str!("keras/cases/seed_dense_25_15_1_sigmoid_adam.json");
    let case: Json = serde_json::from_str(case).unwrap();
    let mut run = Run::new(Experiment::read(&golden_case(&case)).unwrap(), None).unwrap();
    let trace = run.trace();
    let wanted = |name: &str| -> Vec<f64> {
        let arrays = case[name].as_array().unwrap().iter();
        arrays
            .flat_map(|a| a["data"].as_array().unwrap())
            .map(|v| v.as_f64().unwrap())
            .collect()
    };
    for (name, got) in [
        ("weights_init", &trace.before),
        ("grad_step0", &trace.gradients),
        ("weights_step1", &trace.after),
    ] {
        let wanted = wanted(name);
        assert_eq!(wanted.len(), got.len(), "{name}");
        for (i, (got, wanted)) in got.iter().zip(wanted).enumerate() {
            let off = (f64::from(*got) - wanted).abs();
            assert!(
                off <= 2e-6 + 2e-5 * wanted.abs(),
                "{name} [{i}]: {got}, in Keras {wanted}"
            );
        }
    }
    let loss = case["steps"][0]["logs"]["loss"].as_f64().unwrap();
    assert!((f64::from(trace.loss) - loss).abs() <= 2e-6 + 2e-5 * loss);
}
