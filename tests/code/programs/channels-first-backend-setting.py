from keras import backend as K
from keras.models import Sequential
from keras.layers import Conv2D, Flatten, Dense

K.set_image_dim_ordering('th')
m = Sequential()
m.add(Conv2D(6, (3, 3), input_shape=(1, 28, 28)))
m.add(Flatten())
m.add(Dense(1))
m.compile(loss='mse', optimizer='adam')
