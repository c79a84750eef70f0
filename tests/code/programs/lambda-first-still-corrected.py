from keras.models import Sequential
from keras.layers import Dense, Lambda, Convolution2D, Flatten

m = Sequential()
m.add(Lambda(lambda x: x / 255., input_shape=(9, 9, 3)))
m.add(Convolution2D(8, 3, 3, subsample=(2, 2)))
m.add(Flatten())
m.add(Dense(1))
m.compile(loss='mse', optimizer='adam')
m.fit_generator(g, samples_per_epoch=100, nb_epoch=5)
