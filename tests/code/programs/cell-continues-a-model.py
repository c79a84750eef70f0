model.add(Dense(8, activation='relu', input_shape=(3,)))
model.add(Dense(1))
model.compile(loss='mse', optimizer='adam')
model.fit(x, y, epochs=4)
