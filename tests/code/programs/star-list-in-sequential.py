import keras
from keras import layers

def block(filters, drop=0.0):
    out = [layers.Conv2D(filters, 3, activation="relu"), layers.MaxPooling2D(2)]
    if drop:
        out.append(layers.Dropout(drop))
    return out

model = keras.Sequential([
    layers.Input(shape=(32, 32, 3)),
    layers.Rescaling(1 / 255),
    *block(32),
    *block(64, drop=0.25),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=12, batch_size=64)
