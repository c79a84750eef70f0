import keras
lr = keras.optimizers.schedules.PiecewiseConstantDecay([1000, 2000], [0.1, 0.01, 0.001])
cos = keras.optimizers.schedules.CosineDecay(0.05, 500, alpha=0.1)
use_cosine = True
model = keras.Sequential([keras.layers.Input((8,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(cos if use_cosine else lr, momentum=0.9), keras.losses.MeanSquaredError())
