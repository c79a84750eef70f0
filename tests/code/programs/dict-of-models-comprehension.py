import keras
from keras import layers
def make(act):
    return keras.Sequential([layers.Input((2,)), layers.Dense(6, activation=act), layers.Dense(1, activation="sigmoid")])
nets = {a: make(a) for a in ["relu", "tanh", "sigmoid"]}
for a, net in nets.items():
    net.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
    net.fit(X, y, epochs=150, verbose=0)
    print(f"{a:>8}: {net.evaluate(X, y, verbose=0)[1]:.3f}")
