"""Draws models, losses, optimizers, metrics and callbacks of every kind, for `new_cases.py`.

Each function takes `pick` (a `random.Random`) and draws classes and their arguments; arguments that go together
are drawn together. Random layers have a rate of 0 here: what they draw is held to Keras by `seeded_models.py`.
"""

import remake  # first: it sets Keras' backend
import keras
from keras import layers as L

ACTIVATIONS = [
    "linear", "sigmoid", "tanh", "relu", "softmax", "elu", "selu", "gelu", "silu", "mish", "softplus", "softsign",
    "exponential", "hard_sigmoid", "leaky_relu", "relu6", "hard_tanh", "log_sigmoid", "squareplus", "celu",
]
INITIALIZERS = ["glorot_uniform", "he_normal", "lecun_uniform", "random_normal", "orthogonal", "truncated_normal"]
REGULARIZERS = [{"class_name": "L1", "config": {"l1": 0.01}}, {"class_name": "L2", "config": {"l2": 0.02}},
                {"class_name": "L1L2", "config": {"l1": 0.004, "l2": 0.03}}]
CONSTRAINTS = ["MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm"]


def some(pick, share, **options):
    """Of these options each with that probability, and a value of its list."""
    return {key: pick.choice(values) for key, values in options.items() if pick.random() < share}


def kernel(pick, name="kernel"):
    drawn = some(pick, 0.2, **{
        f"{name}_initializer": INITIALIZERS, f"{name}_regularizer": REGULARIZERS, f"{name}_constraint": CONSTRAINTS,
    })
    constraint = f"{name}_constraint"
    if constraint in drawn:
        drawn[constraint] = getattr(keras.constraints, drawn[constraint])()
    return drawn


def unit(pick):
    return {**kernel(pick), **some(pick, 0.3, use_bias=[True, False], bias_initializer=["zeros", "random_uniform"],
                                   bias_regularizer=REGULARIZERS, activity_regularizer=REGULARIZERS)}


def function(pick):
    return {"activation": pick.choice(ACTIVATIONS)}


def norm(pick):
    kind = pick.choice(["batch", "batch", "layer", "rms", "unit", "group"])
    if kind == "batch":
        return L.BatchNormalization(**some(pick, 0.3, momentum=[0.6, 0.9], epsilon=[1e-2, 1e-4], center=[False],
                                           scale=[False], gamma_regularizer=REGULARIZERS))
    if kind == "layer":
        return L.LayerNormalization(**some(pick, 0.3, epsilon=[1e-2], center=[False], scale=[False]))
    if kind == "group":
        return L.GroupNormalization(-1, **some(pick, 0.4, epsilon=[1e-2], center=[False], scale=[False]))
    return L.RMSNormalization() if kind == "rms" else L.UnitNormalization()


def shaping(pick):
    kind = pick.choice(["relu", "leaky", "prelu", "elu", "softmax", "activation", "dropout", "regular"])
    return {
        "relu": lambda: L.ReLU(**some(pick, 0.4, max_value=[1.5], negative_slope=[0.1], threshold=[0.2])),
        "leaky": lambda: L.LeakyReLU(pick.choice([0.1, 0.3])),
        "prelu": lambda: L.PReLU("random_uniform", **some(pick, 0.3, alpha_regularizer=REGULARIZERS)),
        "elu": lambda: L.ELU(pick.choice([1.0, 0.5])),
        "softmax": lambda: L.Softmax(),
        "activation": lambda: L.Activation(pick.choice(ACTIVATIONS)),
        "dropout": lambda: pick.choice([L.Dropout, L.GaussianDropout, L.AlphaDropout, L.GaussianNoise])(0.0),
        "regular": lambda: L.ActivityRegularization(0.01, 0.02),
    }[kind]()


def vector(pick):
    shape = pick.choice([(3,), (7,), (2, 5), (3, 2, 4)])
    yield keras.Input(shape)
    for _ in range(pick.choice([1, 2, 3])):
        yield L.Dense(pick.choice([2, 4, 9]), **function(pick), **unit(pick))
        if pick.random() < 0.6:
            yield norm(pick) if pick.random() < 0.5 else shaping(pick)
    yield L.Flatten()


def sequence(pick):
    yield keras.Input((pick.choice([9, 12]), pick.choice([2, 4])))
    for _ in range(pick.choice([1, 2])):
        kind = pick.choice(["conv", "conv", "depthwise", "separable", "transpose"])
        size = pick.choice([2, 3])
        more = pick.choice([{}, {"strides": 2}, {"dilation_rate": 2}])
        pads = {"padding": pick.choice(["valid", "same"])}
        if kind == "conv":
            pads = pick.choice([pads, {"padding": "causal"}])
            yield L.Conv1D(4, size, **pads, **more, **pick.choice([{}, {"groups": 2}]), **function(pick), **unit(pick))
        elif kind == "depthwise":
            strides = pick.choice([{}, {"strides": 2}])
            yield L.DepthwiseConv1D(size, **pads, **strides, depth_multiplier=2, **function(pick))
        elif kind == "separable":
            yield L.SeparableConv1D(4, size, **pads, **pick.choice([{}, {"strides": 2}]), **function(pick))
        else:
            yield L.Conv1DTranspose(4, size, **pads, **more, **function(pick), **unit(pick))
        if pick.random() < 0.5:
            yield pick.choice([norm, shaping])(pick)
    kind = pick.choice(["max", "average", "up", "pad", "crop", "none"])
    if kind in ("max", "average"):
        pool = L.MaxPooling1D if kind == "max" else L.AveragePooling1D
        yield pool(2, **some(pick, 0.5, strides=[1, 2], padding=["same", "valid"]))
    elif kind != "none":
        yield {"up": lambda: L.UpSampling1D(2), "pad": lambda: L.ZeroPadding1D((1, 2)), "crop": lambda: L.Cropping1D((1, 0))}[kind]()
    yield pick.choice([L.GlobalAveragePooling1D, L.GlobalMaxPooling1D, L.Flatten])()


def image(pick):
    yield keras.Input((pick.choice([6, 7]), pick.choice([6, 8]), pick.choice([2, 4])))
    for _ in range(pick.choice([1, 2])):
        kind = pick.choice(["conv", "conv", "depthwise", "separable", "transpose"])
        size = pick.choice([2, (2, 3), 3])
        more = pick.choice([{}, {"strides": 2}, {"dilation_rate": 2}])
        pads = {"padding": pick.choice(["valid", "same"])}
        if kind == "conv":
            yield L.Conv2D(4, size, **{**pads, "padding": "same"}, **more, **pick.choice([{}, {"groups": 2}]), **function(pick), **unit(pick))
        elif kind == "depthwise":
            yield L.DepthwiseConv2D(2, **pads, **pick.choice([{}, {"strides": 2}]), depth_multiplier=2, **function(pick))
        elif kind == "separable":
            yield L.SeparableConv2D(4, 2, **pads, **pick.choice([{}, {"strides": 2}]), **function(pick))
        else:
            yield L.Conv2DTranspose(4, size, **pads, **pick.choice([{}, {"strides": 2}]), **function(pick), **unit(pick))
        if pick.random() < 0.4:
            yield pick.choice([norm, shaping])(pick)
    kind = pick.choice(["max", "average", "up", "pad", "crop", "permute", "none"])
    if kind in ("max", "average"):
        pool = L.MaxPooling2D if kind == "max" else L.AveragePooling2D
        yield pool(2, **some(pick, 0.5, strides=[1, 2]), padding="same")
    elif kind != "none":
        yield {
            "up": lambda: L.UpSampling2D((2, 1), interpolation=pick.choice(["nearest", "bilinear"])),
            "pad": lambda: L.ZeroPadding2D(((1, 0), (2, 1))), "crop": lambda: L.Cropping2D(((0, 1), (1, 0))),
            "permute": lambda: L.Permute((3, 1, 2)),
        }[kind]()
    yield pick.choice([L.GlobalAveragePooling2D, L.GlobalMaxPooling2D, L.Flatten])()


def cell(pick, sequences):
    kind = pick.choice([L.SimpleRNN, L.LSTM, L.GRU])
    more = some(pick, 0.2, activation=["relu", "sigmoid", "softsign"], go_backwards=[True], unroll=[True],
                recurrent_regularizer=REGULARIZERS, use_bias=[False])
    if kind is L.LSTM:
        more.update(some(pick, 0.3, unit_forget_bias=[False], recurrent_activation=["hard_sigmoid", "tanh"]))
    if kind is L.GRU:
        more.update(some(pick, 0.4, reset_after=[False], recurrent_activation=["hard_sigmoid"]))
    return kind(pick.choice([2, 3, 5]), return_sequences=sequences, **more, **kernel(pick))


def recurrent(pick):
    if pick.random() < 0.4:
        yield keras.Input((6,), name="words")
        yield L.Embedding(90, 4, mask_zero=pick.random() < 0.7, **some(pick, 0.2, embeddings_regularizer=REGULARIZERS))
    else:
        yield keras.Input((6, 3))
        if pick.random() < 0.4:
            yield L.Masking(0.5)
    if pick.random() < 0.6:
        inner = cell(pick, True)
        mode = pick.choice(["concat", "sum", "mul", "ave"])
        yield L.Bidirectional(inner, merge_mode=mode) if pick.random() < 0.5 else inner
        if pick.random() < 0.5:
            yield L.TimeDistributed(L.Dense(3, **function(pick)))
    if pick.random() < 0.15:
        yield pick.choice([L.Softmax(), L.Softmax(axis=1), L.Activation("softmax"), L.BatchNormalization(), L.LayerNormalization()])
    each = pick.random() < 0.3  # an answer for each step
    last = cell(pick, each)
    yield L.Bidirectional(last) if pick.random() < 0.3 else last


def steps(pick):
    """An answer for each step, without a recurrent layer."""
    yield keras.Input((5, 3))
    if pick.random() < 0.5:
        yield L.Masking(0.5)
    for _ in range(pick.choice([1, 2])):
        yield pick.choice([
            lambda: L.Dense(4, **function(pick)), lambda: L.Conv1D(4, 2, padding="same", **function(pick)),
            lambda: L.TimeDistributed(L.Dense(3, "tanh")), lambda: L.LayerNormalization(), lambda: shaping(pick),
        ])()


def inside(pick):
    """A model inside a model."""
    yield keras.Input((6,))
    yield keras.Sequential([L.Dense(5, "tanh", **unit(pick)), *([norm(pick)] if pick.random() < 0.5 else [])])
    yield keras.Sequential([keras.Input((5,)), L.Dense(4, **function(pick))])


def attention(pick):
    x = keras.Input((5, 4))
    y = x
    heads = L.MultiHeadAttention(
        pick.choice([1, 2, 3]), pick.choice([2, 3]), **some(pick, 0.3, value_dim=[2, 4], use_bias=[False]),
    )
    seen = heads(y, y, use_causal_mask=pick.random() < 0.3)
    merge = pick.choice([L.Add, L.Concatenate, L.Multiply, L.Average, L.Maximum, L.Minimum, L.Subtract])
    y = norm(pick)(merge()([y, seen]))
    y = pick.choice([L.GlobalAveragePooling1D, L.GlobalMaxPooling1D, L.Flatten])()(y)
    return x, y


FAMILIES = [vector, sequence, image, recurrent, recurrent, attention, steps, inside]


def losses(pick, n_out):
    """A loss, the last activation, how targets are drawn."""
    reduction = pick.choice([{}, {}, {"reduction": "sum"}])
    logits = pick.random() < 0.4
    ends = {"from_logits": True} if logits else {}
    numbers = {
        "MeanSquaredError": {}, "MeanAbsoluteError": {}, "MeanAbsolutePercentageError": {}, "LogCosh": {},
        "Huber": {"delta": 0.7}, "CosineSimilarity": {},
    }
    positive = {"MeanSquaredLogarithmicError": {}, "Poisson": {}, "KLDivergence": {}, "Dice": {}, "Tversky": {"alpha": 0.3}}
    signs = {"Hinge": {}, "SquaredHinge": {}}
    bits = {"BinaryCrossentropy": pick.choice([{}, {"label_smoothing": 0.1}]),
            "BinaryFocalCrossentropy": pick.choice([{}, {"gamma": 1.5, "apply_class_balancing": True}])}
    one_hot = {"CategoricalCrossentropy": pick.choice([{}, {"label_smoothing": 0.2}]),
               "CategoricalFocalCrossentropy": {}}
    kinds = ["numbers", "positive", "signs", "bits", "bits"] + (["one_hot", "classes", "hinge"] if n_out > 1 else [])
    kind = pick.choice(kinds)
    if kind == "classes":
        return {"class": "SparseCategoricalCrossentropy", "args": {**ends, **reduction}}, "linear" if logits else "softmax", kind
    if kind == "hinge":
        return {"class": "CategoricalHinge", "args": reduction}, "tanh", "one_hot"
    table = {"numbers": numbers, "positive": positive, "signs": signs, "bits": bits, "one_hot": one_hot}[kind]
    name = pick.choice(sorted(table))
    args = {**table[name], **reduction}
    if kind in ("bits", "one_hot"):
        args.update(ends)
    last = {"numbers": "tanh", "positive": "sigmoid", "signs": "tanh", "bits": "sigmoid", "one_hot": "softmax"}[kind]
    return {"class": name, "args": args}, "linear" if logits and kind in ("bits", "one_hot") else last, kind


METRICS = {
    "numbers": ["mae", "mse", "RootMeanSquaredError", "cosine_similarity", "LogCoshError", "R2Score"],
    "positive": ["mae", "poisson", "MeanSquaredLogarithmicError"],
    "signs": ["hinge", "squared_hinge"],
    "bits": ["accuracy", "AUC", "Precision", "Recall", "FalsePositives", "TrueNegatives", "BinaryCrossentropy"],
    "one_hot": ["accuracy", "TopKCategoricalAccuracy", "Precision", "Recall", "F1Score", "CategoricalCrossentropy"],
    "classes": ["accuracy", "sparse_categorical_crossentropy"],
}


def metrics(pick, kind):
    names = pick.sample(METRICS[kind], pick.choice([1, 2]))
    args = {"F1Score": {"average": "macro"}}
    return [{"class": name, "args": args.get(name, {})} if name[0].isupper() else name for name in names]


def schedule(pick):
    return pick.choice([
        {"schedule": "ExponentialDecay", "args": {"initial_learning_rate": 0.02, "decay_steps": 3, "decay_rate": 0.8, "staircase": True}},
        {"schedule": "CosineDecay", "args": {"initial_learning_rate": 0.001, "decay_steps": 5, "warmup_target": 0.02, "warmup_steps": 2}},
        {"schedule": "PolynomialDecay", "args": {"initial_learning_rate": 0.03, "decay_steps": 4, "power": 2.0, "cycle": True}},
        {"schedule": "InverseTimeDecay", "args": {"initial_learning_rate": 0.02, "decay_steps": 2, "decay_rate": 0.5}},
        {"schedule": "PiecewiseConstantDecay", "args": {"boundaries": [2, 4], "values": [0.02, 0.01, 0.003]}},
        {"schedule": "CosineDecayRestarts", "args": {"initial_learning_rate": 0.02, "first_decay_steps": 3}},
    ])


OPTIMIZERS = {
    "SGD": [{}, {"momentum": 0.8}, {"momentum": 0.9, "nesterov": True}],
    "RMSprop": [{}, {"rho": 0.7}, {"momentum": 0.4}, {"centered": True, "epsilon": 1e-4}],
    "Adam": [{}, {"beta_1": 0.6, "beta_2": 0.9}, {"amsgrad": True}, {"epsilon": 1e-3}],
    "AdamW": [{}, {"weight_decay": 0.1}], "Adadelta": [{}, {"rho": 0.8}], "Adagrad": [{}, {"initial_accumulator_value": 0.3}],
    "Adamax": [{}, {"beta_2": 0.9}], "Nadam": [{}, {"beta_1": 0.7}],
    "Ftrl": [{}, {"l1_regularization_strength": 0.01, "l2_regularization_strength": 0.1, "beta": 0.2}],
    "Lion": [{}, {"beta_1": 0.7}], "Lamb": [{}], "Adafactor": [{}, {"relative_step": False}], "Muon": [{}],
}


def optimizer(pick):
    kind = pick.choice(sorted(OPTIMIZERS) + ["default"])
    if kind == "default":
        return "default"
    rate = schedule(pick) if pick.random() < 0.2 else pick.choice([0.02, 0.004])
    args = {"learning_rate": rate, **pick.choice(OPTIMIZERS[kind])}
    args.update(pick.choice([{}, {}, {"clipnorm": 0.5}, {"clipvalue": 0.1}, {"global_clipnorm": 0.7},
                             {"weight_decay": 0.05}, {"use_ema": True, "ema_momentum": 0.8}, {"gradient_accumulation_steps": 2}]))
    return {"class": kind, "args": args}


def fit(pick, kind, weighted, n_out):
    """Arguments of `fit`."""
    found = {"epochs": pick.choice([3, 4, 6]), **some(pick, 0.2, initial_epoch=[1], steps_per_epoch=[1, 2, 3])}
    if pick.random() < 0.5:
        found["validation_split"] = 0.3
        found.update(some(pick, 0.25, validation_freq=[2, 3], validation_batch_size=[2], validation_steps=[1]))
    if not weighted and kind in ("bits", "signs", "classes", "one_hot") and pick.random() < 0.3:
        found["class_weight"] = {str(c): pick.choice([0.5, 2.0, 3.5]) for c in range(max(n_out, 2)) if pick.random() < 0.7}
    return found


def callbacks(pick, split):
    seen = "val_loss" if split else "loss"
    every = [
        {"class": "EarlyStopping", "args": {"monitor": seen, "patience": 1, "restore_best_weights": True, **some(pick, 0.4, min_delta=[0.01], start_from_epoch=[1], baseline=[0.5])}},
        {"class": "ReduceLROnPlateau", "args": {"monitor": seen, "patience": 1, "factor": 0.5, **some(pick, 0.4, cooldown=[1], min_lr=[0.003], min_delta=[0.1])}},
        {"class": "LearningRateScheduler", "args": {}, "lr_by_epoch": [0.02, 0.01, 0.005, 0.004, 0.003, 0.002]},
        {"class": "TerminateOnNaN", "args": {}},
        {"class": "CSVLogger", "args": {}},
    ]
    return pick.sample(every, pick.choice([0, 1, 1, 2]))
