'''Genera texto letra por letra'''
from keras.models import Sequential
from keras.layers import Dense, LSTM, Input
from keras.optimizers import RMSprop
import numpy as np
import random, io

with io.open('quijote.txt', encoding='utf-8') as f:
    text = f.read().lower()
chars = sorted(list(set(text)))
n_chars = len(chars)
print('letras distintas:', n_chars)
maxlen = 40
step = 3
sentences = []
for i in range(0, len(text) - maxlen, step):
    sentences.append(text[i: i + maxlen])

model = Sequential()
model.add(LSTM(128, input_shape=(maxlen, n_chars)))
model.add(Dense(n_chars, activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer=RMSprop(learning_rate=0.01))
model.fit(x, y, batch_size=128, epochs=60)
