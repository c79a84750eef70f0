from keras.models import Sequential
from keras.layers import Dense, Convolution2D, Flatten
from keras.optimizers import adam

m = Sequential()
m.add(Convolution2D(6, 3, 3, input_shape=(9, 9, 1), dim_ordering='tf'))
m.add(Flatten())
m.add(Dense(1))
m.compile(loss='mse', optimizer=adam(lr=0.1))
