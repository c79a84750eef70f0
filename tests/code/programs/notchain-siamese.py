from keras.models import Model, Sequential
from keras.layers import Input, Dense, Lambda
from keras import backend as K
base = Sequential([Dense(128, activation='relu'), Dense(32, activation='relu')])
a = Input(shape=(784,))
b = Input(shape=(784,))
distance = Lambda(lambda t: K.abs(t[0] - t[1]))([base(a), base(b)])
out = Dense(1, activation='sigmoid')(distance)
siamese = Model([a, b], out)
siamese.compile(loss='binary_crossentropy', optimizer='adam')
siamese.fit([pairs_a, pairs_b], y, epochs=10)
