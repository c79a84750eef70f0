model = Sequential([Dense(1, input_shape=(3,))])
model.compile('sgd', 'mse')
model.fit(
    x, y,
    epochs=8
    validation_split=0.25
)
