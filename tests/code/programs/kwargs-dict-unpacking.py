import tensorflow as tf
from tensorflow.keras import layers, models

common = dict(activation='relu', padding='same')
fit_args = {'epochs': 8, 'batch_size': 32}
fit_args['validation_split'] = 0.15

model = models.Sequential()
model.add(layers.Conv1D(32, 5, input_shape=(128, 9), **common))
model.add(layers.Conv1D(64, 5, strides=2, **common))
model.add(layers.GlobalMaxPool1D())
model.add(layers.Dense(**{'units': 6, 'activation': 'softmax'}))
model.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics='accuracy')
model.fit(X, Y, verbose=2, **fit_args)
