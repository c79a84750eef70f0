#!/usr/bin/env python
# -*- coding: utf-8 -*-
# steering angle prediction, python 2.7
import csv
import cv2
import cPickle as pickle
from keras.models import Sequential
from keras.layers import Dense, Flatten, Dropout
from keras.layers.convolutional import Convolution2D, Cropping2D

samples = []
with open('driving_log.csv') as f:
    for line in csv.reader(f):
        samples.append(line)
print 'samples: %d' % len(samples)

model = Sequential()
model.add(Cropping2D(cropping=((70, 25), (0, 0)), input_shape=(160, 320, 3)))
model.add(Convolution2D(24, 5, 5, subsample=(2, 2), activation='relu'))
model.add(Convolution2D(36, 5, 5, subsample=(2, 2), activation='relu'))
model.add(Convolution2D(64, 3, 3, activation='relu', border_mode='Same'))
model.add(Flatten())
model.add(Dense(100))
model.add(Dropout(p=0.5))
model.add(Dense(1))
model.compile(loss='mse', optimizer='adam')
print "training ..."
model.fit(X_train, y_train, validation_split=0.2, shuffle=True, nb_epoch=3)
model.save('model.h5')
print "saved", model.count_params(), "parameters"
