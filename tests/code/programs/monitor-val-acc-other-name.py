from tensorflow import keras
m = keras.Sequential([keras.layers.Dense(10, activation="relu", input_shape=(6,)), keras.layers.Dense(2, activation="softmax")])
m.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
es = keras.callbacks.EarlyStopping(monitor="val_acc", patience=4)
m.fit(X, y, epochs=99, validation_split=0.2, callbacks=[es])
