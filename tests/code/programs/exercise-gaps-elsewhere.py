# Ejercicio 4. Completa los huecos.
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

# TODO: normaliza los datos
media = ??
X_norm = (X - media) / ??

### START CODE HERE ###
model = keras.Sequential([
    keras.Input(shape=(10,)),
    layers.Dense(20, activation='relu'),
    layers.Dense(1, activation='sigmoid'),
])
### END CODE HERE ###

model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
model.fit(X_norm, y, epochs=30)
resultado = None  # ESCRIBE TU CÓDIGO AQUÍ
