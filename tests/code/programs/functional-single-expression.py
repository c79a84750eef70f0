import keras
from keras.layers import *
from keras.models import Model
a = Input((32, 32, 3))
b = Dense(10, activation='softmax')(Flatten()(MaxPool2D()(Conv2D(8, 5, padding='same', activation='elu')(a))))
m = Model(a, b)
m.compile(loss='categorical_crossentropy', optimizer='sgd')
