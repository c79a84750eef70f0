from keras import Sequential, layers
m = Sequential([layers.Input(shape=(4,)), layers.Dense(1)])
m.compile(optimizer='sgd', loss='mean_squared_logarithmic_error', metrics=['mean_absolute_error', 'mean_squared_error'])
m.fit(x, y, epochs=2)
