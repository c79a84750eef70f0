# Clasificación de dígitos con un perceptrón multicapa
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

N_CLASES = 10
TAM = 28 * 28            # píxeles por imagen
OCULTAS = TAM // 2 - 8   # neuronas de la capa oculta
TASA = 10 ** -3

(x_ent, y_ent), (x_pru, y_pru) = keras.datasets.mnist.load_data()
x_ent = x_ent.reshape(-1, TAM).astype("float32") / 255
x_pru = x_pru.reshape(-1, TAM).astype("float32") / 255

modelo = keras.Sequential()
modelo.add(keras.Input(shape=(TAM,)))
modelo.add(layers.Dense(OCULTAS, activation="relu"))
modelo.add(layers.Dense(N_CLASES * 3, activation="relu"))
modelo.add(layers.Dense(N_CLASES, activation="softmax"))

optimizador = keras.optimizers.RMSprop(learning_rate=TASA)
modelo.compile(optimizer=optimizador, loss="sparse_categorical_crossentropy", metrics=["accuracy"])

historia = modelo.fit(x_ent, y_ent, epochs=2 + 3, batch_size=2 ** 7, validation_split=1 / 5)
print("Exactitud en prueba:", modelo.evaluate(x_pru, y_pru)[1])
