# Umrechnung von Celsius nach Fahrenheit: das Netz soll die Formel selbst finden
import numpy as np
import tensorflow as tf
import matplotlib.pyplot as plt

celsius    = np.array([-40, -10,  0,  8, 15, 22,  38],  dtype=float)
fahrenheit = np.array([-40,  14, 32, 46, 59, 72, 100],  dtype=float)

# drei Schichten hintereinander
l0 = tf.keras.layers.Dense(units=4, input_shape=[1])
l1 = tf.keras.layers.Dense(units=4)
l2 = tf.keras.layers.Dense(units=1)
modell = tf.keras.Sequential([l0, l1, l2])
modell.compile(loss='mean_squared_error', optimizer=tf.keras.optimizers.Adam(0.1))
verlauf = modell.fit(celsius, fahrenheit, epochs=500, verbose=False)
print("Training beendet")

plt.xlabel('Epoche')
plt.ylabel('Fehler')
plt.plot(verlauf.history['loss'])
plt.show()
print(modell.predict(np.array([100.0])))
print("Gewichte der ersten Schicht: {}".format(l0.get_weights()))
