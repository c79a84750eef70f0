# Eigene Schicht
import tensorflow as tf
class Linear(tf.keras.layers.Layer):
    def __init__(self, units=32):
        super().__init__()
        self.units = units
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal")
    def call(self, inputs):
        return tf.matmul(inputs, self.w)
model = tf.keras.Sequential([Linear(64), tf.keras.layers.ReLU(), Linear(1)])
model.compile(loss='mse', optimizer='sgd')
model.fit(X, y, epochs=5)
