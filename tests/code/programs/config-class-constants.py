"""Configuración en una clase, como en muchos proyectos"""
import tensorflow as tf

class Config:
    IMG = 96
    CHANNELS = 3
    SHAPE = (IMG, IMG, CHANNELS)
    FILTERS = [32, 64]
    LR = 2e-4
    EPOCHS = 15
    BATCH = 16
    CLASSES = ['gato', 'perro', 'conejo']

cfg = Config()

model = tf.keras.Sequential()
model.add(tf.keras.layers.InputLayer(input_shape=Config.SHAPE))
for f in cfg.FILTERS:
    model.add(tf.keras.layers.Conv2D(f, (3, 3), activation='relu'))
    model.add(tf.keras.layers.MaxPooling2D((2, 2)))
model.add(tf.keras.layers.Flatten())
model.add(tf.keras.layers.Dense(len(cfg.CLASSES), activation='softmax'))
model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=cfg.LR),
              loss=tf.keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
              metrics=['accuracy'])
model.fit(train, epochs=cfg.EPOCHS, batch_size=cfg.BATCH, validation_data=val)
