"""Makes new golden cases: other models, data, weights, losses, optimizers, metrics.

    python new_cases.py 300 out [seed]         300 cases in the folder `out`
    KERAS_CASES=out cargo test --test keras_parity
    python new_cases.py 300 out seed 17 203    those that failed once more, with how far Keras in float64 lies from them

Drawn by `zoo.py` from everything that the engine has: layers, masks, outputs with an axis of steps, losses, optimizers,
schedules, callbacks, weights of rows, steps and classes, arguments of `fit`; 3 to 10 steps, or a fit. A case that Keras
refuses holds its error in place of numbers, and must be refused by the engine, too.
"""

import json
import os
import random
import sys

import remake  # first: it sets Keras' backend
import keras
import numpy as np
import zoo

def targets(kind, shape, draw):
    """Targets for an output of this shape: [rows, outputs], or [rows, steps, outputs]."""
    n_out = shape[-1]
    return {
        "numbers": lambda: draw.normal(size=shape).round(3).astype("float32"),
        "positive": lambda: draw.uniform(0.1, 0.9, size=shape).round(3).astype("float32"),
        "signs": lambda: draw.choice([-1.0, 1.0], size=shape).astype("float32"),
        "bits": lambda: draw.integers(0, 2, size=shape).astype("float32"),
        "one_hot": lambda: np.eye(n_out, dtype="float32")[draw.integers(0, n_out, shape[:-1])],
        "classes": lambda: draw.integers(0, n_out, size=(*shape[:-1], 1)).astype("int32"),
    }[kind]()


def weights_of(pick, draw, shape):
    """Weights of rows, or (rarely where that fits nothing) of steps; None in most cases."""
    steps = len(shape) > 2
    kind = pick.choice(["none"] * 5 + ["rows"] * (1 if steps else 2) + ["steps"] * (2 if steps else 0))
    size = {"none": None, "rows": shape[:1], "steps": shape[:2]}[kind]
    return None if size is None else draw.uniform(0.2, 2, size).round(3).astype("float32")


def inputs(model, n, draw):
    size = (n, *model.input_shape[1:])
    if any(isinstance(layer, keras.layers.Embedding) for layer in model.layers):
        # Keras on TensorFlow treats a word that comes twice in a batch wrongly where the optimizer looks at
        # whole gradients (README.md): none does here.
        return draw.permutation(90)[: n * size[1]].reshape(size).astype("int32")
    x = draw.normal(size=size).round(3).astype("float32")
    if any(isinstance(layer, keras.layers.Masking) for layer in model.layers):
        x[draw.random(size[:2]) < 0.3] = 0.5
    return x


def case(number, pick, draw, noisy):
    n_out = pick.choice([1, 1, 2, 3, 5])
    loss, last, kind = zoo.losses(pick, n_out)
    family = pick.choice(zoo.FAMILIES)
    end = keras.layers.Dense(n_out, last)
    if family is zoo.attention:
        x, y = family(pick)
        model = keras.Model(x, end(y))
    else:
        model = keras.Sequential([*family(pick), end])
    n, batch = pick.choice([7, 11, 14]), pick.choice([1, 3, 5, 32])
    x = inputs(model, n, draw)
    out = (n, *model.output_shape[1:])
    metrics = zoo.metrics(pick, kind)
    weights = weights_of(pick, draw, out)
    result = {
        "schema": 1, "name": f"new_{number:03}", "group": family.__name__, "note": "", "ref_backend": "tensorflow",
        "model_config": json.loads(model.to_json()),
        "compile": {
            "optimizer": zoo.optimizer(pick), "loss": loss, "metrics": metrics,
            "weighted_metrics": metrics[:1] if weights is not None and pick.random() < 0.5 else [],
        },
        "batch_size": batch, "x": remake.pack(x), "y": remake.pack(targets(kind, out, draw)),
        "sample_weight": None if weights is None else remake.pack(weights),
        "weights_init": [
            remake.pack(first(w, draw), path=w.path, trainable=w.trainable) for w in model.weights
        ],
    }
    if pick.random() < 0.4:
        fit = zoo.fit(pick, kind, weights is not None, n_out)
        follows = isinstance(result["compile"]["optimizer"], dict) and isinstance(
            result["compile"]["optimizer"]["args"]["learning_rate"], dict)
        calls = [] if follows else zoo.callbacks(pick, "validation_split" in fit)
        result.update(mode="fit", fit=fit, callbacks=calls)
    else:
        starts = [k * batch % n for k in range(pick.choice([3, 5, 10]))] if batch < n else [0] * pick.choice([3, 6])
        rows = [[s, min(s + batch, n)] for s in starts]
        result.update(mode="steps", grad_step0=True, steps=[{"rows": r} for r in rows])
    try:
        done = remake.run(result)
    except Exception as error:  # what Keras refuses, the engine has to refuse
        if type(error).__module__.startswith("tensorflow"):  # what TensorFlow only cannot compute on a CPU
            raise
        lines = [line for line in str(error).splitlines() if line.strip()]
        return {**result, "raises": f"{type(error).__name__}: {(lines or [''])[0].strip()[:200]}"}
    return with_noise(done) if noisy else done


def with_noise(done):
    try:
        return {**done, "noise": {"tensorflow_float64": remake.noise(done)}}
    except Exception:  # some of Keras does not run in float64
        return done


def first(weight, draw):
    """What a weight begins with: biases, factors and moments away from where they would hide a mistake."""
    array = np.asarray(keras.ops.convert_to_numpy(weight.value))
    if "variance" in weight.path:
        return array + draw.uniform(0.0, 0.5, array.shape)
    return array + draw.normal(0, 0.1, array.shape).round(3)


def main(count, folder, seed="1", *which):
    """`which`: numbers of cases that are made again, with how far float64 lies from them; without, all cases without."""
    os.makedirs(folder, exist_ok=True)
    for number in map(int, which) if which else range(int(count)):
        path = os.path.join(folder, f"new_{number:03}.json")
        if not which and os.path.exists(path):
            continue
        pick = random.Random(f"{seed}-{number}")
        draw = np.random.default_rng([int(seed), number])
        keras.utils.clear_session()  # names count from one again
        keras.utils.set_random_seed(pick.randrange(10**6))
        try:
            made = case(number, pick, draw, bool(which))
        except Exception as error:  # a draw of which Keras does not even make a model
            print(f"new_{number:03}: {type(error).__name__} {str(error).splitlines()[0][:150]}", flush=True)
            continue
        with open(path, "w") as out:
            json.dump(made, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
