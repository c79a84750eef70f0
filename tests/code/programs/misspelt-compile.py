from keras.models import Sequential
from keras.layers import Dense
model = Sequential()
model.add(Dense(30, input_dim=16, activation='relu'))
model.add(Dense(1, activation='sigmoid'))
model.complie(loss='binary_crossentropy', optimizer='adam')
model.fit(X, y, epochs=5)
