from keras.models import Sequential
from keras.layers import Dense

class Net:
    def create(self, units=8):
        self.model = Sequential()
        self.model.add(Dense(units, activation='relu', input_shape=(5,)))
        self.model.add(Dense(1))
        self.model.compile(loss='mse', optimizer='adam')

    def train(self, X, y):
        self.model.fit(X, y, epochs=3)
