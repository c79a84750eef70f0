import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Dense(64, activation='relu', input_shape=[9]), tf.keras.layers.Dense(64, activation='relu'), tf.keras.layers.Dense(1)])
optimizer = tf.keras.optimizers.legacy.RMSprop(0.001)
model.compile(loss='mse', optimizer=optimizer, metrics=['mae', 'mse'])
early_stop = tf.keras.callbacks.EarlyStopping(monitor='val_loss', patience=10)
model.fit(normed_train_data, train_labels, epochs=1000, validation_split=0.2, verbose=0, callbacks=[early_stop])
