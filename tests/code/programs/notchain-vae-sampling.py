# Variational autoencoder
import tensorflow as tf
from tensorflow.keras import layers, Model, Input
class Sampling(layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        eps = tf.random.normal(shape=tf.shape(z_mean))
        return z_mean + tf.exp(0.5 * z_log_var) * eps
inp = Input((784,))
h = layers.Dense(256, activation='relu')(inp)
z_mean = layers.Dense(2)(h)
z_log_var = layers.Dense(2)(h)
z = Sampling()([z_mean, z_log_var])
out = layers.Dense(784, activation='sigmoid')(layers.Dense(256, activation='relu')(z))
vae = Model(inp, out)
vae.compile(optimizer='adam', loss='binary_crossentropy')
vae.fit(x_train, x_train, epochs=10)
