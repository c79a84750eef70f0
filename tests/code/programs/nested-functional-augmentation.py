import keras
from keras import layers

augment = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomContrast(0.2)])

inputs = keras.Input(shape=(180, 180, 3))
x = augment(inputs)
x = layers.Rescaling(1.0 / 255)(x)
x = layers.Conv2D(filters=32, kernel_size=3, activation="relu")(x)
for size in [64, 128]:
    x = layers.MaxPooling2D(pool_size=2)(x)
    x = layers.Conv2D(filters=size, kernel_size=3, activation="relu")(x)
x = layers.Flatten()(x)
x = layers.Dropout(0.5)(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs=inputs, outputs=outputs)
model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
callbacks = [
    keras.callbacks.ModelCheckpoint(
        filepath="convnet_aug.keras",
        save_best_only=True,
        monitor="val_loss")
]
history = model.fit(train_dataset, epochs=100, validation_data=validation_dataset, callbacks=callbacks)
