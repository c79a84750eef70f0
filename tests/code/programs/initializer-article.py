model = Sequential([Dense(2, input_shape=(3,), kernel_initializer=lambda shape, dtype=None: start(shape))])
