from keras.models import Sequential
from keras.layers import Dense

a = Sequential()
a.add(Dense(1, input_dim=3, init='uniform'))
a.compile(loss='mse', optimizer='adam')
a.fit(X, y, nb_epoch=5)
b = Sequential()
b.add(Dense(2, input_dim=3, init='uniform'))
b.compile(loss='mse', optimizer='adam')
b.fit(X, y, nb_epoch=5)
