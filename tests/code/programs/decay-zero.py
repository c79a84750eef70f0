model = Sequential([Dense(1, input_shape=(3,))])
model.compile(optimizer=Adam(learning_rate=0.001, decay=0.0), loss='mse')
