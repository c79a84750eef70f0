d = Sequential([Dense(4, input_shape=(2,)), Dense(1, activation='sigmoid')])
d.compile('adam', 'binary_crossentropy')
g = Sequential([Dense(4, input_shape=(3,)), Dense(2)])
both = Sequential([g, d])
both.compile('adam', 'binary_crossentropy')
for step in range(100):
    d.train_on_batch(real, ones)
    both.train_on_batch(noise, ones)
