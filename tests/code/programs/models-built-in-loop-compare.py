# compare three widths
import keras
from keras import layers
results = {}
for units in [16, 32, 64]:
    model = keras.Sequential([
        layers.Input(shape=(13,)),
        layers.Dense(units, activation="relu"),
        layers.Dense(1),
    ])
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    h = model.fit(x_train, y_train, epochs=20, validation_split=0.2, verbose=0)
    results[units] = min(h.history["val_mae"])
print(results)
