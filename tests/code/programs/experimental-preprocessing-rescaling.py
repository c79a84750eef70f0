import tensorflow as tf
from tensorflow.keras.layers.experimental import preprocessing
model = tf.keras.Sequential([
    preprocessing.Resizing(96, 96, input_shape=(None, None, 3)),
    tf.keras.layers.experimental.preprocessing.Rescaling(1./127.5, offset=-1),
    preprocessing.RandomFlip("horizontal_and_vertical"),
    tf.keras.layers.SeparableConv2D(32, 3, activation='relu'),
    tf.keras.layers.GlobalAveragePooling2D(),
    tf.keras.layers.Dense(2),
])
model.compile(optimizer=tf.optimizers.Adam(0.001), loss=tf.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=['accuracy'])
model.fit(train_ds, epochs=3)
