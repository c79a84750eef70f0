"""Tries each option's values in real Keras: options.py probes.json options.json

`KERAS_OPTIONS=probes.json cargo test --test options` writes the probes. The answer has a line a probe: null where Keras
builds, compiles and trains it for one epoch, else the error's first line. Answers that stand in options.json stay: take
out what is to be tried again. All of them take twenty minutes.
"""

import json
import os
import sys

import remake  # first: it sets Keras' backend
import keras
import numpy as np

ROWS = 8
ROOMS = {
    "optimizer": keras.optimizers, "learning_rate": keras.optimizers.schedules, "loss": keras.losses,
    "metrics": keras.metrics, "kernel_initializer": keras.initializers, "kernel_regularizer": keras.regularizers,
    "kernel_constraint": keras.constraints, "callbacks": keras.callbacks,
}
OTHER_ROOMS = [keras.layers, *ROOMS.values()]


def made(value, key=""):
    """A choice as the object of Keras; the lists of layers as tuples, as a person would write them."""
    if isinstance(value, list):
        return [made(v, key) for v in value] if key in ("metrics", "thresholds", "target_class_ids") else tuple(made(v, key) for v in value)
    if isinstance(value, dict) and "class_name" in value:
        name = value["class_name"]
        config = {inner: made(v, inner) for inner, v in value["config"].items()}
        if name == "CSVLogger":
            config.setdefault("filename", "/dev/null")
        if name == "ModelCheckpoint":
            config.setdefault("filepath", "/tmp/probe.weights.h5" if config.get("save_weights_only") else "/tmp/probe.keras")
        if name == "LearningRateScheduler":
            config = {"schedule": lambda epoch: 0.01}
        found = next((room for room in [ROOMS.get(key, keras.layers), *OTHER_ROOMS] if hasattr(room, name)), None)
        return getattr(found, name)(**config) if found else name  # "accuracy" is a string of Keras
    return value


def model_of(config):
    layers = [dict(layer) for layer in config["config"]["layers"]]
    several = config["class_name"] == "Functional"
    shape = layers[0]["config"]["batch_shape"][1:]
    x = y = keras.Input(tuple(shape))
    for i, layer in enumerate(layers[1:]):
        config = dict(layer["config"])
        call = {"use_causal_mask": config.pop("use_causal_mask")} if "use_causal_mask" in config else {}
        layer = made({"class_name": layer["class_name"], "config": config})
        if isinstance(layer, keras.layers.MultiHeadAttention):
            y = layer(y, y, **call)
        else:
            y = layer([y, y] if several and i == 0 else y)
    return keras.Model(x, y)


def tried(probe):
    keras.utils.set_random_seed(1)
    model = model_of(probe["model"])
    compile_ = {key: made(value, key) for key, value in probe["compile"].items()}
    model.compile(**compile_, run_eagerly=True)
    n_in = int(np.prod(model.input_shape[1:]))
    x = (np.arange(ROWS * n_in) * 5 % 7).astype("float32").reshape((ROWS, *model.input_shape[1:]))
    n_t = probe["targets"]
    i = np.arange(ROWS * n_t)
    t = (i % 2 if n_t == 1 else i // n_t % n_t == i % n_t).astype("float32").reshape(ROWS, n_t)
    fit = dict(probe["fit"])
    fit["callbacks"] = [made(c, "callbacks") for c in fit.get("callbacks", [])]
    model.fit(x, t, verbose=0, **fit)


def main(probes, out):
    before = json.load(open(out)) if os.path.exists(out) else {}
    found = {}
    for name, probe in json.load(open(probes)).items():
        if name in before:
            found[name] = before[name]
            continue
        try:
            tried(probe)
            found[name] = None
        except Exception as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            found[name] = f"{type(error).__name__}: {(lines or [''])[0][:160]}"
        keras.backend.clear_session()
    with open(out, "w") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in found.items()) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
