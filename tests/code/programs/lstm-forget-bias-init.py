model = Sequential()
model.add(LSTM(64, input_shape=(10, 24), forget_bias_init='one', inner_activation='sigmoid'))
model.add(Dense(2))
model.compile(loss='mse', optimizer='adam')
