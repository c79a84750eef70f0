import keras
from keras import layers
model = keras.Sequential()
model.add(keras.Input(shape=(250, 250, 3)))
model.add(layers.Conv2D(32, 5, strides=2, activation="relu"))
model.add(layers.MaxPooling2D(3))
model.add(layers.Dense(99))
model.pop()  # on second thought
model.add(layers.GlobalMaxPooling2D())
model.add(layers.Dense(10))
model.compile("adam", keras.losses.CategoricalCrossentropy(from_logits=True))
