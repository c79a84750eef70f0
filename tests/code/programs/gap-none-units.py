model = tf.keras.Sequential([
    tf.keras.layers.Dense(10, input_dim=4),
    tf.keras.layers.Dense(None, activation=None)
])
model.compile(loss='sparse_categorical_crossentropy', optimizer='adam')
