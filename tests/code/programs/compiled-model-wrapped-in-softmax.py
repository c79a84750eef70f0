model = keras.Sequential([keras.layers.Dense(8, activation='relu', input_shape=(4,)), keras.layers.Dense(3)])
model.compile('adam', keras.losses.SparseCategoricalCrossentropy(from_logits=True))
probabilities = keras.Sequential([model, keras.layers.Softmax()])
