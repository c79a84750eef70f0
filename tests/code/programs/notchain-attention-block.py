# Transformer-Block: zwei Wege werden addiert
import keras
from keras import layers
inputs = keras.Input(shape=(64, 32))
att = layers.MultiHeadAttention(num_heads=2, key_dim=32)(inputs, inputs)
x = layers.LayerNormalization(epsilon=1e-6)(inputs + att)
x = layers.GlobalAveragePooling1D()(x)
outputs = layers.Dense(2, activation="softmax")(x)
model = keras.Model(inputs, outputs)
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x_train, y_train, epochs=2)
