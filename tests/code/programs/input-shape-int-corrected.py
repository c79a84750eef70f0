model = tf.keras.Sequential([tf.keras.layers.Dense(6, input_shape=(3)), tf.keras.layers.Dense(1)])
