import tensorflow as tf
try:
    tpu = tf.distribute.cluster_resolver.TPUClusterResolver()
    tf.config.experimental_connect_to_cluster(tpu)
    strategy = tf.distribute.TPUStrategy(tpu)
except ValueError:
    strategy = tf.distribute.get_strategy()

BATCH_SIZE = 16
IMAGE_SIZE = [192, 192]
CLASSES = 5

with strategy.scope():
    model = tf.keras.Sequential([
        tf.keras.layers.Input(shape=[*IMAGE_SIZE, 3]),
        tf.keras.layers.Conv2D(32, 3, activation='relu'),
        tf.keras.layers.GlobalAveragePooling2D(),
        tf.keras.layers.Dense(CLASSES, activation='softmax'),
    ])
    model.compile(
        optimizer='adam',
        loss='sparse_categorical_crossentropy',
        metrics=['sparse_categorical_accuracy'],
    )

history = model.fit(ds_train, validation_data=ds_valid, epochs=12, steps_per_epoch=100)
