"""Runs the scripts of the Keras-code tab under real Keras: scripts.py folder scripts.json

    KERAS_SCRIPTS=/tmp/scripts cargo test --test keras_scripts    writes the scripts
    python scripts.py /tmp/scripts scripts.json                   runs them; fails where one does not run
    cargo test --test keras_scripts                               holds the engine to what Keras made

Each script gets 24 rows of the shapes that its comment names, and is run as it stands. Written down: the script,
Keras' configs of its model and its compile, the number of its weights and the sum of the sizes of its first ones.
A script fails, too, where it has a list and Keras makes a tuple of it.
"""

import ast
import inspect
import io
import json
import os
import re
import sys
import tempfile
from contextlib import redirect_stdout

import remake  # first: it sets Keras' backend
import keras
import numpy as np
import tensorflow as tf

tf.config.run_functions_eagerly(True)  # small models: no graph is worth its making
ROWS = 24


class Seen:
    """What a script's model was before it was trained."""

    def __init__(self):
        self.fit = keras.Model.fit

    def __enter__(self):
        keras.Model.fit = lambda model, *args, **more: self.look(model, *args, **more)
        return self

    def __exit__(self, *_):
        keras.Model.fit = self.fit

    def look(self, model, *args, **more):
        model(args[0][:1])
        self.first = sum(float(np.abs(np.asarray(w)).astype("float64").sum()) for w in model.get_weights())
        self.model = model_config(model)
        self.compile = compile_config(model)
        self.n = model.count_params()
        return self.fit(model, *args, **more, verbose=0)


def model_config(model):
    """As Keras saves it; a lambda over one of its activations as that activation with its options."""
    real = keras.activations.serialize
    serialize = lambda f: called(f) if getattr(f, "__name__", "") == "<lambda>" else real(f)
    modules = {id(m.activations): m.activations for m in list(sys.modules.values()) if hasattr(m, "activations")}
    changed = [m for m in modules.values() if getattr(m, "serialize", None) is real]
    for module in changed:
        module.serialize = serialize
    try:
        return untensored(json.loads(model.to_json()))
    finally:
        for module in changed:
            module.serialize = real


def called(function):
    """Which activation a lambda calls, with which options."""
    name = function.__code__.co_names[-1]
    real, seen = getattr(keras.activations, name), {}
    setattr(keras.activations, name, lambda z, **options: seen.update(options) or z)
    try:
        function(None)
    finally:
        setattr(keras.activations, name, real)
    return {"class_name": name, "config": seen}


def compile_config(model):
    """Optimizer, loss and metrics as Keras saves them, strings as they were given."""
    given = dict(model._compile_config.config)
    plain = lambda v: keras.saving.serialize_keras_object(v) if v is not None else None
    config = {key: plain(given.get(key)) for key in ("optimizer", "loss", "metrics", "weighted_metrics")}
    return untensored(json.loads(json.dumps(config)))


# Says nothing of the numbers.
BOOKKEEPING = ("module", "registered_name", "build_config", "dtype", "compile_config", "quantization_config", "shared_object_id")


def untensored(value):
    """Lists in place of tensors, and no bookkeeping."""
    if isinstance(value, dict) and value.get("class_name") == "__tensor__":
        return value["config"]["value"]
    if isinstance(value, dict):
        return {key: untensored(inner) for key, inner in value.items() if key not in BOOKKEEPING}
    return [untensored(inner) for inner in value] if isinstance(value, list) else value


def rows(text, draw):
    """Inputs and targets of the shapes that the script names: class numbers, of so many as it says or as fit its loss."""
    shapes = re.search(r"# x: shape \((.*)\); y: shape \(([^)]*)\)", text)
    x, y = ([ROWS, *(int(n) for n in shape.split(", ")[1:])] for shape in shapes.groups())
    x = draw.uniform(0, 1, size=x).astype("float32")
    named = re.search(r"class numbers from 0 to (\d+)", text)
    if not named:
        return x, draw.uniform(0, 1, size=y).astype("float32")
    # Whole numbers where they are indices; hinge losses and correlations want decimals.
    numbers = (np.arange(np.prod(y)) % (int(named[1]) + 1)).reshape(y)
    return x, numbers if "to_categorical" in text or "Sparse" in text else numbers.astype("float32")


def lists(text):
    """What stands as a list where Keras has a tuple: in its config of the layer, or as its default."""
    found = []
    for call in ast.walk(ast.parse(text)):
        name = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
        given = [k for k in getattr(call, "keywords", []) if isinstance(k.value, ast.List)]
        if not name.startswith("layers.") or not given:
            continue
        config = eval(ast.unparse(call), {"layers": keras.layers, "keras": keras}).get_config()
        defaults = inspect.signature(getattr(keras.layers, name.removeprefix("layers."))).parameters
        tuples = [config.get(k.arg) for k in given] + [defaults[k.arg].default for k in given if k.arg in defaults]
        if any(isinstance(value, tuple) for value in tuples):
            found.append(ast.unparse(call))
    return found


def run(path):
    text = open(path).read()
    x, y = rows(text, np.random.default_rng(5))
    if wrong := lists(text):
        raise TypeError(f"a list where Keras has a tuple: {wrong}")
    keras.utils.clear_session()  # names count from one
    old = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()), Seen() as seen:
        os.chdir(folder)
        try:
            exec(compile(text, path, "exec"), {"x": x, "y": y})
        finally:
            os.chdir(old)
    return {
        "script": text, "model": seen.model, "compile": seen.compile, "n_parameters": seen.n,
        "first_weights": seen.first,
    }


def main(folder, out):
    scripts, failed = {}, 0
    for name in sorted(os.listdir(folder)):
        try:
            scripts[name.removesuffix(".py")] = run(os.path.join(folder, name))
        except Exception as error:
            failed += 1
            print(f"{name}: {type(error).__name__}: {str(error)[:300]}", flush=True)
    json.dump({"keras": keras.__version__, "scripts": scripts}, open(out, "w"), separators=(",", ":"))
    print(f"{len(scripts)} scripts ran, {failed} did not")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
