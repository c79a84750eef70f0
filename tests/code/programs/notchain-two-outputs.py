import keras
from keras import layers
posts = keras.Input(shape=(None,))
x = layers.Embedding(50000, 256)(posts)
x = layers.Conv1D(128, 5, activation='relu')(x)
x = layers.GlobalMaxPooling1D()(x)
age = layers.Dense(1, name='age')(x)
gender = layers.Dense(1, activation='sigmoid', name='gender')(x)
model = keras.Model(posts, [age, gender])
model.compile(optimizer='rmsprop', loss=['mse', 'binary_crossentropy'])
model.fit(posts_data, [age_t, gender_t], epochs=10, batch_size=64)
