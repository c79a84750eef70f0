# modelo 1: sólo construido
import keras
from keras import layers
lineal = keras.Sequential([keras.Input((5,)), layers.Dense(1)])

# modelo 2: compilado, nunca entrenado
logistico = keras.Sequential([keras.Input((5,)), layers.Dense(1, activation='sigmoid')])
logistico.compile(loss='binary_crossentropy', optimizer='sgd')

# modelo 3: el bueno
profundo = keras.Sequential([keras.Input((5,)), layers.Dense(16, 'relu'), layers.Dense(1, 'sigmoid')])
profundo.compile(loss='binary_crossentropy', optimizer='adam')
profundo.fit(X, y, epochs=12)

# modelo 4: también entrenado
ancho = keras.Sequential([keras.Input((5,)), layers.Dense(512, 'relu'), layers.Dense(1, 'sigmoid')])
ancho.compile(loss='binary_crossentropy', optimizer='adam')
ancho.fit(X, y, epochs=99)
