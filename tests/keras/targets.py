"""What Keras makes of targets, sample weights, class weights and masks: one batch of each, or that it raises.

    python targets.py targets.json          makes the file again (some minutes)
    python targets.py targets.json softmax  only the groups with this in their name; the others stay

Each case is a small model with its first weights, one call of `fit` (no shuffle, one epoch) and what came of it:
`raises`, or predictions before, loss, metrics and weights after. `tests/targets.rs` holds the engine to it.
"""

import json
import os
import sys

os.environ.update(CUDA_VISIBLE_DEVICES="", TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", KERAS_BACKEND="tensorflow")
import keras
import numpy as np
from keras import layers as L

GROUPS = {}


def group(make):
    GROUPS[make.__name__] = make
    return make


def plain(json):
    """A config without what the engine does not read, and without the first weights, which the case gives."""
    if isinstance(json, dict):
        drop = ("module", "registered_name", "build_config", "compile_config", "dtype", "quantization_config", "build_input_shape", "trainable", "sparse",
                "ragged", "optional", "kernel_initializer", "bias_initializer", "embeddings_initializer")
        return {k: plain(v) for k, v in json.items() if k not in drop and v is not None}
    return [plain(v) for v in json] if isinstance(json, list) else json


def numbers(array):
    """Nested lists flattened; NaN and infinity as texts, as in the other files here."""
    flat = np.asarray(array, "float32").reshape(-1)
    named = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
    return [float(str(v)) if np.isfinite(v) else named[str(v)] for v in flat]  # the shortest digits of a float32


def run(name, shape, layers, loss, n=4, y=None, classes=None, sample_weight=None, class_weight=None, metrics=(), weighted=(), config=None, x=None, fit=None, rate=0.1):
    """`layers`: a list, or a function from an input to an output. `config`: what the engine calls the model, where it differs."""
    rng = np.random.default_rng(list(name.encode()))
    case = {"name": name, "compile": {"optimizer": {"class_name": "SGD", "config": {"learning_rate": rate}}, "loss": loss, "metrics": list(metrics), "weighted_metrics": list(weighted)}}
    keras.utils.clear_session()
    keras.utils.set_random_seed(3)
    inputs = L.Input(shape)
    x = rng.normal(size=(n,) + tuple(shape)).astype("f4") if x is None else np.asarray(x, "f4")
    try:
        if callable(layers):
            model = keras.Model(inputs, layers(inputs))
        else:
            model = keras.Sequential([inputs] + layers)
        model.set_weights([rng.uniform(-0.8, 0.8, w.shape).astype("f4") for w in model.get_weights()])
        case["model"] = config or plain(json.loads(model.to_json()))
        case["weights"] = numbers(np.concatenate([w.reshape(-1) for w in model.get_weights()] or [[]]))
        out = model.output_shape[1:]
        case["predictions"] = numbers(model.predict(x, verbose=0))
    except Exception as error:
        case["model"] = config or case.get("model")
        return case | {"raises": first_line(error)}
    if y is None:
        y = rng.integers(0, out[-1], (n,) + out[:-1]) if classes == "sparse" else rng.uniform(0, 1, (n,) + out)
        y = np.eye(out[-1])[rng.integers(0, out[-1], (n,) + out[:-1])] if classes == "hot" else y
    y = np.asarray(y, "f4")
    case |= {"x": numbers(x), "y": numbers(y)}
    sample_weight = {"n": rng.uniform(0.2, 2, n), "steps": rng.uniform(0.2, 2, (n,) + out[:-1])}.get(sample_weight)
    fit = fit or {}
    arguments = dict(fit, batch_size=n, epochs=1) | ({"class_weight": class_weight} if class_weight else {})
    case["fit"] = {k: ({str(c): w for c, w in v.items()} if isinstance(v, dict) else v) for k, v in arguments.items()} | {"shuffle": False}
    if sample_weight is not None:
        case["sample_weight"] = numbers(sample_weight)
        arguments["sample_weight"] = np.asarray(sample_weight, "f4")
    read = keras.metrics.get
    try:
        model.compile(optimizer=keras.optimizers.SGD(rate), loss=getattr(keras.losses, loss["class_name"])(**loss["config"]) if isinstance(loss, dict) else loss,
                      metrics=[m if isinstance(m, str) else read(m) for m in metrics] or None, weighted_metrics=[m if isinstance(m, str) else read(m) for m in weighted] or None)
        history = model.fit(x, y, shuffle=False, verbose=0, **arguments).history
    except Exception as error:
        return case | {"raises": first_line(error)}
    return case | {"history": {k: numbers(np.mean(v))[0] for k, v in history.items()},
                   "after": numbers(np.concatenate([w.reshape(-1) for w in model.get_weights()] or [[]]))}


def first_line(error):
    text = [line for line in str(error).splitlines() if line.strip() and not line.startswith("Exception encountered")]
    return f"{type(error).__name__}: {text[0][:160] if text else ''}"


LOSSES = {
    "mean_squared_error": None, "mean_absolute_error": None, "mean_absolute_percentage_error": None, "mean_squared_logarithmic_error": None, "huber": None,
    "log_cosh": None, "cosine_similarity": None, "hinge": "hot", "squared_hinge": "hot", "categorical_hinge": "hot", "kl_divergence": "hot", "poisson": None,
    "binary_crossentropy": "hot", "categorical_crossentropy": "hot", "sparse_categorical_crossentropy": "sparse", "binary_focal_crossentropy": "hot",
    "categorical_focal_crossentropy": "hot", "dice": "hot", "tversky": "hot",
}


def of(class_name, **config):
    return {"class_name": class_name, "config": config}


def dense(units, activation="softmax"):
    return L.Dense(units, activation=activation)


@group
def steps():
    """Outputs with an axis of steps, and one weight per example, or per step."""
    more = {"Dice": (of("Dice", axis=-1), "hot"), "Circle": (of("Circle"), "sparse"), "Generalized": (of("CategoricalGeneralizedCrossEntropy"), "sparse"),
            "weighted": (of("MeanSquaredError", reduction="mean_with_sample_weight"), None), "sum": (of("MeanSquaredError", reduction="sum"), None),
            "ignored": (of("SparseCategoricalCrossentropy", ignore_class=1), "sparse")}
    for name, (loss, classes) in ({k: (k, v) for k, v in LOSSES.items()} | more).items():
        for weights in (None, "n", "steps"):
            yield run(f"steps {name} {weights}", (3, 2), [dense(2)], loss, classes=classes, sample_weight=weights)
    few = {k: ({"m": "mean_squared_error", "s": "sparse_categorical_crossentropy", "d": "dice"}[k[0]], c) for k, c in (("mse", None), ("scce", "sparse"), ("dice", "hot"))}
    few |= {k: more[k] for k in ("Dice", "Circle", "weighted", "ignored")}
    for name, (loss, classes) in few.items():
        for shape in ((1, 2), (2, 3, 2), (3, 1)):
            for weights in (None, "n", "steps"):
                yield run(f"steps {name} {shape} {weights}", shape, [dense(shape[-1], "sigmoid")], loss, classes=classes, sample_weight=weights)
        for weights in (None, "n", "steps"):
            x = np.random.default_rng(7).normal(size=(4, 3, 2))
            x[0, 1:] = x[2, 2] = 0.5
            yield run(f"steps masked {name} {weights}", (3, 2), [L.Masking(0.5), dense(2)], loss, x=x, classes=classes, sample_weight=weights)


@group
def weighted_metrics():
    """Each metric with a weight for each step."""
    numbers = ["binary_accuracy", "categorical_accuracy", "mean_squared_error", "RootMeanSquaredError", "mean_absolute_error", "mean_absolute_percentage_error",
               "mean_squared_logarithmic_error", "Precision", "Recall", "TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives", "AUC", "binary_crossentropy",
               "categorical_crossentropy", "kl_divergence", "poisson", "hinge", "squared_hinge", "categorical_hinge", "log_cosh_error", "cosine_similarity",
               "top_k_categorical_accuracy", "accuracy", "R2Score", "F1Score", "OneHotIoU", "OneHotMeanIoU", "BinaryIoU", "PearsonCorrelation", "ConcordanceCorrelation",
               "PrecisionAtRecall", "RecallAtPrecision", "SensitivityAtSpecificity", "SpecificityAtSensitivity", "FBetaScore"]
    options = {"OneHotIoU": {"num_classes": 3, "target_class_ids": [0, 1]}, "OneHotMeanIoU": {"num_classes": 3}, "BinaryIoU": {"target_class_ids": [0, 1], "threshold": 0.4},
               "F1Score": {"average": "macro"}, "FBetaScore": {"average": "micro"}, "PrecisionAtRecall": {"recall": 0.5}, "RecallAtPrecision": {"precision": 0.4},
               "SensitivityAtSpecificity": {"specificity": 0.5}, "SpecificityAtSensitivity": {"sensitivity": 0.5}}
    sparse = ["sparse_categorical_accuracy", "sparse_categorical_crossentropy", "sparse_top_k_categorical_accuracy", "accuracy", "MeanIoU", "IoU"]
    options |= {"MeanIoU": {"num_classes": 3, "sparse_y_pred": False}, "IoU": {"num_classes": 3, "target_class_ids": [0, 2], "sparse_y_pred": False}}
    for names, loss, classes in ((numbers, "mean_squared_error", "hot"), (sparse, "sparse_categorical_crossentropy", "sparse")):
        for name in names:
            metric = of(name, **options.get(name, {})) if name[0].isupper() else name
            for where in ("metrics", "weighted"):
                for shape in ((4, 3), (3,)):
                    yield run(f"{where} {name} {classes} {shape}", shape, [dense(3)], loss, n=5, classes=classes, sample_weight="steps", **{where: [metric]})


@group
def class_weights():
    one = [dense(1, "linear")]
    some = {0: 4.0, 1: 0.5}
    x = [[1], [2], [3], [4]]
    for name, y in {"signs": [-1, 1, 1, -1], "zeros": [0, 1, 1, 0], "halves": [0.5, 1.5, -0.5, 0.49], "beyond": [2, 7, 1, 0], "fractions": [0.3, 0.9, -0.4, -0.6]}.items():
        for loss in ("hinge", "mean_squared_error"):
            yield run(f"class_weight {name} {loss}", (1,), one, loss, x=x, y=np.reshape(y, (4, 1)), class_weight=some)
    yield run("class_weight negative key", (1,), one, "hinge", x=x, y=np.reshape([-1, 1, 1, -1], (4, 1)), class_weight={-1: 4.0, 1: 0.5})
    yield run("class_weight hot", (2,), [dense(3)], "categorical_crossentropy", classes="hot", class_weight=some)
    yield run("class_weight soft", (2,), [dense(3)], "mean_squared_error", class_weight=some)
    yield run("class_weight sparse", (2,), [dense(3)], "sparse_categorical_crossentropy", classes="sparse", class_weight=some, metrics=["accuracy"], weighted=["accuracy"])
    yield run("class_weight ignored", (2,), [dense(3)], of("SparseCategoricalCrossentropy", ignore_class=-1), y=[[-1], [0], [1], [2]], class_weight=some)
    for loss, classes in (("mean_squared_error", None), ("sparse_categorical_crossentropy", "sparse"), ("categorical_crossentropy", "hot"), ("dice", "hot")):
        for shape in ((3, 2), (1, 2), (2, 3, 2)):
            yield run(f"class_weight steps {loss} {shape}", shape, [dense(2)], loss, classes=classes, class_weight=some)


@group
def masks():
    """Layers that a mask does not fit. (Softmax is left out where Keras puts the mask on the wrong numbers because the batch is as long as the steps.)"""
    def masked(shape, n=4):
        x = np.random.default_rng(7).normal(size=(n,) + shape)
        x.reshape(-1, shape[-1])[::2] = 0.5
        return dict(x=x, n=n)
    for shape in ((3, 2), (3, 3), (1, 4), (4, 1), (2, 3, 3)):
        for name, layer in (("layer", L.Softmax()), ("axis1", L.Softmax(axis=1)), ("activation", L.Activation("softmax"))):
            yield run(f"softmax {name} {shape}", shape, [L.Masking(0.5), layer], "mean_squared_error", **masked(shape))
    for name, layer in (("flatten", L.Flatten()), ("softmax", L.Softmax()), ("dense", L.Dense(2)), ("activation", L.Activation("softmax"))):
        for shape in ((3, 2), (3, 4, 2)):
            yield run(f"time {name} {shape}", shape, [L.Masking(0.5), L.TimeDistributed(layer)], "mean_squared_error", **masked(shape, 5))
    for name, layer in (("layer", L.Softmax()), ("activation", L.Activation("softmax"))):
        x = [[1, 2, 0], [3, 0, 0], [4, 4, 4]]
        yield run(f"softmax embedding {name}", (3,), [L.Embedding(5, 4, mask_zero=True), layer, L.Flatten(), dense(1, "linear")], "mean_squared_error", x=x, n=3)
    yield run("softmax unmasked", (3,), [L.Embedding(5, 4), L.Softmax(), L.Flatten(), dense(1, "linear")], "mean_squared_error", x=x, n=3)


@group
def attention():
    """Attention with masks that leave a query no key; a dropout so small that nothing is dropped takes Keras' other path."""
    tokens = [[1, 2, 0, 0], [3, 0, 0, 0], [0, 0, 0, 0], [4, 1, 0, 2]]
    for rate in (0.0, 1e-12):
        for causal in (False, True):
            def itself(inputs):
                h = L.Embedding(5, 3, mask_zero=True)(inputs)
                h = L.MultiHeadAttention(2, 2, dropout=rate)(h, h, use_causal_mask=causal)
                return L.Dense(1)(L.Flatten()(h))
            yield run(f"attention itself {rate} {causal}", (4,), itself, "mean_squared_error", x=tokens)

            def unmasked(inputs):
                h = L.Embedding(5, 3)(inputs)
                h = L.MultiHeadAttention(2, 2, dropout=rate)(h, h, use_causal_mask=causal)
                return L.Dense(1)(L.Flatten()(h))
            yield run(f"attention unmasked {rate} {causal}", (4,), unmasked, "mean_squared_error", x=tokens)

        def other(inputs):
            query, value = L.Embedding(5, 3)(inputs), L.Embedding(5, 4, mask_zero=True)(inputs)
            return L.Dense(1)(L.Flatten()(L.MultiHeadAttention(2, 3, value_dim=2, dropout=rate)(query, value)))
        yield run(f"attention other {rate}", (4,), other, "mean_squared_error", x=tokens)

        def window(inputs):
            h = L.Embedding(5, 3, mask_zero=True)(inputs)
            h = L.MultiHeadAttention(1, 2, dropout=rate, sliding_window=2)(h, h)
            return L.Dense(1)(L.Flatten()(h))
        yield run(f"attention window {rate}", (4,), window, "mean_squared_error", x=tokens)


@group
def axes():
    """The axis of a loss or a metric by any name. (Where Keras goes along another axis than the last, the engine refuses.)"""
    both = {"BinaryCrossentropy": "hot", "BinaryFocalCrossentropy": "hot", "CategoricalFocalCrossentropy": "hot", "CategoricalCrossentropy": "hot", "SparseCategoricalCrossentropy": "sparse",
            "CosineSimilarity": None, "Dice": "hot", "Tversky": "hot"}
    for name, classes in both.items():
        for shape in ((3,), (4, 3)):
            for axis in (-1, len(shape), [-1], [len(shape)], 5, [1, 5], len(shape) - 1, [0, 1]):
                yield run(f"axis {name} {shape} {axis}", shape, [dense(3)], of(name, axis=axis), classes=classes)
    for axis in ([1, 2], [-1, -2], [2, 1], [0, 1, 2], None):
        for name in ("Dice", "Tversky"):
            for weights in (None, "n", "steps"):
                yield run(f"axis {name} (4, 3) {axis} {weights}", (4, 3), [dense(3)], n=5, loss=of(name, axis=axis), classes="hot", sample_weight=weights, metrics=["accuracy"], weighted=["mean_squared_error"])
    yield run("axis Dice image", (2, 2, 3), [dense(3)], of("Dice", axis=[1, 2, 3]), classes="hot", sample_weight="n")
    for name, classes in {"CosineSimilarity": None, "PearsonCorrelation": None, "ConcordanceCorrelation": None, "CategoricalCrossentropy": "hot"}.items():
        for shape in ((3,), (4, 3)):
            for axis in (-1, len(shape), [-1], 5):
                yield run(f"axis metric {name} {shape} {axis}", shape, [dense(3)], "mean_squared_error", classes=classes, metrics=[of(name, axis=axis)])


@group
def validation():
    """Weights that are split off with the validation's rows, in one batch and in several."""
    for size in (2, 6):
        for name, (loss, classes) in {"mse": ("mean_squared_error", None), "scce": ("sparse_categorical_crossentropy", "sparse"), "dice": ("dice", "hot")}.items():
            for shape, weights in (((3, 2), "steps"), ((2, 2, 2), "steps"), ((2,), "n"), ((3, 2), "n")):
                yield run(f"validation {name} {shape} {weights} {size}", shape, [dense(2)], loss, n=7, classes=classes, sample_weight=weights, metrics=["accuracy"],
                          weighted=["accuracy"], fit={"validation_split": 0.4, "validation_batch_size": size})


@group
def crossentropy():
    """The string that Keras reads by the shapes. (One-hot targets the engine refuses.)"""
    for word in ("crossentropy", "ce"):
        yield run(f"{word} one", (3,), [dense(1, "sigmoid")], word, y=[[0], [1], [1], [0]], metrics=["acc"])
        yield run(f"{word} classes", (3,), [dense(3)], word, y=[0, 2, 1, 1], metrics=["accuracy"])
        yield run(f"{word} steps", (4, 3), [dense(3)], word, classes="sparse", sample_weight="steps", metrics=["acc"])
        yield run(f"{word} bits", (4, 3), [dense(1, "sigmoid")], word, y=np.arange(16).reshape(4, 4, 1) % 3 % 2)
        yield run(f"{word} metric", (3,), [dense(1, "sigmoid")], "mean_squared_error", y=[[0], [1], [1], [0]], metrics=[word])


def main():
    path, only = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    kept = json.load(open(path)) if os.path.exists(path) else {}
    for name, make in GROUPS.items():
        if only in name:
            kept[name] = list(make())
            print(name, len(kept[name]), sum("raises" in case for case in kept[name]), "raise", flush=True)
    with open(path, "w") as file:
        short = lambda value: json.dumps(value, separators=(",", ":"))
        groups = [f'"{name}":[\n' + ",\n".join(map(short, kept[name])) + "\n]" for name in GROUPS if name in kept]
        file.write(f'{{"keras":"{keras.__version__}",\n' + ",\n".join(groups) + "}\n")


if __name__ == "__main__":
    main()
