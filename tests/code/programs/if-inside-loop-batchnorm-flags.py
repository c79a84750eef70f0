# Netz mit Schaltern
import keras
BATCHNORM, DROPOUT = True, 0.0
SCHICHTEN = {'eins': 40, 'zwei': 20}
netz = keras.Sequential()
netz.add(keras.Input(shape=(9,)))
for name, groesse in SCHICHTEN.items():
    netz.add(keras.layers.Dense(groesse, name=name))
    if BATCHNORM and groesse > 30:
        netz.add(keras.layers.BatchNormalization())
    netz.add(keras.layers.Activation('relu'))
    if not DROPOUT:
        continue
    netz.add(keras.layers.Dropout(DROPOUT))
netz.add(keras.layers.Dense(1))
netz.compile(loss='mse', optimizer='adam')
netz.fit(X, y, epochs=10)
