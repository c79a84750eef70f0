from keras import Sequential
from keras.layers import Dense, Input

class Net:
    model = Sequential()

    def __init__(self):
        self.model.add(Input((4,)))
        self.model.add(Dense(8, activation='relu'))
        self.model.add(Dense(1))
        self.model.compile(optimizer='adam', loss='mse')

    def train(self, x, y):
        self.model.fit(x, y, epochs=9)
