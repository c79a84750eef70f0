from keras.models import Sequential
from keras.layers import Dense, Merge
left = Sequential()
left.add(Dense(32, input_dim=784))
right = Sequential()
right.add(Dense(32, input_dim=784))
final = Sequential()
final.add(Merge([left, right], mode='concat'))
final.add(Dense(10, activation='softmax'))
final.compile(optimizer='rmsprop', loss='categorical_crossentropy')
final.fit([a, b], y, nb_epoch=10)
