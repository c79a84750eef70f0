import keras
sizes = [10, 200, 100, 50, 3]
names = "first second third".split()
model = keras.Sequential()
model.add(keras.layers.Input(shape=(sizes[0],)))
for size, name in zip(sizes[1:-1], names):
    model.add(keras.layers.Dense(size, activation="relu", name="%s_hidden" % name))
model.add(keras.layers.Dense(sizes[-1], activation="softmax", name="{}_layer".format("output")))
model.compile(loss="categorical_crossentropy", optimizer="sgd")
