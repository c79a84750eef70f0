from keras.models import Sequential
from keras.layers import Dense, Input

first = [Input((3,)), Dense(8, activation='relu')]
m = Sequential(first + [Dense(1)])
m.compile(loss='mse', optimizer='adam')
m.fit(X, y, epochs=5)
for layer in first:
    layer.trainable = False
m.compile(loss='mse', optimizer='adam')
m.fit(X2, y2, epochs=5)
