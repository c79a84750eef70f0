"""The lesson's run in real Keras: 400-25-15-1 on the page's own digits.

    python lesson.py www/public/data/digits01.bin tests/keras/lesson.json

Needs the packages of requirements.txt. Prints nothing; writes the history of 20 epochs and every 97th
weight after them. Rows are taken in order (shuffle=False), because Keras' shuffling cannot be seeded
from outside.
"""

import gzip
import json
import os
import struct
import sys

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import keras
import numpy as np

SEED = 42


def read(path):
    raw = open(path, "rb").read()
    data = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    magic, version, _, height, width, n, n_test = struct.unpack_from("<4sBBBBII", data)
    assert (magic, version) == (b"GBXD", 1), "another format"
    labels = np.frombuffer(data, np.uint8, n, 16)
    pixels = np.frombuffer(data, np.uint8, n * height * width, 16 + n + n_test)
    return pixels.reshape(n, -1).astype("float32") / 255, labels.astype("float32")[:, None]


def main(data, out):
    x, y = read(data)
    keras.utils.set_random_seed(SEED)
    layers = [keras.layers.Dense(units, "sigmoid") for units in (25, 15, 1)]
    model = keras.Sequential([keras.Input((400,)), *layers])
    model.compile(keras.optimizers.Adam(0.001), "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=20, batch_size=32, shuffle=False, validation_split=0.2, verbose=0)
    weights = np.concatenate([w.ravel() for w in model.get_weights()])
    result = {
        "keras": keras.__version__,
        "seed": SEED,
        "n_weights": weights.size,
        "history": history.history,
        "every_97th_weight": [float(w) for w in weights[::97]],
    }
    json.dump(result, open(out, "w"), indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
