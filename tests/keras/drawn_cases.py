"""Layers that draw in training, held to Keras' own draws: drawn_cases.py out.json [seed] [part of a class name]

    KERAS_SEEDED=out.json cargo test --test keras_parity

Models with a layer that changes images at random, or that drops inside a recurrent cell: three training calls, a
prediction, and a step of gradient descent after them.
"""

import json
import random
import sys

import remake  # first: it sets Keras' backend
import keras
import numpy as np


def either(pick, low, high):
    """A factor: one number, or a pair."""
    a, b = sorted(round(pick.uniform(low, high), 3) for _ in range(2))
    return pick.choice([abs(b) or 0.1, (a, b)])


def where(pick):
    return {"fill_mode": pick.choice(["reflect", "wrap", "constant", "nearest"]), "fill_value": pick.choice([0.0, 1.5]),
            "interpolation": pick.choice(["bilinear", "bilinear", "nearest"])}


def sides(pick):
    return {"height": pick.randint(1, 9), "width": pick.randint(1, 9)}


def resizing(pick):
    keep = pick.choice([{}, {}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True, "fill_value": pick.choice([0.0, 2.5])}])
    return {**sides(pick), **keep, "interpolation": pick.choice(["bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5"]),
            "antialias": pick.random() < 0.5}


IMAGE_LAYERS = {
    "RandomFlip": lambda p: p.choice([{}, {"mode": "horizontal"}, {"mode": "vertical"}]),
    "RandomRotation": lambda p: {"factor": either(p, -1, 1), **where(p)},
    "RandomZoom": lambda p: {"height_factor": either(p, -0.8, 1), **where(p), **p.choice([{}, {"width_factor": either(p, -0.8, 1)}])},
    "RandomTranslation": lambda p: {"height_factor": either(p, -1, 1), "width_factor": either(p, -1, 1), **where(p)},
    "RandomShear": lambda p: {"x_factor": either(p, 0, 0.9), "y_factor": either(p, 0, 0.9), **where(p)},
    "RandomCrop": sides,
    "RandomContrast": lambda p: {"factor": either(p, 0, 1), "value_range": p.choice([(0, 255), (-1.0, 2.0)])},
    "RandomBrightness": lambda p: {"factor": either(p, -1, 1), "value_range": p.choice([(0, 255), (-1.0, 2.0)])},
    "RandomErasing": lambda p: p.choice([{}, {"factor": either(p, 0, 1)}, {"scale": either(p, 0.01, 0.9), "fill_value": 0.7}]),
    "Resizing": resizing,
    "CenterCrop": sides,
}


def image_model(name, pick):
    """An image, a layer with weights, the layer in question, and what brings it to one number."""
    options = IMAGE_LAYERS[name](pick)
    first = pick.random() < 0.3
    if first:
        options["data_format"] = "channels_first"
    seed = pick.choice([{}, {"seed": pick.randrange(10**6)}]) if name not in ("Resizing", "CenterCrop") else {}
    shape = (pick.randint(1, 3), *(pick.randint(1, 8) for _ in range(2))) if first else (*(pick.randint(1, 8) for _ in range(2)), pick.randint(1, 3))
    # In this order: each draws its seed when it is made.
    before, layer = keras.layers.Dense(shape[-1]), getattr(keras.layers, name)(**options, **seed)
    return shape, [before, layer, keras.layers.Flatten(), keras.layers.Dense(1)]


def recurrent_model(name, pick):
    options = {"dropout": pick.choice([0.0, 0.3]), "recurrent_dropout": pick.choice([0.0, 0.4, 0.4]), "return_sequences": pick.random() < 0.5,
               "go_backwards": pick.random() < 0.3, **pick.choice([{}, {"seed": pick.randrange(10**6)}])}
    if name == "GRU":
        options["reset_after"] = pick.random() < 0.5
    make = lambda: getattr(keras.layers, name)(pick.randint(1, 5), **options)
    both = pick.random() < 0.3 and not options["go_backwards"]
    before = keras.layers.Dense(3)
    layer = keras.layers.Bidirectional(make()) if both else make()
    return (pick.randint(1, 5), pick.randint(1, 4)), [before, layer, keras.layers.Flatten(), keras.layers.Dense(1)]


def drawn(name, pick, draw):
    """A model with first weights, what it gives in three training calls and when predicting, and a step after."""
    own = pick.randrange(2**32)
    keras.utils.set_random_seed(own)
    shape, layers = (image_model if name in IMAGE_LAYERS else recurrent_model)(name, pick)
    model = keras.Sequential([keras.Input(shape), *layers])
    n = pick.choice([1, 3, 4])
    x = draw.uniform(0, 2, size=(n, *shape)).round(3).astype("float32")
    y = draw.normal(size=(n, 1)).round(3).astype("float32")
    entry = {"name": f"{name} {layers[1].get_config()} {shape}", "seed": own, "config": json.loads(model.to_json()), "x": remake.pack(x), "y": remake.pack(y),
             "weights": [remake.pack(w) for w in model.get_weights()]}
    for call in (1, 2, 3):
        entry[f"train_call_{call}"] = remake.pack(model(x, training=True))
    if name != "RandomCrop":  # Keras 3.15.1 does not crop when predicting
        entry["predicted"] = remake.pack(model.predict(x, verbose=0))
    if "area" not in str(layers[1].get_config()):  # TensorFlow has no gradient there
        model.compile(keras.optimizers.SGD(0.1), "mse")
        entry["loss"] = float(model.train_on_batch(x, y))
        entry["weights_after"] = [remake.pack(w) for w in model.get_weights()]
    return entry


def main(out, seed="1", part=""):
    entries = []
    for name in [*IMAGE_LAYERS, "SimpleRNN", "LSTM", "GRU"]:
        for number in range(8 if part in name else 0):
            pick = random.Random(f"{seed}-{name}-{number}")
            entries.append(drawn(name, pick, np.random.default_rng([int(seed), number])))
    with open(out, "w") as file:
        json.dump(entries, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
