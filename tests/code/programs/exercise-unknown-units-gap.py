# Upgrade the code below: choose the number of neurons
from keras.models import Sequential
from keras.layers import Dense
model = Sequential()
model.add(Dense(??, activation='relu', input_shape=(12,)))
model.add(Dense(1))
model.compile(optimizer='adam', loss='mae')
