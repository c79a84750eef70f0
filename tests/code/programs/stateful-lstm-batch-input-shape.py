from keras.models import Sequential
from keras.layers import LSTM, Dense

n_batch, n_steps, n_features = 1, 10, 1
n_epoch = 5
model = Sequential()
model.add(LSTM(10, batch_input_shape=(n_batch, n_steps, n_features), stateful=True))
model.add(Dense(1))
model.compile(loss='mse', optimizer='adam')
model.fit(X, y, epochs=n_epoch, batch_size=n_batch, shuffle=False)
