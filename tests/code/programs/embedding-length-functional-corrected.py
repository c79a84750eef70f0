from keras.layers import Input, Embedding, Flatten, Dense
start = Input(shape=(6,))
x = Embedding(40, 4, input_length=6)(start)
x = Flatten()(x)
model = Model(start, Dense(1)(x))
model.compile('adam', 'mse')
