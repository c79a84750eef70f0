import keras
config = {
    "input": 16,
    "layers": [
        {"units": 64, "activation": "relu"},
        {"units": 32, "activation": "relu"},
    ],
    "output": {"units": 1, "activation": "sigmoid"},
    "train": {"epochs": 40, "batch_size": 20},
}
model = keras.Sequential()
model.add(keras.layers.Input(shape=(config["input"],)))
for spec in config["layers"]:
    model.add(keras.layers.Dense(**spec))
model.add(keras.layers.Dense(config["output"]["units"], activation=config["output"]["activation"]))
model.compile(optimizer=config.get("optimizer", "rmsprop"), loss="binary_crossentropy")
model.fit(X, y, epochs=config["train"]["epochs"], batch_size=config["train"]["batch_size"])
