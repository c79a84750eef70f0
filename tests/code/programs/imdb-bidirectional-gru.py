from tensorflow.keras.datasets import imdb
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras import models, layers, losses, optimizers

max_features, maxlen = 20000, 200
(x_train, y_train), (x_val, y_val) = imdb.load_data(num_words=max_features)
x_train = pad_sequences(x_train, maxlen=maxlen)
x_val = pad_sequences(x_val, maxlen=maxlen)

net = models.Sequential()
net.add(layers.Embedding(max_features, 128, mask_zero=True))
net.add(layers.Bidirectional(layers.GRU(64, return_sequences=True)))
net.add(layers.Bidirectional(layers.GRU(64), merge_mode='sum'))
net.add(layers.Dense(1))
net.compile(optimizers.Adam(1e-4), losses.BinaryCrossentropy(from_logits=True))
net.fit(x_train, y_train, 32, 2, validation_data=(x_val, y_val))
