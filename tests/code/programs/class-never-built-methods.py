class Forecaster:
    def __init__(self, window=24):
        self.window = window
        self.net = None

    def make(self, shape):
        self.net = Sequential()
        self.net.add(LSTM(16, input_shape=shape))
        self.net.add(Dense(1))
        self.net.compile(optimizer='adam', loss='mse')

    def train(self, series, target):
        self.make((self.window, 1))
        self.net.fit(series, target, epochs=7, batch_size=4)
