import sys
from keras.models import Sequential
from keras.layers import Dense, Input

act = 'relu'
if len(sys.argv) > 1:
    act = sys.argv[1]
epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
m = Sequential([Input((3,)), Dense(8, activation=act), Dense(1)])
m.compile(loss='mse', optimizer='adam')
m.fit(X, y, epochs=epochs)
