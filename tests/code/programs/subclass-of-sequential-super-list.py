import tensorflow as tf

class Net(tf.keras.Sequential):
    def __init__(self, outputs):
        super().__init__([
            tf.keras.layers.Dense(8, activation='relu'),
            tf.keras.layers.Dense(outputs),
        ])

net = Net(1)
net.compile(optimizer='adam', loss='mse')
net.fit(X, y, epochs=2)
