# Lernratenplan als Objekt
import tensorflow as tf
plan = tf.keras.optimizers.schedules.ExponentialDecay(
    initial_learning_rate=1e-2, decay_steps=10000, decay_rate=0.9, staircase=True)
netz = tf.keras.Sequential([
    tf.keras.layers.Dense(30, activation='selu', kernel_initializer='lecun_normal', input_shape=(20,)),
    tf.keras.layers.AlphaDropout(0.1),
    tf.keras.layers.Dense(1),
])
netz.compile(optimizer=tf.keras.optimizers.SGD(learning_rate=plan), loss=tf.keras.losses.Huber(delta=1.5))
netz.fit(X, y, epochs=25)
