from keras.models import Sequential
from keras.layers import Dense, Flatten, Activation
from keras.layers import Convolution2D, MaxPooling2D, ZeroPadding2D
model = Sequential()
model.add(ZeroPadding2D((1, 1), input_shape=(48, 48, 1)))
model.add(Convolution2D(64, 3, 3, activation='relu', dim_ordering='tf'))
model.add(MaxPooling2D((2, 2), strides=(2, 2)))
model.add(Flatten())
model.add(Dense(7, init='he_normal', activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer='adam')
model.fit(X, y, nb_epoch=20, batch_size=64, validation_split=0.3, shuffle=True)
