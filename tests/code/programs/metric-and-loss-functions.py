import tensorflow as tf
m = tf.keras.Sequential()
m.add(tf.keras.layers.Dense(5, activation=tf.keras.activations.softplus, input_shape=(2,)))
m.add(tf.keras.layers.Activation(tf.nn.tanh))
m.add(tf.keras.layers.Dense(1))
m.compile(loss=tf.keras.losses.mean_absolute_error, optimizer=tf.optimizers.Adadelta(learning_rate=1.0), metrics=[tf.keras.metrics.mse])
m.fit(dataset, epochs=2)
