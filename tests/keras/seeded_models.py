"""First weights after `keras.utils.set_random_seed`, and what three training calls give: seeded_models.py out.json [seed]

Twenty architectures of every family, in the schema of `seeded.json`; `KERAS_SEEDED=out.json cargo test
--test keras_parity` holds the engine to them. What is in this folder as `architectures.json` came from seed 1.
Layers are made in the order of a Sequential's list or of a Functional model's lines: each draws seeds of its
own when it is made. A call is training on `x`.
"""

import json
import os
import random
import sys

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import keras
import numpy as np
from keras import layers as L

import remake

UNIFORM = ["glorot_uniform", "he_uniform", "lecun_uniform", "random_uniform", "zeros", "ones"]
NORMAL = ["glorot_normal", "he_normal", "lecun_normal", "random_normal", "truncated_normal"]


def initializer(pick, kinds=None):
    kind = pick.choice(kinds or UNIFORM + NORMAL)
    if pick.random() < 0.3 and kind not in ("zeros", "ones"):
        # By its class: to make one by its string would draw a seed that the model never sees.
        named = "".join(part.capitalize() for part in kind.split("_"))
        return getattr(keras.initializers, named)(seed=pick.randrange(10**6))
    return kind


def dense(pick, units=None):
    return L.Dense(
        units or pick.choice([1, 3, 5, 17]), pick.choice(["relu", "sigmoid", "tanh", "linear"]),
        use_bias=pick.random() < 0.8, kernel_initializer=initializer(pick), bias_initializer=initializer(pick),
    )


def dropping(pick):
    kind = pick.choice([L.Dropout, L.GaussianDropout, L.GaussianNoise, L.AlphaDropout])
    return kind(pick.choice([0.2, 0.5, 0.7]))


def mlp(pick):
    yield keras.Input((pick.choice([3, 6, 40]),))
    for _ in range(pick.choice([1, 2, 3, 4])):
        yield dense(pick)
        if pick.random() < 0.6:
            yield L.Dropout(pick.choice([0.0, 0.2, 0.5, 0.7]))


def noisy(pick):
    yield keras.Input((pick.choice([5, 7]),))
    for _ in range(3):
        yield dense(pick, 6)
        yield dropping(pick)


def cnn(pick):
    yield keras.Input((8, 9, pick.choice([1, 3])))
    yield L.Conv2D(4, 3, padding=pick.choice(["same", "valid"]), kernel_initializer=initializer(pick, UNIFORM))
    yield L.BatchNormalization()
    yield L.SpatialDropout2D(0.4)
    kind, *sizes = pick.choice([(L.SeparableConv2D, 5, 3), (L.DepthwiseConv2D, 2), (L.Conv2DTranspose, 3, 2)])
    yield kind(*sizes)
    yield L.MaxPooling2D(2)
    yield L.Flatten()
    yield dense(pick)


def signal(pick):
    yield keras.Input((11, 3))
    yield L.Conv1D(4, 3, padding="causal", kernel_initializer=initializer(pick))
    yield L.SpatialDropout1D(0.5)
    kind, *sizes = pick.choice([(L.SeparableConv1D, 3, 2), (L.DepthwiseConv1D, 3), (L.Conv1DTranspose, 4, 2, 2)])
    yield kind(*sizes)
    yield L.LayerNormalization()
    yield L.GlobalAveragePooling1D()
    yield L.PReLU(alpha_initializer="random_uniform")
    yield dense(pick)


def recurrent(pick):
    yield keras.Input((5, 4))
    kind = pick.choice([L.SimpleRNN, L.LSTM, L.GRU])
    inner = kind(pick.choice([2, 3, 6]), return_sequences=True, recurrent_initializer=pick.choice(["orthogonal", "glorot_uniform"]))
    yield L.Bidirectional(inner) if pick.random() < 0.5 else inner
    yield L.TimeDistributed(L.Dense(3))
    yield pick.choice([L.LSTM, L.GRU, L.SimpleRNN])(3)
    yield L.Dropout(0.3)
    yield dense(pick)


def text(pick):
    yield keras.Input((6,))
    yield L.Embedding(9, 4, mask_zero=pick.random() < 0.5)
    yield pick.choice([L.LSTM, L.GRU])(3)
    yield L.UnitNormalization()
    yield dense(pick, 2)


def attention(pick):
    x = keras.Input((5, 8))
    seen = L.MultiHeadAttention(pick.choice([1, 2]), 3)(x, x)
    y = L.RMSNormalization()(L.Add()([x, seen]))
    y = L.GroupNormalization(2)(L.Dense(8, "gelu")(y))
    y = L.Dropout(0.25)(L.GlobalMaxPooling1D()(y))
    return keras.Model(x, L.Dense(3, "softmax")(y))


FAMILIES = [mlp, cnn, recurrent, attention, noisy, signal, text]


def main(out, seed="1"):
    models = []
    for number in range(20):
        pick = random.Random(f"{seed}-{number}")
        own = pick.randrange(2**32)
        family = FAMILIES[number % len(FAMILIES)]
        keras.utils.set_random_seed(own)
        made = family(pick)
        model = made if isinstance(made, keras.Model) else keras.Sequential(list(made))
        entry = {
            "name": f"{family.__name__}_{number}", "seed": own, "config": json.loads(model.to_json()),
            "weights": [remake.pack(w) for w in model.get_weights()],
        }
        draw = np.random.RandomState(number)
        size = (3, *model.input_shape[1:])
        x = np.round(draw.normal(0, 1, size), 3).astype("float32")
        if family is text:
            x = draw.randint(0, 9, size)
        entry["x"] = remake.pack(x)
        for call in (1, 2, 3):
            entry[f"train_call_{call}"] = remake.pack(model(x, training=True))
        models.append(entry)
    json.dump(models, open(out, "w"), separators=(",", ":"))


if __name__ == "__main__":
    main(*sys.argv[1:])
