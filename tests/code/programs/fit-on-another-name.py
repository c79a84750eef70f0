from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([Input((3,)), Dense(8, activation='relu'), Dense(1)])
model.compile(loss='mse', optimizer='adam')
classifier.fit(X, y, epochs=5)
