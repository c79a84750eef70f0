"""Names and defaults of the arguments of Keras' classes: signatures.py signatures.json

Of the classes that the engine offers; `tests/signatures.rs` holds the catalog to them. Which those are
is read from the file that is there, so that a new class is one line in it: "Name": {}.
"""

import importlib
import inspect
import json
import sys

import remake  # first: it sets Keras' backend
import keras

MODULES = {"schedules": "optimizers.schedules"}


def plain(value):
    """A default as JSON has it; a class or function by its name."""
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return getattr(value, "__name__", type(value).__name__)


def arguments(family, name):
    thing = getattr(importlib.import_module("keras." + MODULES.get(family, family)), name, None)
    if thing is None:  # a string of Keras that is no class: "accuracy"
        return {}
    taken = inspect.signature(thing if inspect.isfunction(thing) else thing.__init__).parameters
    found = {}
    for argument in taken.values():
        if argument.name in ("self", "x", "logits") or argument.kind in (argument.VAR_KEYWORD, argument.VAR_POSITIONAL):
            continue
        given = argument.default is not argument.empty
        found[argument.name] = {"default": plain(argument.default)} if given else {}
    return found


def main(path):
    families = json.load(open(path))
    new = {f: {name: arguments(f, name) for name in sorted(names)} for f, names in families.items()}
    lines = [f' "{f}": {{\n' + ",\n".join(f'  "{n}": {json.dumps(a)}' for n, a in names.items()) + "\n }" for f, names in new.items()]
    with open(path, "w") as out:
        out.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
