# Klasifikasi batu gunting kertas
import tensorflow as tf
from tensorflow.keras.preprocessing.image import ImageDataGenerator
train_gen = ImageDataGenerator(rescale=1./255, validation_split=0.4).flow_from_directory('rps', target_size=(100, 150), subset='training')
model = tf.keras.models.Sequential([
    tf.keras.layers.Conv2D(32, (3, 3), activation='relu', input_shape=(100, 150, 3)),
    tf.keras.layers.MaxPooling2D(2, 2),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(3, activation='softmax'),
])
model.compile(loss='categorical_crossentropy', optimizer=tf.optimizers.Adam(), metrics=['accuracy'])
model.fit(train_gen, steps_per_epoch=len(train_gen), epochs=20, validation_steps=5, verbose=2)
