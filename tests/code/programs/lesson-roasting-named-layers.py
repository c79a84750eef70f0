import numpy as np
import tensorflow as tf
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense
np.set_printoptions(precision=3)

X = np.array([[185.0, 12.0], [250.0, 13.5], [210.0, 14.1], [230.0, 13.2]])
Y = np.array([[0], [0], [1], [1]])

norm_l = tf.keras.layers.Normalization(axis=-1)
norm_l.adapt(X)
Xn = norm_l(X)
Xt = np.tile(Xn, (500, 1))
Yt = np.tile(Y, (500, 1))

tf.random.set_seed(7)
model = Sequential(
    [
        tf.keras.Input(shape=(2,)),
        Dense(3, activation='sigmoid', name='layer1'),
        Dense(1, activation='sigmoid', name='layer2'),
    ]
)
model.summary()
model.compile(
    loss=tf.keras.losses.BinaryCrossentropy(),
    optimizer=tf.keras.optimizers.Adam(learning_rate=0.01),
)
model.fit(Xt, Yt, epochs=10)

W1, b1 = model.get_layer("layer1").get_weights()
print("W1:", W1, "\nb1:", b1)
predictions = model.predict(norm_l(np.array([[200, 13.9], [200, 17]])))
yhat = (predictions >= 0.5).astype(int)
print(f"decisions = \n{yhat}")
