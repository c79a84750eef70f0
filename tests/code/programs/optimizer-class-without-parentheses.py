import keras
from keras.models import Sequential
from keras.layers import Dense
from keras.optimizers import Adam
from keras.losses import BinaryCrossentropy
model = Sequential([Dense(16, activation='relu', input_shape=(5,)), Dense(1, activation='sigmoid')])
model.compile(optimizer=Adam, loss=BinaryCrossentropy, metrics=['accuracy'])
model.fit(X, y, epochs=10)
