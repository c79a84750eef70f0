# underfit first, then a larger one: the name `model` is used twice
from tensorflow.keras import models, layers
model = models.Sequential([layers.Dense(1, input_shape=(64,), activation='sigmoid')])
model.compile(optimizer='rmsprop', loss='binary_crossentropy', metrics=['accuracy'])
history_small = model.fit(X, y, epochs=20, batch_size=512)

model = models.Sequential([layers.Dense(96, input_shape=(64,), activation='relu'), layers.Dense(1, activation='sigmoid')])
model.compile(optimizer='rmsprop', loss='binary_crossentropy', metrics=['accuracy'])
history_large = model.fit(X, y, epochs=20, batch_size=512)
