from tensorflow.keras import Sequential
from tensorflow.keras.layers import Dense, InputLayer

sizes = [64, 32, 16]
hidden = [Dense(n, activation="tanh", name=f"hidden_{i}") for i, n in enumerate(sizes, start=1)]
model = Sequential([InputLayer(input_shape=(12,))] + hidden + [Dense(2, name="out")])
model.compile(loss="huber", optimizer="adamax")
model.fit(data, targets, epochs=30)
