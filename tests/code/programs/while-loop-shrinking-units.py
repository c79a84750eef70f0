from keras import Sequential, Input
from keras.layers import Dense
units = 64
model = Sequential()
model.add(Input((10,)))
while units >= 8:
    model.add(Dense(units, activation='relu'))
    units //= 2
model.add(Dense(1))
model.compile(optimizer='adam', loss='mse')
model.fit(X, y, epochs=10)
