from keras.models import Sequential, Model
from keras.layers import Dense, Input

class Gan:
    def __init__(self):
        self.d = Sequential([Input((5,)), Dense(1, activation='sigmoid')])
        self.d.compile(loss='binary_crossentropy', optimizer='adam')
        self.g = Sequential([Input((2,)), Dense(5)])
        z = Input((2,))
        self.both = Model(z, self.d(self.g(z)))
        self.both.compile(loss='binary_crossentropy', optimizer='adam')

    def train(self):
        self.d.train_on_batch(real, ones)
        self.both.train_on_batch(noise, ones)

Gan().train()
