model = Sequential
model.add(Dense(4, input_shape=(3,)))
model.add(Dense(1))
model.compile(optimizer='adam', loss='mse')
model.fit(X, y, epochs=10)
