from __future__ import annotations
from dataclasses import dataclass
from typing import Optional, Tuple
import keras
from keras import layers

@dataclass
class Params:
    input_shape: Tuple[int, int, int] = (28, 28, 1)
    units: int = 100
    dropout: Optional[float] = None
    lr: float = 1e-3
    epochs: int = 6

def make_model(p: Params) -> keras.Model:
    model = keras.Sequential(layers=[
        layers.Input(shape=p.input_shape),
        layers.Flatten(),
        layers.Dense(p.units, activation="gelu"),
    ])
    if p.dropout is not None:
        model.add(layers.Dropout(p.dropout))
    model.add(layers.Dense(10))
    return model

params: Params = Params(units=64)
model = make_model(params)
model.compile(
    optimizer=keras.optimizers.AdamW(learning_rate=params.lr, weight_decay=0.004),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
)
model.fit(x_train, y_train, epochs=params.epochs)
