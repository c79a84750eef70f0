"""The protocol of the Python contestants of `npm run bench`: a line of JSON in, a line of JSON out (see native.rs)."""

import json
import os
import sys
import time

import numpy as np

# Rows that a contestant predicts at a time.
PREDICT_BATCH = 1000


def serve(version, prepare, cannot=lambda workload: None):
    """Answers calls until the input ends.

    `prepare(workload, x, y)` returns two functions: `train(epochs)`, which returns the loss of the last epoch, and
    `predict(x)`. `cannot(workload)` returns why the contestant cannot express a network, or None.
    """
    x = train = predict = None
    for line in sys.stdin:
        request = json.loads(line)
        call = request["call"]
        answer = {}
        try:
            if call == "version":
                answer = {"version": version}
            elif call == "prepare":
                workload, x, y = read(request["folder"], request["rows"])
                reason = cannot(workload)
                if reason:
                    raise ValueError(reason)
                train, predict = prepare(workload, x, y)
            elif call == "train":
                ms, loss = timed(train, request["epochs"])
                answer = {"ms": ms, "loss": float(loss)}
            elif call == "predict":
                some = np.resize(x, (request["rows"], *x.shape[1:]))
                answer = {"ms": timed(predict, some)[0]}
            else:
                x = train = predict = None
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def read(folder, rows):
    """Returns a workload, its first inputs, and their targets as a column."""
    with open(os.path.join(folder, "workload.json"), encoding="utf-8") as file:
        workload = json.load(file)
    numbers = lambda name: np.fromfile(os.path.join(folder, name), dtype="<f4")
    x = numbers("x.f32").reshape(-1, *input_shape(workload))[:rows]
    return workload, x, numbers("y.f32")[:rows].reshape(-1, 1)


def timed(work, argument):
    start = time.perf_counter()
    result = work(argument)
    return 1000 * (time.perf_counter() - start), result


def input_shape(workload):
    return workload["model"]["config"]["layers"][0]["config"]["batch_shape"][1:]


def layers_of(workload):
    """Returns class name and options of each layer after the input.

    Where the loss takes logits, the last activation is left out, so that a contestant computes both together.
    """
    layers = [(layer["class_name"], dict(layer["config"])) for layer in workload["model"]["config"]["layers"][1:]]
    if workload["compile"]["loss"] != "mean_squared_error":
        layers[-1][1]["activation"] = "linear"
    return layers
