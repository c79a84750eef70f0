import keras
from keras import layers
model = keras.Sequential()
if (n := len([3, 5, 7, 11])) > 3:
    model.add(keras.Input(shape=(n,)))
model.add(layers.Dense((h := 2 * n), activation="relu"))
model.add(layers.Dense(h // 2, activation="relu"))
model.add(layers.Dense(1))
model.compile(loss="mse", optimizer="adam")
