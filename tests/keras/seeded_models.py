"""First weights after `keras.utils.set_random_seed`, and what three training calls drop: seeded_models.py out.json [seed]

Twenty models of the layers that the engine has so far, in the schema of `seeded.json`;
`KERAS_SEEDED=out.json cargo test --test keras_parity` holds the engine to them. Written with other
models in mind than the file beside it: own seeds of initializers, initializers that draw a seed without
being used, several Dropouts, a Dropout that drops nothing.
"""

import json
import os
import random
import sys

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np

import remake

KINDS = ["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal",
         "random_uniform", "random_normal", "truncated_normal", "zeros", "ones"]


def initializer(pick):
    kind = pick.choice(KINDS)
    if pick.random() < 0.3 and kind not in ("zeros", "ones"):
        # By its class: to make one by its string would draw a seed that the model never sees.
        named = "".join(part.capitalize() for part in kind.split("_"))
        return getattr(keras.initializers, named)(seed=pick.randrange(10**6))
    return kind


def layers(pick):
    yield keras.Input((pick.choice([3, 6, 40]),))
    for _ in range(pick.choice([1, 2, 3, 4])):
        yield keras.layers.Dense(
            pick.choice([1, 3, 5, 17]), pick.choice(["relu", "sigmoid", "tanh", "linear"]),
            use_bias=pick.random() < 0.8, kernel_initializer=initializer(pick), bias_initializer=initializer(pick),
        )
        if pick.random() < 0.6:
            yield keras.layers.Dropout(pick.choice([0.0, 0.2, 0.5, 0.7]))


def main(out, seed="1"):
    models = []
    for number in range(20):
        pick = random.Random(f"{seed}-{number}")
        own = pick.randrange(2**32)
        keras.utils.set_random_seed(own)
        model = keras.Sequential(list(layers(pick)))
        entry = {
            "name": f"model_{number}", "seed": own, "config": json.loads(model.to_json()),
            "weights": [remake.pack(w) for w in model.get_weights()],
        }
        x = np.ones((3, *model.input_shape[1:]), "float32")
        for call in (1, 2, 3):
            entry[f"train_call_{call}"] = remake.pack(model(x, training=True))
        models.append(entry)
    json.dump(models, open(out, "w"), separators=(",", ":"))


if __name__ == "__main__":
    main(*sys.argv[1:])
