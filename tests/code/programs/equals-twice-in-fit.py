from keras.models import Sequential
from keras.layers import Dense, Input

m = Sequential([Input((3,)), Dense(8, activation='relu'), Dense(1)])
m.compile(loss='mse', optimizer='adam')
m.fit(X, y, epochs=5, batch_size==128)
