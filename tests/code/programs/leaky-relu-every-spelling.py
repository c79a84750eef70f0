import tensorflow as tf
from tensorflow.keras import layers
model = tf.keras.Sequential([
    layers.Input(shape=(10,)),
    layers.Dense(8, activation='leaky_relu'),
    layers.Dense(8, activation=tf.nn.leaky_relu),
    layers.Dense(8), layers.LeakyReLU(),
    layers.Dense(8), layers.LeakyReLU(alpha=0.01),
    layers.Dense(8), layers.LeakyReLU(0.05),
    layers.Dense(8, activation=tf.nn.swish),
    layers.Dense(8), layers.Activation('relu6'),
    layers.Dense(1, tf.keras.activations.sigmoid),
])
model.compile(loss=tf.keras.losses.BinaryCrossentropy(), optimizer='rmsprop')
