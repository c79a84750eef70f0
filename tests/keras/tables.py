"""Makes the tables of functions again, with real Keras.

    python tables.py cases out          every table of the folder `cases`, remade in the folder `out`
    python tables.py --check cases      compares instead, and prints the largest difference per table
    python tables.py cases out 5        the same functions at other points and with other arguments, from seed 5

A row holds its own inputs (function, arguments, points) and what Keras gave for them; this script reads the inputs.
"""

import json
import math
import os
import sys

import numpy as np
import remake  # first: it sets Keras' backend
import keras
import tensorflow as tf
from keras.src.initializers.random_initializers import compute_fans
from remake import number, pack, unpack

REDUCTIONS = ["sum_over_batch_size", "sum", "mean_with_sample_weight"]


def array(value):
    return unpack(value) if isinstance(value, dict) else np.array(value, "float32")


def like(value, packed):
    """Written down as it was: an array with its shape, or a plain list."""
    return pack(value) if isinstance(packed, dict) else [number(v) for v in np.ravel(value)]


def numbers(value):
    value = np.asarray(keras.ops.convert_to_numpy(value))
    return number(value) if value.ndim == 0 else [number(v) for v in value.ravel()]


def activation(row):
    x = tf.constant(array(row["x"]))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.convert_to_tensor(getattr(keras.activations, row["fn"])(x, **row["args"]))
    along = array(row["cotangent"]) if "cotangent" in row else None
    slope = tape.gradient(y, x, output_gradients=None if along is None else tf.constant(along))
    key = "dydx" if along is None else "vjp"
    return {**row, "y": like(y, row["x"]), key: like(slope, row["x"])}


def loss(row):
    t, weights, row = unpack(row["y_true"]), unpack(row["sample_weight"]), dict(row)
    make = lambda reduction: getattr(keras.losses, row["loss"])(reduction=reduction, **row["args"])
    per_sample = make("none")(t, unpack(row["y_pred"]))
    row["per_sample"] = pack(per_sample)
    for reduction in REDUCTIONS:
        # A loss of the batch as a whole is not weighed.
        for suffix, weigh in [("", None), ("_sw", weights)][: 1 + bool(per_sample.shape)]:
            p = tf.constant(unpack(row["y_pred"]))
            with tf.GradientTape() as tape:
                tape.watch(p)
                value = make(reduction)(t, p, sample_weight=weigh)
            row[reduction + suffix] = number(value)
            slope = pack(tf.convert_to_tensor(tape.gradient(value, p)))
            row[{"sum_over_batch_size": "grad"}.get(reduction, f"grad_{reduction}") + suffix] = slope
    return row


def metric(row):
    row = dict(row)
    make = lambda: getattr(keras.metrics, row["metric"])(**row["args"])
    batches = [[unpack(a) for a in row[key]] for key in ("y_true", "y_pred", "sample_weight")]
    meter, weighing = make(), make()
    row["default_name"], row["result_after_each_update"] = meter.name, []
    for t, p, weights in zip(*batches):
        meter.update_state(t, p)
        row["result_after_each_update"].append(numbers(meter.result()))
        if "result_weighted" in row:
            weighing.update_state(t, p, sample_weight=weights)
    if "result_weighted" in row:
        row["result_weighted"] = numbers(weighing.result())
    return row


def schedule(row):
    plan = getattr(keras.optimizers.schedules, row["schedule"])(**row["args"])
    return {**row, "lr": [numbers(plan(step)) for step in row["steps"]]}


def initializer(row):
    shape, row = tuple(row["shape"]), dict(row)
    make = getattr(keras.initializers, row["init"])
    seed = {} if row["init"] == "Identity" else {"seed": 1337}
    first = make(**seed, **row["args"])
    row["tf_philox_seed_1337_first8"] = numbers(first(shape, dtype="float32"))[:8]
    if isinstance(first, keras.initializers.VarianceScaling):
        fans = dict(zip(("fan_in", "fan_out"), compute_fans(shape, first.input_axes, first.output_axes)))
        spread = first.scale / max(1.0, {**fans, "fan_avg": sum(fans.values()) / 2}[first.mode])
        row.update(fans)
        if first.distribution == "uniform":
            row["limit"] = math.sqrt(3 * spread)
        else:
            row["stddev_param"] = math.sqrt(spread) / (0.87962566103423978 if first.distribution == "truncated_normal" else 1.0)
    return row


def dropout(row):
    """The first call in training of a layer with seed 11."""
    row, x = dict(row), unpack(row["x"])
    args = {key: tuple(v) if isinstance(v, list) else v for key, v in row["args"].items()}
    def out(x):
        layer = getattr(keras.layers, row["layer"])(seed=11, **args)
        return np.asarray(layer(x, training=True))
    kept = {"AlphaDropout": lambda: out(np.ones_like(x)) != out(np.full_like(x, 2.0))}.get(row["layer"], lambda: out(np.ones_like(x)) != 0)
    if "keep_mask" in row:
        row["keep_mask"] = kept().astype(int).ravel().tolist()
    if "noise" in row:
        row["noise"] = pack(out(np.zeros_like(x) if row["layer"] == "GaussianNoise" else np.ones_like(x)))
    return {**row, "out": pack(out(x))}


def augmentation(row, images):
    row, images = dict(row), tf.constant(unpack(images))
    layer = getattr(keras.layers, row["layer"])(**{"RandomRotation": {"factor": 0.2}}.get(row["layer"], {}), **row["args"])
    if "angle_degrees" in row:
        n, (height, width) = len(row["angle_degrees"]), images.shape[1:3]
        none, ones = tf.zeros([n]), tf.ones([n])
        matrix = layer._compute_affine_matrix(
            center_x=0.5, center_y=0.5, angle=tf.constant(row["angle_degrees"]), translate_x=none, translate_y=none,
            scale=ones, shear_x=none, shear_y=none, height=height, width=width)
        drawn, row["affine_matrix_8"] = {"rotation_matrix": matrix}, pack(matrix)
    elif "transformation" in row:
        drawn = {k: tf.constant(unpack(v)) if isinstance(v, dict) else v for k, v in row["transformation"].items()}
    else:
        return {**row, "out": pack(layer(images))}
    if hasattr(layer.backend, "set_backend"):
        layer.backend.set_backend("tensorflow")
    return {**row, "out": pack(layer.transform_images(images, drawn, training=True))}


ROWS = {"activations": activation, "losses": loss, "metrics": metric, "lr_schedules": schedule, "initializers": initializer, "dropout": dropout, "augmentation": augmentation}


def other_array(value, draw, rows):
    """Other numbers of the same kind: classes, bits, signs, shares, sizes, or any; so many rows."""
    old = array(value)
    shape = (rows, *old.shape[1:]) if isinstance(value, dict) else (len(old) * 2,)
    whole = np.all(np.isin(old, (0, 1)))
    sums_to_one = old.ndim > 1 and np.allclose(old.sum(-1), 1, atol=1e-3)
    if old.dtype.kind == "i":
        new = draw.integers(0, old.max() + 1, shape)
    elif whole and sums_to_one:
        new = np.eye(shape[-1])[draw.integers(0, shape[-1], shape[:-1])]
    elif whole:
        new = draw.integers(0, 2, shape)
    elif np.all(np.isin(old, (-1, 1))):
        new = draw.choice([-1, 1], shape)
    elif old.min() >= 0 and old.max() <= 1:
        new = draw.uniform(0, 1, shape).round(4)
        new = (new / new.sum(-1, keepdims=True)).round(4) if sums_to_one else new
    elif old.min() >= 0:
        new = draw.uniform(0.01, 4, shape).round(3)
    else:
        new = draw.normal(0, old.std(), shape).round(3)
    new = new.astype(old.dtype)
    return like(new, value)


def other_argument(key, value, draw):
    if not isinstance(value, float):
        return value
    new = round(value * draw.uniform(0.6, 1.4), 3)
    return min(new, 0.98) if 0 <= value <= 1 else new


def others(row, draw):
    """The row at other points, with other arguments."""
    row, rows = dict(row), int(draw.integers(1, 10))
    row["args"] = {key: other_argument(key, v, draw) for key, v in row["args"].items()}
    if "metric" in row:
        rows = max(rows, 2)
        row.update({key: [other_array(a, draw, rows) for a in row[key]] for key in ("y_true", "y_pred")})
        row["sample_weight"] = [pack(draw.uniform(0.1, 2, rows).round(2).astype("float32")) for _ in row["y_true"]]
    for key in ("y_true", "y_pred", "cotangent"):
        if isinstance(row.get(key), dict):
            row[key] = other_array(row[key], draw, rows)
    if "loss" in row:
        row["sample_weight"] = pack(draw.uniform(0.1, 2, rows).round(2).astype("float32"))
    if "x" in row and "fn" in row:
        row["x"] = other_array(row["x"], draw, rows)
        if "fn" in row and row["fn"] == "exponential":
            row["x"] = [v for v in row["x"] if abs(v) < 20]
    if "steps" in row:
        row["steps"] = sorted(int(v) for v in draw.integers(0, 90, 40))
    if "init" in row:
        row["shape"] = [int(draw.integers(1, 9)) for _ in row["shape"]]
    return row


def made(table, seed=None):
    """The table with all that Keras gives for its inputs."""
    table = dict(table)
    more = [table["images"]] if "images" in table else []
    rows = table["rows"]
    if seed is not None and not more:
        rows = [others(row, np.random.default_rng([seed, i])) for i, row in enumerate(rows)]
    table["rows"] = [ROWS[table["table"]](row, *more) for row in rows]
    for name in table.get("statistics_200k_samples", {}):
        args = next(row["args"] for row in rows if row["init"] == name)
        v = np.asarray(getattr(keras.initializers, name)(seed=5, **args)((400, 500), dtype="float32"))
        table["statistics_200k_samples"][name] = {"shape": [400, 500], **{k: number(getattr(v, k)()) for k in ("mean", "std", "min", "max")}}
    if "extra" in table:
        q = np.asarray(keras.initializers.Orthogonal(gain=1.5, seed=3)((4, 6), dtype="float32"))
        i = np.asarray(keras.initializers.Identity(2.0)((2, 3), dtype="float32"))
        table["extra"] = {"Orthogonal_gain1.5_4x6_times_transpose": pack(np.round(q @ q.T, 5)), "Identity_gain2_2x3": pack(i)}
    return table


def difference(old, new):
    """The largest difference between numbers, as a share of their size where that is over one; infinite where anything else differs."""
    if isinstance(old, dict) and isinstance(new, dict):
        return max((difference(v, new.get(key)) for key, v in old.items()), default=0.0)
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return max((difference(a, b) for a, b in zip(old, new)), default=0.0)
    if isinstance(old, (int, float)) and isinstance(new, (int, float)):
        return abs(old - new) / max(1.0, abs(old))
    return 0.0 if old == new else math.inf


def main(arguments):
    check = arguments[0] == "--check"
    folder, *rest = arguments[1:] if check else arguments
    for name in sorted(os.listdir(folder)):
        table = json.load(open(os.path.join(folder, name)))
        if not isinstance(table, dict) or "table" not in table:
            continue
        new = made(json.loads(json.dumps(table)), int(rest[1]) if len(rest) > 1 else None)
        if check:
            print(f"{name}: {len(table['rows'])} rows, {difference(table, new):.1e}", flush=True)
        else:
            os.makedirs(rest[0], exist_ok=True)
            with open(os.path.join(rest[0], name), "w") as out:
                json.dump(new, out, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1:])
