from keras.models import Sequential
from keras.layers import Lambda, Dense, Flatten, Conv2D
model = Sequential()
model.add(Lambda(lambda x: x / 127.5 - 1.0, input_shape=(66, 200, 3)))
model.add(Conv2D(24, (5, 5), strides=(2, 2), activation='elu'))
model.add(Flatten())
model.add(Dense(1))
model.compile(loss='mse', optimizer='adam')
model.fit(X, y, epochs=5)
