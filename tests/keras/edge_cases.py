"""Makes golden cases at the edges of what can be chosen: each one thing that a re-implementation is likely to get wrong.

    python edge_cases.py out [parts of names]     the cases in the folder `out`; those that lie there stay
    KERAS_CASES=out cargo test --test keras_parity

Where `new_cases.py` draws, this lists: sizes that do not divide, windows larger than what they go over, other axes, masks
on their way through each layer, options of optimizers together, arguments of `fit` together. Layers that draw are left out.
"""

import json
import os
import sys

import remake  # first: it sets Keras' backend
import keras
import numpy as np
from keras import layers as L
from keras import regularizers as R
from new_cases import first

CASES = {}
DENSE, MEAN = L.Dense, L.GlobalAveragePooling1D


def draw_of(name):
    return np.random.default_rng(list(name.encode()))


def case(name, shape, layers, target=1, n=7, batch=3, steps=4, optimizer=("SGD", {"learning_rate": 0.03}), loss="mse", metrics=(), **more):
    """`layers`: a function that gives the layers, or (with an argument) what comes of an input."""
    CASES[name] = dict(shape=shape, layers=layers, target=target, n=n, batch=batch, steps=steps, optimizer=optimizer, loss=loss, metrics=metrics, **more)


def each(name, shape, options, layers, **more):
    """One case for every entry of `options`."""
    for i, option in enumerate(options):
        case(f"{name}_{i}", shape, lambda option=option: layers(**option), **more)


def flat(*layers):
    return [*layers, L.Flatten(), DENSE(1)]


def windows():
    seq, image = (10, 6), (7, 5, 6)
    each("conv1d", seq, [
        dict(kernel_size=5, strides=3, padding="same"), dict(kernel_size=4, strides=3, padding="same"), dict(kernel_size=13, padding="same"),
        dict(kernel_size=1, strides=4), dict(kernel_size=3, strides=2, padding="causal"), dict(kernel_size=13, padding="causal"),
        dict(kernel_size=4, groups=3), dict(kernel_size=2, groups=6, padding="same"), dict(kernel_size=4, dilation_rate=3, padding="same"),
        dict(kernel_size=2, dilation_rate=9), dict(kernel_size=2, strides=5), dict(kernel_size=3, dilation_rate=2, groups=2, padding="causal", use_bias=False),
    ], lambda **o: flat(L.Conv1D(6, activation="softsign", **o)))
    each("conv2d", image, [
        dict(kernel_size=(2, 3), strides=(2, 3), padding="same"), dict(kernel_size=(1, 4), strides=(3, 1)), dict(kernel_size=(5, 1), dilation_rate=(1, 2), padding="same"),
        dict(kernel_size=(9, 8), padding="same"), dict(kernel_size=2, strides=4), dict(kernel_size=3, padding="same", dilation_rate=2),
        dict(kernel_size=(2, 2), dilation_rate=(3, 4)), dict(kernel_size=7, strides=3, padding="same", use_bias=False),
    ], lambda **o: flat(L.Conv2D(6, activation="tanh", **o)))
    each("depthwise1d", seq, [
        dict(kernel_size=4, strides=3, padding="same", depth_multiplier=3), dict(kernel_size=3, dilation_rate=2), dict(kernel_size=12, padding="same"),
        dict(kernel_size=3, dilation_rate=3, padding="same", use_bias=False),
    ], lambda **o: flat(L.DepthwiseConv1D(activation="tanh", **o)))
    each("depthwise2d", image, [
        dict(kernel_size=(2, 4), strides=3, padding="same", depth_multiplier=3), dict(kernel_size=(3, 2), dilation_rate=2), dict(kernel_size=(3, 2), dilation_rate=(1, 2), padding="same"),
        dict(kernel_size=2, strides=2, dilation_rate=2), dict(kernel_size=3, strides=2, dilation_rate=2, padding="same"),
    ], lambda **o: flat(L.DepthwiseConv2D(activation="tanh", **o)))
    each("separable1d", seq, [
        dict(kernel_size=4, strides=3, padding="same", depth_multiplier=3), dict(kernel_size=3, dilation_rate=2), dict(kernel_size=3, strides=3, dilation_rate=2),
    ], lambda **o: flat(L.SeparableConv1D(5, activation="tanh", depthwise_regularizer="l2", pointwise_constraint="max_norm", **o)))
    each("separable2d", image, [
        dict(kernel_size=(4, 2), strides=2, padding="same", depth_multiplier=2), dict(kernel_size=(3, 2), dilation_rate=2), dict(kernel_size=3, use_bias=False, padding="same"),
        dict(kernel_size=3, strides=2, dilation_rate=2, padding="same"),
    ], lambda **o: flat(L.SeparableConv2D(5, activation="tanh", **o)))
    each("transpose1d", (5, 3), [
        dict(kernel_size=2, strides=3), dict(kernel_size=2, strides=3, padding="same"), dict(kernel_size=5, strides=2, padding="same"), dict(kernel_size=4, strides=3),
        dict(kernel_size=3, strides=2, output_padding=1), dict(kernel_size=3, strides=2, output_padding=1, padding="same"), dict(kernel_size=4, strides=3, output_padding=0, padding="same"),
        dict(kernel_size=3, dilation_rate=2), dict(kernel_size=3, dilation_rate=2, padding="same"), dict(kernel_size=1),
    ], lambda **o: flat(L.Conv1DTranspose(4, activation="tanh", **o)))
    each("transpose2d", (4, 3, 2), [
        dict(kernel_size=(2, 5), strides=(3, 2)), dict(kernel_size=(4, 1), strides=(1, 3), padding="same"), dict(kernel_size=3, strides=(2, 1), output_padding=(1, 0)),
        dict(kernel_size=3, strides=2, output_padding=1, padding="same"), dict(kernel_size=2, dilation_rate=2, padding="same"), dict(kernel_size=3, use_bias=False),
    ], lambda **o: flat(L.Conv2DTranspose(3, activation="tanh", **o)))
    pools1 = [dict(pool_size=3, strides=2, padding="same"), dict(pool_size=2, strides=3), dict(pool_size=4, strides=1, padding="same"), dict(pool_size=10)]
    pools2 = [dict(pool_size=(2, 3), strides=(3, 1)), dict(pool_size=(3, 2), padding="same"), dict(pool_size=(6, 4), strides=2, padding="same"), dict(pool_size=(1, 5)), dict(pool_size=2, strides=3, padding="same")]
    for kind in ("Max", "Average"):
        each(f"{kind.lower()}1d", seq, pools1, lambda kind=kind, **o: flat(L.Conv1D(3, 1), getattr(L, f"{kind}Pooling1D")(**o)))
        each(f"{kind.lower()}2d", image, pools2, lambda kind=kind, **o: flat(L.Conv2D(3, 1), getattr(L, f"{kind}Pooling2D")(**o)))
        name = {"Max": "GlobalMaxPooling", "Average": "GlobalAveragePooling"}[kind]
        case(f"keepdims1d_{kind}", seq, lambda name=name: [L.Conv1D(3, 2), getattr(L, name + "1D")(keepdims=True), L.Conv1D(2, 1)], target=(1, 2))
        case(f"keepdims2d_{kind}", image, lambda name=name: [L.Conv2D(3, 2), getattr(L, name + "2D")(keepdims=True), L.Flatten(), DENSE(1)])
    each("up2d", (3, 2, 2), [dict(size=(3, 1)), dict(size=(2, 3), interpolation="bilinear")],
         lambda **o: flat(L.Conv2D(2, 1), L.UpSampling2D(**o), L.Conv2D(1, 2)))
    case("pad2d_int", image, lambda: flat(L.ZeroPadding2D(2), L.Conv2D(2, 2), L.Cropping2D(1)))
    case("pad2d_pair", image, lambda: flat(L.ZeroPadding2D((1, 3)), L.Conv2D(2, 2), L.Cropping2D((2, 1)), DENSE(2)))
    case("pad1d", seq, lambda: flat(L.ZeroPadding1D(3), L.Conv1D(2, 2, strides=2), L.Cropping1D(1), L.UpSampling1D(3)))
    case("permute4", (4, 3, 2), lambda: [DENSE(3), L.Permute((2, 3, 1)), DENSE(2, "tanh"), L.Reshape((-1, 4)), DENSE(2), L.Flatten(), DENSE(1)])
    case("repeat", (4,), lambda: [DENSE(3), L.RepeatVector(4), L.SimpleRNN(3, return_sequences=True), DENSE(2)], target=(4, 2))
    case("time_conv", (3, 6, 2), lambda: flat(L.TimeDistributed(L.Conv1D(3, 2, strides=2, padding="same", activation="tanh")), L.TimeDistributed(L.Flatten()), L.TimeDistributed(DENSE(2)), L.LSTM(2)))
    case("time_images", (3, 4, 5, 1), lambda: flat(L.TimeDistributed(L.Conv2D(2, 2)), L.TimeDistributed(L.MaxPooling2D(2)), L.TimeDistributed(L.BatchNormalization()), L.TimeDistributed(L.Flatten()), L.GRU(2)))
    case("nested", (4,), lambda: [keras.Sequential([keras.Input((4,)), DENSE(5, "tanh"), L.BatchNormalization(momentum=0.5)]), keras.Sequential([DENSE(3, "relu", kernel_regularizer="l2")]), DENSE(1)])
    case("nested_frozen", (4,), lambda: [keras.Sequential([keras.Input((4,)), DENSE(5, "tanh"), L.BatchNormalization(momentum=0.5)], trainable=False), DENSE(1)])
    case("dense4", (2, 3, 4), lambda: flat(DENSE(5, "softmax"), DENSE(3, "relu", use_bias=False)))


def norms():
    for name, shape, kind, options in [
        ("batch", (5, 3), L.BatchNormalization, [dict(axis=1), dict(axis=1, momentum=0.0, epsilon=0.1), dict(axis=2, center=False, gamma_regularizer="l2", gamma_constraint="non_neg")]),
        ("batch4", (4, 3, 2), L.BatchNormalization, [dict(axis=1), dict(axis=2, scale=False), dict(axis=-1, momentum=0.3), dict(axis=-2)]),
        ("layer", (5, 3), L.LayerNormalization, [dict(axis=1), dict(axis=[1, 2]), dict(axis=-2, center=False), dict(axis=(-1, -2), epsilon=0.5)]),
        ("layer4", (4, 3, 2), L.LayerNormalization, [dict(axis=[2, 3]), dict(axis=2), dict(axis=[1, 2, 3], scale=False, center=False), dict(axis=[3, 2])]),
        ("group", (4, 6), L.GroupNormalization, [dict(groups=3), dict(groups=1), dict(groups=2, axis=1), dict(groups=-1), dict(groups=6, center=False, epsilon=0.1)]),
        ("group4", (4, 3, 4), L.GroupNormalization, [dict(groups=2), dict(groups=2, axis=1), dict(groups=3, axis=2), dict(groups=1, axis=-2, scale=False)]),
        ("rms", (5, 3), L.RMSNormalization, [dict(axis=1), dict(axis=[1, 2]), dict(epsilon=0.3)]),
        ("unit", (5, 3), L.UnitNormalization, [dict(axis=1), dict(axis=[1, 2]), dict(axis=-2)]),
        ("softmax", (5, 3), L.Softmax, [dict(axis=1), dict(axis=-2), dict(axis=[1, 2])]),
        ("prelu", (4, 3, 2), L.PReLU, [dict(shared_axes=[1]), dict(shared_axes=[1, 2]), dict(shared_axes=[3]), dict(alpha_regularizer="l1", alpha_constraint="non_neg")]),
    ]:
        each(f"norm_{name}", shape, options, lambda kind=kind, **o: flat(kind(**o), L.Activation("sigmoid")))
        each(f"norm_after_{name}", shape, options[:1], lambda kind=kind, shape=shape, **o: flat(DENSE(shape[-1], "tanh"), kind(**o), L.Activation("sigmoid")))
    case("batch_one_row", (3,), lambda: [DENSE(4), L.BatchNormalization(), DENSE(1)], batch=1)
    case("batch_masked", (5, 3), lambda: [L.Masking(0.5), L.BatchNormalization(), L.LSTM(3), DENSE(1)], masked=True)
    case("batch_masked_axis1", (5, 3), lambda: [L.Masking(0.5), DENSE(3), L.BatchNormalization(center=False), DENSE(2)], target=(5, 2), masked=True)
    case("batch_fit", (3,), lambda: [DENSE(4), L.BatchNormalization(momentum=0.5), DENSE(1)], batch=4, n=9, fit={"epochs": 3, "validation_split": 0.3})
    case("normalization_invert", (3,), lambda: [L.Normalization(mean=[1.0, 2.0, 0.5], variance=[0.5, 2.0, 1.0], invert=True), DENSE(1)])
    case("normalization_axis", (4, 3), lambda: flat(L.Normalization(axis=1, mean=[1.0, 2.0, 0.5, 0.0], variance=[0.5, 2.0, 1.0, 3.0])))
    case("normalization_none", (4, 3), lambda: flat(L.Normalization(axis=None, mean=0.3, variance=2.0)))
    case("normalization_zero", (3,), lambda: [L.Normalization(mean=[0.0, 1.0, 2.0], variance=[0.0, 1.0, 1e-9]), DENSE(1)], scale=1e-3, steps=1)
    case("rescaling_list", (4, 3), lambda: flat(L.Rescaling([0.5, 2.0, -1.0], [0.1, 0.0, 1.0])))


def masks():
    passes = {
        "dense": lambda: DENSE(3, "tanh"), "activation": lambda: L.Activation("tanh"), "dropout": lambda: L.Dropout(0.0), "layer_norm": lambda: L.LayerNormalization(),
        "group_norm": lambda: L.GroupNormalization(3), "rms_norm": lambda: L.RMSNormalization(), "unit_norm": lambda: L.UnitNormalization(), "conv": lambda: L.Conv1D(3, 2, padding="same"), "causal": lambda: L.Conv1D(3, 3, padding="causal"),
        "depthwise": lambda: L.DepthwiseConv1D(2, padding="same"), "separable": lambda: L.SeparableConv1D(3, 2, padding="same"), "transpose": lambda: L.Conv1DTranspose(3, 2, padding="same"),
        "max": lambda: L.MaxPooling1D(2, strides=1, padding="same"), "average": lambda: L.AveragePooling1D(2, strides=1, padding="same"), "reshape": lambda: L.Reshape((5, 3)),
        "permute": lambda: L.Permute((1, 2)), "up": lambda: L.UpSampling1D(1), "pad": lambda: L.ZeroPadding1D(0), "crop": lambda: L.Cropping1D(0), "time": lambda: L.TimeDistributed(DENSE(3)),
        "lstm": lambda: L.LSTM(3, return_sequences=True), "gru_back": lambda: L.GRU(3, return_sequences=True, go_backwards=True), "both": lambda: L.Bidirectional(L.SimpleRNN(3, return_sequences=True), merge_mode="ave"),
        "relu": lambda: L.ReLU(), "prelu": lambda: L.PReLU("random_uniform"), "leaky": lambda: L.LeakyReLU(), "elu": lambda: L.ELU(), "regular": lambda: L.ActivityRegularization(l2=0.1), "noise": lambda: L.GaussianNoise(0.0),
        "rescaling": lambda: L.Rescaling(0.5), "masking": lambda: L.Masking(0.1), "spatial": lambda: L.SpatialDropout1D(0.0), "normalization": lambda: L.Normalization(mean=0.1, variance=2.0),
    }
    for name, layer in passes.items():
        case(f"mask_{name}", (5, 3), lambda layer=layer: [L.Masking(0.5), layer(), DENSE(2)], target=(5, 2), masked=True)
        case(f"mask_{name}_pool", (5, 3), lambda layer=layer: [L.Masking(0.5), layer(), MEAN(), DENSE(1)], masked=True, mean=True)
    ends = {
        "flatten": lambda: [L.Flatten()], "max": lambda: [L.GlobalMaxPooling1D()], "mean": lambda: [MEAN()], "mean_keep": lambda: [MEAN(keepdims=True), L.Flatten()], "simple": lambda: [L.SimpleRNN(3)],
        "lstm_back": lambda: [L.LSTM(3, go_backwards=True)], "gru": lambda: [L.GRU(3, reset_after=False)], "two": lambda: [L.Bidirectional(L.LSTM(2))], "two_mul": lambda: [L.Bidirectional(L.GRU(2), merge_mode="mul")],
        "unrolled": lambda: [L.GRU(3, unroll=True)], "stack": lambda: [L.Bidirectional(L.GRU(2, return_sequences=True)), L.LSTM(2)],
    }
    for name, layers in ends.items():
        case(f"mask_end_{name}", (5, 3), lambda layers=layers: [L.Masking(0.5), *layers(), DENSE(1)], masked=True, mean="mean" in name)
        case(f"words_end_{name}", (5,), lambda layers=layers: [L.Embedding(40, 3, mask_zero=True), *layers(), DENSE(1)], words=40)
    for name, loss in [("mae", "mae"), ("sum", {"class": "MeanSquaredError", "args": {"reduction": "sum"}}), ("huber", {"class": "Huber", "args": {"delta": 0.3}})]:
        case(f"mask_loss_{name}", (5, 3), lambda: [L.Masking(0.5), L.LSTM(3, return_sequences=True), DENSE(2)], target=(5, 2), masked=True, loss=loss, metrics=["mse", "mae"])
    case("mask_classes", (5, 3), lambda: [L.Masking(0.5), L.GRU(3, return_sequences=True), DENSE(4, "softmax")], target=("classes", 5, 4), masked=True, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    case("mask_ignored", (5, 3), lambda: [L.Masking(0.5), L.GRU(3, return_sequences=True), DENSE(4, "softmax")], target=("classes", 5, 4), masked=True, loss={"class": "SparseCategoricalCrossentropy", "args": {"ignore_class": 2}}, metrics=["accuracy"])
    case("mask_bits", (5, 3), lambda: [L.Masking(0.5), L.GRU(3, return_sequences=True), DENSE(1, "sigmoid")], target=("bits", 5, 1), masked=True, loss="binary_crossentropy", metrics=["accuracy", {"class": "Precision", "args": {}}])


def sequences():
    for kind in ("SimpleRNN", "LSTM", "GRU"):
        cell = getattr(L, kind)
        each(f"rnn_{kind}", (5, 3), [
            dict(activation="relu"), dict(use_bias=False, go_backwards=True), dict(unroll=True), dict(activation="linear", recurrent_regularizer="l2", bias_regularizer="l1"),
            dict(recurrent_constraint="unit_norm", kernel_constraint="max_norm", bias_constraint="non_neg"), dict(activity_regularizer="l2"), dict(activation="softmax"), dict(activation="gelu", kernel_initializer="he_normal"),
        ], lambda cell=cell, **o: [cell(4, **o), DENSE(1)])
        for mode in ("concat", "sum", "mul", "ave"):
            case(f"both_{kind}_{mode}", (5, 3), lambda cell=cell, mode=mode: [L.Bidirectional(cell(2, return_sequences=True), merge_mode=mode), L.Bidirectional(cell(3), merge_mode=mode), DENSE(1)])
        case(f"both_{kind}_other", (5, 3), lambda cell=cell: [L.Bidirectional(cell(2), backward_layer=cell(2, activation="relu", go_backwards=True)), DENSE(1)])
        # Keras 3.15.1 hides the wrong steps of what it reads from the end, unrolled.
        case(f"unrolled_{kind}", (5, 3), lambda cell=cell: [L.Masking(0.5), L.Bidirectional(cell(2, return_sequences=True, unroll=True)), DENSE(2)], target=(5, 2), masked=True)
        case(f"one_step_{kind}", (1, 3), lambda cell=cell: [cell(2, return_sequences=True), cell(3), DENSE(1)])
        case(f"wide_{kind}", (3, 1), lambda cell=cell: [cell(17), DENSE(1)], batch=5)
    each("rnn_gru_more", (5, 3), [dict(recurrent_activation="hard_sigmoid"), dict(recurrent_activation="relu", reset_after=False), dict(reset_after=False, use_bias=False, go_backwards=True, unroll=True)], lambda **o: [L.GRU(4, **o), DENSE(1)])
    each("rnn_lstm_more", (5, 3), [dict(recurrent_activation="tanh"), dict(unit_forget_bias=False, bias_initializer="ones"), dict(recurrent_activation="linear", activation="softsign")], lambda **o: [L.LSTM(4, **o), DENSE(1)])
    for name, inner in [
        ("plain", lambda x: L.MultiHeadAttention(3, 2)(x, x)), ("values", lambda x: L.MultiHeadAttention(2, 3, value_dim=5, use_bias=False)(x, x)), ("causal", lambda x: L.MultiHeadAttention(1, 4, value_dim=1)(x, x, use_causal_mask=True)),
        ("cross", lambda x: L.MultiHeadAttention(2, 3)(x, L.Cropping1D((1, 1))(x))), ("three", lambda x: L.MultiHeadAttention(2, 3)(x, DENSE(6)(x), key=DENSE(3, "tanh")(x))), ("cross_causal", lambda x: L.MultiHeadAttention(2, 3)(x, L.Cropping1D((0, 2))(x), use_causal_mask=True)),
        ("penalties", lambda x: L.MultiHeadAttention(2, 3, kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l2", kernel_constraint="max_norm", bias_initializer="ones")(x, x)),
        ("window", lambda x: L.MultiHeadAttention(2, 3, sliding_window=2)(x, x)),
    ]:
        case(f"heads_{name}", (5, 4), lambda x, inner=inner: DENSE(1)(L.Flatten()(inner(x))), optimizer=("SGD", {"learning_rate": 0.003}))
        if name in ("plain", "causal", "cross", "three"):
            case(f"heads_masked_{name}", (5, 4), lambda x, inner=inner: DENSE(2)(inner(L.Masking(0.5)(x))), target=(5, 2), masked=True)
    for name in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract", "Concatenate"):
        merge = getattr(L, name)
        two = lambda x, m=merge: m()([DENSE(4, "relu")(x), DENSE(4, "relu")(x)])
        case(f"merge_{name}", (5, 4), lambda x, two=two: DENSE(1)(L.Flatten()(two(x))))
        case(f"merge_same_{name}", (5, 4), lambda x, m=merge: DENSE(1)(L.Flatten()(m()([x, x]))))
        if name not in ("Subtract",):
            case(f"merge_three_{name}", (5, 4), lambda x, m=merge: DENSE(1)(L.Flatten()(m()([DENSE(4)(x), x, DENSE(4, "tanh")(x)]))))
            case(f"merge_three_same_{name}", (5, 4), lambda x, m=merge: DENSE(1)(L.Flatten()(m()([y := DENSE(4, "relu")(x), y, L.Activation("relu")(y)]))))
        if name != "Concatenate":
            case(f"merge_wide_{name}", (5, 4), lambda x, m=merge: DENSE(1)(L.Flatten()(m()([DENSE(4)(x), MEAN(keepdims=True)(x)]))))
            case(f"merge_wide1_{name}", (5, 4), lambda x, m=merge: DENSE(1)(L.Flatten()(m()([DENSE(1)(x), x]))))
        case(f"merge_masked_{name}", (5, 4), lambda x, m=merge: DENSE(2)(m()([y := L.Masking(0.5)(x), DENSE(4)(y)])), target=(5, 2), masked=True)
        case(f"merge_half_masked_{name}", (5, 4), lambda x, m=merge: DENSE(2)(m()([L.Masking(0.5)(x), DENSE(4)(x)])), target=(5, 2), masked=True)
    case("concat_time", (5, 4), lambda x: DENSE(1)(MEAN()(L.Concatenate(axis=1)([x, L.Cropping1D((1, 2))(DENSE(4)(x))]))))
    case("concat_back", (5, 4), lambda x: DENSE(1)(L.Flatten()(L.Concatenate(axis=-2)([DENSE(4)(x), x]))))


def penalties():
    K = keras.constraints
    each("limits", (5, 4, 3), [dict(kernel_constraint=K.MaxNorm(0.6, axis=[0, 1, 2])), dict(kernel_constraint=K.UnitNorm(axis=[0, 1])), dict(kernel_constraint=K.MinMaxNorm(0.3, 0.5, rate=0.3, axis=2)),
         dict(kernel_constraint=K.MaxNorm(0.2, axis=-1), bias_constraint=K.UnitNorm()), dict(kernel_regularizer=R.L1L2(0.01, 0.02), bias_regularizer=R.L1(0.1), activity_regularizer=R.L1L2(0.01, 0.01))], lambda **o: flat(L.Conv2D(4, 2, **o)))
    each("activity", (4,), [dict(activity_regularizer="l1"), dict(activity_regularizer=R.L1L2(0.02, 0.01), kernel_regularizer=R.OrthogonalRegularizer(0.05, "columns"))], lambda **o: [DENSE(3, "tanh", **o), DENSE(2, **o), L.ActivityRegularization(0.1, 0.2), DENSE(1)], batch=4, metrics=["mse"])
    frozen = lambda layer: setattr(layer, "trainable", False) or layer
    case("frozen", (5, 3), lambda: flat(frozen(L.Conv1D(3, 2, kernel_regularizer="l2", activity_regularizer="l2")), L.BatchNormalization(), frozen(L.LSTM(2, return_sequences=True)), DENSE(2)))
    case("frozen_both", (5, 3), lambda: [frozen(L.Bidirectional(L.GRU(2))), L.BatchNormalization(), DENSE(1)])
    case("frozen_all_but_bias", (5,), lambda: [frozen(L.Embedding(40, 3)), L.Flatten(), DENSE(1)], words=40)


def functions():
    seq = lambda end, k: (lambda: [DENSE(4, "tanh"), DENSE(k, end)])
    named = lambda kind, **args: {"class": kind, "args": args}
    for reduction in ("sum", "mean", "mean_with_sample_weight", "sum_over_batch_size"):
        for weighted in (False, True):
            tag = f"{reduction}_{'w' if weighted else 'n'}"
            for name, end, target, args in [
                ("MeanSquaredError", "linear", (4, 3), {}), ("BinaryCrossentropy", "sigmoid", ("bits", 4, 3), {"label_smoothing": 0.1}), ("CategoricalCrossentropy", "softmax", ("one_hot", 4, 3), {}),
                ("SparseCategoricalCrossentropy", "softmax", ("classes", 4, 3), {}), ("CategoricalHinge", "tanh", ("one_hot", 4, 3), {}), ("KLDivergence", "softmax", ("positive", 4, 3), {}), ("Dice", "sigmoid", ("bits", 4, 3), {}),
                ("CosineSimilarity", "linear", (4, 3), {}), ("Hinge", "tanh", ("bits", 4, 3), {}),
            ]:
                if name == "Dice" and weighted:
                    continue
                # Keras on TensorFlow weighs rows of numbers, not of sequences.
                whole = (*target[:-2], target[-1]) if weighted else target
                case(f"loss_{name}_{tag}", (3,) if weighted else (4, 3), seq(end, 3), target=whole, loss=named(name, reduction=reduction, **args), weighted=weighted, metrics=["mae"] if target[0] != "classes" else [], optimizer=("SGD", {"learning_rate": 0.005}))
    for name, end, target, args in [
        ("BinaryCrossentropy", "linear", ("bits", 4, 3), {"from_logits": True, "label_smoothing": 0.3}), ("BinaryFocalCrossentropy", "linear", ("bits", 4, 3), {"from_logits": True, "gamma": 3.0, "label_smoothing": 0.1}),
        ("BinaryFocalCrossentropy", "sigmoid", ("bits", 4, 3), {"apply_class_balancing": True, "alpha": 0.7}), ("CategoricalCrossentropy", "linear", ("one_hot", 4, 3), {"from_logits": True, "label_smoothing": 0.2}),
        ("CategoricalCrossentropy", "softplus", ("positive", 4, 3), {}), ("CategoricalFocalCrossentropy", "linear", ("one_hot", 4, 3), {"from_logits": True, "label_smoothing": 0.2, "alpha": 0.6}),
        ("CategoricalFocalCrossentropy", "softmax", ("one_hot", 4, 3), {"gamma": 1.0}), 
        ("SparseCategoricalCrossentropy", "linear", ("classes", 4, 3), {"from_logits": True, "ignore_class": 1}), ("SparseCategoricalCrossentropy", "softmax", ("classes", 4, 3), {"ignore_class": -1}), ("SparseCategoricalCrossentropy", "sigmoid", ("classes", 4, 3), {}),
        ("Dice", "sigmoid", ("bits", 4, 3), {"axis": -1}), ("Tversky", "sigmoid", ("bits", 4, 3), {"alpha": 0.2, "beta": 0.6, "axis": -1}), ("Tversky", "sigmoid", ("bits", 4, 3), {"alpha": 0.2, "beta": 0.6}),
        ("Huber", "linear", (4, 3), {"delta": 2.0}), ("CategoricalGeneralizedCrossEntropy", "softmax", ("classes", 4, 3), {"q": 0.3}), ("Poisson", "softplus", ("positive", 4, 3), {}), ("LogCosh", "linear", (4, 3), {}), ("KLDivergence", "sigmoid", ("bits", 4, 3), {}),
    ]:
        case(f"loss_{name}_{'_'.join(f'{k}{v}' for k, v in args.items())}_{end}", (4, 3), seq(end, 3), target=target, loss=named(name, **args), optimizer=("SGD", {"learning_rate": 0.005}))
    for loss, end, k, target in [("bce", "sigmoid", 1, ("bits", 1)), ("scce", "softmax", 3, ("classes", 3)), ("cce", "softmax", 3, ("one_hot", 3)), ("bce", "softmax", 3, ("one_hot", 3)), ("kld", "softmax", 3, ("positive", 3)), ("log_cosh", "linear", 2, 2), ("mape", "linear", 2, 2), ("msle", "softplus", 2, ("positive", 2)), ("cosine_similarity", "linear", 2, 2)]:
        names = {"bits": ["acc", "bce", "mse", "AUC"], "classes": ["accuracy"], "one_hot": ["acc", "AUC", "Precision"], "positive": ["mae"]}[target[0] if isinstance(target, tuple) else "positive"]
        case(f"text_{loss}_{end}_{target}".replace("'", "").replace(" ", ""), (4,), seq(end, k), target=target, loss=loss, metrics=names)
    everything = {
        "bits": ["accuracy", "AUC", "Precision", "Recall", "TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives", "BinaryIoU", named("AUC", curve="PR", name="pr"), named("AUC", num_thresholds=7, summation_method="majoring", name="few"), named("Precision", thresholds=[0.3, 0.6], name="two"),
                 named("SensitivityAtSpecificity", specificity=0.4), named("SpecificityAtSensitivity", sensitivity=0.6), named("PrecisionAtRecall", recall=0.3), named("RecallAtPrecision", precision=0.4), named("F1Score", threshold=0.4, average="macro"), named("F1Score", threshold=0.5, name="vector"), named("FBetaScore", beta=0.5, threshold=0.2, average="weighted"),
                 named("BinaryAccuracy", threshold=0.3), named("BinaryCrossentropy", label_smoothing=0.2), "mse", "Hinge", "SquaredHinge"],
        "one_hot": ["accuracy", "AUC", "CategoricalAccuracy", "TopKCategoricalAccuracy", named("TopKCategoricalAccuracy", k=2, name="top2"), named("Precision", top_k=2), named("Recall", class_id=1), named("AUC", multi_label=True, name="each"), named("AUC", multi_label=True, num_labels=3, label_weights=[0.2, 0.5, 0.3], name="weighing"),
                    named("F1Score"), named("F1Score", average="micro", name="micro"), named("FBetaScore", beta=2.0, average="macro"), named("FBetaScore", beta=2.0, name="each_class"), "CategoricalCrossentropy", "KLDivergence", "CategoricalHinge", "CosineSimilarity", named("OneHotMeanIoU", num_classes=3), named("OneHotIoU", num_classes=3, target_class_ids=[0, 2])],
        "classes": ["accuracy", "SparseCategoricalAccuracy", named("SparseTopKCategoricalAccuracy", k=2), "SparseCategoricalCrossentropy", named("MeanIoU", num_classes=3, sparse_y_pred=False), named("IoU", num_classes=3, target_class_ids=[1], sparse_y_pred=False)],
        "numbers": ["mae", "mse", "RootMeanSquaredError", "MeanAbsolutePercentageError", "LogCoshError", "R2Score", named("R2Score", class_aggregation="variance_weighted_average", name="wide"), named("R2Score", class_aggregation=None, name="each_number"), named("R2Score", num_regressors=1, name="adjusted"), "CosineSimilarity", "PearsonCorrelation", "ConcordanceCorrelation", "MeanSquaredLogarithmicError", "Poisson"],
    }
    for kind, metrics in everything.items():
        for metric in metrics:
            name = metric if isinstance(metric, str) else "_".join([metric["class"], *[f"{k}{v}" for k, v in metric["args"].items()]])
            loss, end, k = {"bits": ("binary_crossentropy", "sigmoid", 1), "one_hot": ("categorical_crossentropy", "softmax", 3), "classes": ("sparse_categorical_crossentropy", "softmax", 3), "numbers": ("mse", "linear", 2)}[kind]
            can = not any(s in name for s in ("IoU", "Correlation"))
            case(f"metric_{kind}_{name}".replace(" ", ""), (4,), seq(end, k), target=(kind, k), loss=loss, metrics=[metric], weighted_metrics=[metric] if can else [], weighted=can, n=8, batch=4, steps=2, fit={"epochs": 2, "validation_split": 0.3})
    case("metric_twice", (4,), seq("sigmoid", 1), target=("bits", 1), loss="binary_crossentropy", metrics=["AUC", named("AUC", curve="PR"), "mse", "MeanSquaredError", "Precision", named("Precision", thresholds=0.3)], weighted_metrics=["mse", "AUC"], weighted=True)
    case("metric_accuracies", (4,), seq("sigmoid", 3), target=("bits", 3), loss="binary_crossentropy", metrics=["accuracy", "binary_accuracy", "categorical_accuracy", "AUC", "Precision", "Recall"])
    case("metric_steps", (4, 3), seq("softmax", 3), target=("classes", 4, 3), loss="sparse_categorical_crossentropy", metrics=["accuracy", "sparse_top_k_categorical_accuracy"])


def descents():
    net = lambda: [DENSE(4, "tanh", kernel_constraint="max_norm", kernel_regularizer="l2"), DENSE(2)]
    rate = {"schedule": "CosineDecay", "args": {"initial_learning_rate": 0.01, "decay_steps": 4, "warmup_target": 0.03, "warmup_steps": 3, "alpha": 0.2}}
    together = [
        {"clipnorm": 0.1, "gradient_accumulation_steps": 2, "use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 3, "weight_decay": 0.05},
        {"global_clipnorm": 0.2, "gradient_accumulation_steps": 3, "learning_rate": rate}, {"clipvalue": 0.03, "use_ema": True, "ema_momentum": 0.5, "weight_decay": 0.1, "learning_rate": rate}, {"loss_scale_factor": 8.0, "clipnorm": 0.3},
    ]
    own = {"SGD": {"momentum": 0.7, "nesterov": True}, "RMSprop": {"centered": True, "momentum": 0.6, "rho": 0.8}, "Adam": {"amsgrad": True, "beta_1": 0.5, "epsilon": 0.01}, "AdamW": {"amsgrad": True}, "Adadelta": {"rho": 0.5, "epsilon": 1e-3}, "Adagrad": {"initial_accumulator_value": 0.0, "epsilon": 1e-3},
           "Adamax": {"beta_1": 0.3, "epsilon": 1e-3}, "Nadam": {"beta_1": 0.5, "beta_2": 0.7}, "Ftrl": {"l1_regularization_strength": 0.05, "learning_rate_power": -0.3, "beta": 0.5}, "Lion": {"beta_1": 0.2, "beta_2": 0.5}, "Lamb": {"beta_1": 0.5}, "Adafactor": {"relative_step": False, "clip_threshold": 0.5, "beta_2_decay": -0.5},
           "Muon": {"nesterov": False, "ns_steps": 3, "rms_rate": 0.5, "adam_lr_ratio": 0.5}}
    for name, options in own.items():
        for i, more in enumerate([{}, *together]):
            for which, args in (("", {}), ("_own", options)):
                case(f"descent_{name}_{i}{which}", (3,), net, target=2, n=8, batch=3, steps=7, optimizer=(name, {"learning_rate": 0.02, **args, **more}))
        case(f"descent_{name}_fit", (3,), net, target=2, n=8, batch=3, optimizer=(name, {"learning_rate": 0.02, **options, **together[0]}), fit={"epochs": 3, "validation_split": 0.25})
        case(f"descent_{name}_conv", (5, 4, 2), lambda: flat(L.Conv2D(3, 2, use_bias=False), L.BatchNormalization(), L.LayerNormalization()), n=4, batch=2, steps=4, optimizer=(name, {"learning_rate": 0.01, **options}))
        case(f"descent_{name}_words", (4,), lambda: [L.Embedding(40, 3), L.LSTM(2), DENSE(1)], words=40, n=4, batch=2, steps=4, optimizer=(name, {"learning_rate": 0.01, **options}))
    plans = {
        "exp": ("ExponentialDecay", dict(initial_learning_rate=0.05, decay_steps=3, decay_rate=0.7)), "poly": ("PolynomialDecay", dict(initial_learning_rate=0.05, decay_steps=3, end_learning_rate=0.01, power=1.7, cycle=True)), "inverse": ("InverseTimeDecay", dict(initial_learning_rate=0.05, decay_steps=2, decay_rate=0.7, staircase=True)),
        "restarts": ("CosineDecayRestarts", dict(initial_learning_rate=0.05, first_decay_steps=2, t_mul=1.3, m_mul=0.7, alpha=0.1)), "steps": ("PiecewiseConstantDecay", dict(boundaries=[0, 3], values=[0.05, 0.02, 0.001])),
    }
    for name, (schedule, args) in plans.items():
        case(f"plan_{name}", (3,), net, target=2, n=8, batch=3, steps=8, optimizer=("Adam", {"learning_rate": {"schedule": schedule, "args": args}, "gradient_accumulation_steps": 2}))


def fits():
    net, bits = lambda: [DENSE(4, "tanh"), DENSE(1)], lambda: [DENSE(4, "tanh"), DENSE(1, "sigmoid")]
    def fit(name, layers=net, target=1, callbacks=(), **more):
        keys = [k for k in more if k in ("epochs", "validation_split", "validation_batch_size", "validation_freq", "validation_steps", "initial_epoch", "steps_per_epoch", "class_weight")]
        case(f"fit_{name}", (3,), layers, target=target, n=more.pop("n", 11), batch=more.pop("batch", 4), callbacks=list(callbacks), fit={"epochs": 4, **{k: more.pop(k) for k in keys}}, **more)
    call = lambda kind, **args: {"class": kind, "args": args}
    rates = {"class": "LearningRateScheduler", "args": {}, "lr_by_epoch": [0.1, 0.05, 0.2, 0.01, 0.3, 0.02]}
    wild = ("SGD", {"learning_rate": 0.4})
    fit("big_batch", batch=50)
    fit("one", n=1, batch=1)
    fit("ones", batch=1, validation_split=0.5, metrics=["mae"])
    for split in (0.1, 0.33, 0.05, 0.9, 0.5):
        fit(f"split_{split}", validation_split=split, metrics=["mae"])
    fit("val_steps", validation_split=0.5, validation_batch_size=2, validation_steps=2)
    fit("val_freq_list", validation_split=0.3, validation_freq=[1, 4])
    fit("val_freq", validation_split=0.3, validation_freq=3)
    fit("steps", steps_per_epoch=2, validation_split=0.3)
    fit("steps_one", steps_per_epoch=1, epochs=5)
    fit("steps_exact", steps_per_epoch=3)
    fit("initial", initial_epoch=3, epochs=5, validation_split=0.3, callbacks=[rates])
    fit("initial_end", initial_epoch=3, epochs=4, validation_freq=2, validation_split=0.3)
    for kind, k, loss in (("one_hot", 3, "categorical_crossentropy"), ("classes", 3, "sparse_categorical_crossentropy")):
        fit(f"class_weight_{kind}", lambda k=k: [DENSE(4), DENSE(k, "softmax")], target=(kind, k), loss=loss, class_weight={"0": 0.3, "2": 3.0}, metrics=["accuracy"], weighted_metrics=["accuracy"], validation_split=0.3)
    fit("class_weight_bits", bits, target=("bits", 1), loss="binary_crossentropy", class_weight={"1": 3.0}, metrics=["accuracy", "AUC"], weighted_metrics=["AUC"], validation_split=0.3)
    fit("weights", weighted=True, validation_split=0.3, metrics=["mae"], weighted_metrics=["mae", "mse"])
    fit("stop_max", bits, target=("bits", 1), loss="binary_crossentropy", metrics=["accuracy"], validation_split=0.3, epochs=8, callbacks=[call("EarlyStopping", monitor="val_accuracy", patience=1, restore_best_weights=True)])
    fit("stop_max_auc", bits, target=("bits", 1), loss="binary_crossentropy", metrics=["AUC"], validation_split=0.4, epochs=8, callbacks=[call("EarlyStopping", monitor="val_AUC", mode="max", patience=2, start_from_epoch=2, restore_best_weights=True)])
    fit("stop_zero", optimizer=wild, epochs=8, callbacks=[call("EarlyStopping", monitor="loss", restore_best_weights=True)])
    fit("stop_freq", optimizer=wild, epochs=8, validation_split=0.3, validation_freq=2, callbacks=[call("EarlyStopping", patience=1, restore_best_weights=True)])
    fit("stop_baseline", epochs=6, callbacks=[call("EarlyStopping", monitor="loss", patience=2, baseline=1e-6, restore_best_weights=True)])
    fit("stop_min_mode", epochs=6, metrics=["mae"], callbacks=[call("EarlyStopping", monitor="mae", mode="min", min_delta=0.05, patience=1)])
    fit("plateau_max", bits, target=("bits", 1), loss="binary_crossentropy", metrics=["accuracy"], epochs=8, validation_split=0.3, callbacks=[call("ReduceLROnPlateau", monitor="val_accuracy", mode="max", patience=1, factor=0.5, min_delta=0.2)])
    fit("plateau_cool", optimizer=wild, epochs=10, callbacks=[call("ReduceLROnPlateau", monitor="loss", patience=2, factor=0.2, cooldown=2, min_lr=0.01, min_delta=0.5)])
    fit("plateau_freq", optimizer=wild, epochs=8, validation_split=0.3, validation_freq=2, callbacks=[call("ReduceLROnPlateau", patience=1, factor=0.5, min_delta=1.0)])
    fit("plan_plateau", epochs=6, callbacks=[rates, call("ReduceLROnPlateau", monitor="loss", patience=1, factor=0.5, min_delta=1.0)])
    fit("plateau_plan", epochs=6, callbacks=[call("ReduceLROnPlateau", monitor="loss", patience=1, factor=0.5, min_delta=1.0), rates])
    fit("ema_stop", optimizer=("Adam", {"learning_rate": 0.3, "use_ema": True, "ema_momentum": 0.6}), epochs=8, validation_split=0.3, callbacks=[call("EarlyStopping", patience=1, restore_best_weights=True)])
    fit("ema_often", optimizer=("SGD", {"learning_rate": 0.1, "momentum": 0.5, "use_ema": True, "ema_momentum": 0.6, "ema_overwrite_frequency": 2}), validation_split=0.3)
    fit("accumulate", optimizer=("Adam", {"learning_rate": 0.1, "gradient_accumulation_steps": 4}), validation_split=0.3, epochs=5)
    fit("nan", optimizer=("SGD", {"learning_rate": 1e30}), callbacks=[call("TerminateOnNaN")])
    fit("nan_split", optimizer=("SGD", {"learning_rate": 1e20}), batch=2, epochs=3, validation_split=0.3, callbacks=[call("TerminateOnNaN")])
    fit("csv", callbacks=[call("CSVLogger"), rates], metrics=["mse", "mae"], validation_split=0.3)
    fit("default", optimizer="default", validation_split=0.3)
    fit("rank1", bits, target=("bits",), loss="binary_crossentropy", metrics=["accuracy", "AUC"], validation_split=0.3, weighted=True)


def targets(spec, n, draw):
    kind, *sizes = spec if isinstance(spec, tuple) and isinstance(spec[0], str) else ("numbers", *(spec if isinstance(spec, tuple) else (spec,)))
    if kind in ("one_hot", "classes"):
        ids = draw.integers(0, sizes[-1], (n, *sizes[:-1]))
        return np.eye(sizes[-1], dtype="float32")[ids] if kind == "one_hot" else ids.astype("int32")
    size = (n, *sizes)
    return {"numbers": draw.normal(size=size), "positive": draw.uniform(0.1, 0.9, size), "bits": draw.integers(0, 2, size)}[kind].round(3).astype("float32")


def made(name, spec):
    draw = draw_of(name)
    keras.utils.clear_session()
    keras.utils.set_random_seed(5)
    begin = keras.Input(spec["shape"])
    layers = spec["layers"]
    if layers.__code__.co_argcount > len(layers.__defaults__ or ()):
        model = keras.Model(begin, layers(begin))
    else:
        model = keras.Sequential([begin, *layers()])
    n, batch = spec["n"], spec["batch"]
    if spec.get("words"):  # no word twice in a batch: Keras on TensorFlow is wrong there (README.md)
        x = np.array([1 + draw.permutation(spec["words"] - 1)[: spec["shape"][0] * batch] for _ in range(n)]).reshape(-1, *spec["shape"])[:n].astype("int32")
        x[:: batch, 2] = 0
    else:
        x = (draw.normal(size=(n, *spec["shape"])) * spec.get("scale", 1.0)).round(6 if "scale" in spec else 3).astype("float32")
    if spec.get("masked"):
        hide = draw.random(x.shape[:2]) < 0.35
        hide[0] = [False, True, *[False] * (x.shape[1] - 2)]
        hide[1, -2:] = True
        hide[2] = True
        if spec.get("mean"):  # over nothing it is not a number
            hide[:, 0] = False
        x[hide] = 0.5
    optimizer = spec["optimizer"]
    result = {
        "schema": 1, "name": name, "group": "edge", "note": "", "ref_backend": "tensorflow", "model_config": json.loads(model.to_json()),
        "compile": {"optimizer": optimizer if isinstance(optimizer, str) else {"class": optimizer[0], "args": optimizer[1]}, "loss": spec["loss"], "metrics": list(spec["metrics"]), "weighted_metrics": list(spec.get("weighted_metrics", []))},
        "batch_size": batch, "x": remake.pack(x), "y": remake.pack(targets(spec["target"], n, draw)),
        "sample_weight": remake.pack(draw.uniform(0.2, 2, n).round(3).astype("float32")) if spec.get("weighted") else None,
        "weights_init": [remake.pack(first(w, draw), path=w.path, trainable=w.trainable) for w in model.weights],
    }
    if "fit" in spec:
        result.update(mode="fit", fit=spec["fit"], callbacks=spec.get("callbacks", []))
    else:
        starts = [k * batch % n for k in range(spec["steps"])]
        result.update(mode="steps", grad_step0=True, steps=[{"rows": [s, min(s + batch, n)]} for s in starts])
    result = remake.run(result)
    try:
        return {**result, "noise": {"tensorflow_float64": remake.noise(result)}}
    except Exception:  # some of Keras does not run in float64
        return result


def main(folder, *parts):
    os.makedirs(folder, exist_ok=True)
    for group in (windows, norms, masks, sequences, penalties, functions, descents, fits):
        group()
    for name, spec in CASES.items():
        wanted = not parts or any(part in name for part in parts)
        if not wanted or os.path.exists(os.path.join(folder, f"{name}.json")):
            continue
        try:
            text = json.dumps(made(name, spec), separators=(",", ":"))
        except Exception as error:  # what Keras refuses, or TensorFlow does not compute
            print(f"{name}: {type(error).__name__} {str(error).splitlines()[0][:150]}", flush=True)
            continue
        with open(os.path.join(folder, f"{name}.json"), "w") as out:
            out.write(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
