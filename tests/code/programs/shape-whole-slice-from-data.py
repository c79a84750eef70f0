from tensorflow import keras
from tensorflow.keras import layers
# x_train and y_train come from the cell above
model = keras.Sequential()
model.add(layers.Flatten(input_shape=x_train.shape[1:]))
model.add(layers.Dense(64, activation='relu'))
model.add(layers.Dense(1, activation='sigmoid'))
model.compile('rmsprop', 'binary_crossentropy')
model.fit(x_train, y_train, epochs=4)
