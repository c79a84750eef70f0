class Forecast:
    def __init__(self, kind='arima'):
        self.kind = kind

    def train(self, X, y):
        if self.kind == 'arima':
            model = ARIMA(y, order=(1, 1, 0)).fit()
        elif self.kind == 'lstm':
            model = Sequential()
            model.add(LSTM(50, input_shape=(X.shape[1], 1)))
            model.add(Dense(1))
            model.compile(optimizer='adam', loss='mse')
            model.fit(X, y, epochs=10, batch_size=32)
        self.model = model
