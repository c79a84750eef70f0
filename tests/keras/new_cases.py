"""Makes golden cases that nobody has seen: other models, data, weights, losses, optimizers, metrics.

    python new_cases.py 60 out [seed]     60 cases in the folder `out`
    KERAS_CASES=out cargo test --test keras_parity

    python new_cases.py drawn out.json [seed] [part of a class name]     layers that draw in training
    KERAS_SEEDED=out.json cargo test --test keras_parity

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


def either(pick, low, high):
    """A factor: one number, or a pair."""
    a, b = sorted(round(pick.uniform(low, high), 3) for _ in range(2))
    return pick.choice([abs(b) or 0.1, (a, b)])


def where(pick):
    return {"fill_mode": pick.choice(["reflect", "wrap", "constant", "nearest"]), "fill_value": pick.choice([0.0, 1.5]),
            "interpolation": pick.choice(["bilinear", "bilinear", "nearest"])}


def sides(pick):
    return {"height": pick.randint(1, 9), "width": pick.randint(1, 9)}


def resizing(pick):
    keep = pick.choice([{}, {}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True, "fill_value": pick.choice([0.0, 2.5])}])
    return {**sides(pick), **keep, "interpolation": pick.choice(["bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5"]),
            "antialias": pick.random() < 0.5}


IMAGE_LAYERS = {
    "RandomFlip": lambda p: p.choice([{}, {"mode": "horizontal"}, {"mode": "vertical"}]),
    "RandomRotation": lambda p: {"factor": either(p, -1, 1), **where(p)},
    "RandomZoom": lambda p: {"height_factor": either(p, -0.8, 1), **where(p), **p.choice([{}, {"width_factor": either(p, -0.8, 1)}])},
    "RandomTranslation": lambda p: {"height_factor": either(p, -1, 1), "width_factor": either(p, -1, 1), **where(p)},
    "RandomShear": lambda p: {"x_factor": either(p, 0, 0.9), "y_factor": either(p, 0, 0.9), **where(p)},
    "RandomCrop": sides,
    "RandomContrast": lambda p: {"factor": either(p, 0, 1), "value_range": p.choice([(0, 255), (-1.0, 2.0)])},
    "RandomBrightness": lambda p: {"factor": either(p, -1, 1), "value_range": p.choice([(0, 255), (-1.0, 2.0)])},
    "RandomErasing": lambda p: p.choice([{}, {"factor": either(p, 0, 1)}, {"scale": either(p, 0.01, 0.9), "fill_value": 0.7}]),
    "Resizing": resizing,
    "CenterCrop": sides,
}


def image_model(name, pick):
    """An image, a layer with weights, the layer in question, and what brings it to one number."""
    options = IMAGE_LAYERS[name](pick)
    first = pick.random() < 0.3
    if first:
        options["data_format"] = "channels_first"
    seed = pick.choice([{}, {"seed": pick.randrange(10**6)}]) if name not in ("Resizing", "CenterCrop") else {}
    shape = (pick.randint(1, 3), *(pick.randint(1, 8) for _ in range(2))) if first else (*(pick.randint(1, 8) for _ in range(2)), pick.randint(1, 3))
    # In this order: each draws its seed when it is made.
    before, layer = keras.layers.Dense(shape[-1]), getattr(keras.layers, name)(**options, **seed)
    return shape, [before, layer, keras.layers.Flatten(), keras.layers.Dense(1)]


def recurrent_model(name, pick):
    options = {"dropout": pick.choice([0.0, 0.3, 0.3, 1.0]), "recurrent_dropout": pick.choice([0.0, 0.4, 0.4, 0.4, 1.0]), "return_sequences": pick.random() < 0.5,
               "go_backwards": pick.random() < 0.3, **pick.choice([{}, {"seed": pick.randrange(10**6)}])}
    if name == "SimpleRNN":  # Keras 3.15.1 does not save its seed
        options.pop("seed", None)
    if name == "GRU":
        options["reset_after"] = pick.random() < 0.5
    make = lambda: getattr(keras.layers, name)(pick.randint(1, 5), **options)
    both = pick.random() < 0.3 and not options["go_backwards"]
    before = keras.layers.Dense(3)
    layer = keras.layers.Bidirectional(make()) if both else make()
    return (pick.randint(1, 5), pick.randint(1, 4)), [before, layer, keras.layers.Flatten(), keras.layers.Dense(1)]


def drawn(name, pick, draw):
    """A model with first weights, what it gives in three training calls and when predicting, and a step after."""
    own = pick.randrange(2**32)
    keras.utils.set_random_seed(own)
    shape, layers = (image_model if name in IMAGE_LAYERS else recurrent_model)(name, pick)
    model = keras.Sequential([keras.Input(shape), *layers])
    n = pick.choice([1, 3, 4])
    x = draw.uniform(0, 2, size=(n, *shape)).round(3).astype("float32")
    y = draw.normal(size=(n, 1)).round(3).astype("float32")
    entry = {"name": f"{name} {layers[1].get_config()} {shape}", "seed": own, "config": json.loads(model.to_json()), "x": remake.pack(x), "y": remake.pack(y),
             "weights": [remake.pack(w) for w in model.get_weights()]}
    if name == "RandomCrop" and layers[1].generator._initial_seed is None:
        # Its config has a seed that it was neither given nor uses.
        entry["config"]["config"]["layers"][2]["config"]["seed"] = None
    for call in (1, 2, 3):
        entry[f"train_call_{call}"] = remake.pack(model(x, training=True))
    if "area" not in str(layers[1].get_config()):  # TensorFlow has no gradient there
        model.compile(keras.optimizers.SGD(0.1), "mse")
        entry["loss"] = float(model.train_on_batch(x, y))
        entry["weights_after"] = [remake.pack(w) for w in model.get_weights()]
    # At the end: a recurrent layer draws when predicting, too.
    if name != "RandomCrop":  # Keras 3.15.1 does not crop when predicting
        entry["predicted"] = remake.pack(model.predict(x, verbose=0))
    return entry


def drawn_cases(out, seed="1", part=""):
    entries = []
    for name in [*IMAGE_LAYERS, "SimpleRNN", "LSTM", "GRU"]:
        for number in range(8 if part in name else 0):
            pick = random.Random(f"{seed}-{name}-{number}")
            entries.append(drawn(name, pick, np.random.default_rng([int(seed), number])))
    with open(out, "w") as file:
        json.dump(entries, file)


def main(count, folder, seed="1", *more):
    if count == "drawn":
        return drawn_cases(folder, seed, *more)
    os.makedirs(folder, exist_ok=True)
    for number in range(int(count)):
        pick = random.Random(f"{seed}-{number}")
        draw = np.random.default_rng([int(seed), number])
        keras.utils.set_random_seed(pick.randrange(10**6))
        with open(os.path.join(folder, f"new_{number:03}.json"), "w") as out:
            json.dump(case(number, pick, draw), out)


if __name__ == "__main__":
    main(*sys.argv[1:])
