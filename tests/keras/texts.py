"""What Keras prints: `model.summary()` of several models, before and after a step of each optimizer, how `fit` writes numbers, and the log of the
golden cases with callbacks: texts.py texts.json"""

import json
import os
import re
import sys

import remake  # first: it sets Keras' backend
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
SCHEDULE = {"module": "keras.optimizers.schedules", "class_name": "ExponentialDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.9}}
# A model on two inputs, and optimizers with options: each has other variables.
TRAINED = [L.Dense(5, "relu"), L.BatchNormalization(), L.Dense(4, trainable=False, name="still"), L.Dense(1)]
OPTIMIZERS = [(name, {}) for name in (
    "SGD", "RMSprop", "Adam", "AdamW", "Adadelta", "Adagrad", "Adamax", "Nadam", "Ftrl", "Lion", "Lamb", "Adafactor", "Muon",
    "ScheduleFreeAdamW",
)] + [
    ("SGD", {"momentum": 0.9}), ("SGD", {"gradient_accumulation_steps": 2}), ("SGD", {"use_ema": True}),
    ("SGD", {"learning_rate": SCHEDULE, "clipnorm": 1.0}), ("RMSprop", {"momentum": 0.9}), ("RMSprop", {"centered": True}),
    ("Adam", {"amsgrad": True}), ("Adam", {"learning_rate": SCHEDULE}), ("Muon", {"exclude_layers": ["dense_2"]}),
    ("Adam", {"use_ema": True, "gradient_accumulation_steps": 3, "loss_scale_factor": 2.0}),
]
VALUES = [0.0, 1.0, 0.63481, 0.00123456, 0.001, 0.000999, 1.5e-7, -0.5, -0.0002, 12345.678]
NOT_FINITE = ["nan", "inf", "-inf"]


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


# Golden cases (cases/*.json) with other callbacks, so that every line is printed.
EARLY = {"class": "EarlyStopping", "args": {"monitor": "loss", "min_delta": 5.0, "restore_best_weights": True}}
LOGS = [
    ("fit_early_stopping_restore", None),
    ("fit_early_stopping_loss_baseline", None),
    ("fit_reduce_lr_on_plateau", None),
    ("fit_lr_scheduler_csv", None),
    ("fit_terminate_on_nan", None),
    ("fit_initial_epoch", [{**EARLY, "args": {**EARLY["args"], "patience": 1}}]),
    ("fit_xor", [{**EARLY, "args": {**EARLY["args"], "patience": 100}}]),
    ("fit_validation_data_reg", [
        {"class": "LearningRateScheduler", "lr_by_epoch": [0.1, 0.1, 0.3]},
        {"class": "ReduceLROnPlateau", "args": {"monitor": "loss", "min_delta": 9.0, "patience": 1}},
    ]),
]


def printed(train):
    """The lines that `train` leaves in a terminal, without colours and times."""
    import io
    from contextlib import redirect_stdout

    with redirect_stdout(io.StringIO()) as out:
        train()
    text = re.sub(r"\x1b\[\d+m", "", out.getvalue())
    # What a callback prints in the middle of a bar begins a line of its own here.
    lines = re.split(r"[\r\n\x08]+|(?=Batch \d+:)", text)
    ends = [line for line in lines if line.strip() and not re.match(r"(\d+)/(?!\1 )", line)]
    lines = [re.sub(r" \d+s \d+\S+/step - ", " ", line).rstrip() for line in ends]
    # A bar that is drawn twice at its end, before and after what callbacks print, stands there once.
    kept, drawn = [], False
    for line in reversed(lines):
        bar = re.match(r"\d+/", line) is not None
        if not (bar and drawn):
            kept.append(line)
        drawn = bar or drawn and not re.match(r"Epoch \d+/", line)
    return kept[::-1]


def log(name, callbacks):
    """What a golden case prints with verbose callbacks."""
    case = json.load(open(os.path.join(os.path.dirname(__file__), "cases", name + ".json")))
    case["callbacks"] = callbacks or case["callbacks"]
    made = [remake.callback(c) for c in case["callbacks"]]
    for callback in made:
        callback.verbose = 1
    model, fit = remake.build(case), dict(case["fit"])
    if case.get("val_x"):
        fit["validation_data"] = (remake.unpack(case["val_x"]), remake.unpack(case["val_y"]))
    lines = printed(lambda: model.fit(
        remake.unpack(case["x"]), remake.unpack(case["y"]), batch_size=case["batch_size"],
        shuffle=False, callbacks=made, **fit,
    ))
    return {"case": name, "callbacks": case["callbacks"], "lines": lines}


def trained():
    """Summaries of one model before its first step and after it."""
    import numpy as np

    seen = {"after": []}
    for name, options in OPTIMIZERS:
        keras.backend.clear_session()
        optimizer = getattr(keras.optimizers, name).from_config(dict(options))
        layers = [layer.__class__.from_config(layer.get_config()) for layer in TRAINED]
        model = keras.Sequential([keras.Input((2,)), *layers], name="sequential")
        model.compile(optimizer, "mse")
        before = summary(model)
        assert seen.setdefault("before", before) == before
        seen["config"] = json.loads(model.to_json())
        model.fit(np.ones((4, 2), "float32"), np.ones((4, 1), "float32"), verbose=0)
        plain = {"class_name": name, "config": options}
        seen["after"].append({"optimizer": plain, "summary": summary(model)})
    return seen


def main(out):
    texts = []
    for name, make in MODELS.items():
        keras.backend.clear_session()
        model = keras.Sequential(make(), name="sequential")
        texts.append({"name": name, "config": json.loads(model.to_json()), "summary": summary(model)})
    numbers = [{"value": v, "text": logged(float(v))} for v in NOT_FINITE] + [{"value": v, "text": logged(v)} for v in VALUES]
    logs = [log(*one) for one in LOGS]
    json.dump({"keras": keras.__version__, "models": texts, "trained": trained(), "logged": numbers, "logs": logs}, open(out, "w"), indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
