import tensorflow as tf
import tensorflow_hub as hub
hub_layer = hub.KerasLayer("https://tfhub.dev/some/embedding/1", input_shape=[], dtype=tf.string, trainable=True)
model = tf.keras.Sequential()
model.add(hub_layer)
model.add(tf.keras.layers.Dense(16, activation='relu'))
model.add(tf.keras.layers.Dense(1))
model.compile(optimizer='adam', loss=tf.keras.losses.BinaryCrossentropy(from_logits=True), metrics=['accuracy'])
model.fit(train_data.shuffle(10000).batch(512), epochs=10)
