"""What Keras prints: `model.summary()` of several models, and how `fit` writes numbers: texts.py texts.json"""

import json
import os
import sys

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3")
import keras
from keras import layers as L

MODELS = {
    "lesson": lambda: [keras.Input((400,)), *(L.Dense(n, "sigmoid") for n in (25, 15, 1))],
    "image": lambda: [keras.Input((20, 20)), L.Flatten(), L.Dense(1000, "relu"), L.Dropout(0.5), L.Dense(10)],
    "sequence": lambda: [keras.Input((7, 3)), L.Dense(4, "tanh"), L.Activation("relu"), L.Dense(2)],
    "long_name": lambda: [keras.Input((3,)), L.Dense(2, name="a_layer_with_a_name_that_is_much_too_long_for_its_column"), L.Dense(1)],
    "frozen": lambda: [keras.Input((3,)), L.Dense(5, trainable=False), L.Dense(1, use_bias=False)],
    "wide": lambda: [keras.Input((2000,)), L.Dense(600), L.Dense(600)],
}
VALUES = [0.0, 1.0, 0.63481, 0.00123456, 0.001, 0.000999, 1.5e-7, -0.5, -0.0002, 12345.678]


def summary(model):
    lines = []
    model.summary(print_fn=lambda text, **_: lines.append(text), line_length=None)
    return "\n".join(lines)


def logged(value):
    """As `keras.utils.Progbar` formats a value."""
    import io
    from contextlib import redirect_stdout

    bar = keras.utils.Progbar(1, verbose=1, interval=0)
    with redirect_stdout(io.StringIO()) as out:
        bar.update(1, [("x", value)], finalize=True)
    return out.getvalue().rsplit("x: ", 1)[1].strip()


def main(out):
    texts = []
    for name, make in MODELS.items():
        keras.backend.clear_session()
        model = keras.Sequential(make(), name="sequential")
        texts.append({"name": name, "config": json.loads(model.to_json()), "summary": summary(model)})
    numbers = [{"value": v, "text": logged(v)} for v in VALUES]
    json.dump({"keras": keras.__version__, "models": texts, "logged": numbers}, open(out, "w"), indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
