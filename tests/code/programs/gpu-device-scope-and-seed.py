import os
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '2'
import random, numpy as np, tensorflow as tf
SEED = 2021
random.seed(SEED); np.random.seed(SEED); tf.random.set_seed(SEED)
gpus = tf.config.list_physical_devices('GPU')
if gpus:
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)

with tf.device('/GPU:0'):
    model = tf.keras.models.Sequential()
    model.add(tf.keras.layers.Dense(50, input_dim=30, kernel_initializer=tf.keras.initializers.he_normal(seed=SEED), activation='relu'))
    model.add(tf.keras.layers.Dropout(0.2, seed=SEED))
    model.add(tf.keras.layers.Dense(1, activation='sigmoid'))
    model.compile(loss='binary_crossentropy', optimizer=tf.keras.optimizers.Nadam(), metrics=['accuracy'])
    history = model.fit(X_tr, y_tr, epochs=30, batch_size=1024, validation_data=(X_va, y_va))
