"""CIFAR-10 with a plain stack of blocks.

Usage:
    python cifar.py --blocks 3
"""
import argparse
import logging
import os
import sys
from typing import Sequence

import numpy as np
import tensorflow as tf
from tensorflow.keras import callbacks, datasets, layers, losses, models, optimizers, regularizers

logger = logging.getLogger(__name__)

BASE_FILTERS = 32
WEIGHT_DECAY = 1e-4
INPUT_SHAPE = (32, 32, 3)
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def load(normalise: bool = True):
    """Load the images, scaled to zero mean."""
    (x_train, y_train), (x_test, y_test) = datasets.cifar10.load_data()
    x_train, x_test = x_train.astype("float32"), x_test.astype("float32")
    if normalise:
        mean = np.mean(x_train, axis=(0, 1, 2, 3))
        std = np.std(x_train, axis=(0, 1, 2, 3))
        x_train = (x_train - mean) / (std + 1e-7)
        x_test = (x_test - mean) / (std + 1e-7)
    return (x_train, y_train), (x_test, y_test)


def add_block(model: models.Sequential, filters: int, *, rate: float, shape: Sequence[int] = None) -> None:
    kwargs = {}
    if shape is not None:
        kwargs["input_shape"] = shape
    for _ in range(2):
        model.add(layers.Conv2D(filters, (3, 3), padding="same", kernel_regularizer=regularizers.l2(WEIGHT_DECAY), **kwargs))
        model.add(layers.Activation("elu"))
        model.add(layers.BatchNormalization())
        kwargs = {}
    model.add(layers.MaxPooling2D(pool_size=(2, 2)))
    model.add(layers.Dropout(rate))


def build(blocks: int) -> models.Sequential:
    model = models.Sequential()
    for b in range(blocks):
        add_block(model, BASE_FILTERS * (2 ** b), rate=round(0.2 + 0.1 * b, 1),
                  shape=INPUT_SHAPE if b == 0 else None)
    model.add(layers.Flatten())
    model.add(layers.Dense(len(CLASSES), activation="softmax"))
    return model


def parse(argv=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=125)
    parser.add_argument("--batch_size", type=int, default=64)
    parser.add_argument("--lr", type=float, default=0.001)
    parser.add_argument("--out", default="out")
    return parser.parse_args(argv)


def main(argv=None):
    args = parse(argv)
    os.makedirs(args.out, exist_ok=True)
    (x_train, y_train), (x_test, y_test) = load()
    model = build(args.blocks)
    model.summary(print_fn=logger.info)
    model.compile(
        loss=losses.SparseCategoricalCrossentropy(),
        optimizer=optimizers.RMSprop(learning_rate=args.lr),
        metrics=["accuracy"],
    )
    model.fit(
        x_train,
        y_train,
        batch_size=args.batch_size,
        epochs=args.epochs,
        verbose=1,
        validation_data=(x_test, y_test),
        callbacks=[
            callbacks.EarlyStopping(monitor="val_loss", patience=12),
            callbacks.TensorBoard(args.out),
        ],
    )
    loss, acc = model.evaluate(x_test, y_test, batch_size=128, verbose=1)
    logger.info("loss %.3f accuracy %.3f", loss, acc)
    return 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    sys.exit(main())
