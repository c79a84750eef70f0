from keras.layers.convolutional import Convolution2D
img_channels, img_rows, img_cols = 3, 32, 32
model = Sequential()
model.add(Convolution2D(32, 3, 3, border_mode='same', input_shape=(img_channels, img_rows, img_cols)))
model.add(Convolution2D(32, 3, 3))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Convolution2D(64, 3, 3))
model.add(Flatten())
model.add(Dense(10))
model.compile(loss='mse', optimizer='sgd')
