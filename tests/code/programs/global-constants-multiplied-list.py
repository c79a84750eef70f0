HIDDEN = [64] * 2 + [32]
DROP, L2 = .4, 5e-4
from tensorflow import keras
from tensorflow.keras import regularizers as reg
m = keras.models.Sequential()
m.add(keras.layers.Input(shape=[100]))
[m.add(keras.layers.Dense(h, activation="relu", kernel_regularizer=reg.l2(L2))) for h in HIDDEN]
m.add(keras.layers.Dropout(DROP))
m.add(keras.layers.Dense(1, activation="sigmoid", bias_initializer=keras.initializers.Constant(-1.5)))
m.compile(loss=keras.losses.BinaryFocalCrossentropy(gamma=2.0), optimizer=keras.optimizers.Adam())
m.fit(X, y, epochs=5, class_weight={0: 1., 1: 20.})
