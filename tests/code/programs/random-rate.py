import random
rate = random.uniform(0, 0.5)
units = random.randint(2, 100)
model = Sequential([Input((4,)), Dense(units), Dropout(rate), LSTM(3, dropout=rate)])
model.compile(loss='mse', optimizer='adam')
