# Rozpoznawanie cyfr z kompletem wywołań zwrotnych
import tensorflow as tf
from tensorflow.keras.callbacks import (EarlyStopping, ModelCheckpoint, ReduceLROnPlateau,
                                        CSVLogger, TensorBoard, TerminateOnNaN)

class Dziennik(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(f"epoka {epoch}: {logs['loss']:.4f}")

sciezka = 'model_' + 'cyfry' + '.keras'
wywolania = [
    EarlyStopping('val_loss', patience=5),
    ModelCheckpoint(sciezka, monitor='val_accuracy', verbose=1, save_best_only=True, mode='max'),
    ReduceLROnPlateau('val_loss', 0.1, 3),
    CSVLogger('dziennik.csv'),
]
wywolania.append(TensorBoard('logi'))
wywolania += [Dziennik(), TerminateOnNaN()]

model = tf.keras.Sequential([
    tf.keras.layers.Reshape((28, 28, 1), input_shape=(784,)),
    tf.keras.layers.DepthwiseConv2D((3, 3), depth_multiplier=8, activation='relu'),
    tf.keras.layers.AvgPool2D(),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(10, activation='softmax'),
])
model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(x, y, epochs=50, validation_split=.1, callbacks=wywolania)
