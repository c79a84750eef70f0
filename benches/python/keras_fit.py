"""Keras on TensorFlow, for `npm run bench`: a line of JSON in, a line of JSON out (see native.rs)."""

import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import tensorflow as tf

# The rows that `predict` takes at a time: more than by default, which is faster.
PREDICT_BATCH = 1000


class Prepared:
    def __init__(self, folder, rows):
        with open(os.path.join(folder, "workload.json"), encoding="utf-8") as file:
            workload = json.load(file)
        layers = workload["model"]["config"]["layers"]
        whole = [{"module": "keras.layers", "registered_name": None, **layer} for layer in layers]
        self.model = keras.Sequential([keras.layers.deserialize(layer) for layer in whole])
        shape = self.model.input_shape[1:]
        read = lambda name: np.fromfile(os.path.join(folder, name), dtype="<f4")
        self.x = read("x.f32").reshape(-1, *shape)[:rows]
        self.y = read("y.f32")[:rows].reshape(-1, 1)
        optimizer = keras.optimizers.deserialize(workload["compile"]["optimizer"])
        self.model.compile(optimizer=optimizer, loss=workload["compile"]["loss"])
        self.options = workload["fit"]

    def train(self, epochs):
        start = time.perf_counter()
        history = self.model.fit(self.x, self.y, epochs=epochs, verbose=0, **self.options)
        ms = 1000 * (time.perf_counter() - start)
        return {"ms": ms, "loss": history.history["loss"][-1]}

    def predict(self, rows):
        x = np.resize(self.x, (rows, *self.x.shape[1:]))
        start = time.perf_counter()
        self.model.predict(x, batch_size=PREDICT_BATCH, verbose=0)
        return {"ms": 1000 * (time.perf_counter() - start)}


def main():
    keras.utils.set_random_seed(42)
    prepared = None
    for line in sys.stdin:
        request = json.loads(line)
        call = request.pop("call")
        try:
            if call == "version":
                answer = {"version": f"Keras {keras.__version__}, TensorFlow {tf.__version__}"}
            elif call == "prepare":
                prepared = None
                keras.backend.clear_session()
                prepared = Prepared(**request)
                answer = {}
            elif call == "free":
                prepared = None
                answer = {}
            else:
                answer = getattr(prepared, call)(**request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
