m = Sequential([Dense(1, input_shape=(2,))])
m.compile(Adam(learning_rate=1.e-3, epsilon=1.E-7), 'mse')
