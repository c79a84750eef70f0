"""Makes golden cases that nobody has seen: other models, data, weights, losses, optimizers, metrics.

    python new_cases.py 60 out [seed]     60 cases in the folder `out`
    KERAS_CASES=out cargo test --test keras_parity

Drawn from what the engine has so far: Dense, Activation, Flatten and Dropout(0); its activations,
initializers, losses with their options, optimizers, metrics; steps and fit.
"""

import json
import os
import random
import sys

import remake  # first: it sets Keras' backend
import keras
import numpy as np

ACTIVATIONS = ["linear", "sigmoid", "tanh", "relu", "softmax"]
INITIALIZERS = ["glorot_uniform", "glorot_normal", "he_uniform", "lecun_normal", "random_normal", "ones"]


def optimizer(pick):
    kind = pick.choice(["SGD", "RMSprop", "Adam", "default"])
    if kind == "default":
        return "default"
    args = {"learning_rate": pick.choice([0.3, 0.1, 0.01, 0.003]) if kind == "SGD" else pick.choice([0.02, 0.004])}
    if kind == "SGD":
        args.update(pick.choice([{}, {"momentum": 0.8}, {"momentum": 0.9, "nesterov": True}]))
    elif kind == "RMSprop":
        args.update(pick.choice([{}, {"rho": 0.7}, {"momentum": 0.4}, {"centered": True, "epsilon": 1e-4}]))
    else:
        args.update(pick.choice([{}, {"beta_1": 0.6, "beta_2": 0.9}, {"amsgrad": True}, {"epsilon": 1e-3}]))
    return {"class": kind, "args": args}


def objective(pick, n_out):
    """A loss, the last activation, how targets are drawn, metrics."""
    reduction = pick.choice([{}, {}, {"reduction": "sum"}])
    kind = pick.choice(["mse", "bce", "cce", "scce"] if n_out > 1 else ["mse", "bce"])
    logits = pick.random() < 0.4
    if kind == "mse":
        return {"class": "MeanSquaredError", "args": reduction}, pick.choice(ACTIVATIONS[:4]), "numbers", ["mae", "mse"]
    args = {"from_logits": True, **reduction} if logits else dict(reduction)
    if kind == "bce":
        args.update(pick.choice([{}, {"label_smoothing": 0.1}]))
        return {"class": "BinaryCrossentropy", "args": args}, "linear" if logits else "sigmoid", "bits", ["accuracy"]
    last = "linear" if logits else "softmax"
    if kind == "cce":
        args.update(pick.choice([{}, {"label_smoothing": 0.2}]))
        return {"class": "CategoricalCrossentropy", "args": args}, last, "one_hot", ["accuracy"]
    return {"class": "SparseCategoricalCrossentropy", "args": args}, last, "classes", ["accuracy"]


def case(number, pick, draw):
    n_in, n_out = pick.choice([1, 2, 3, 5, 8, 13]), pick.choice([1, 1, 2, 3, 7])
    loss, last, targets, metrics = objective(pick, n_out)
    shape = pick.choice([(n_in,), (n_in,), (2, n_in)])
    layers = [keras.Input(shape)]
    for _ in range(pick.choice([0, 1, 2, 3])):
        act = pick.choice(ACTIVATIONS)
        init = pick.choice(INITIALIZERS)
        units = pick.choice([1, 2, 4, 7, 9, 16])
        apart = pick.random() < 0.2
        layers.append(keras.layers.Dense(
            units, None if apart else act, use_bias=pick.random() < 0.85, kernel_initializer=init,
            bias_initializer=pick.choice(["zeros", "random_uniform"]),
        ))
        if apart:
            layers.append(keras.layers.Activation(act))
    if len(shape) == 2:
        layers.append(keras.layers.Flatten())
    layers.append(keras.layers.Dense(n_out, last))
    if pick.random() < 0.2:
        layers.append(keras.layers.Dropout(0.0))
    model = keras.Sequential(layers)
    n, batch = pick.choice([9, 14, 23]), pick.choice([1, 4, 5, 32])
    x = draw.normal(size=(n, *shape)).round(3).astype("float32")
    y = {
        "numbers": lambda: draw.normal(size=(n, n_out)).round(3).astype("float32"),
        "bits": lambda: draw.integers(0, 2, size=(n, n_out)).astype("float32"),
        "one_hot": lambda: np.eye(n_out, dtype="float32")[draw.integers(0, n_out, n)],
        "classes": lambda: draw.integers(0, n_out, size=(n, 1)).astype("int32"),
    }[targets]()
    weighted = pick.random() < 0.25
    result = {
        "schema": 1, "name": f"new_{number:03}", "group": "new", "note": "", "ref_backend": "tensorflow",
        "model_config": json.loads(model.to_json()),
        "compile": {
            "optimizer": optimizer(pick), "loss": loss, "metrics": metrics,
            "weighted_metrics": metrics[:1] if weighted and pick.random() < 0.5 else [],
        },
        "batch_size": batch, "x": remake.pack(x), "y": remake.pack(y),
        "sample_weight": remake.pack(draw.uniform(0.2, 2, n).round(3).astype("float32")) if weighted else None,
        "weights_init": [remake.pack(w, path=w.path, trainable=w.trainable) for w in model.weights],
    }
    if pick.random() < 0.35:
        split = pick.choice([{}, {"validation_split": 0.3}])
        result.update(mode="fit", fit={"epochs": 3, **split}, callbacks=[])
    else:
        starts = [k * batch % n for k in range(6)] if batch < n else [0] * 4
        rows = [[s, min(s + batch, n)] for s in starts]
        result.update(mode="steps", grad_step0=True, steps=[{"rows": r} for r in rows])
    result = remake.run(result)
    return {**result, "noise": {"tensorflow_float64": remake.noise(result)}}


def main(count, folder, seed="1"):
    os.makedirs(folder, exist_ok=True)
    for number in range(int(count)):
        pick = random.Random(f"{seed}-{number}")
        draw = np.random.default_rng([int(seed), number])
        keras.utils.set_random_seed(pick.randrange(10**6))
        with open(os.path.join(folder, f"new_{number:03}.json"), "w") as out:
            json.dump(case(number, pick, draw), out)


if __name__ == "__main__":
    main(*sys.argv[1:])
