# simple GAN
import numpy as np
from keras.models import Sequential, Model
from keras.layers import Dense, LeakyReLU, Reshape, Flatten, Input

def make_generator():
    g = Sequential()
    g.add(Dense(128, input_dim=100))
    g.add(LeakyReLU(0.2))
    g.add(Dense(784, activation='tanh'))
    g.add(Reshape((28, 28, 1)))
    return g

def make_discriminator():
    d = Sequential()
    d.add(Flatten(input_shape=(28, 28, 1)))
    d.add(Dense(128))
    d.add(LeakyReLU(0.2))
    d.add(Dense(1, activation='sigmoid'))
    return d

discriminator = make_discriminator()
discriminator.compile(loss='binary_crossentropy', optimizer='adam')
generator = make_generator()
discriminator.trainable = False
z = Input(shape=(100,))
gan = Model(z, discriminator(generator(z)))
gan.compile(loss='binary_crossentropy', optimizer='adam')

for epoch in range(10000):
    idx = np.random.randint(0, X.shape[0], 64)
    noise = np.random.normal(0, 1, (64, 100))
    fake = generator.predict(noise)
    d_loss = discriminator.train_on_batch(X[idx], np.ones((64, 1)))
    d_loss = discriminator.train_on_batch(fake, np.zeros((64, 1)))
    g_loss = gan.train_on_batch(noise, np.ones((64, 1)))
