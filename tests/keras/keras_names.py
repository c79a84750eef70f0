"""The arguments of all classes of Keras, in their order: keras_names.py ../../www/code/signatures.json

The reader of Keras programs names the arguments that a program gives by their place. Afterwards `npm run format`.
"""

import inspect
import json
import sys

import remake  # first: it sets Keras' backend
import keras

FAMILIES = {
    "layers": keras.layers,
    "optimizers": keras.optimizers,
    "schedules": keras.optimizers.schedules,
    "losses": keras.losses,
    "metrics": keras.metrics,
    "callbacks": keras.callbacks,
    "initializers": keras.initializers,
    "regularizers": keras.regularizers,
    "constraints": keras.constraints,
}


def arguments(thing):
    taken = inspect.signature(thing.__init__).parameters.values()
    return [a.name for a in taken if a.name != "self" and a.kind in (a.POSITIONAL_OR_KEYWORD, a.KEYWORD_ONLY)]


def required(thing):
    taken = inspect.signature(thing.__init__).parameters.values()
    return [a.name for a in taken if a.name != "self" and a.kind == a.POSITIONAL_OR_KEYWORD and a.default is a.empty]


def members(module):
    """Each class once, under its own name where the module has it."""
    found = {}
    for name, thing in inspect.getmembers(module, inspect.isclass):
        if name == thing.__name__ or not hasattr(module, thing.__name__):
            found[name] = thing
    return dict(sorted(found.items()))


def main(path):
    families = {family: {name: arguments(thing) for name, thing in members(module).items()} for family, module in FAMILIES.items()}
    functions = inspect.getmembers(keras.activations, inspect.isfunction)
    families["activations"] = {f.__name__: [] for _, f in functions if "activations" in f.__module__ and f.__name__ not in ("get", "serialize", "deserialize")}
    layers = {name: required(thing) for name, thing in members(keras.layers).items()}
    families["required"] = {name: names for name, names in layers.items() if names}
    lines = [f' "{f}": {{\n' + ",\n".join(f'  "{n}": {json.dumps(a)}' for n, a in names.items()) + "\n }" for f, names in families.items()]
    with open(path, "w") as out:
        out.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
