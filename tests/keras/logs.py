"""What Keras logs: History, CSVLogger's files, printed lines and saved weights, byte by byte: logs.py logs.json

A model without rounding: one input, weights and targets of few binary digits, the mean absolute error and powers
of two, so that every number is exact in float32 and its text the same wherever the sums are taken.

No case has counts (TruePositives and the like) at several thresholds beside validation: Keras 3.15.1 hands the
metric's own array on to History and the CSV file, where the validation's counts then overwrite the training's.
"""

import json
import os
import sys
import tempfile

import remake  # first: it sets Keras' backend
import texts
import keras
import numpy as np
import tensorflow as tf

tf.config.run_functions_eagerly(True)  # small models: no graph is worth its making

X = [1.0, 0.5, -0.5, 2.0, 1.5, -1.0, 0.25, 1.0, 0.5, 1.0, -2.0, 1.0, 0.75, -0.5, 1.0, 0.25]
Y = [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]
HALF = {"validation_split": 0.5}
CSV, EARLY, PLATEAU, SCHEDULER, CHECKPOINT, NAN = (
    "CSVLogger", "EarlyStopping", "ReduceLROnPlateau", "LearningRateScheduler", "ModelCheckpoint", "TerminateOnNaN",
)
RATES = [0.25, 0.5, 0.125, 0.25, 0.5]


def cb(name, /, **args):
    made = {"class": name, "args": args}
    if name == SCHEDULER:
        made["lr_by_epoch"] = RATES
    return made


def plateau(**args):
    return cb(PLATEAU, **{"monitor": "loss", "factor": 0.5, "patience": 1, "min_delta": 10.0, **args})


def checkpoint(**args):
    return cb(CHECKPOINT, **{"filepath": "kept.weights.h5", "save_weights_only": True, **args})


def metric(kind, /, **args):
    return {"class": kind, "args": args}


TP = metric("TruePositives", thresholds=[0.2, 0.8], name="tp")
P = metric("Precision", thresholds=[0.25, 0.5], name="p")
LISTS = [P, metric("Recall", thresholds=[0.3, 0.6, 0.9], name="rs"), metric("Recall", thresholds=[0.5], name="r")]
F1 = metric("F1Score", threshold=0.5, name="f1")
BY_CLASS = [metric("R2Score", class_aggregation=None, name="r2"), metric("R2Score", name="r2_mean"), P]

# name: fit's arguments, callbacks, metrics, weighted metrics and more
CASES = {
    "csv without validation": dict(callbacks=[cb(CSV)], metrics=["mae"]),
    "csv with validation": dict(callbacks=[cb(CSV)], metrics=["mae"], fit=HALF),
    "csv before plateau": dict(callbacks=[cb(CSV), plateau()], fit=HALF),
    "csv after plateau": dict(callbacks=[plateau(), cb(CSV)], fit=HALF),
    "csv before and after": dict(callbacks=[cb(CSV), plateau(), cb(CSV, separator=";")], fit=HALF),
    "csv before scheduler": dict(callbacks=[cb(CSV), cb(SCHEDULER)]),
    "csv after scheduler, no validation": dict(callbacks=[cb(SCHEDULER), cb(CSV)]),
    "csv between all": dict(callbacks=[cb(CSV), plateau(), cb(CSV), cb(SCHEDULER), cb(CSV), plateau(), cb(CSV)],
                            fit={"epochs": 5}),
    "two plateaus": dict(callbacks=[plateau(), cb(CSV), plateau(), cb(CSV)], fit={"epochs": 5}),
    "every second": dict(callbacks=[cb(CSV), plateau(), cb(CSV)], metrics=["mae"],
                         fit={**HALF, "epochs": 5, "validation_freq": 2}),
    "every third": dict(callbacks=[cb(CSV)], metrics=["mae"], fit={**HALF, "epochs": 5, "validation_freq": 3}),
    "never": dict(callbacks=[cb(CSV)], fit={**HALF, "epochs": 2, "validation_freq": 3}),
    "first and fourth": dict(callbacks=[cb(CSV)], metrics=["mae"], fit={**HALF, "epochs": 5, "validation_freq": [1, 4]}),
    "third and fourth": dict(callbacks=[cb(CSV)], fit={**HALF, "epochs": 5, "validation_freq": [3, 4]}),
    "from the second epoch on": dict(callbacks=[cb(CSV)], fit={**HALF, "initial_epoch": 1, "epochs": 4, "validation_freq": 2}),
    "steps": dict(callbacks=[cb(CSV)], fit={**HALF, "steps_per_epoch": 1, "epochs": 4}),
    "one epoch": dict(callbacks=[cb(CSV)], metrics=["mae"], fit={**HALF, "epochs": 1}),
    "lists": dict(callbacks=[cb(CSV)], metrics=LISTS, fit=HALF),
    "lists, every second": dict(callbacks=[plateau(), cb(CSV, separator=";")], metrics=LISTS,
                                fit={**HALF, "epochs": 5, "validation_freq": 2}),
    "lists by class": dict(callbacks=[cb(CSV)], metrics=BY_CLASS, fit=HALF, outputs=4),
    "counts": dict(callbacks=[cb(CSV)], metrics=[TP, metric("FalseNegatives", thresholds=[0.1, 0.6], name="fn")]),
    "lists, weighted": dict(callbacks=[cb(CSV)], metrics=[TP], weighted_metrics=[TP, "mae"]),
    "names in quotes": dict(callbacks=[cb(CSV), cb(CSV, separator=" ")], fit=HALF, metrics=[
        metric("MeanAbsoluteError", name='a "b", c'), metric("MeanSquaredError", name="a;b")]),
    **{f"separator {s!r}": dict(callbacks=[cb(CSV, separator=s)], metrics=[P], fit=HALF)
       for s in [".", ";", "\t", " ", "e", "0", "A", "-", "|", '"']},
    "names of one kind": dict(callbacks=[cb(CSV)], metrics=["mae", "mae", metric("MeanAbsoluteError", name="mae")],
                              weighted_metrics=["mae", "mae", metric("MeanSquaredError", name="weighted_mae")]),
    "an empty name": dict(callbacks=[cb(CSV)], metrics=[metric("MeanAbsoluteError", name="")]),
    "infinite, not a number": dict(callbacks=[cb(CSV), cb(NAN), plateau()], fit=HALF, target=3e38, loss="mse"),
    # What is watched.
    "watches the rate behind plateau": dict(callbacks=[plateau(), cb(EARLY, monitor="learning_rate", mode="min")], fit={"epochs": 5}),
    "watches the rate going up": dict(callbacks=[plateau(), cb(EARLY, monitor="learning_rate", mode="max", patience=2)], fit={"epochs": 5}),
    "watches the rate before plateau": dict(callbacks=[cb(EARLY, monitor="learning_rate", mode="min"), plateau()], fit={"epochs": 5}),
    "monitors the rate, which no callback logs": dict(callbacks=[cb(EARLY, monitor="learning_rate", mode="min")], fit={"epochs": 5}),
    "plateau of the rate": dict(callbacks=[plateau(monitor="learning_rate", mode="min", min_delta=0.0), cb(CSV)], fit={"epochs": 5}),
    "watches the rate, auto": dict(callbacks=[plateau(), cb(EARLY, monitor="learning_rate")]),
    "no validation": dict(callbacks=[cb(EARLY), cb(PLATEAU), checkpoint(save_best_only=True), cb(CSV)], fit={"epochs": 4}),
    "waits for validation": dict(callbacks=[cb(EARLY, min_delta=10.0, patience=1, restore_best_weights=True), plateau(monitor="val_loss")],
                                 fit={**HALF, "epochs": 9, "validation_freq": 2}),
    "an improvement of the least": dict(callbacks=[cb(EARLY, monitor="loss", min_delta=1e-9)], fit={"epochs": 4}, rate=2.0**-30),
    "one score in a list": dict(callbacks=[cb(EARLY, monitor="f1")], metrics=[F1], fit={"epochs": 5}),
    "a list watched": dict(callbacks=[cb(EARLY, monitor="p")], metrics=LISTS),
    "a list watched by plateau": dict(callbacks=[plateau(monitor="rs")], metrics=LISTS),
    "a counted name": dict(callbacks=[cb(EARLY, monitor="mae_1")], metrics=["mae", "mae"]),
    "a counted name, min": dict(callbacks=[cb(EARLY, monitor="mae_1", mode="min")], metrics=["mae", "mae"]),
    "a weighted name": dict(callbacks=[plateau(monitor="weighted_mae")], metrics=["mae"], weighted_metrics=["mae"]),
    "an unknown direction": dict(callbacks=[checkpoint(monitor="tp")], metrics=[metric("TruePositives", name="tp")]),
    "an unknown name": dict(callbacks=[checkpoint(monitor="val_los")], fit=HALF),
    # What is kept.
    "keeps each epoch": dict(callbacks=[checkpoint()], fit={**HALF, "epochs": 4}),
    "keeps the best": dict(callbacks=[checkpoint(save_best_only=True)], fit={**HALF, "epochs": 5}),
    "keeps the worst": dict(callbacks=[checkpoint(save_best_only=True, mode="max")], fit={**HALF, "epochs": 5}),
    "keeps what is not measured": dict(callbacks=[checkpoint(save_best_only=True, mode="max")], fit={**HALF, "epochs": 5, "validation_freq": 2}),
    "keeps beyond a threshold": dict(callbacks=[checkpoint(save_best_only=True, initial_value_threshold=0.5)], fit={**HALF, "epochs": 5}),
    **{f"keeps after {n} batches": dict(callbacks=[checkpoint(save_freq=n)], fit={"epochs": 3}) for n in [1, 3, 5, 7, 13, 99]},
    "a file for each": dict(callbacks=[checkpoint(filepath="{epoch:02d}-{loss:.2f}-{val_loss}.weights.h5")], fit=HALF),
    "a file for each batch": dict(callbacks=[checkpoint(filepath="{epoch}-{batch}.weights.h5", save_freq=3)]),
    "a whole model": dict(callbacks=[cb(CHECKPOINT, filepath="kept.keras")], fit=HALF),
    "another ending": dict(callbacks=[cb(CHECKPOINT, filepath="kept.txt")], fit=HALF),
    "weights without their ending": dict(callbacks=[checkpoint(filepath="kept.keras")], fit=HALF),
    "a number that is not logged": dict(callbacks=[checkpoint(filepath="{mae}.weights.h5")], fit=HALF),
    "a batch without one": dict(callbacks=[checkpoint(filepath="{batch}.weights.h5")], fit=HALF),
    "a list in a file's name": dict(callbacks=[checkpoint(filepath="{p:.2f}.weights.h5")], metrics=LISTS, fit=HALF),
    "half a brace": dict(callbacks=[checkpoint(filepath="{epoch.weights.h5")], fit=HALF),
    "two characters between": dict(callbacks=[cb(CSV, separator=", ")], fit=HALF),
    "nothing between": dict(callbacks=[cb(CSV, separator="")], fit=HALF),
    "the second alone": dict(callbacks=[cb(CSV)], fit={**HALF, "epochs": 6, "validation_freq": [2]}),
    "stops after the third alone": dict(callbacks=[cb(EARLY, patience=1, restore_best_weights=True), cb(CSV)],
                                        fit={**HALF, "epochs": 6, "validation_freq": [3]}),
    "closes what is not open": dict(callbacks=[checkpoint(filepath="a}.weights.h5")], fit={**HALF, "epochs": 1}),
    "braces that stand twice": dict(callbacks=[checkpoint(filepath="{{epoch}}{epoch:03d}.weights.h5")], fit={**HALF, "epochs": 1}),
}


class Kept(keras.callbacks.ModelCheckpoint):
    """Notes the weights that it saves."""

    weights = None

    def _save_model(self, epoch, batch, logs):
        seen = []
        self.model.save_weights = lambda path, **_: seen.append(path)
        self.model.save = self.model.save_weights
        super()._save_model(epoch, batch, logs)
        if seen:
            self.weights = remake.pack(self.model.get_weights()[0].ravel())["data"]


def prepare(name, spec):
    """A case of the golden files' form."""
    outputs = spec.get("outputs", 1)
    x, y = np.array(X, "float32")[:, None], np.array(Y, "float32")[:, None]
    if outputs > 1:
        y = np.eye(outputs, dtype="float32")[np.arange(len(X)) * 2 % outputs]
    if "target" in spec:
        y[:] = spec["target"]
    layers = [{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 1]}},
              {"module": "keras.layers", "class_name": "Dense", "config": {"units": outputs, "use_bias": False}}]
    fit = {"epochs": 3, **spec.get("fit", {})}
    callbacks = json.loads(json.dumps(spec["callbacks"]))
    for i, callback in enumerate(callbacks):
        if callback["class"] == CSV:
            callback["args"]["filename"] = f"{i}.csv"
    return {
        "name": name, "mode": "fit", "batch_size": 4, "fit": fit, "callbacks": callbacks,
        "model_config": {"module": "keras", "class_name": "Sequential", "config": {"name": "sequential", "layers": layers}}, "x": remake.pack(x), "y": remake.pack(y),
        "weights_init": [remake.pack(np.array([[0.5, 0.25, -0.25, 0.125][:outputs]], "float32"))],
        "compile": {"optimizer": {"class": "SGD", "args": {"learning_rate": spec.get("rate", 0.25)}},
                    "loss": spec.get("loss", "mae"), "metrics": spec.get("metrics", []),
                    "weighted_metrics": spec.get("weighted_metrics", [])},
    }


def values(column):
    return [[remake.number(n) for n in v] if np.ndim(v) else remake.number(v) for v in column]


def run(model, case, folder):
    made, files = [], []
    for spec in case["callbacks"]:
        args = dict(spec["args"])
        if spec["class"] == CSV:
            files.append(os.path.join(folder, args.pop("filename")))
            made.append(keras.callbacks.CSVLogger(files[-1], **args))
        elif spec["class"] == CHECKPOINT:
            made.append(Kept(**args))
        else:
            made.append(remake.callback(spec))
            made[-1].verbose = 1
    fit = {"batch_size": case["batch_size"], "shuffle": False, "callbacks": made, **case["fit"]}
    seen = {}
    lines = texts.printed(lambda: seen.update(h=model.fit(remake.unpack(case["x"]), remake.unpack(case["y"]), **fit)))
    return {
        "history": {name: values(column) for name, column in seen["h"].history.items()},
        "csv": [open(path, newline="").read() for path in files],
        "lines": lines,
        "kept": [c.weights for c in made if isinstance(c, Kept)],
        "weights": remake.pack(model.get_weights()[0].ravel())["data"],
        "evaluate": dict(evaluated(model, case)),
    }


def evaluated(model, case):
    x, y = remake.unpack(case["x"]), remake.unpack(case["y"])
    logs = model.evaluate(x, y, batch_size=case["batch_size"], verbose=0, return_dict=True)
    return zip(logs, values(logs.values()))


def main(out):
    cases = []
    for name, spec in CASES.items():
        keras.utils.clear_session()
        case = prepare(name, spec)
        model = remake.build(case)
        with tempfile.TemporaryDirectory() as folder:
            try:
                case["logged"] = run(model, case, folder)
            except Exception as error:
                case["raises"] = f"{type(error).__name__}: {error}"[:200]
        print(name, case.get("raises", ""))
        cases.append(case)
    text = ",\n".join(json.dumps(case, separators=(",", ":"), ensure_ascii=False) for case in cases)
    open(out, "w").write(f'{{"keras":"{keras.__version__}","cases":[\n{text}\n]}}\n')


if __name__ == "__main__":
    main(*sys.argv[1:])
