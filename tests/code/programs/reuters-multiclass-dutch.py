# Nieuwsberichten indelen in 46 onderwerpen
import numpy as np
from tensorflow.keras.datasets import reuters
from tensorflow.keras.utils import to_categorical
from tensorflow.keras import models
from tensorflow.keras import layers

(train_data, train_labels), (test_data, test_labels) = reuters.load_data(num_words=10000)

def vectorize_sequences(sequences, dimension=10000):
    results = np.zeros((len(sequences), dimension))
    for i, sequence in enumerate(sequences):
        results[i, sequence] = 1.
    return results

x_train = vectorize_sequences(train_data)
y_train = to_categorical(train_labels)
# een stuk apart houden
x_val, partial_x_train = x_train[:1000], x_train[1000:]

netwerk = models.Sequential()
netwerk.add(layers.Dense(64, activation='relu', input_shape=(10000,)))
netwerk.add(layers.Dense(64, activation='relu'))
netwerk.add(layers.Dense(46, activation='softmax'))
netwerk.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['acc'])
historie = netwerk.fit(partial_x_train, partial_y_train, epochs=20, batch_size=512, validation_data=(x_val, y_val))

import matplotlib.pyplot as plt
verlies = historie.history['loss']
plt.plot(range(1, len(verlies) + 1), verlies, 'bo', label='verlies')
plt.legend(); plt.show()
